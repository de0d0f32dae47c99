/** Which nodes may be absent: bun.lock does not say, its edges do. */
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE } from '../../graph/model.ts';

const NEEDED = EDGE_KINDS.map((kind) => kind !== 'optional' && kind !== 'peerOptional');

/** Flags the nodes that a project reaches, but not without an optional dependency or an optional peer. */
export function flagOptional(graph: LockGraph): void {
  const needed = reachable(graph, true);
  const reached = reachable(graph, false);
  for (let n = 0; n < graph.nodeCount; n++) {
    if (reached[n] && !needed[n]) graph.flags[n]! |= NODE_FLAGS.optional;
  }
}

function reachable(graph: LockGraph, neededOnly: boolean): Uint8Array {
  const { edgeStart, edgeTo, edgeKind } = graph;
  const seen = new Uint8Array(graph.nodeCount);
  const queue = graph.projects.map((project) => project.node);
  for (const node of queue) seen[node] = 1;
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to === NONE || seen[to] || (neededOnly && !NEEDED[edgeKind[e]!])) continue;
      seen[to] = 1;
      queue.push(to);
    }
  }
  return seen;
}
