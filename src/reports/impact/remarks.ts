/** What of the input needs a look, in a report that is read in a hurry: nothing of packages that are not on the list. */
import { bounded, MOST_OF_A_KIND, type Skipped, skipped } from '../skipped.ts';
import type { ImpactContent } from './content.ts';

export function impactRemarks({ audit, impact }: ImpactContent): Skipped[] {
  const names = new Set(impact.entries.map(({ bad }) => `npm/${bad.name}`));
  const findings = audit.findings.filter((finding) => 'package' in finding && names.has(finding.package));
  return bounded(skipped({ ...audit, findings }), MOST_OF_A_KIND);
}
