/** The SARIF files of a run: one of all, or one for each repository. */
import type { Alert, Site } from '../../analysis/alerts/index.ts';
import type { Audit } from '../../analysis/audit.ts';
import { append } from '../../lists.ts';
import type { Locate } from '../../locate.ts';
import { plainFile, type Repositories, type Repository } from '../../sources/repositories.ts';
import { sarifFileNames } from './file-names.ts';
import { sarifLog } from './log.ts';
import { isAboutConfig, type Repo, repoOf } from './place.ts';
import { splitAlerts } from './split.ts';
import type { PathFinder } from './witnesses.ts';

/** What a command has to tell in SARIF. */
export interface SarifContent {
  readonly audit: Audit;
  /** The greatest loss first. */
  readonly alerts: readonly Alert[];
  readonly paths: PathFinder;
  readonly locate: Locate;
  /** Which repository files lie in; without it files are named as the audit names them. */
  readonly repositories?: Repositories | undefined;
  /** Whether nothing of the input is missing. */
  readonly complete: boolean;
  /** Results of one kind: a later upload of the same kind closes those it does not have. Ends in a slash, or is ''. */
  readonly kind: '' | 'impact/';
}

/** One file. Of a single repository its files are named from its root, of several as the audit names them. */
export function* sarifFile(content: SarifContent): Iterable<string> {
  yield* sarifLog(content, content.alerts, wholeRepo(content));
}

function wholeRepo({ audit, repositories }: SarifContent): Repo {
  const paths = audit.fleet.lockfiles.map(({ path }) => path);
  const found = paths.flatMap((path) => repositories?.of(path) ?? []);
  const inAll = new Set(found.map(({ repository }) => repository));
  const several = inAll.size > 1;
  const fileOf = (file: string, isConfig: boolean): string | undefined => {
    if (!repositories) return plainFile(file);
    const place = placeIn(repositories, file, isConfig);
    return several && place ? plainFile(file) : place?.file;
  };
  return repoOf(
    fileOf,
    paths.flatMap((path) => fileOf(path, false) ?? []),
    several ? undefined : [...inAll][0]?.revision,
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
export function sarifFiles(content: SarifContent & { readonly repositories: Repositories }): RepositoryReport[] {
  const { audit, alerts, repositories } = content;
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
  const sorted = [...lockfiles].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
  const names = sarifFileNames(sorted.map(([{ name }]) => name));
  return sorted.map(([repository, files], at) => {
    const fileOf = (file: string, isConfig: boolean): string | undefined => {
      const place = placeIn(repositories, file, isConfig);
      return place?.repository === repository ? place.file : undefined;
    };
    const report = {
      [Symbol.iterator]: () =>
        sarifLog(content, alertsIn(repository), repoOf(fileOf, files, repository.revision))[Symbol.iterator](),
    };
    return { name: names[at]!, report };
  });
}

function placeIn(repositories: Repositories, file: string, isConfig: boolean) {
  return isConfig ? repositories.ofWorking(file) : repositories.of(file);
}
