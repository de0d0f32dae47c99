/**
 * Package managers settle for a version that is there already: a range that would take a release by itself does not, where
 * another range of the same lockfile holds the package to an older one. Each has an order of its own in which ranges are
 * looked at (docs/release-lines.md: what they were seen to do). Pure.
 */
import type { SemVer } from 'semver';
import type { FleetLockfile } from '../../graph/fleet.ts';
import { NONE } from '../../graph/model.ts';
import { append } from '../../lists.ts';
import { type Asked, accepts } from './lines.ts';
import { isPeer } from './peers.ts';
import { placingOrder } from './placing-order.ts';

/** What an edge asks for. */
export interface Question {
  /** undefined where it asks no registry, or for nothing that is known. */
  readonly asked: Asked | undefined;
  /** Number of the package asked for, NONE where `asked` is undefined. */
  readonly package: number;
  /** The cause of the release it would take by itself, or NONE. */
  readonly cause: number;
  /** That release. */
  readonly next: SemVer | undefined;
  /** What it would have if nothing was published. */
  readonly current: SemVer | undefined;
}

/** By edge of a lockfile with a target: what it asks for; undefined where that is not known. */
export type Questions = readonly (Question | undefined)[];

/** The cause of an edge in its lockfile, or NONE. */
export type Settle = (node: number, edge: number, question: Question) => number;

/**
 * How the package manager of a lockfile settles.
 *
 * @param depthOf of a node of an npm lockfile, see placingOrder
 */
export function settlingOf(lockfile: FleetLockfile, questions: Questions, depthOf: (node: number) => number): Settle {
  const contested = contestedPackages(questions);
  if (contested.size === 0) return alone;
  const settle = among(lockfile, questions, contested, depthOf);
  return (node, edge, question) => (contested.has(question.package) ? settle(node, edge, question) : question.cause);
}

function among(
  lockfile: FleetLockfile,
  questions: Questions,
  contested: ReadonlySet<number>,
  depthOf: (node: number) => number,
): Settle {
  switch (lockfile.kind) {
    case 'npm':
    case 'node_modules':
      return byPlace(lockfile, questions, contested, depthOf);
    case 'pnpm':
    case 'bun':
      return byPreference(lockfile, questions, contested);
    default:
      return alone;
  }
}

/** Yarn resolves each range by itself; of an SBOM nobody knows who made it. */
const alone: Settle = (_, __, { cause }) => cause;

/** Packages of which one range takes a release and another does not: nothing is open about all others. */
function contestedPackages(questions: Questions): Set<number> {
  const seen = new Map<number, number>();
  const contested = new Set<number>();
  for (const question of questions) {
    if (question === undefined || question.package === NONE) continue;
    const before = seen.get(question.package);
    if (before === undefined) seen.set(question.package, question.cause);
    else if (before !== question.cause) contested.add(question.package);
  }
  return contested;
}

/** npm: the version that is placed first, under the name it is depended on by, serves every range that it is in. */
function byPlace(
  lockfile: FleetLockfile,
  questions: Questions,
  contested: ReadonlySet<number>,
  depthOf: (node: number) => number,
): Settle {
  const first = new Map<number, Question>();
  for (const edge of placingOrder(lockfile, depthOf)) {
    const question = questions[edge];
    if (!question || !contested.has(question.package)) continue;
    const name = lockfile.edgeName[edge]!;
    if (!first.has(name)) first.set(name, question);
  }
  return (_, edge, question) => {
    const placed = first.get(lockfile.edgeName[edge]!);
    if (!placed || placed === question || placed.package !== question.package) return question.cause;
    if (isContent(question, placed.next)) return placed.cause;
    // A peer has no place of its own.
    const hasNoPlace = isPeer(lockfile.edgeKind[edge]!);
    return hasNoPlace || (placed.cause !== question.cause && isContent(question, placed.current))
      ? NONE
      : question.cause;
  };
}

/**
 * What manifests hold to a version goes before what is newer. pnpm: those of all projects, catalogs apart, and of the
 * dependents of who asks. bun: what was resolved before, which is sure of projects listed earlier, of all projects for what
 * is below them, and of dependents; of two equally near ones either may be, and the newer one counts.
 */
function byPreference(lockfile: FleetLockfile, questions: Questions, contested: ReadonlySet<number>): Settle {
  const held = heldBy(lockfile, questions, contested);
  const dependents = new Map<number, number[]>();
  for (const node of held.keys()) {
    const { edgeStart, edgeTo } = lockfile;
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) append(dependents, edgeTo[e]!, node);
  }
  const projects = lockfile.projects.map(({ node }) => node);
  const catalogued = new Set(lockfile.policies.catalogs.map(({ name }) => name));
  const holders = (node: number): readonly number[] => {
    const at = lockfile.kind === 'bun' ? projects.indexOf(node) : -1;
    return at === -1 ? projects : projects.slice(0, at);
  };
  return (node, _, question) => {
    if (question.cause === NONE) return NONE;
    const holds = (dependent: number, isProject: boolean): boolean =>
      (held.get(dependent) ?? []).some(
        (other) =>
          other.package === question.package &&
          isContent(question, other.current) &&
          !(isProject && catalogued.has(other.asked!.name)),
      );
    const isHeld =
      holders(node).some((project) => holds(project, true)) ||
      (dependents.get(node) ?? []).some((dependent) => holds(dependent, false));
    return isHeld ? NONE : question.cause;
  };
}

/** By node: the contested packages that its own manifest holds to a version. */
function heldBy(
  { edgeStart, component }: FleetLockfile,
  questions: Questions,
  contested: ReadonlySet<number>,
): Map<number, Question[]> {
  const held = new Map<number, Question[]>();
  for (let node = 0; node < component.length; node++) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const question = questions[e];
      if (question?.cause === NONE && contested.has(question.package)) append(held, node, question);
    }
  }
  return held;
}

/** Whether a range is content with a version of the package it asks for. */
function isContent({ asked }: Question, version: SemVer | undefined): boolean {
  return asked !== undefined && version !== undefined && accepts(asked.range, version);
}
