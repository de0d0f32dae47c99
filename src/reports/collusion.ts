/** How many causes suffice, as a sentence. */
import type { Audit } from '../analysis/audit.ts';
import { percent } from './numbers.ts';

/** undefined where nothing is ranked. */
export function collusionText({ resilience }: Audit): string | undefined {
  const told = resilience
    .filter(({ layer }) => layer.ranked.length > 0)
    .map(({ layer, collusion }) => {
      const bound = collusion.complete ? '-' : '?';
      return `${layer.table.layer} ${collusion.targets.map(({ causes }) => causes ?? bound).join(' / ')}`;
    });
  const shares = resilience[0]?.collusion.targets.map(({ share }) => percent(share)).join(' / ');
  if (told.length === 0 || shares === undefined) return undefined;
  return `Bad ones that suffice, at most, to take down ${shares} of the systems (-: all of them together do not): ${told.join(', ')}.`;
}
