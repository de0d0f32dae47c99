/**
 * SARIF 2.1.0 as GitHub code scanning takes it: one run, the whole catalogue of rules each time, results with places and
 * fingerprints of their own, the greatest loss first. Ignored causes are left out: GitHub takes no suppressions.
 */
import { type Alert, alertsOf, type Site } from '../analysis/alerts/index.ts';
import { append } from '../lists.ts';
import type { Repositories, Repository } from '../sources/repositories.ts';
import type { AuditContent } from './report.ts';
import { sarifFileNames } from './sarif/file-names.ts';
import { sarifLog } from './sarif/log.ts';
import { isAboutConfig, plainFile, type Repo, repoOf } from './sarif/place.ts';
import { splitAlerts } from './sarif/split.ts';
import { AlertPaths } from './sarif/witnesses.ts';

export interface SarifInput extends AuditContent {
  /** Which repository files lie in; without it files are named as the audit names them. */
  readonly repositories?: Repositories | undefined;
}

/** One file. Of a single repository its files are named from its root, of several as the audit names them. */
export function* sarifReport(input: SarifInput): Iterable<string> {
  const { audit, fleet } = input;
  const alerts = alertsOf(audit, fleet);
  yield* sarifLog(input, alerts, wholeRepo(input), new AlertPaths(audit));
}

function wholeRepo({ audit, repositories }: SarifInput): Repo {
  const paths = audit.fleet.lockfiles.map(({ path }) => path);
  const found = paths.flatMap((path) => repositories?.of(path) ?? []);
  const several = new Set(found.map(({ repository }) => repository)).size > 1;
  const fileOf = (file: string, isConfig: boolean): string | undefined => {
    if (!repositories) return plainFile(file);
    const place = placeIn(repositories, file, isConfig);
    return several && place ? plainFile(file) : place?.file;
  };
  return repoOf(
    fileOf,
    paths.flatMap((path) => fileOf(path, false) ?? []),
  );
}

export interface RepositoryReport {
  /** Name of the file, without a directory. */
  readonly name: string;
  readonly report: Iterable<string>;
}

/**
 * A report for each repository: of every lockfile, finding and source, whether or not there are results, because only a
 * later report without an alert closes it. Each is made when it is read.
 */
export function sarifByRepository(input: SarifInput & { readonly repositories: Repositories }): RepositoryReport[] {
  const { audit, fleet, repositories } = input;
  const alerts = alertsOf(audit, fleet);
  const repositoryOf = ({ finding }: Alert, { file }: Site): Repository | undefined =>
    placeIn(repositories, file, isAboutConfig(finding))?.repository;
  const alertsIn = splitAlerts(alerts, repositoryOf);
  const lockfiles = new Map<Repository, string[]>(
    repositories.ofSources.filter(({ isGit }) => isGit).map((repository) => [repository, []]),
  );
  for (const { path } of audit.fleet.lockfiles) {
    const place = repositories.of(path);
    if (place) append(lockfiles, place.repository, place.file);
  }
  for (const alert of alerts) {
    for (const site of alert.sites) {
      const repository = repositoryOf(alert, site);
      if (repository && !lockfiles.has(repository)) lockfiles.set(repository, []);
    }
  }
  if (lockfiles.size === 0) for (const repository of repositories.ofSources) lockfiles.set(repository, []);
  const paths = new AlertPaths(audit);
  const sorted = [...lockfiles].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
  const names = sarifFileNames(sorted.map(([{ name }]) => name));
  return sorted.map(([repository, files], at) => {
    const fileOf = (file: string, isConfig: boolean): string | undefined => {
      const place = placeIn(repositories, file, isConfig);
      return place?.repository === repository ? place.file : undefined;
    };
    const report = {
      [Symbol.iterator]: () => sarifLog(input, alertsIn(repository), repoOf(fileOf, files), paths)[Symbol.iterator](),
    };
    return { name: names[at]!, report };
  });
}

function placeIn(repositories: Repositories, file: string, isConfig: boolean) {
  return isConfig ? repositories.ofWorking(file) : repositories.of(file);
}
