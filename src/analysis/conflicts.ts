/** One registry name and version with digests that differ across the fleet: two artifacts under one name (design, section 2). */

import type { CauseTable } from '../causes/layer.ts';
import { packageName } from '../causes/package.ts';
import type { Finding } from '../findings.ts';
import { digestsOf } from '../graph/digests.ts';
import type { Fleet } from '../graph/fleet.ts';
import { append } from '../lists.ts';
import { lockfilesByComponent } from './holders.ts';

/** Lockfiles named per variant. */
const EXAMPLES = 3;

export function digestConflicts(fleet: Fleet, artifacts: CauseTable): Finding[] {
  const releases = new Map<string, Map<number, number[]>>();
  for (let c = 0; c < fleet.componentCount; c++) {
    const component = fleet.component(c);
    if (component.source !== 'registry' || digestsOf(component.integrity).length === 0) continue;
    const key = `${packageName(component)}@${component.version ?? '?'}`;
    const variants = releases.get(key) ?? new Map<number, number[]>();
    releases.set(key, variants);
    for (let m = artifacts.start[c]!; m < artifacts.start[c + 1]!; m++) {
      const cause = artifacts.members[m]!;
      append(variants, cause, c);
    }
  }
  const differing = [...releases].filter(([, variants]) => variants.size > 1);
  if (differing.length === 0) return [];

  const lockfiles = lockfilesByComponent(
    fleet,
    new Set(differing.flatMap(([, variants]) => [...variants.values()].flat())),
  );
  return differing
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, variants]): Finding => {
      const told = [...variants]
        .map(([cause, components]) => ({
          artifact: artifacts.causes[cause]!.id,
          lockfiles: [...new Set(components.flatMap((c) => lockfiles.get(c) ?? []))].sort().slice(0, EXAMPLES),
        }))
        .sort((a, b) => (a.artifact < b.artifact ? -1 : 1));
      const at = key.lastIndexOf('@');
      return {
        code: 'DIGEST_DIFFERS',
        level: 'warning',
        package: key.slice(0, at),
        version: key.slice(at + 1),
        variants: told,
        file: told[0]!.lockfiles[0] ?? '',
      };
    });
}
