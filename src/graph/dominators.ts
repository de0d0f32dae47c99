/**
 * Dominators: vertex d dominates vertex v if every path from the root to v passes d. The immediate dominators, the nearest
 * of each vertex but itself, form a tree. Lengauer and Tarjan 1979, "A fast algorithm for finding dominators in a
 * flowgraph", with path compression alone: O(E log V) whatever the graph, and no recursion.
 */
import type { Digraph } from './vertex-cut.ts';

const NOBODY = -1;

/**
 * The immediate dominator of each vertex; -1 for the root and for what it does not reach.
 *
 * @param root where all paths start
 */
export function immediateDominators(graph: Digraph, root: number): Int32Array {
  const walk = walkOf(graph, root);
  const { order, number } = walk;
  const found = dominatorsOf(graph, walk);
  return Int32Array.from(number, (at) => (at <= 0 ? NOBODY : order[found[at]!]!));
}

/** What every path to a vertex passes, from the root to the vertex itself; empty for what the root does not reach. */
export function dominatorChain(dominators: Int32Array, root: number, vertex: number): number[] {
  if (vertex !== root && dominators[vertex] === NOBODY) return [];
  const chain: number[] = [];
  for (let at = vertex; at !== NOBODY; at = dominators[at]!) chain.push(at);
  return chain.reverse();
}

/** A depth-first walk: vertices by number, numbers by vertex (-1 for what is not reached), and the tree by number. */
interface Walk {
  readonly order: readonly number[];
  readonly number: Int32Array;
  readonly parent: Int32Array;
}

function walkOf({ edgeStart, edgeTo }: Digraph, root: number): Walk {
  const count = edgeStart.length - 1;
  const number = new Int32Array(count).fill(NOBODY);
  const parent = new Int32Array(count).fill(NOBODY);
  const cursor = edgeStart.slice(0, count);
  const order = [root];
  const path = [root];
  number[root] = 0;
  while (path.length > 0) {
    const vertex = path[path.length - 1]!;
    if (cursor[vertex]! >= edgeStart[vertex + 1]!) {
      path.pop();
      continue;
    }
    const to = edgeTo[cursor[vertex]!++]!;
    if (to < 0 || number[to] !== NOBODY) continue;
    parent[order.length] = number[vertex]!;
    number[to] = order.length;
    order.push(to);
    path.push(to);
  }
  return { order, number, parent };
}

/** Immediate dominators in numbers of the walk, by number. */
function dominatorsOf(graph: Digraph, { order, number, parent }: Walk): Int32Array {
  const count = order.length;
  const { start, users } = usersOf(graph, order, number);
  const semi = Int32Array.from(order, (_, at) => at);
  const dominator = new Int32Array(count);
  const forest = new Forest(semi);
  // Vertices by their semidominator, as chained lists.
  const first = new Int32Array(count).fill(NOBODY);
  const next = new Int32Array(count).fill(NOBODY);
  for (let at = count - 1; at > 0; at--) {
    for (let u = start[at]!; u < start[at + 1]!; u++) {
      const least = semi[forest.least(users[u]!)]!;
      if (least < semi[at]!) semi[at] = least;
    }
    next[at] = first[semi[at]!]!;
    first[semi[at]!] = at;
    const above = parent[at]!;
    forest.link(above, at);
    for (let v = first[above]!; v !== NOBODY; v = next[v]!) {
      const least = forest.least(v);
      dominator[v] = semi[least]! < semi[v]! ? least : above;
    }
    first[above] = NOBODY;
  }
  for (let at = 1; at < count; at++) {
    if (dominator[at] !== semi[at]) dominator[at] = dominator[dominator[at]!]!;
  }
  return dominator;
}

/** The edges turned around, in numbers of the walk: what leads to number n is at start[n] .. start[n + 1]. */
function usersOf({ edgeStart, edgeTo }: Digraph, order: readonly number[], number: Int32Array) {
  const start = new Int32Array(order.length + 1);
  for (const vertex of order) {
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) {
      if (edgeTo[e]! >= 0) start[number[edgeTo[e]!]! + 1]!++;
    }
  }
  for (let at = 0; at < order.length; at++) start[at + 1]! += start[at]!;
  const free = start.slice(0, order.length);
  const users = new Int32Array(start[order.length]!);
  order.forEach((vertex, at) => {
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) {
      if (edgeTo[e]! >= 0) users[free[number[edgeTo[e]!]!]!++] = at;
    }
  });
  return { start, users };
}

/** The part of the walk's tree that was linked so far; tells the vertex with the least semidominator on the way up. */
class Forest {
  readonly #semi: Int32Array;
  readonly #ancestor: Int32Array;
  readonly #label: Int32Array;

  constructor(semi: Int32Array) {
    this.#semi = semi;
    this.#ancestor = new Int32Array(semi.length).fill(NOBODY);
    this.#label = Int32Array.from(semi);
  }

  link(above: number, vertex: number): void {
    this.#ancestor[vertex] = above;
  }

  /** Of the vertices from `vertex` up to below the top of its tree, the one with the least semidominator. */
  least(vertex: number): number {
    const path: number[] = [];
    for (let at = vertex; this.#hasTwoAbove(at); at = this.#ancestor[at]!) path.push(at);
    for (const at of path.reverse()) {
      const above = this.#ancestor[at]!;
      if (this.#semi[this.#label[above]!]! < this.#semi[this.#label[at]!]!) this.#label[at] = this.#label[above]!;
      this.#ancestor[at] = this.#ancestor[above]!;
    }
    return this.#label[vertex]!;
  }

  #hasTwoAbove(vertex: number): boolean {
    const above = this.#ancestor[vertex]!;
    return above !== NOBODY && this.#ancestor[above] !== NOBODY;
  }
}
