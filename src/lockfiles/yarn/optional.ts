/** Which nodes a machine may do without. */
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE } from '../../graph/model.ts';

const IS_OPTIONAL = EDGE_KINDS.map((kind) => kind === 'optional' || kind === 'peerOptional');

/** Flags nodes that are reached from the projects, but by optional edges alone. */
export function flagOptional(graph: LockGraph): void {
  if (!graph.edgeKind.some((kind) => IS_OPTIONAL[kind])) return;
  const needed = reached(graph, true);
  const all = reached(graph, false);
  for (let node = 0; node < all.length; node++) {
    if (all[node] === 1 && needed[node] === 0) graph.flags[node]! |= NODE_FLAGS.optional;
  }
}

function reached({ nodeCount, projects, edgeStart, edgeTo, edgeKind }: LockGraph, requiredOnly: boolean): Uint8Array {
  const seen = new Uint8Array(nodeCount);
  const stack = projects.map(({ node }) => node);
  for (const root of stack) seen[root] = 1;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      const next = edgeTo[edge]!;
      if (next === NONE || seen[next] === 1 || (requiredOnly && IS_OPTIONAL[edgeKind[edge]!])) continue;
      seen[next] = 1;
      stack.push(next);
    }
  }
  return seen;
}
