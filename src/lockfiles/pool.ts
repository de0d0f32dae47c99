/**
 * Reads lockfiles on several threads and gives the answers in the order of the lockfiles. A thread that dies, runs out
 * of memory or takes too long costs the one lockfile it was reading, which gets a diagnostic.
 */
import { existsSync } from 'node:fs';
import type { Diagnostic } from '../diagnostics.ts';
import { Translation } from '../graph/translation.ts';
import type { FoundLockfile } from '../sources/source.ts';
import { type Loss, ThreadPool } from '../threads/pool.ts';
import type { Answer, Job } from './worker.ts';

export interface PoolOptions {
  readonly threads: number;
  /** How long one lockfile may take. */
  readonly milliseconds?: number;
  /** Heap of one thread. */
  readonly megabytes?: number;
  /** Directory of the cache of lockfiles read before. */
  readonly cache?: string | undefined;
  /** The module the threads run; it answers every Job with an Answer. */
  readonly module?: URL;
}

/** An answer, with the dictionary that its ids belong to. */
export interface PoolAnswer {
  readonly answer: Answer;
  readonly translation: Translation;
}

/** About a hundred times what the slowest lockfile of the corpus takes on a busy machine. */
const MILLISECONDS = 60_000;
/** Room for a lockfile of the largest size allowed. */
const MEGABYTES = 2048;

const MODULE = new URL('./worker.js', import.meta.url);

/** Whether threads can run at all: not from the TypeScript sources. */
export const hasThreads = existsSync(MODULE);

/**
 * Reads lockfiles on threads, which are gone when the generator is done. Ends early, without an error, where no thread
 * can be started: the rest is left to the caller.
 */
export async function* readOnThreads(
  lockfiles: readonly FoundLockfile[],
  options: PoolOptions,
): AsyncGenerator<PoolAnswer> {
  const trees = [...new Set(lockfiles.map(({ tree }) => tree))];
  const pool = new ThreadPool<Job, Answer, PoolAnswer>({
    threads: options.threads,
    module: options.module ?? MODULE,
    workerData: { trees, cache: options.cache },
    milliseconds: options.milliseconds ?? MILLISECONDS,
    megabytes: options.megabytes ?? MEGABYTES,
    receiver: () => {
      const translation = new Translation();
      return (answer) => {
        if ('dictionary' in answer) translation.learn(answer.dictionary);
        return { answer, translation };
      };
    },
    lost: ({ path }, reason) => ({ answer: { failed: lost(path, reason) }, translation: new Translation() }),
  });
  const jobs = lockfiles.map(
    ({ path, format, tree, file }): Job => ({ path, format, tree: trees.indexOf(tree), file }),
  );
  try {
    yield* pool.inOrder(jobs);
  } finally {
    await pool.close();
  }
}

const LOST: Record<Loss, Pick<Diagnostic, 'code' | 'message'>> = {
  time: { code: 'LOCKFILE_TOO_COMPLEX', message: 'reading takes too long: given up' },
  memory: { code: 'LOCKFILE_UNREADABLE', message: 'reading takes more memory than one lockfile may have: given up' },
  fault: { code: 'LOCKFILE_UNREADABLE', message: 'the thread that read it stopped' },
};

function lost(file: string, reason: Loss): Diagnostic {
  return {
    ...LOST[reason],
    severity: 'incomplete',
    file,
    next: 'check the file with its package manager; if that accepts it, report it as a bug of spof-deps',
  };
}
