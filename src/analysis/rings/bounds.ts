/** How many rings are needed at least: valid whatever way of colouring is used. Pure. */
import type { Limit, Order, RingGraph } from './ring-graph.ts';

/** By vertex: how many rings there must be before it, and after it, for the chains of guards it is in. */
export interface Chains {
  readonly head: Int32Array;
  readonly tail: Int32Array;
}

/** Longest paths in the orders, which have no circle. */
export function chainsOf(vertices: number, orders: readonly Order[]): Chains {
  return { head: longest(vertices, orders), tail: longest(vertices, orders.map(reversed)) };
}

function reversed({ before, after }: Order): Order {
  return { before: after, after: before };
}

function longest(vertices: number, orders: readonly Order[]): Int32Array {
  const waiting = new Int32Array(vertices);
  const next: number[][] = Array.from({ length: vertices }, () => []);
  for (const { before, after } of orders) {
    waiting[after]!++;
    next[before]!.push(after);
  }
  const length = new Int32Array(vertices);
  const ready = [...waiting.keys()].filter((vertex) => waiting[vertex] === 0);
  for (const vertex of ready) {
    for (const after of next[vertex]!) {
      length[after] = Math.max(length[after]!, length[vertex]! + 1);
      if (--waiting[after]! === 0) ready.push(after);
    }
  }
  return length;
}

/**
 * Rings that the vertices of one limit need: of a k-of-n as many as bins of n - k services for what stands in each lockfile
 * (Martello and Toth 1990, bounds L1 and of items above half a bin); of nested systems at least two.
 */
export function ringsOfLimit({ structure, leaves }: Limit): number {
  if (!structure.isFlat) return 2;
  const most = structure.least - 1;
  const sizes = leaves.map(({ length }) => length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return Math.max(Math.ceil(total / most), sizes.filter((size) => 2 * size > most).length);
}

/** The largest of: chains of guards, every limit with what must come before and after it, sets of which no two may meet. */
export function leastRings(graph: RingGraph, { head, tail }: Chains): number {
  let least = graph.lockfiles.length > 0 ? 1 : 0;
  for (const [vertex, before] of head.entries()) least = Math.max(least, before + 1 + tail[vertex]!);
  for (const limit of graph.limits) {
    const before = limit.vertices.reduce((min, vertex) => Math.min(min, head[vertex]!), Number.POSITIVE_INFINITY);
    const after = limit.vertices.reduce((min, vertex) => Math.min(min, tail[vertex]!), Number.POSITIVE_INFINITY);
    least = Math.max(least, before + ringsOfLimit(limit) + after);
  }
  return Math.max(least, cliqueSize(graph));
}

/** Pairs looked at; larger graphs have the other bounds. */
const MOST_PAIRS = 500_000;

/** Size of the largest set found, by adding neighbours of most neighbours first, of which no two may be in one ring. */
function cliqueSize({ lockfiles, limits, orders }: RingGraph): number {
  const neighbours: Set<number>[] = lockfiles.map(() => new Set());
  let pairs = 0;
  const join = (a: number, b: number): void => {
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  };
  for (const { before, after } of orders) join(before, after);
  for (const { structure, vertices, leaves } of limits) {
    pairs += vertices.length ** 2;
    if (pairs > MOST_PAIRS) return 0;
    if (!structure.isFlat) continue;
    for (const [at, a] of vertices.entries()) {
      for (let other = 0; other < at; other++) {
        if (leaves[at]!.length + leaves[other]!.length >= structure.least) join(a, vertices[other]!);
      }
    }
  }
  let most = 0;
  for (const [vertex, around] of neighbours.entries()) {
    if (around.size < most) continue;
    const clique = [vertex];
    const byDegree = [...around].sort((a, b) => neighbours[b]!.size - neighbours[a]!.size || a - b);
    for (const other of byDegree) if (clique.every((member) => neighbours[other]!.has(member))) clique.push(other);
    most = Math.max(most, clique.length);
  }
  return most;
}
