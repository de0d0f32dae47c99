/** What a route over the interface of a host gives: repositories to be read, and what is to be told of the list. */
import type { Diagnostic } from '../../diagnostics.ts';
import type { ApiHost, Environment } from '../../hosts/base.ts';
import type { ApiStats, ClientOptions } from '../../hosts/client.ts';
import type { Store } from '../../network/store.ts';
import { failureDiagnostic } from '../remote/failures.ts';
import type { ListedRepository, RemoteRepository, RepositoryFailure } from '../remote/repository.ts';
import { WHOLE_UNREAD } from '../source.ts';
import { REASONS, type Reason, type SelectionOptions } from './selection.ts';

export interface ApiOptions extends ClientOptions {
  /** Where the host and its token are named. */
  readonly env: Environment;
  /** Of lists and of what each repository was at; without one nothing is kept. */
  readonly store?: Store | undefined;
  /** Ask nobody: what an earlier run kept. */
  readonly offline?: boolean | undefined;
  readonly selection?: SelectionOptions | undefined;
  /** Whether the run that is gone on from has read a repository: then what was kept of it counts. */
  readonly isDone?: ((place: string) => boolean) | undefined;
  /** Whether a repository is to be read, by its place; all are by default. */
  readonly isWanted?: ((place: string) => boolean) | undefined;
}

/** What one source gives, or all together. */
export interface SourceListing {
  /** Those that are to be read. */
  readonly repositories: readonly ListedRepository[];
  /** Of all that are named or listed. */
  readonly places: readonly string[];
  /** Of the lists. */
  readonly diagnostics: readonly Diagnostic[];
  /** In the place of what a list that could not be had may hold. */
  readonly unread: readonly string[];
}

export interface ApiRepositories extends SourceListing {
  /** What was asked so far. */
  stats(): ApiStats;
}

/** @param make the repository; takes what turns up while it is read */
export function listed(
  place: string,
  make: (onNotice: (notice: Diagnostic) => void) => RemoteRepository,
  told: Diagnostic[] = [],
): ListedRepository {
  const repository = make((notice) => told.push(notice));
  return { place, repository, told, unread: [] };
}

/** Nothing was asked. */
export const NO_STATS: ApiStats = {
  requests: 0,
  retried: 0,
  bytes: 0,
  unchanged: 0,
  limit: undefined,
  remaining: undefined,
};

/**
 * A list that could not be had, or not to its end.
 *
 * @param place `git.example/acme`
 * @param found entries before it ended
 */
export function unlisted(host: ApiHost, place: string, failure: RepositoryFailure, found: number): SourceListing {
  const diagnostic = failureDiagnostic(place, failure);
  const message = found > 0 ? `its list ends after ${found} repositories: ${diagnostic.message}` : diagnostic.message;
  const isOfToken = failure.kind === 'denied' || failure.kind === 'not-found';
  const next = isOfToken
    ? `check its name, and that ${host.tokenVariables.join(' or ')} holds a token that may read it`
    : diagnostic.next;
  return {
    repositories: [],
    places: [],
    diagnostics: [{ ...diagnostic, severity: 'incomplete', message, next }],
    unread: [`${place}/${WHOLE_UNREAD}`],
  };
}

export function renamed(from: string, to: string): Diagnostic {
  return {
    code: 'REPOSITORY_RENAMED',
    severity: 'notice',
    file: from,
    message: `the repository has moved: it is ${to} now`,
    next: 'name it as it is called now: the old address works until somebody takes it',
  };
}

/** @param count entries of a list that are no repositories */
export function misshapen(place: string, count: number): Diagnostic[] {
  if (count === 0) return [];
  return [
    {
      code: 'REPOSITORY_UNREACHABLE',
      severity: 'incomplete',
      file: place,
      message: `${count} of the repositories that the server lists cannot be understood`,
      next: 'check that the address is that of the host itself, and report it if it is',
    },
  ];
}

/** What a list holds and the run does not take. */
export function leftOut(place: string, reasons: readonly Reason[]): Diagnostic[] {
  const counts = REASONS.map((reason) => [reason, reasons.filter((each) => each === reason).length] as const);
  const told = counts.filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);
  if (told.length === 0) return [];
  return [
    {
      code: 'REPOSITORIES_LEFT_OUT',
      severity: 'notice',
      file: place,
      message: `${reasons.length} of its repositories are left out: ${told.join(', ')}`,
      next: 'add --include archived,forks, or name them as sources, if they belong to this fleet',
    },
  ];
}

/** A repository that was named, and could not be found. */
export function missing(host: ApiHost, place: string, failure: RepositoryFailure): ListedRepository {
  const { diagnostics, unread } = unlisted(host, place, failure, 0);
  return { place, repository: undefined, told: diagnostics, unread };
}

/** Joins what sources give. */
export function joined(listings: readonly SourceListing[]): SourceListing {
  return {
    repositories: listings.flatMap(({ repositories }) => repositories),
    places: listings.flatMap(({ places }) => places),
    diagnostics: listings.flatMap(({ diagnostics }) => diagnostics),
    unread: listings.flatMap(({ unread }) => unread),
  };
}
