/**
 * SARIF 2.1.0 as GitHub code scanning takes it: one run, the whole catalogue of rules each time, results with places and
 * fingerprints of their own, the greatest loss first. Ignored causes are left out: GitHub takes no suppressions.
 */
import { alertsOf } from '../analysis/alerts/index.ts';
import { isIncomplete } from '../analysis/audit.ts';
import type { Repositories } from '../sources/repositories.ts';
import type { AuditContent } from './report.ts';
import { type RepositoryReport, type SarifContent, sarifFile, sarifFiles } from './sarif/files.ts';
import { AlertPaths } from './sarif/witnesses.ts';

export function sarifReport(input: AuditContent): Iterable<string> {
  return sarifFile(contentOf(input));
}

export function sarifByRepository(input: AuditContent & { readonly repositories: Repositories }): RepositoryReport[] {
  return sarifFiles({ ...contentOf(input), repositories: input.repositories });
}

function contentOf({ audit, fleet, locate, repositories }: AuditContent): SarifContent {
  const [alerts, paths] = [alertsOf(audit, fleet), new AlertPaths(audit)];
  return { audit, alerts, paths, locate, repositories, complete: !isIncomplete(audit), kind: '' };
}
