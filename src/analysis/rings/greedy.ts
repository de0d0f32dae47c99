/**
 * Rings by DSATUR (Brélaz 1979, "New methods to color the vertices of a graph"), with orders as in list scheduling: what has
 * the longest chain behind it first, then what has the fewest rings left, then what is in the most systems. Deterministic.
 */
import { MinHeap } from '../../graph/min-heap.ts';
import { ones } from '../structure.ts';
import type { Chains } from './bounds.ts';
import { MOST_RINGS, type Placement } from './placement.ts';
import type { RingGraph } from './ring-graph.ts';

const MOST_DEGREE = 4095;
/** In systems of systems as large as this, each answer costs so much that the order is left as it is. */
const MOST_NESTED = 500;

/** Fills an empty placement. Limits that no ring has room for are dropped. */
export function placeGreedily({ lockfiles, limits }: RingGraph, { tail }: Chains, placement: Placement): void {
  const count = lockfiles.length;
  /** By vertex: bit r is set where ring r has no room for it. */
  const closed = new Int32Array(count);
  const waiting = Int32Array.from(placement.before, ({ length }) => length);
  const longest = tail.reduce((most, length) => Math.max(most, length), 0);
  const largest = limits.map(({ leaves }) => leaves.reduce((most, { length }) => Math.max(most, length), 0));
  const keyOf = (vertex: number): number => {
    const degree = Math.min(MOST_DEGREE, placement.limitsOf[vertex]!.length);
    const open = MOST_RINGS - ones(closed[vertex]!);
    const key = (longest - tail[vertex]!) * (MOST_RINGS + 1) + open;
    return (key * (MOST_DEGREE + 1) + MOST_DEGREE - degree) * count + vertex;
  };
  const queue = new MinHeap();
  for (let vertex = 0; vertex < count; vertex++) if (waiting[vertex] === 0) queue.push(keyOf(vertex));
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const vertex = key % count;
    // It was put in again when a ring closed to it.
    if (placement.ringOf[vertex] !== 0 || key !== keyOf(vertex)) continue;
    const ring = place(vertex, placement);
    for (const { limit } of placement.limitsOf[vertex]!) {
      const { structure, vertices } = limits[limit]!;
      if (placement.isDropped(limit) || placement.room(limit, ring) >= largest[limit]!) continue;
      if (!structure.isFlat && vertices.length > MOST_NESTED) continue;
      for (const [at, other] of vertices.entries()) {
        const bit = 1 << ring;
        if (placement.ringOf[other] !== 0 || closed[other]! & bit || !placement.isTight(limit, at, ring)) continue;
        closed[other]! |= bit;
        if (waiting[other] === 0) queue.push(keyOf(other));
      }
    }
    for (const after of placement.after[vertex]!) if (--waiting[after]! === 0) queue.push(keyOf(after));
  }
}

/** The first ring with room. Where there is none: the last one, and the limits in the way are dropped. */
function place(vertex: number, placement: Placement): number {
  const lowest = Math.min(MOST_RINGS, placement.lowest(vertex));
  for (let ring = lowest; ring <= MOST_RINGS; ring++) {
    if (!placement.fits(vertex, ring)) continue;
    placement.put(vertex, ring);
    return ring;
  }
  for (;;) {
    const tight = placement.tight(vertex, MOST_RINGS);
    if (tight === undefined) break;
    placement.drop(tight);
  }
  placement.put(vertex, MOST_RINGS);
  return MOST_RINGS;
}
