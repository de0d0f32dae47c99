/** Which entries lead where, as bits that spread over the graph of a service. Pure. */
import type { Closure, Scope } from '../../graph/closure.ts';
import type { FleetLockfile } from '../../graph/fleet.ts';
import { RowIndex } from '../../graph/row-index.ts';
import { stronglyConnected } from '../../graph/scc.ts';
import type { ServiceGraph } from '../../graph/service-graph.ts';

/** Bit of what holds a cause and is no entry: one's own code, and what is to stay. */
export const FIXED = 0;

/** What ways begin with. */
export interface Seeds {
  readonly bitOf: Int32Array;
  /** Numbers of entries by their bit, from bit 1 on. */
  readonly numbers: readonly number[];
  readonly words: number;
}

export interface Rows {
  readonly rows: Int32Array;
  /** Row of each local node. */
  readonly rowOf: Int32Array;
}

/** By local node the index of the project that it is, else -1. */
export function projectsIn({ projects }: FleetLockfile, { nodes }: ServiceGraph): Int32Array {
  const projectOf = new Map(projects.map(({ node }, index) => [node, index]));
  return Int32Array.from(nodes, (node) => projectOf.get(node) ?? -1);
}

/**
 * The manifests among the projects, else -1: those that are reached whatever entries go, over projects and over what is to
 * stay. One that only a package leads to goes with it, and is none.
 *
 * @param isEntry whether an edge of a project, by their indexes, is of an entry that may go
 */
export function manifestsOf(
  projects: Int32Array,
  closure: Closure,
  graph: ServiceGraph,
  scope: Scope,
  isEntry: (project: number, edge: number) => boolean,
): Int32Array {
  const found = new Int32Array(graph.nodes.length).fill(-1);
  const seen = new Uint8Array(graph.nodes.length);
  const queue: number[] = [];
  const visit = (n: number): void => {
    if (seen[n]) return;
    seen[n] = 1;
    found[n] = projects[n]!;
    queue.push(n);
  };
  for (const n of graph.nodes.keys()) {
    if (closure.own.has(graph.nodes[n]!) && (n === 0 || scope !== 'runtime')) visit(n);
  }
  for (const n of queue) {
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const isOfProject = projects[graph.edgeTo[e]!] !== -1;
      if (found[n] === -1 || isOfProject || !isEntry(found[n]!, graph.edges[e]!)) visit(graph.edgeTo[e]!);
    }
  }
  return found;
}

/** The bits that lead to each node, not through manifests: what these name is theirs. */
export function spread(
  { nodes, edgeStart, edgeTo }: ServiceGraph,
  manifests: Int32Array,
  { bitOf, words }: Seeds,
): Rows {
  const start = new Int32Array(nodes.length + 1);
  const to = new Int32Array(edgeTo.length);
  let edges = 0;
  for (let n = 0; n < nodes.length; n++) {
    for (let e = edgeStart[n]!; manifests[n] === -1 && e < edgeStart[n + 1]!; e++)
      if (manifests[edgeTo[e]!] === -1) to[edges++] = edgeTo[e]!;
    start[n + 1] = edges;
  }
  const rowOf = stronglyConnected(nodes.length, start, to.subarray(0, edges));
  const rows = new Int32Array(nodes.length * words);
  const order = nodes.map((_, n) => n).sort((a, b) => rowOf[b]! - rowOf[a]!);
  for (let n = 0; n < nodes.length; n++) {
    if (manifests[n] !== -1) rows[rowOf[n]! * words] = 1 << FIXED;
    for (let e = edgeStart[n]!; e < edgeStart[n + 1]!; e++) {
      const bit = bitOf[e]!;
      if (bit !== -1) rows[rowOf[edgeTo[e]!]! * words + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }
  // All members of a cycle have one row, which is whole before any of them is looked at.
  for (const n of order) {
    const from = rowOf[n]! * words;
    for (let e = start[n]!; e < start[n + 1]!; e++) {
      const row = rowOf[to[e]!]! * words;
      if (row !== from) for (let w = 0; w < words; w++) rows[row + w]! |= rows[from + w]!;
    }
  }
  return { rows, rowOf };
}

/** The entries of each row as numbers; equal rows have one set. */
export function distinct(count: number, merged: readonly number[], { numbers, words }: Seeds) {
  const index = new RowIndex(words);
  const row = new Int32Array(words);
  const set = new Int32Array(count);
  const sets: Int32Array[] = [];
  for (let at = 0; at < count; at++) {
    for (let w = 0; w < words; w++) row[w] = merged[at * words + w]!;
    if (row[0]! & (1 << FIXED)) {
      set[at] = -1;
      continue;
    }
    const id = index.id(row);
    set[at] = id;
    if (id === sets.length) sets.push(Int32Array.from(bitsOf(row), (bit) => numbers[bit - 1]!).sort());
  }
  return { set, sets };
}

function bitsOf(row: Int32Array): number[] {
  return [...row].flatMap((word, w) =>
    Array.from({ length: 32 }, (_, b) => ((word >>> b) & 1 ? [w * 32 + b] : [])).flat(),
  );
}
