/**
 * Where a release would be taken for a range but is not, because the package manager settles for a version that another
 * range of the same lockfile holds it to (docs/release-lines.md says which managers do). Pure.
 */
import type { FleetLockfile } from '../graph/fleet.ts';
import type { LockfileKind } from '../graph/model.ts';
import { type Asked, accepts, type PackageLines } from './release-lines.ts';

/** What an edge asks for. */
export interface Question {
  /** undefined where it asks no registry. */
  readonly asked: Asked | undefined;
  readonly lines: PackageLines | undefined;
  /** The cause of the release it would take by itself, or NONE. */
  readonly cause: number;
}

/** They take a version that a direct dependency is held to before a newer one, wherever it is in the range. */
const SETTLING: ReadonlySet<LockfileKind | 'unread'> = new Set(['npm', 'node_modules', 'pnpm']);

export class Pins {
  readonly #projects: ReadonlySet<number>;
  /** By package: the direct dependencies that do not take its next patch. */
  readonly #held = new Map<string, Question[]>();

  constructor(lockfile: FleetLockfile, questionOf: (node: number, edge: number) => Question | undefined) {
    const { kind, projects, edgeStart } = lockfile;
    this.#projects = new Set(projects.map(({ node }) => node));
    if (!SETTLING.has(kind)) return;
    for (const node of this.#projects) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const question = questionOf(node, e);
        if (!question?.asked || question.cause >= 0) continue;
        const { name } = question.asked;
        const held = this.#held.get(name) ?? [];
        this.#held.set(name, held);
        held.push(question);
      }
    }
  }

  /** Whether a direct dependency holds an edge to an older version. */
  holds(node: number, { asked, lines }: Question): boolean {
    if (!asked || !lines || this.#projects.has(node)) return false;
    return (this.#held.get(asked.name) ?? []).some((held) => {
      const version = held.asked && lines.current(held.asked.range);
      return version !== undefined && accepts(asked.range, version);
    });
  }
}
