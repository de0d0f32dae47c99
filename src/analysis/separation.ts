/** The smallest change that separates services: what one of them has to drop or move so that it shares no more with the others. Pure. */
import type { CauseTable } from '../causes/layer.ts';
import { isOwn, packageName } from '../causes/package.ts';
import { closureOf, type Scope } from '../graph/closure.ts';
import type { Fleet } from '../graph/fleet.ts';
import { dependents } from '../graph/load.ts';
import { NODE_FLAGS } from '../graph/model.ts';
import { type ServiceGraph, serviceGraph } from '../graph/service-graph.ts';
import type { Service } from '../graph/services.ts';
import { Slots } from '../graph/slots.ts';
import { minimumGroupCut } from '../graph/vertex-cut.ts';
import { append } from '../lists.ts';
import { componentsOfCauses } from './independence.ts';
import type { Reach } from './uses.ts';
import { compareVersions } from './versions.ts';

export interface ChangedPackage {
  /** As `packageName` names it: `npm/debug`. */
  readonly package: string;
  /** What the service holds of it in the scope, ascending. */
  readonly versions: readonly string[];
  /**
   * `move`: another version of it is enough, as long as that one needs nothing shared that the present one does not.
   * `drop`: the service must do without it, or put something else in its place.
   */
  readonly action: 'drop' | 'move';
  /** Whether it is of a cause to be separated from, or only leads to one. */
  readonly shared: boolean;
}

export interface Change {
  /** The service to be changed, an index into the services. */
  readonly service: number;
  /** In order of name. */
  readonly packages: readonly ChangedPackage[];
  /** Proved: no change of fewer packages does it. Where it equals the number of packages, this is a smallest change. */
  readonly least: number;
  readonly effect: Effect;
}

/**
 * The service before and after the change, computed from its graph without what is dropped. What is moved stays with the
 * dependencies that are locked now, because those of another version are not known.
 */
export interface Effect {
  /** Causes of the layer, one's own code too, that it shares with at least one of the others. */
  readonly shared: { readonly before: number; readonly after: number };
  /** Components in the scope. */
  readonly components: { readonly before: number; readonly after: number };
  /**
   * Load of all that is shared: share of the service's components that depend on a shared one without being shared
   * themselves, 0 to 1.
   */
  readonly load: { readonly before: number; readonly after: number };
}

export interface Separation {
  /** The causes that at least two of the services share and that were to be separated, ascending. */
  readonly causes: readonly number[];
  /** One for each service that can be changed so, the smallest first. */
  readonly changes: readonly Change[];
  /**
   * Services that no change of packages sets apart: a cause is their own code, ships in what cannot be dropped, or is not
   * tied to packages at all (the runtime under a service).
   */
  readonly impossible: readonly number[];
  /** Services of which nothing is known: what is shared with them is left out, so the answer may be too small. */
  readonly unread: readonly number[];
}

export interface SeparationQuestion {
  readonly fleet: Fleet;
  readonly services: readonly Service[];
  /** A layer as the audit has it; the reach must be of the same scope. */
  readonly table: CauseTable;
  readonly reach: Reach;
  readonly scope: Scope;
}

/** Layers in which another version of a package is another cause. */
const MOVABLE: ReadonlySet<string> = new Set(['artifact', 'release']);

/**
 * The smallest change that sets one of several services apart from the others. For a service A: the fewest packages (names;
 * a package is changed at all its places in A's graph) without which no path leads from A to a component of any of the
 * causes it shares with the others. That is a minimum vertex cut between A and those components, cut at packages;
 * `minimumGroupCut` says what of it is exact. It is computed for each of the services, and the first of the answer is the
 * smallest: fewest packages, then fewest to drop, then fewest components lost, then the order given.
 *
 * For two services that is the smallest change in either that separates them. Of more, one that shares nothing with the
 * others needs no change: to set all apart, ask pair by pair. For one cause, ask with that cause alone.
 *
 * - What A's own manifest names and is shared itself is always in the cut.
 * - In layers artifact and release the cut nearest to what is shared is given, because there another version is enough. In all
 *   others it is the one nearest the service: what its own manifests can drop.
 * - A service's own code and the root of its workspace cannot be cut; nor can a package that ships inside another's archive,
 *   except with that. In build scope nothing is cut that is also needed at run time: only its uses for building.
 *
 * @param members indexes of the services to be separated, as in Reach
 * @param wanted causes to be separated by; by default every shared one that is not one's own code
 */
export function separationOf(
  question: SeparationQuestion,
  members: readonly number[],
  wanted?: Iterable<number>,
): Separation {
  const { fleet, services, table, reach, scope } = question;
  const distinct = [...new Set(members)];
  const isUnread = (service: number) => fleet.lockfiles[services[service]!.lockfile]!.kind === 'unread';
  const unread = distinct.filter(isUnread);
  const chosen = wanted === undefined ? undefined : new Set(wanted);
  const sharedBy = sharedCauses(reach, distinct);
  const isWanted = (cause: number) => chosen?.has(cause) ?? !table.causes[cause]!.firstParty;
  const slots = new Slots(fleet.componentCount);
  const changes: Change[] = [];
  const impossible: number[] = [];
  for (const service of distinct) {
    if (isUnread(service)) continue;
    const shared = sharedBy.get(service) ?? [];
    const view = viewOf(fleet, services[service]!, scope, slots);
    const change = changeOf(view, table, shared, shared.filter(isWanted));
    if (change === undefined) impossible.push(service);
    else changes.push({ service, ...change });
  }
  const causes = new Set([...sharedBy.values()].flat().filter(isWanted));
  return { causes: [...causes].sort((a, b) => a - b), changes: changes.sort(compareChanges), impossible, unread };
}

/** By service: the causes that reach it and another one of the services, ascending. */
function sharedCauses({ start, service }: Reach, members: readonly number[]): Map<number, number[]> {
  const wanted = new Set(members);
  const result = new Map<number, number[]>();
  for (let cause = 0; cause + 1 < start.length; cause++) {
    const hit = [...service.subarray(start[cause]!, start[cause + 1]!)].filter((index) => wanted.has(index));
    if (hit.length > 1) for (const index of hit) append(result, index, cause);
  }
  return result;
}

/** One service within a scope. Nodes are those of `graph`. */
interface View {
  readonly fleet: Fleet;
  readonly graph: ServiceGraph;
  readonly scope: Scope;
  /** Nodes that paths start at: the service, and the root whose tooling runs for it. */
  readonly starts: readonly number[];
  /** The component the service itself is, where the scope counts that as a use; else -1. */
  readonly own: number;
  /** By position of a component: 1 if it is in the scope. */
  readonly inScope: Uint8Array;
  /** By node: its package as a position in `packages`, -1 where it cannot be dropped. */
  readonly packageOf: Int32Array;
  readonly packages: readonly string[];
}

function viewOf(fleet: Fleet, service: Service, scope: Scope, slots: Slots): View {
  const lockfile = fleet.lockfiles[service.lockfile]!;
  const closure = closureOf(lockfile, service.project);
  const graph = serviceGraph(lockfile, closure, scope === 'runtime', slots);
  const { nodes, componentOf, components } = graph;
  const inScope = new Uint8Array(components.length).fill(1);
  if (scope === 'build') {
    for (const [n, node] of nodes.entries())
      if (componentOf[n] !== -1 && closure.runtime[node]) inScope[componentOf[n]!] = 0;
  }
  const starts = [...nodes.keys()].filter((n) => closure.own.has(nodes[n]!) && (n === 0 || scope !== 'runtime'));
  const names = new Map<string, number>();
  const nameOf = Int32Array.from(components, (component) => {
    const name = packageName(fleet.component(component));
    return names.get(name) ?? names.set(name, names.size).size - 1;
  });
  const shipped = shippedInside(fleet, graph, lockfile.flags);
  const packageOf = Int32Array.from(componentOf, (component, n) => {
    const needed = scope === 'build' && closure.runtime[nodes[n]!] === 1;
    return component === -1 || needed || shipped[n] ? -1 : nameOf[component]!;
  });
  const own = scope === 'build' ? -1 : lockfile.component[lockfile.projects[service.project]!.node]!;
  return { fleet, graph, scope, starts, own, inScope, packageOf, packages: [...names.keys()] };
}

/** Marks the nodes that come in the archive of another's package; what one's own packages bundle is theirs to leave out. */
function shippedInside(fleet: Fleet, graph: ServiceGraph, flags: Uint8Array): Uint8Array {
  const { nodes, componentOf, components, edgeStart, edgeTo } = graph;
  const isBundled = (n: number) => (flags[nodes[n]!]! & NODE_FLAGS.bundled) !== 0;
  const result = Uint8Array.from(nodes, (_, n) => (isBundled(n) ? 1 : 0));
  if (!result.includes(1)) return result;
  const mine = [...nodes.keys()].filter(
    (n) => componentOf[n] === -1 || isOwn(fleet.component(components[componentOf[n]!]!)),
  );
  for (let at = 0; at < mine.length; at++) {
    for (let e = edgeStart[mine[at]!]!; e < edgeStart[mine[at]! + 1]!; e++) {
      const to = edgeTo[e]!;
      if (!result[to]) continue;
      result[to] = 0;
      mine.push(to);
    }
  }
  return result;
}

function changeOf(
  view: View,
  table: CauseTable,
  shared: readonly number[],
  wanted: readonly number[],
): Omit<Change, 'service'> | undefined {
  const movable = MOVABLE.has(table.layer);
  const hit = componentsOfCauses(table, wanted);
  if (view.own !== -1 && hit[view.own]) return undefined;
  const before = stateOf(view, table, shared, new Set(), new Set());
  if (wanted.some((cause) => !before.held.has(cause))) return undefined;
  const targets = nodesIn(view, hit);
  const cut = minimumGroupCut(view.graph, {
    sources: view.starts,
    targets,
    groupOf: view.packageOf,
    side: movable ? 'farthest' : 'nearest',
  });
  if (cut === undefined) return undefined;
  const changed = new Set(cut.groups);
  const moved = movable ? movedOf(view, targets, changed) : new Set<number>();
  const dropped = new Set(cut.groups.filter((group) => !moved.has(group)));
  const packages = cut.groups.map((group): ChangedPackage => {
    const held = [...view.packageOf.keys()].filter((n) => view.packageOf[n] === group);
    const versions = new Set(held.map((n) => componentAt(view, n).version ?? '?'));
    return {
      package: view.packages[group]!,
      versions: [...versions].sort(compareVersions),
      action: moved.has(group) ? 'move' : 'drop',
      shared: held.some((n) => targets[n] === 1),
    };
  });
  const after = stateOf(view, table, shared, dropped, moved);
  const lost = [...before.held].filter((cause) => !after.held.has(cause)).length;
  return {
    packages: packages.sort((a, b) => (a.package < b.package ? -1 : 1)),
    least: cut.least,
    effect: {
      shared: { before: shared.length, after: shared.length - lost },
      components: { before: before.components, after: after.components },
      load: { before: before.load, after: after.load },
    },
  };
}

function componentAt({ fleet, graph }: View, node: number) {
  return fleet.component(graph.components[graph.componentOf[node]!]!);
}

/** Marks the nodes of components that are in the scope and marked. */
function nodesIn({ graph, inScope }: View, marked: Uint8Array): Uint8Array {
  return Uint8Array.from(graph.componentOf, (c) => (c !== -1 && inScope[c] && marked[graph.components[c]!] ? 1 : 0));
}

/**
 * The packages of a cut that need not go: another's, shared themselves, and with nothing shared below them that the rest of the
 * cut would let through. If all of these stay and change their versions, no path leads to anything else that is shared:
 * behind the last of them on it, it would lead there without the rest of the cut.
 */
function movedOf(view: View, targets: Uint8Array, changed: ReadonlySet<number>): Set<number> {
  const { packageOf } = view;
  const moved = new Set<number>();
  for (const group of changed) {
    const held = [...packageOf.keys()].filter((n) => packageOf[n] === group);
    const isShared = held.some((n) => targets[n]);
    if (!isShared || held.some((n) => isOwn(componentAt(view, n)))) continue;
    const below = reachedFrom(view, held, (n) => packageOf[n] !== group && changed.has(packageOf[n]!));
    if (!below.some((bit, n) => bit === 1 && targets[n] === 1 && packageOf[n] !== group)) moved.add(group);
  }
  return moved;
}

function reachedFrom({ graph }: View, starts: readonly number[], isGone: (node: number) => boolean): Uint8Array {
  const { edgeStart, edgeTo } = graph;
  const seen = new Uint8Array(graph.nodes.length);
  const queue = [...starts];
  for (const start of starts) seen[start] = 1;
  for (let at = 0; at < queue.length; at++) {
    for (let e = edgeStart[queue[at]!]!; e < edgeStart[queue[at]! + 1]!; e++) {
      const to = edgeTo[e]!;
      if (seen[to] || isGone(to)) continue;
      seen[to] = 1;
      queue.push(to);
    }
  }
  return seen;
}

interface State {
  /** Causes of those asked about that a component, or the service's own code, is of. */
  readonly held: ReadonlySet<number>;
  readonly components: number;
  readonly load: number;
}

/** The service without some packages, walked anew; what is moved is there but of no cause that is shared. */
function stateOf(
  view: View,
  { start, members }: CauseTable,
  shared: readonly number[],
  dropped: ReadonlySet<number>,
  moved: ReadonlySet<number>,
): State {
  const { graph, inScope, packageOf, own } = view;
  const reached = reachedFrom(view, view.starts, (n) => dropped.has(packageOf[n]!));
  const isShared = new Set(shared);
  const held = new Set<number>();
  const counted = new Uint8Array(graph.components.length);
  const nodes: number[] = [];
  const hold = (component: number): boolean => {
    const causes = members.subarray(start[component]!, start[component + 1]!).filter((cause) => isShared.has(cause));
    for (const cause of causes) held.add(cause);
    return causes.length > 0;
  };
  for (const [n, c] of graph.componentOf.entries()) {
    if (!reached[n] || c === -1 || !inScope[c]) continue;
    counted[c] = 1;
    if (!moved.has(packageOf[n]!) && hold(graph.components[c]!)) nodes.push(n);
  }
  if (own !== -1) hold(own);
  const components = counted.reduce((sum, bit) => sum + bit, 0);
  const groups = { start: Int32Array.of(0, nodes.length), nodes: Int32Array.from(nodes) };
  const standing = nodes.length === 0 ? 0 : dependents(kept(graph, reached), groups, counted)[0]!;
  return { held, components, load: standing / Math.max(1, components) };
}

/** The graph with no edge out of or into a node that is not reached. */
function kept(graph: ServiceGraph, reached: Uint8Array): ServiceGraph {
  const edgeStart = new Int32Array(graph.edgeStart.length);
  const edgeTo: number[] = [];
  for (let n = 0; n < graph.nodes.length; n++) {
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]! && reached[n]; e++) {
      if (reached[graph.edgeTo[e]!]) edgeTo.push(graph.edgeTo[e]!);
    }
    edgeStart[n + 1] = edgeTo.length;
  }
  return { ...graph, edgeStart, edgeTo: Int32Array.from(edgeTo) };
}

function compareChanges(a: Change, b: Change): number {
  const drops = (change: Change) => change.packages.filter(({ action }) => action === 'drop').length;
  const lost = ({ effect }: Change) => effect.components.before - effect.components.after;
  return a.packages.length - b.packages.length || drops(a) - drops(b) || lost(a) - lost(b);
}
