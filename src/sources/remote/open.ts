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
import { missingOf } from './notes.ts';
import { readRepository } from './read.ts';
import { type FailureKind, type RemoteRepository, RepositoryFailure } from './repository.ts';

/** Waiting is most of the work. */
const AT_ONCE = 8;
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
}

/** A repository that was read, as a directory. */
export interface OpenRepository {
  /** What every path of it begins with. */
  readonly name: string;
  /** Absolute path of its checkout. */
  readonly root: string;
  readonly revision: Revision | undefined;
}

export interface RemoteContent extends SourceContent {
  readonly repositories: readonly OpenRepository[];
}

/**
 * Reads repositories.
 *
 * @param connect makes the repositories, which keep what they need in the cache's scratch
 */
export async function openRepositories(
  connect: (cache: RemoteCache) => readonly RemoteRepository[],
  options: RemoteOptions,
): Promise<RemoteContent> {
  const cache = await openCache(options.cache);
  try {
    const repositories = unique(connect(cache));
    const limit = pLimit(AT_ONCE);
    let done = 0;
    options.onProgress?.(0, repositories.length);
    const contents = await Promise.all(
      repositories.map((repository) =>
        limit(async () => {
          const content = await contentOf(repository, cache, options);
          options.onProgress?.(++done, repositories.length);
          return content;
        }),
      ),
    );
    return {
      lockfiles: contents.flatMap(({ lockfiles }) => lockfiles),
      diagnostics: contents.flatMap(({ diagnostics }) => diagnostics),
      unread: contents.flatMap(({ unread }) => unread ?? []),
      repositories: contents.flatMap(({ repositories }) => repositories),
    };
  } finally {
    await cache.close();
  }
}

// In the order of their names, whatever order they were given or answered in.
function unique(repositories: readonly RemoteRepository[]): RemoteRepository[] {
  const byName = new Map(repositories.map((repository) => [repository.name, repository]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function contentOf(
  repository: RemoteRepository,
  cache: RemoteCache,
  options: RemoteOptions,
): Promise<RemoteContent> {
  const { name } = repository;
  try {
    const { root, notes, commit } = await retried(
      () => readRepository(repository, cache, options.offline ?? false),
      options,
    );
    const content = directorySource(root, name);
    const { diagnostics, unread } = missingOf(name, notes);
    const { origin } = repository;
    return {
      lockfiles: content.lockfiles,
      diagnostics: [...content.diagnostics, ...diagnostics],
      unread,
      repositories: [{ name, root, revision: origin && { ...origin, commit } }],
    };
  } catch (error) {
    return failed(name, failureDiagnostic(name, failureOf(error)));
  }
}

/** What could not be read may hold services: it counts as one of which nothing is known. */
function failed(name: string, diagnostic: Diagnostic): RemoteContent {
  const unread = diagnostic.severity === 'incomplete' ? [`${name}/${WHOLE_UNREAD}`] : [];
  return { lockfiles: [], diagnostics: [diagnostic], unread, repositories: [] };
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
