/**
 * Whether so many rings are enough, by search with backtracking: the vertex with the fewest rings left first. For graphs of
 * which greedy colouring has left open whether a ring less would do. Bounded by steps, so deterministic.
 */
import type { Chains } from './bounds.ts';
import type { Placement } from './placement.ts';

/** `open`: given up. */
export type Answer = 'found' | 'none' | 'open';

/**
 * Puts vertices that are in no ring into rings up to a number; where it does not find one, they are in none afterwards.
 *
 * @param vertices of a part that nothing connects to others
 * @param mostSteps of `placement.steps` in all, when to give up
 */
export function placeWithin(
  vertices: readonly number[],
  rings: number,
  { head, tail }: Chains,
  placement: Placement,
  mostSteps: number,
): Answer {
  const isOrdered = vertices.some((vertex) => placement.before[vertex]!.length + placement.after[vertex]!.length > 0);
  const options = (vertex: number, used: number): number[] => {
    const lowest = Math.max(head[vertex]! + 1, placement.lowest(vertex));
    const highest = Math.min(placement.highest(vertex, rings), rings - tail[vertex]!);
    const found: number[] = [];
    // Without orders rings are alike: one that nothing is in yet stands for all such.
    const last = isOrdered ? highest : Math.min(highest, used + 1);
    for (let ring = lowest; ring <= last; ring++) if (placement.fits(vertex, ring)) found.push(ring);
    return found;
  };
  const search = (left: number, used: number): Answer => {
    if (left === 0) return 'found';
    if (placement.steps > mostSteps) return 'open';
    let chosen = -1;
    let rings: number[] = [];
    for (const vertex of vertices) {
      if (placement.ringOf[vertex] !== 0) continue;
      const found = options(vertex, used);
      if (chosen === -1 || found.length < rings.length) [chosen, rings] = [vertex, found];
      if (found.length === 0) break;
    }
    for (const ring of rings) {
      placement.put(chosen, ring);
      const answer = search(left - 1, Math.max(used, ring));
      if (answer === 'found') return answer;
      placement.take(chosen);
      if (answer === 'open') return answer;
    }
    return 'none';
  };
  return search(vertices.length, 0);
}
