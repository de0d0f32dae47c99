/** What of the input needs a look, in a report that is read in a hurry: nothing of packages that are not on the list. */
import { count } from '../numbers.ts';
import { type Skipped, skipped } from '../skipped.ts';
import type { ImpactContent } from './content.ts';

/** What is missing comes first. */
const MOST = 50;

export function impactRemarks({ audit, impact }: ImpactContent): Skipped[] {
  const names = new Set(impact.entries.map(({ bad }) => `npm/${bad.name}`));
  const findings = audit.findings.filter((finding) => 'package' in finding && names.has(finding.package));
  const found = skipped({ ...audit, findings });
  if (found.length <= MOST) return found;
  const rest: Skipped = {
    level: 'note',
    text: `and ${count(found.length - MOST)} more of the kind (--format json has all of them)`,
  };
  return [...found.slice(0, MOST), rest];
}
