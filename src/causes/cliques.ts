/**
 * Maximal cliques of the relation `fits` over a handful of items (Bron and Kerbosch 1973, with pivot).
 *
 * @returns the cliques, items in the order given; undefined if there are more than `limit`
 */
export function maximalCliques<T>(
  items: readonly T[],
  fits: (a: T, b: T) => boolean,
  limit: number,
): T[][] | undefined {
  if (items.length === 1) return [[items[0]!]];
  const near = items.map((a, i) => new Set(items.flatMap((b, j) => (i !== j && fits(a, b) ? [j] : []))));
  const found: number[][] = [];
  const extend = (clique: number[], candidates: Set<number>, done: Set<number>): void => {
    if (found.length > limit) return;
    if (candidates.size === 0 && done.size === 0) {
      found.push(clique);
      return;
    }
    const pivot = [...candidates, ...done].reduce((a, b) => (near[a]!.size >= near[b]!.size ? a : b));
    for (const item of [...candidates].filter((c) => !near[pivot]!.has(c))) {
      const among = (set: Set<number>) => new Set([...set].filter((other) => near[item]!.has(other)));
      extend([...clique, item], among(candidates), among(done));
      candidates.delete(item);
      done.add(item);
    }
  };
  extend([], new Set(items.keys()), new Set());
  if (found.length > limit) return undefined;
  return found.map((set) => set.sort((a, b) => a - b).map((i) => items[i]!));
}
