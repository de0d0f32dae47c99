/**
 * SARIF of the impact command: what is locked as errors, what would be taken as warnings, the rest of the list as notes. Of a
 * category of its own, so that its uploads close no alert of the audit, nor the audit's any of these.
 */
import { impactAlerts } from '../../analysis/impact/alerts.ts';
import { ImpactPaths } from '../../analysis/impact/paths.ts';
import type { Repositories } from '../../sources/repositories.ts';
import { type RepositoryReport, type SarifContent, sarifFile, sarifFiles } from '../sarif/files.ts';
import { type ImpactContent, isImpactIncomplete, tellOf } from './content.ts';

export function impactSarif(content: ImpactContent): Iterable<string> {
  return sarifFile(contentOf(content));
}

/** A report for each repository, whether or not anything of the list is in it. */
export function impactSarifByRepository(
  content: ImpactContent & { readonly repositories: Repositories },
): RepositoryReport[] {
  return sarifFiles({ ...contentOf(content), repositories: content.repositories });
}

function contentOf(content: ImpactContent): SarifContent {
  const { audit, impact, list, locate, repositories } = content;
  const { alerts, hitOf } = impactAlerts({ audit, impact, list, tellOf: (service) => tellOf(content, service) });
  const paths = new ImpactPaths(audit);
  return {
    audit,
    alerts,
    locate,
    repositories,
    complete: !isImpactIncomplete(content),
    kind: 'impact/',
    paths: {
      of: (asked, places) =>
        asked.map((alert, at) => {
          const lockfile = places[at]?.entry?.lockfile;
          const hit = lockfile === undefined ? undefined : hitOf(alert, lockfile);
          const steps = hit && paths.to(hit);
          return steps && { service: hit.service, lockfile: lockfile!, steps };
        }),
    },
  };
}
