/** The part of a lockfile that one service holds, as a graph of its own. */
import type { Closure } from './closure.ts';
import type { FleetLockfile } from './fleet.ts';
import { isDevEdge } from './model.ts';
import type { Slots } from './slots.ts';

export interface ServiceGraph {
  /** Fleet-wide ids of the distinct components, in order of first appearance. */
  readonly components: Int32Array;
  /** Position in `components` of each local node, -1 for the service itself and the tooling root. */
  readonly componentOf: Int32Array;
  readonly edgeStart: Int32Array;
  readonly edgeTo: Int32Array;
  /** Edge of the lockfile behind each local edge. */
  readonly edges: Int32Array;
  /** Node of the lockfile behind each local node. */
  readonly nodes: Int32Array;
}

/**
 * Renumbers the nodes of a closure, or its runtime part alone, with the edges between them.
 *
 * @param slots scratch over the components of the fleet
 */
export function serviceGraph(
  lockfile: FleetLockfile,
  closure: Closure,
  runtimeOnly: boolean,
  slots: Slots,
): ServiceGraph {
  const nodes = runtimeOnly ? closure.nodes.filter((node) => closure.runtime[node] === 1) : closure.nodes;
  const local = new Int32Array(lockfile.component.length).fill(-1);
  const componentOf = new Int32Array(nodes.length);
  let mostEdges = 0;
  for (let n = 0; n < nodes.length; n++) {
    const node = nodes[n]!;
    local[node] = n;
    componentOf[n] = closure.own.has(node) ? -1 : slots.of(lockfile.component[node]!);
    mostEdges += lockfile.edgeStart[node + 1]! - lockfile.edgeStart[node]!;
  }
  const edgeStart = new Int32Array(nodes.length + 1);
  const edgeTo = new Int32Array(mostEdges);
  const behind = new Int32Array(mostEdges);
  let edges = 0;
  for (let n = 0; n < nodes.length; n++) {
    const node = nodes[n]!;
    for (let e = lockfile.edgeStart[node]!; e < lockfile.edgeStart[node + 1]!; e++) {
      const to = lockfile.edgeTo[e]!;
      if (to < 0 || local[to] === -1 || (runtimeOnly && isDevEdge(lockfile.edgeKind[e]!))) continue;
      behind[edges] = e;
      edgeTo[edges++] = local[to]!;
    }
    edgeStart[n + 1] = edges;
  }
  return {
    components: slots.take(),
    componentOf,
    edgeStart,
    edgeTo: edgeTo.subarray(0, edges),
    edges: behind.subarray(0, edges),
    nodes,
  };
}
