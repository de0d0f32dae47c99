/** A graph without what leads to nothing that is looked for: what is left has every path to it. Pure. */
import { isFirstParty, type LockGraph, NONE } from './model.ts';

/**
 * Keeps the nodes wanted, all that lead to them, and one's own code, which says what the services are. Paths to nodes
 * wanted, and whether they run, are those of the whole graph.
 */
export function prunedTo(graph: LockGraph, isWanted: (node: number) => boolean): LockGraph {
  const kept = keptNodes(graph, isWanted);
  const { nodeCount, edgeTo } = graph;
  const place = new Int32Array(nodeCount).fill(NONE);
  const nodes: number[] = [];
  for (let node = 0; node < nodeCount; node++) if (kept[node]) place[node] = nodes.push(node) - 1;
  const edges: number[] = [];
  const edgeStart = new Int32Array(nodes.length + 1);
  for (const [at, node] of nodes.entries()) {
    for (let e = graph.edgeStart[node]!; e < graph.edgeStart[node + 1]!; e++) {
      if (edgeTo[e]! !== NONE && kept[edgeTo[e]!]) edges.push(e);
    }
    edgeStart[at + 1] = edges.length;
  }
  const ofNodes = (column: Int32Array): Int32Array => Int32Array.from(nodes, (node) => column[node]!);
  const ofEdges = (column: Int32Array): Int32Array => Int32Array.from(edges, (edge) => column[edge]!);
  return {
    ...graph,
    nodeCount: nodes.length,
    key: ofNodes(graph.key),
    ecosystem: ofNodes(graph.ecosystem),
    name: ofNodes(graph.name),
    version: ofNodes(graph.version),
    integrity: ofNodes(graph.integrity),
    resolved: ofNodes(graph.resolved),
    source: Uint8Array.from(nodes, (node) => graph.source[node]!),
    flags: Uint8Array.from(nodes, (node) => graph.flags[node]!),
    edgeStart,
    edgeTo: Int32Array.from(edges, (edge) => place[edgeTo[edge]!]!),
    edgeKind: Uint8Array.from(edges, (edge) => graph.edgeKind[edge]!),
    edgeName: ofEdges(graph.edgeName),
    edgeRange: ofEdges(graph.edgeRange),
    projects: graph.projects.map((project) => ({ ...project, node: place[project.node]! })),
  };
}

function keptNodes(graph: LockGraph, isWanted: (node: number) => boolean): Uint8Array {
  const kept = new Uint8Array(graph.nodeCount);
  const queue: number[] = [];
  const keep = (node: number): void => {
    if (kept[node]) return;
    kept[node] = 1;
    queue.push(node);
  };
  for (let node = 0; node < graph.nodeCount; node++) if (isWanted(node)) keep(node);
  const { start, from } = dependents(graph);
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at]!;
    for (let e = start[node]!; e < start[node + 1]!; e++) keep(from[e]!);
  }
  for (let node = 0; node < graph.nodeCount; node++) if (isFirstParty(graph.source[node]!)) kept[node] = 1;
  for (const { node } of graph.projects) kept[node] = 1;
  return kept;
}

/** Nodes that depend on each, as columns. */
function dependents({ nodeCount, edgeStart, edgeTo }: LockGraph): { start: Int32Array; from: Int32Array } {
  const start = new Int32Array(nodeCount + 1);
  for (const to of edgeTo) if (to !== NONE) start[to + 1]!++;
  for (let node = 0; node < nodeCount; node++) start[node + 1]! += start[node]!;
  const next = start.slice(0, nodeCount);
  const from = new Int32Array(start[nodeCount]!);
  for (let node = 0; node < nodeCount; node++) {
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to !== NONE) from[next[to]!++] = node;
    }
  }
  return { start, from };
}
