/** Which nodes are there only because something optional asked for them: Yarn 1 works it out anew and writes none of it down. */
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE } from '../../graph/model.ts';

const OPTIONAL = EDGE_KINDS.indexOf('optional');
const PEER_OPTIONAL = EDGE_KINDS.indexOf('peerOptional');

/** Flags the nodes that the projects reach, but not without an optional edge. Writes into the flags of a graph just built. */
export function flagOptional(graph: LockGraph): void {
  if (!graph.edgeKind.includes(OPTIONAL)) return;
  const required = reach(graph, false);
  const all = reach(graph, true);
  for (let n = 0; n < graph.nodeCount; n++) {
    if (all[n] === 1 && required[n] === 0) graph.flags[n]! |= NODE_FLAGS.optional;
  }
}

function reach({ nodeCount, projects, edgeStart, edgeTo, edgeKind }: LockGraph, withOptional: boolean): Uint8Array {
  const reached = new Uint8Array(nodeCount);
  const stack = projects.map((project) => project.node);
  for (const node of stack) reached[node] = 1;
  for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
    for (let e = edgeStart[n]!; e < edgeStart[n + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to === NONE || reached[to] === 1) continue;
      if (!withOptional && (edgeKind[e] === OPTIONAL || edgeKind[e] === PEER_OPTIONAL)) continue;
      reached[to] = 1;
      stack.push(to);
    }
  }
  return reached;
}
