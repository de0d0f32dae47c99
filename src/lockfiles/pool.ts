/**
 * Reads lockfiles on several threads and gives the answers in the order of the lockfiles. A thread that dies, runs out
 * of memory or takes too long costs the one lockfile it was reading, which gets a diagnostic; a new thread takes its place.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Diagnostic } from '../diagnostics.ts';
import { Translation } from '../graph/translation.ts';
import type { FoundLockfile, Tree } from '../sources/source.ts';
import type { Answer, Job } from './worker.ts';

export interface PoolOptions {
  readonly threads: number;
  /** How long one lockfile may take. */
  readonly milliseconds?: number;
  /** Heap of one thread. */
  readonly megabytes?: number;
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
/** Jobs a thread holds at once: the one it reads and the next, so that it never waits for this thread. */
const AHEAD = 2;
/** How far answers may run ahead of the one awaited; they are held in memory. */
const WINDOW = 64;

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
  const pool = new Pool(lockfiles, options);
  try {
    for (let at = 0; at < lockfiles.length; at++) {
      const answer = await pool.answer(at);
      if (answer === undefined) return;
      yield answer;
    }
  } finally {
    await pool.close();
  }
}

interface Thread {
  readonly worker: Worker;
  readonly translation: Translation;
  /** Jobs sent and not answered, the one being read first. */
  readonly jobs: number[];
  timer: NodeJS.Timeout | undefined;
  started: boolean;
  /** Why it is gone, should it go. */
  end: Reason;
}

class Pool {
  readonly #lockfiles: readonly FoundLockfile[];
  readonly #options: PoolOptions;
  readonly #trees: readonly Tree[];
  readonly #threads = new Set<Thread>();
  readonly #answers = new Map<number, PoolAnswer>();
  /** Jobs taken back from a thread that is gone. */
  readonly #returned: number[] = [];
  #next = 0;
  #awaited = 0;
  #arrived: () => void = () => {};

  constructor(lockfiles: readonly FoundLockfile[], options: PoolOptions) {
    this.#lockfiles = lockfiles;
    this.#options = options;
    this.#trees = [...new Set(lockfiles.map(({ tree }) => tree))];
    for (let n = 0; n < Math.min(options.threads, lockfiles.length); n++) this.#start();
  }

  /** The answer to a job, or undefined when no thread is left to give it. Jobs are asked for in order, each once. */
  async answer(job: number): Promise<PoolAnswer | undefined> {
    this.#awaited = job;
    while (true) {
      for (const thread of this.#threads) this.#feed(thread);
      if (this.#answers.has(job) || this.#threads.size === 0) break;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const answer = this.#answers.get(job);
    this.#answers.delete(job);
    return answer;
  }

  async close(): Promise<void> {
    const threads = [...this.#threads];
    this.#threads.clear();
    for (const { timer } of threads) clearTimeout(timer);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    const worker = new Worker(this.#options.module ?? MODULE, {
      workerData: { trees: this.#trees },
      resourceLimits: { maxOldGenerationSizeMb: this.#options.megabytes ?? MEGABYTES },
    });
    const thread: Thread = {
      worker,
      translation: new Translation(),
      jobs: [],
      timer: undefined,
      started: false,
      end: 'fault',
    };
    this.#threads.add(thread);
    worker.on('online', () => {
      thread.started = true;
    });
    worker.on('message', (answer: Answer) => this.#receive(thread, answer));
    // An error may overtake the answers sent before it; the exit comes after all of them.
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') thread.end = 'memory';
    });
    worker.on('exit', () => this.#lose(thread, thread.end));
    this.#feed(thread);
  }

  #feed(thread: Thread): void {
    while (thread.jobs.length < AHEAD) {
      const job = this.#returned.shift() ?? (this.#mayTakeNext() ? this.#next++ : undefined);
      if (job === undefined) return;
      const { path, format, tree, file } = this.#lockfiles[job]!;
      thread.worker.postMessage({ path, format, tree: this.#trees.indexOf(tree), file } satisfies Job);
      if (thread.jobs.push(job) === 1) this.#watch(thread);
    }
  }

  #mayTakeNext(): boolean {
    return this.#next < Math.min(this.#lockfiles.length, this.#awaited + WINDOW);
  }

  #watch(thread: Thread): void {
    clearTimeout(thread.timer);
    if (thread.jobs.length === 0) return;
    const [job] = thread.jobs;
    // Where this thread was itself kept busy, the answer may wait behind the timer.
    const late = (): unknown => setImmediate(() => thread.jobs[0] === job && this.#lose(thread, 'time'));
    thread.timer = setTimeout(late, this.#options.milliseconds ?? MILLISECONDS);
  }

  #receive(thread: Thread, answer: Answer): void {
    const job = thread.jobs.shift();
    if (job === undefined || !this.#threads.has(thread)) return;
    if ('dictionary' in answer) thread.translation.learn(answer.dictionary);
    this.#answers.set(job, { answer, translation: thread.translation });
    this.#watch(thread);
    this.#feed(thread);
    this.#arrived();
  }

  #lose(thread: Thread, reason: Reason): void {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    void thread.worker.terminate();
    const [culprit, ...others] = thread.jobs;
    if (thread.started && culprit !== undefined) {
      const failed = lost(this.#lockfiles[culprit]!.path, reason);
      this.#answers.set(culprit, { answer: { failed }, translation: thread.translation });
      this.#returned.push(...others);
      this.#start();
    } else this.#returned.push(...thread.jobs);
    this.#arrived();
  }
}

type Reason = 'time' | 'memory' | 'fault';

const LOST: Record<Reason, Pick<Diagnostic, 'code' | 'message'>> = {
  time: { code: 'LOCKFILE_TOO_COMPLEX', message: 'reading takes too long: given up' },
  memory: { code: 'LOCKFILE_UNREADABLE', message: 'reading takes more memory than one lockfile may have: given up' },
  fault: { code: 'LOCKFILE_UNREADABLE', message: 'the thread that read it stopped' },
};

function lost(file: string, reason: Reason): Diagnostic {
  return {
    ...LOST[reason],
    severity: 'incomplete',
    file,
    next: 'check the file with its package manager; if that accepts it, report it as a bug of spof-deps',
  };
}
