/** How many causes suffice to take down 50%, 80% and all of the systems. */
import type { Audit, LayerResult } from '../analysis/audit.ts';

/** What the last column of the layer summary means; undefined where nothing is ranked. */
export function collusionText({ resilience }: Audit): string | undefined {
  if (resilience.every(({ layer }) => layer.ranked.length === 0)) return undefined;
  return 'Last column: how many bad ones suffice, at most, to take down 50%, 80% and all of the systems (-: all of them together do not).';
}

/** `1/2/-`, a number for each target; `?` where they could not all be looked at. */
export function sufficeText({ resilience }: Audit, wanted: LayerResult): string {
  const found = resilience.find(({ layer }) => layer === wanted);
  if (!found || wanted.ranked.length === 0) return '-';
  const { targets, complete } = found.collusion;
  return targets.map(({ causes }) => causes ?? (complete ? '-' : '?')).join('/');
}
