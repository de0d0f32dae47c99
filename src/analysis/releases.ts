/** Components by what is known of them, as releases with names. Pure. */
import { packageName } from '../causes/package.ts';
import type { ComponentEvidence } from '../evidence/evidence.ts';
import type { Audit } from './audit.ts';

/** The first releases, by name, that some service holds and of which something is so: `npm/debug@4.4.1`. */
export function releasesBy(
  { fleet, evidence, held }: Audit,
  isSo: (found: ComponentEvidence) => boolean,
  most: number,
): string[] {
  const names = new Set<string>();
  for (const [c, found] of evidence.components.entries()) {
    if (!held[c] || !isSo(found)) continue;
    const component = fleet.component(c);
    names.add(`${packageName(component)}@${component.version ?? '?'}`);
  }
  return [...names].sort().slice(0, most);
}
