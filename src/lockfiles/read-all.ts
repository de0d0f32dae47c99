/** Reads lockfiles into a fleet, in their order: one by one, or on threads where there is enough to read. */
import { availableParallelism } from 'node:os';
import type { Diagnostic } from '../diagnostics.ts';
import type { Fleet } from '../graph/fleet.ts';
import type { FoundLockfile } from '../sources/source.ts';
import { sizeOf } from '../sources/tree.ts';
import { GraphCache } from './cache/cache.ts';
import { hasThreads, type PoolOptions, readOnThreads } from './pool.ts';
import { readFound } from './read-found.ts';

/** With less to read a thread costs more than it saves: each compiles the readers again (docs/measurements.md). */
const BYTES_PER_THREAD = 64 * 1024 * 1024;
/** Each thread holds a dictionary and a heap of its own. */
const MOST_THREADS = 8;

export interface ReadOptions {
  /** How many threads and with what limits, whatever there is to read; 0 threads: none. */
  readonly pool?: PoolOptions;
  /** Directory of the cache of lockfiles read before; none where absent. */
  readonly cache?: string | undefined;
  /** Called after each lockfile, with the number of diagnostics up to then. */
  readonly onProgress?: ((done: number, total: number, diagnostics: number) => void) | undefined;
}

/**
 * Adds every lockfile to the fleet; one that cannot be read is added as unread. The result is the same however it is read.
 *
 * @returns what was skipped or odd, in the order of the lockfiles
 */
export async function readAll(
  fleet: Fleet,
  lockfiles: readonly FoundLockfile[],
  options: ReadOptions = {},
): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  let done = 0;
  const finish = (found: readonly Diagnostic[]): void => {
    for (const diagnostic of found) diagnostics.push(diagnostic);
    done++;
    options.onProgress?.(done, lockfiles.length, diagnostics.length);
  };
  const unread = (failed: Diagnostic): void => {
    fleet.addUnread(lockfiles[done]!.path);
    finish([failed]);
  };
  const pool = options.pool ?? { threads: hasThreads ? threadsFor(lockfiles) : 0 };
  const cache = options.cache === undefined ? undefined : new GraphCache(options.cache);
  if (pool.threads > 0) {
    for await (const { answer, translation } of readOnThreads(lockfiles, { ...pool, cache: options.cache })) {
      if ('failed' in answer) unread(answer.failed);
      else {
        fleet.adopt(answer.lockfile, translation);
        finish(answer.diagnostics);
      }
    }
  }
  while (done < lockfiles.length) {
    const found = lockfiles[done]!;
    const result = await readFound(found, cache);
    if ('failed' in result) unread(result.failed);
    else {
      fleet.add(found.path, result.graph, result.surroundings);
      finish(result.graph.diagnostics);
    }
  }
  if (cache && (cache.written > 0 || pool.threads > 0)) cache.prune();
  return diagnostics;
}

function threadsFor(lockfiles: readonly FoundLockfile[]): number {
  const most = Math.min(availableParallelism(), MOST_THREADS);
  let bytes = 0;
  for (const found of lockfiles) {
    bytes += sizeOf(found);
    if (bytes >= most * BYTES_PER_THREAD) return most;
  }
  return Math.floor(bytes / BYTES_PER_THREAD);
}
