/**
 * Package managers settle for a version that is there already: a range that would take a release by itself does not, where
 * another range of the same lockfile holds the package to an older one. Each has an order of its own in which ranges are
 * looked at (docs/release-lines.md: what they were seen to do). Pure.
 */
import type { SemVer } from 'semver';
import type { FleetLockfile } from '../../graph/fleet.ts';
import { EDGE_KINDS, NONE } from '../../graph/model.ts';
import { append } from '../../lists.ts';
import { type Asked, accepts } from './lines.ts';
import { placingOrder } from './placing-order.ts';

/** What an edge asks for. */
export interface Question {
  /** undefined where it asks no registry, or for nothing that is known. */
  readonly asked: Asked | undefined;
  /** The cause of the release it would take by itself, or NONE. */
  readonly cause: number;
  /** That release. */
  readonly next: SemVer | undefined;
  /** What it would have if nothing was published. */
  readonly current: SemVer | undefined;
}

/** What an edge of a lockfile asks for; undefined where that is not known. */
export type Ask = (node: number, edge: number) => Question | undefined;

/** The cause of an edge in its lockfile, or NONE. */
export type Settle = (node: number, edge: number, question: Question) => number;

const PEERS: ReadonlySet<number> = new Set([EDGE_KINDS.indexOf('peer'), EDGE_KINDS.indexOf('peerOptional')]);

/**
 * How the package manager of a lockfile settles.
 *
 * @param depthOf of a node of an npm lockfile, see placingOrder
 */
export function settlingOf(lockfile: FleetLockfile, ask: Ask, depthOf: (node: number) => number): Settle {
  const contested = contestedNames(lockfile, ask);
  if (contested.size === 0) return alone;
  switch (lockfile.kind) {
    case 'npm':
    case 'node_modules':
      return byPlace(lockfile, ask, contested, depthOf);
    case 'pnpm':
      return byPreference(lockfile, ask);
    case 'bun':
      return byDepth(lockfile, ask);
    default:
      return alone;
  }
}

/** Yarn resolves each range by itself; of an SBOM nobody knows who made it. */
const alone: Settle = (_, __, { cause }) => cause;

/** Packages of which one range takes a release and another does not: nothing is open about all others. */
function contestedNames({ component, edgeStart, edgeTo }: FleetLockfile, ask: Ask): Set<string> {
  const seen = new Map<string, number>();
  const contested = new Set<string>();
  for (let node = 0; node < component.length; node++) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const question = edgeTo[e] === NONE ? undefined : ask(node, e);
      if (!question?.asked) continue;
      const { name } = question.asked;
      const before = seen.get(name);
      if (before === undefined) seen.set(name, question.cause);
      else if (before !== question.cause) contested.add(name);
    }
  }
  return contested;
}

/** npm: the version that is placed first, under the name it is depended on by, serves every range that it is in. */
function byPlace(
  lockfile: FleetLockfile,
  ask: Ask,
  contested: ReadonlySet<string>,
  depthOf: (node: number) => number,
): Settle {
  const first = new Map<number, Question>();
  for (const { node, edge } of placingOrder(lockfile, depthOf)) {
    const name = lockfile.edgeName[edge]!;
    if (first.has(name)) continue;
    const question = ask(node, edge);
    if (question?.asked && contested.has(question.asked.name)) first.set(name, question);
  }
  return (_, edge, question) => {
    const placed = first.get(lockfile.edgeName[edge]!);
    if (!placed || placed === question || placed.asked?.name !== question.asked?.name) return question.cause;
    if (isContent(question, placed.next)) return placed.cause;
    // A peer has no place of its own.
    const isPeer = PEERS.has(lockfile.edgeKind[edge]!);
    return isPeer || (placed.cause !== question.cause && isContent(question, placed.current)) ? NONE : question.cause;
  };
}

/** pnpm: what the manifests of the projects and of the dependents of the package ask for goes before what is newer. */
function byPreference(lockfile: FleetLockfile, ask: Ask): Settle {
  const { projects, edgeStart, edgeTo } = lockfile;
  const held = new Map<string, Question[]>();
  for (const { node } of projects) for (const question of asks(lockfile, node, ask)) holdIn(held, question);
  const dependents = new Map<number, number[]>();
  for (let node = 0; node < lockfile.component.length; node++) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) append(dependents, edgeTo[e]!, node);
  }
  return (node, _, question) => {
    const { asked } = question;
    if (!asked || question.cause === NONE) return question.cause;
    const isHeld = (other: Question): boolean => isContent(question, other.current);
    if ((held.get(asked.name) ?? []).some(isHeld)) return NONE;
    const above = dependents.get(node) ?? [];
    const isHeldAbove = above.some((dependent) =>
      [...asks(lockfile, dependent, ask)].some(
        (other) => other.asked?.name === asked.name && other.cause === NONE && isHeld(other),
      ),
    );
    return isHeldAbove ? NONE : question.cause;
  };
}

/** bun: what is nearer to a project is resolved first; of two equally near ones either may be, and the newer one counts. */
function byDepth(lockfile: FleetLockfile, ask: Ask): Settle {
  const { projects, edgeStart, edgeTo, component } = lockfile;
  const depth = new Int32Array(component.length).fill(NONE);
  const queue: number[] = [];
  // Projects one after the other, then all below them at once.
  for (const [at, { node }] of projects.entries()) {
    depth[node] = at;
    queue.push(node);
  }
  for (const node of queue) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to === NONE || depth[to] !== NONE) continue;
      depth[to] = Math.max(depth[node]!, projects.length - 1) + 1;
      queue.push(to);
    }
  }
  const held = new Map<string, { readonly question: Question; readonly depth: number }[]>();
  for (let node = 0; node < component.length; node++) {
    if (depth[node] === NONE) continue;
    for (const question of asks(lockfile, node, ask)) {
      if (question.asked && question.cause === NONE)
        append(held, question.asked.name, { question, depth: depth[node]! });
    }
  }
  return (node, _, question) => {
    const others = question.asked && question.cause !== NONE ? held.get(question.asked.name) : undefined;
    const isHeld = others?.some((other) => other.depth < depth[node]! && isContent(question, other.question.current));
    return isHeld ? NONE : question.cause;
  };
}

function* asks({ edgeStart, edgeTo }: FleetLockfile, node: number, ask: Ask): Generator<Question> {
  for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
    const question = edgeTo[e] === NONE ? undefined : ask(node, e);
    if (question) yield question;
  }
}

function holdIn(held: Map<string, Question[]>, question: Question): void {
  if (question.asked && question.cause === NONE) append(held, question.asked.name, question);
}

function isContent({ asked }: Question, version: SemVer | undefined): boolean {
  return asked !== undefined && version !== undefined && accepts(asked.range, version);
}
