/** What of a service leads to something it holds: the part of its graph between its own manifests and that. Pure. */

import { packageName } from '../../causes/package.ts';
import { type Closure, closureOf, type Scope } from '../../graph/closure.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { EDGE_KINDS, isDevEdge, NODE_FLAGS, NONE } from '../../graph/model.ts';
import type { AskedBy, PathStep } from '../../graph/paths.ts';
import type { Service } from '../../graph/services.ts';
import type { Digraph } from '../../graph/vertex-cut.ts';
import { compareTexts } from '../../order.ts';

/**
 * Vertices are the nodes from which a wanted one can be reached, and these themselves. They are numbered by name, version
 * and place, and the edges of a vertex are in the order of what they lead to, then by kind, name and range: so no answer
 * depends on the order of edges in a file. No edge leads from a package back into a manifest of one's own: what that one names
 * it brings in itself.
 */
export interface LeadingGraph extends Digraph {
  readonly fleet: Fleet;
  readonly lockfile: FleetLockfile;
  readonly closure: Closure;
  /** Node of the lockfile behind each vertex. */
  readonly nodes: Int32Array;
  /** Edge of the lockfile behind each edge. */
  readonly edges: Int32Array;
  /** 1 for what is wanted, is held within the scope and is not the service itself. */
  readonly targets: Uint8Array;
  /** Edges from a vertex to the nearest target. */
  readonly distance: Int32Array;
  /** 1 where a target can be reached at run time: over no dev edge. */
  readonly atRuntime: Uint8Array;
  /** The service, and the root whose tooling runs for it; those of them that lead to a target. */
  readonly starts: readonly number[];
}

/** @returns undefined where the service holds nothing wanted within the scope */
export function leadingGraph(
  fleet: Fleet,
  service: Pick<Service, 'lockfile' | 'project'>,
  scope: Scope,
  isWanted: (component: number) => boolean,
): LeadingGraph | undefined {
  const lockfile = fleet.lockfiles[service.lockfile]!;
  if (!lockfile.component.some(isWanted)) return undefined;
  const closure = closureOf(lockfile, service.project);
  const wanted = heldNodes(lockfile, closure, scope, isWanted);
  if (wanted.length === 0) return undefined;
  const [project] = closure.own;
  const starts = [...closure.own].filter((node) => node === project || scope !== 'runtime');
  const inScope = usable(lockfile, closure, scope === 'runtime');
  const manifests = ownManifests(lockfile, starts, new Set(wanted), inScope);
  const mayUse: MayUse = (from, edge) =>
    inScope(from, edge) && (manifests.has(from) || !manifests.has(lockfile.edgeTo[edge]!));
  const users = usersOf(lockfile, closure, mayUse);
  const { order, distance } = backwards(lockfile, wanted, users, () => true);
  const runtime = wanted.filter((node) => closure.runtime[node] === 1);
  const late = backwards(lockfile, runtime, users, (e) => !isDevEdge(lockfile.edgeKind[e]!)).distance;
  const nodes = ranked(fleet, lockfile, order);
  const vertexOf = new Int32Array(lockfile.component.length).fill(NONE);
  nodes.forEach((node, vertex) => {
    vertexOf[node] = vertex;
  });
  const isTarget = new Set(wanted);
  return {
    ...forwards(fleet, lockfile, nodes, vertexOf, mayUse),
    fleet,
    lockfile,
    closure,
    nodes,
    targets: Uint8Array.from(nodes, (node) => (isTarget.has(node) ? 1 : 0)),
    distance: nodes.map((node) => distance[node]!),
    atRuntime: Uint8Array.from(nodes, (node) => (late[node] === NONE ? 0 : 1)),
    starts: starts.map((node) => vertexOf[node]!).filter((vertex) => vertex !== NONE),
  };
}

/**
 * Nodes of wanted components that a service holds within a scope. A component of which one node is needed at run time is in
 * runtime scope with all of them.
 */
export function heldNodes(
  { component }: FleetLockfile,
  { nodes, runtime, own }: Closure,
  scope: Scope,
  isWanted: (component: number) => boolean,
): number[] {
  const held = [...nodes].filter((node) => isWanted(component[node]!) && !own.has(node));
  if (scope === 'all') return held;
  if (scope === 'runtime') return held.filter((node) => runtime[node] === 1);
  const late = new Set(held.filter((node) => runtime[node] === 1).map((node) => component[node]!));
  return held.filter((node) => !late.has(component[node]!));
}

/** Whether an edge is one of a way within the scope, by the node it leaves. */
type MayUse = (from: number, edge: number) => boolean;

function usable({ edgeTo, edgeKind }: FleetLockfile, { runtime }: Closure, runtimeOnly: boolean): MayUse {
  return (from, edge) => edgeTo[edge]! >= 0 && (!runtimeOnly || (runtime[from] === 1 && !isDevEdge(edgeKind[edge]!)));
}

/** Projects that are reached over projects alone, the starts among them. */
function ownManifests(
  { projects, edgeStart, edgeTo }: FleetLockfile,
  starts: readonly number[],
  wanted: ReadonlySet<number>,
  mayUse: MayUse,
): Set<number> {
  const candidates = new Set(projects.map(({ node }) => node).filter((node) => !wanted.has(node)));
  const found = new Set(starts);
  for (const node of found) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++)
      if (mayUse(node, e) && candidates.has(edgeTo[e]!)) found.add(edgeTo[e]!);
  }
  return found;
}

interface Users {
  /** Edges that lead to node n: edge[start[n]] .. edge[start[n + 1]], with the node each leaves. */
  readonly start: Int32Array;
  readonly edge: Int32Array;
  readonly from: Int32Array;
}

function usersOf({ edgeStart, edgeTo }: FleetLockfile, closure: Closure, mayUse: MayUse): Users {
  const start = new Int32Array(edgeStart.length);
  const each = (visit: (node: number, edge: number) => void): void => {
    for (const node of closure.nodes) {
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) if (mayUse(node, e)) visit(node, e);
    }
  };
  each((_, e) => {
    start[edgeTo[e]! + 1]!++;
  });
  for (let n = 1; n < start.length; n++) start[n]! += start[n - 1]!;
  const free = start.slice();
  const edge = new Int32Array(start[start.length - 1]!);
  const from = new Int32Array(edge.length);
  each((node, e) => {
    const at = free[edgeTo[e]!]!++;
    edge[at] = e;
    from[at] = node;
  });
  return { start, edge, from };
}

function backwards(
  { component }: FleetLockfile,
  wanted: readonly number[],
  { start, edge, from }: Users,
  mayUse: (edge: number) => boolean,
): { readonly order: number[]; readonly distance: Int32Array } {
  const distance = new Int32Array(component.length).fill(NONE);
  const order = [...wanted];
  for (const node of wanted) distance[node] = 0;
  for (let at = 0; at < order.length; at++) {
    const node = order[at]!;
    for (let u = start[node]!; u < start[node + 1]!; u++) {
      const user = from[u]!;
      if (distance[user] !== NONE || !mayUse(edge[u]!)) continue;
      distance[user] = distance[node]! + 1;
      order.push(user);
    }
  }
  return { order, distance };
}

function ranked(fleet: Fleet, { component }: FleetLockfile, nodes: readonly number[]): Int32Array {
  const keyed = nodes.map((node) => {
    const { name, version = '' } = fleet.component(component[node]!);
    return { node, name, version };
  });
  keyed.sort((a, b) => compareTexts(a.name, b.name) || compareTexts(a.version, b.version) || a.node - b.node);
  return Int32Array.from(keyed, ({ node }) => node);
}

function forwards(
  fleet: Fleet,
  lockfile: FleetLockfile,
  nodes: Int32Array,
  vertexOf: Int32Array,
  mayUse: MayUse,
): Pick<LeadingGraph, 'edgeStart' | 'edgeTo' | 'edges'> {
  const edgeStart = new Int32Array(nodes.length + 1);
  const edges: number[] = [];
  const toOf = (e: number): number => (lockfile.edgeTo[e]! < 0 ? NONE : vertexOf[lockfile.edgeTo[e]!]!);
  nodes.forEach((node, vertex) => {
    const own: number[] = [];
    for (let e = lockfile.edgeStart[node]!; e < lockfile.edgeStart[node + 1]!; e++) {
      if (toOf(e) !== NONE && mayUse(node, e)) own.push(e);
    }
    own.sort((a, b) => toOf(a) - toOf(b) || compareEdges(fleet, lockfile, a, b));
    for (const e of own) edges.push(e);
    edgeStart[vertex + 1] = edges.length;
  });
  return { edgeStart, edgeTo: Int32Array.from(edges, toOf), edges: Int32Array.from(edges) };
}

function compareEdges(fleet: Fleet, lockfile: FleetLockfile, a: number, b: number): number {
  const { edgeKind } = lockfile;
  if (edgeKind[a] !== edgeKind[b]) return edgeKind[a]! - edgeKind[b]!;
  const [x, y] = [askOf(fleet, lockfile, a), askOf(fleet, lockfile, b)];
  return compareTexts(x.name, y.name) || compareTexts(x.range ?? '', y.range ?? '');
}

/** How an edge of a lockfile asks for what it leads to. */
export function askOf(fleet: Fleet, { edgeKind, edgeName, edgeRange }: FleetLockfile, edge: number): AskedBy {
  const range = edgeRange[edge]!;
  return {
    kind: EDGE_KINDS[edgeKind[edge]!]!,
    name: fleet.strings.text(edgeName[edge]!),
    range: range === NONE ? undefined : fleet.strings.text(range),
  };
}

/** The step of a path that an edge makes; the first step, a start, has no edge. */
export function stepOf(graph: LeadingGraph, vertex: number, edge: number | undefined): PathStep {
  const { fleet, lockfile, nodes, edges } = graph;
  const node = nodes[vertex]!;
  const asked = edge === undefined ? undefined : askOf(fleet, lockfile, edges[edge]!);
  return { node, component: lockfile.component[node]!, asked };
}

/** The package of a vertex, as layer package names it. */
export function packageOf({ fleet, lockfile, nodes }: LeadingGraph, vertex: number): string {
  return packageName(fleet.component(lockfile.component[nodes[vertex]!]!));
}

/** Ships in the archive of what depends on it, so it cannot be dropped alone. */
export function isBundled({ lockfile, nodes }: LeadingGraph, vertex: number): boolean {
  return (lockfile.flags[nodes[vertex]!]! & NODE_FLAGS.bundled) !== 0;
}
