/** Many remote repositories as sources: several at a time, and one that cannot be read never stops the others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Diagnostic } from '../../diagnostics.ts';
import { directorySource } from '../directory.ts';
import type { Revision } from '../revision.ts';
import { type SourceContent, WHOLE_UNREAD } from '../source.ts';
import { RemoteCache } from './cache.ts';
import { failureDiagnostic } from './failures.ts';
import type { Done, Journal } from './journal.ts';
import { missingOf } from './notes.ts';
import { type Reading, readRepository } from './read.ts';
import {
  type FailureKind,
  type ListedRepository,
  type RemoteRepository,
  RepositoryFailure,
  type Turn,
} from './repository.ts';
import { onSignal } from './signals.ts';

/** Repositories that are fetched at one time: waiting is most of it, the rest takes processes. */
const AT_ONCE = 8;
/** Repositories that are asked for their commits: that is waiting alone. */
export const ASKED_AT_ONCE = 24;
/** After these another try may go better. */
const PASSING: ReadonlySet<FailureKind> = new Set(['unreachable']);

export interface RemoteOptions {
  /** The cache directory; without one, or where it cannot be written, what is fetched is gone with the process. */
  readonly cache?: string | undefined;
  /** Ask nobody: what earlier runs kept. */
  readonly offline?: boolean | undefined;
  /** Further tries of a repository, and milliseconds before the first of them; each waits twice as long. */
  readonly retries?: number | undefined;
  readonly retryDelay?: number | undefined;
  /** Called after each repository. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called where the process is told to end while repositories are read, and another run may go on from there. */
  readonly onInterrupt?: ((done: number, total: number) => void) | undefined;
}

/** A repository that was read, as a directory. */
export interface OpenRepository {
  /** What every path of it begins with. */
  readonly name: string;
  /** Absolute path of its checkout. */
  readonly root: string;
  readonly revision: Revision | undefined;
}

/** What was found in one. */
export interface RepositoryContent extends SourceContent {
  /** Of the ListedRepository. */
  readonly place: string;
  /** undefined where it could not be read. */
  readonly repository: OpenRepository | undefined;
}

/** Repositories that sources name or list, and what was read of them. */
export interface RemoteContent {
  /** Of lists that could not be had, or not to their ends. */
  readonly lists: Required<Pick<SourceContent, 'diagnostics' | 'unread'>>;
  /** Of all there are, ascending. */
  readonly places: readonly string[];
  /** Of those that were to be read, in the order of their places. */
  readonly contents: readonly RepositoryContent[];
}

/**
 * Reads repositories.
 *
 * @param connect makes the repositories, which keep what they need in the cache's scratch, and wait for their turn with
 *   what takes a process
 * @returns in the order of their places, whatever order they were given or answered in
 */
export async function openRepositories(
  connect: (cache: RemoteCache, turn: Turn) => readonly ListedRepository[],
  options: RemoteOptions,
  journal?: Journal,
): Promise<RepositoryContent[]> {
  const cache = await openCache(options.cache);
  const turn: Turn = pLimit(AT_ONCE);
  let done = 0;
  let total = 0;
  const forget = onSignal(() => {
    cache.abandon();
    removePassing();
    if (journal) options.onInterrupt?.(done, total);
  });
  try {
    const repositories = unique(connect(cache, turn));
    const limit = pLimit(ASKED_AT_ONCE);
    total = repositories.length;
    options.onProgress?.(0, total);
    const reading = { cache, turn, options, journal, offline: options.offline ?? false };
    return await Promise.all(
      repositories.map((listed) =>
        limit(async () => {
          const content = await contentOf(listed, reading);
          options.onProgress?.(++done, total);
          return content;
        }),
      ),
    );
  } finally {
    await cache.close();
    forget();
  }
}

/** Each once, under its name too: where two places lead to one repository it is read at the first. */
function unique(repositories: readonly ListedRepository[]): ListedRepository[] {
  const byPlace = new Map<string, ListedRepository>();
  for (const listed of repositories) if (!byPlace.has(listed.place)) byPlace.set(listed.place, listed);
  const names = new Set<string>();
  return [...byPlace.values()]
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map((listed) => {
      const { name } = listed.repository ?? {};
      if (name === undefined || !names.has(name)) {
        if (name !== undefined) names.add(name);
        return listed;
      }
      return { ...listed, repository: undefined };
    });
}

interface JournaledReading extends Reading {
  readonly options: RemoteOptions;
  readonly journal: Journal | undefined;
}

async function contentOf(listed: ListedRepository, reading: JournaledReading): Promise<RepositoryContent> {
  const { place, repository, told, unread } = listed;
  const content = repository ? await readContent(place, repository, reading) : NOTHING;
  return {
    place,
    lockfiles: content.lockfiles,
    diagnostics: [...told, ...content.diagnostics],
    unread: [...unread, ...(content.unread ?? [])],
    repository: content.repository,
  };
}

type Read = Omit<RepositoryContent, 'place'>;

const NOTHING: Read = { lockfiles: [], diagnostics: [], repository: undefined };

async function readContent(place: string, repository: RemoteRepository, reading: JournaledReading): Promise<Read> {
  const { name } = repository;
  const { options, journal } = reading;
  try {
    const done = journal?.done(place);
    const { root, notes, commit } = await retried(() => readRepository(repository, reading, done), options);
    const origin = originOf(repository, done);
    journal?.add(place, { commit, branch: origin?.branch });
    const content = directorySource(root, name);
    const { diagnostics, unread } = missingOf(name, notes);
    return {
      lockfiles: content.lockfiles,
      diagnostics: [...content.diagnostics, ...diagnostics],
      unread,
      repository: { name, root, revision: origin && { ...origin, commit } },
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'empty') journal?.add(place, 'empty');
    return failed(name, failureDiagnostic(name, failure));
  }
}

/** Where nobody is asked for the branch again, it is the one that was read. */
function originOf({ origin }: RemoteRepository, done: Done | undefined): RemoteRepository['origin'] {
  const branch = done === undefined || done === 'empty' ? undefined : done.branch;
  return origin && { ...origin, branch: origin.branch ?? branch };
}

/** What could not be read may hold services: it counts as one of which nothing is known. */
function failed(name: string, diagnostic: Diagnostic): Read {
  const unread = diagnostic.severity === 'incomplete' ? [`${name}/${WHOLE_UNREAD}`] : [];
  return { lockfiles: [], diagnostics: [diagnostic], unread, repository: undefined };
}

/** What went wrong on the way is a failure of that repository, unless it is a fault of this program. */
function failureOf(error: unknown): RepositoryFailure {
  if (error instanceof RepositoryFailure) return error;
  if (error instanceof Error && error.name === 'BlobMismatch') {
    return new RepositoryFailure('unreachable', 'it sent content that is not what its object id stands for');
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error) {
    return new RepositoryFailure('unreachable', `the cache cannot be used: ${error.code}`);
  }
  throw error;
}

/** Tries again what may go better another time. */
export async function retried<T>(
  attempt: () => Promise<T>,
  { retries = 2, retryDelay = 500 }: Pick<RemoteOptions, 'retries' | 'retryDelay'>,
): Promise<T> {
  for (let left = retries, wait = retryDelay; ; left--, wait *= 2) {
    try {
      return await attempt();
    } catch (error) {
      const failure = failureOf(error);
      if (left <= 0 || !PASSING.has(failure.kind)) throw failure;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

async function openCache(directory: string | undefined): Promise<RemoteCache> {
  if (directory !== undefined) {
    try {
      return await RemoteCache.open(directory);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  const made = mkdtempSync(join(tmpdir(), 'spof-deps-'));
  if (passing.size === 0) process.once('exit', removePassing);
  passing.add(made);
  return RemoteCache.open(made);
}

/** Directories that are gone with the process: reports still look up lines in the lockfiles there. */
const passing = new Set<string>();

function removePassing(): void {
  for (const directory of passing) rmSync(directory, { recursive: true, force: true });
}
