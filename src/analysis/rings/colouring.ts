/** The fewest rings that keep apart what must be apart, and what stands in the latest of them that it may. Pure. */
import { append } from '../../lists.ts';
import { chainsOf, leastRings } from './bounds.ts';
import { placeWithin } from './exact.ts';
import { placeGreedily } from './greedy.ts';
import { MOST_RINGS, Placement } from './placement.ts';
import type { RingGraph } from './ring-graph.ts';

export interface Colouring {
  /** By vertex, from 1. */
  readonly ringOf: Int32Array;
  readonly rings: number;
  /** No fewer rings would do. Equal to `rings`: these are the fewest. */
  readonly least: number;
  /** Limits that are not kept, because there would be too many rings. */
  readonly dropped: readonly number[];
}

/** Vertices of a part that are searched for fewer rings; larger ones keep what greedy colouring gave them. */
const MOST_SEARCHED = 200;
const MOST_STEPS = 2_000_000;

/**
 * @param lateness by vertex: what has more of it is put into a later ring before others, where the limits leave a choice.
 *   What something must come after stays as early as it is.
 */
export function colour(graph: RingGraph, lateness: readonly number[]): Colouring {
  const chains = chainsOf(graph.lockfiles.length, graph.orders);
  const placement = new Placement(graph);
  placeGreedily(graph, chains, placement);
  const dropped = [...graph.limits.keys()].filter((limit) => placement.isDropped(limit));
  let least = Math.min(MOST_RINGS, leastRings(graph, chains));
  let rings = highest(placement.ringOf);
  const parts = partsOf(graph);
  search: while (rings > least && dropped.length === 0) {
    const before = placement.ringOf.slice();
    for (const part of parts.filter((vertices) => vertices.some((vertex) => placement.ringOf[vertex] === rings))) {
      const answer = part.length <= MOST_SEARCHED ? again(part) : 'open';
      if (answer === 'found') continue;
      if (answer === 'none') least = rings;
      restore(placement, before, before.keys());
      break search;
    }
    rings--;
  }
  if (dropped.length === 0) settleLate(placement, parts, rings, lateness);
  const ringOf = withoutEmpty(placement.ringOf);
  rings = highest(ringOf);
  return { ringOf, rings, least: Math.min(least, rings), dropped };

  function again(part: readonly number[]) {
    for (const vertex of part) placement.take(vertex);
    return placeWithin(part, rings - 1, chains, placement, MOST_STEPS);
  }
}

function highest(ringOf: Int32Array): number {
  return ringOf.reduce((most, ring) => Math.max(most, ring), 0);
}

function restore(placement: Placement, ringOf: Int32Array, vertices: Iterable<number>): void {
  const all = [...vertices];
  for (const vertex of all) if (placement.ringOf[vertex] !== 0) placement.take(vertex);
  for (const vertex of all) placement.put(vertex, ringOf[vertex]!);
}

/** Whoever waits longer loses less: each goes to the last ring that has room for it, where all find one so. */
function settleLate(
  placement: Placement,
  parts: readonly (readonly number[])[],
  rings: number,
  lateness: readonly number[],
): void {
  const before = placement.ringOf.slice();
  for (const part of parts) {
    const free = part.filter((vertex) => placement.after[vertex]!.length === 0);
    free.sort((a, b) => lateness[b]! - lateness[a]! || a - b);
    for (const vertex of free) placement.take(vertex);
    for (const vertex of free) {
      let ring = rings;
      while (ring >= placement.lowest(vertex) && !placement.fits(vertex, ring)) ring--;
      if (ring < placement.lowest(vertex)) {
        restore(placement, before, free);
        break;
      }
      placement.put(vertex, ring);
    }
  }
}

/** Numbers rings that something is in from 1 on. */
function withoutEmpty(ringOf: Int32Array): Int32Array {
  const used = [...new Set(ringOf)].sort((a, b) => a - b);
  const number = new Map(used.map((ring, at) => [ring, at + 1]));
  return ringOf.map((ring) => number.get(ring)!);
}

/** Vertices that limits and orders connect, in lists. */
function partsOf({ lockfiles, limits, orders }: RingGraph): number[][] {
  const parent = Int32Array.from(lockfiles.keys());
  const find = (vertex: number): number => {
    let root = vertex;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[vertex] !== root) [parent[vertex], vertex] = [root, parent[vertex]!];
    return root;
  };
  const join = (a: number, b: number): void => {
    parent[find(a)] = find(b);
  };
  for (const { vertices } of limits) for (const vertex of vertices) join(vertices[0]!, vertex);
  for (const { before, after } of orders) join(before, after);
  const parts = new Map<number, number[]>();
  for (const vertex of lockfiles.keys()) append(parts, find(vertex), vertex);
  return [...parts.values()];
}
