/**
 * Jobs for worker threads, whose module answers them with `serveJobs` (serve.ts). A thread that dies, runs out of memory or takes too long costs the one job
 * it was working on; a new thread takes its place.
 *
 * A thread's first message says that its module is loaded ('online' comes before the module is even looked for); each
 * further one answers a job, in the order the jobs were sent.
 */
import { Worker } from 'node:worker_threads';
import { Queue } from './queue.ts';

/** What became of a job: over its time, over its thread's heap, or its thread stopped (or was stopped by `close`). */
export type Loss = 'time' | 'memory' | 'fault';

export interface ThreadPoolOptions<Job, Sent, Answer> {
  /** The most threads at once; they are started as jobs need them. */
  readonly threads: number;
  /** What the threads run; it calls `serveJobs`. */
  readonly module: URL;
  readonly workerData?: unknown;
  /** How long one job may take. */
  readonly milliseconds: number;
  /** Heap of one thread. */
  readonly megabytes: number;
  /**
   * Called for each thread that is started; what it gives is called with each answer of that thread, in the order they
   * were sent: what is to be known of one thread lives in its closure. Neither may throw.
   */
  readonly receiver: () => (sent: Sent) => Answer;
  /** The answer to a job that its thread will not give. Must not throw. */
  readonly lost: (job: Job, reason: Loss) => Answer;
}

/** Jobs a thread holds at once: the one it works on and the next, so that it never waits for this thread. */
const AHEAD = 2;
/** How far answers may run ahead of the one awaited, where order is asked for; they are held in memory. */
const WINDOW = 64;

interface Task<Job, Answer> {
  readonly job: Job;
  readonly settle: (answer: Answer | undefined) => void;
}

interface Thread<Job, Sent, Answer> {
  readonly worker: Worker;
  readonly receive: (sent: Sent) => Answer;
  /** Sent and not answered, the one being worked on first. */
  readonly tasks: Task<Job, Answer>[];
  timer: NodeJS.Timeout | undefined;
  /** Whether its module is loaded. */
  started: boolean;
  /** Why it is gone, should it go. */
  end: Loss;
}

export class ThreadPool<Job, Sent, Answer> {
  readonly #options: ThreadPoolOptions<Job, Sent, Answer>;
  readonly #threads = new Set<Thread<Job, Sent, Answer>>();
  /** Those of the threads, and of the threads given up that are not gone yet. */
  readonly #workers = new Set<Worker>();
  readonly #waiting = new Queue<Task<Job, Answer>>();
  /** The most threads there may be: one less for each that did not start. */
  #most: number;
  #closing: Promise<void> | undefined;

  constructor(options: ThreadPoolOptions<Job, Sent, Answer>) {
    this.#options = options;
    this.#most = options.threads;
  }

  /**
   * Has a thread do a job, after those given before. A job that cannot be cloned is lost by fault, and so is every job
   * after `close`. Rejects only where `workerData` cannot be cloned.
   *
   * @returns the answer; or undefined where no thread can be started (any more): the job is left to the caller
   */
  run(job: Job): Promise<Answer | undefined> {
    if (this.#closing) return Promise.resolve(this.#options.lost(job, 'fault'));
    return new Promise((settle) => {
      this.#waiting.push({ job, settle });
      this.#dispatch();
    });
  }

  /**
   * The answers to jobs, in the order of the jobs, which are taken as the answers are. Ends early, without an error,
   * where no thread can be started (any more): the rest is left to the caller. Stopping it does not stop the pool.
   */
  async *inOrder(jobs: Iterable<Job>): AsyncGenerator<Answer> {
    const pending = new Queue<Promise<Answer | undefined>>();
    for (const job of jobs) {
      pending.push(this.run(job));
      if (pending.size < WINDOW) continue;
      const answer = await pending.shift();
      if (answer === undefined) return;
      yield answer;
    }
    while (pending.size > 0) {
      const answer = await pending.shift();
      if (answer === undefined) return;
      yield answer;
    }
  }

  /** Stops the threads, whatever they do; jobs without an answer are lost by fault. Resolves when the threads are gone. */
  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  async #stop(): Promise<void> {
    const threads = [...this.#threads];
    this.#threads.clear();
    const stopped = [...this.#workers].map((worker) => worker.terminate());
    for (const { timer, tasks } of threads) {
      clearTimeout(timer);
      for (const task of tasks) this.#fail(task, 'fault');
    }
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) this.#fail(task, 'fault');
    await Promise.all(stopped);
  }

  #fail({ job, settle }: Task<Job, Answer>, reason: Loss): void {
    settle(this.#options.lost(job, reason));
  }

  /** Gives what waits to the threads that have room, and back to the caller where there is no thread to wait for. */
  #dispatch(): void {
    while (this.#waiting.size > 0) {
      const thread = this.#freest();
      if (thread !== undefined) this.#give(thread, this.#waiting.shift()!);
      else if (this.#threads.size > 0) return;
      else this.#waiting.shift()!.settle(undefined);
    }
  }

  /** The thread that would begin a job soonest, a new one if all have something to do; none where all are full. */
  #freest(): Thread<Job, Sent, Answer> | undefined {
    let freest: Thread<Job, Sent, Answer> | undefined;
    for (const thread of this.#threads) {
      if (freest === undefined || thread.tasks.length < freest.tasks.length) freest = thread;
    }
    if (freest?.tasks.length === 0) return freest;
    while (this.#threads.size < this.#most) {
      const thread = this.#start();
      if (thread !== undefined) return thread;
      this.#most--;
    }
    return freest !== undefined && freest.tasks.length < AHEAD ? freest : undefined;
  }

  #start(): Thread<Job, Sent, Answer> | undefined {
    const { module, workerData, megabytes, receiver } = this.#options;
    const worker = startWorker(module, workerData, megabytes);
    if (worker === undefined) return undefined;
    const thread: Thread<Job, Sent, Answer> = {
      worker,
      receive: receiver(),
      tasks: [],
      timer: undefined,
      started: false,
      end: 'fault',
    };
    this.#threads.add(thread);
    this.#workers.add(worker);
    worker.on('message', (sent: Sent) => this.#receive(thread, sent));
    worker.on('messageerror', () => this.#lose(thread, 'fault'));
    // An error may overtake the answers sent before it; the exit comes after all of them.
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') thread.end = 'memory';
    });
    worker.on('exit', () => {
      this.#workers.delete(worker);
      this.#lose(thread, thread.end);
    });
    return thread;
  }

  #give(thread: Thread<Job, Sent, Answer>, task: Task<Job, Answer>): void {
    try {
      thread.worker.postMessage(task.job);
    } catch {
      this.#fail(task, 'fault');
      return;
    }
    if (thread.tasks.push(task) === 1) this.#watch(thread);
  }

  #watch(thread: Thread<Job, Sent, Answer>): void {
    clearTimeout(thread.timer);
    const [task] = thread.tasks;
    if (task === undefined) return;
    const timer = setTimeout(() => {
      // Where this thread was itself kept busy, the answer may wait behind the timer.
      setImmediate(() => {
        if (thread.timer === timer && thread.tasks[0] === task) this.#lose(thread, 'time');
      });
    }, this.#options.milliseconds);
    thread.timer = timer;
  }

  #receive(thread: Thread<Job, Sent, Answer>, sent: Sent): void {
    if (!this.#threads.has(thread)) return;
    if (thread.started) thread.tasks.shift()?.settle(thread.receive(sent));
    thread.started = true;
    this.#watch(thread);
    this.#dispatch();
  }

  #lose(thread: Thread<Job, Sent, Answer>, reason: Loss): void {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    void thread.worker.terminate();
    const culprit = thread.started ? thread.tasks.shift() : undefined;
    if (culprit !== undefined) this.#fail(culprit, reason);
    if (!thread.started) this.#most--;
    this.#waiting.giveBack(thread.tasks);
    this.#dispatch();
  }
}

/** Why no thread can be had: no resources, or a Node that was told not to allow any. */
const REFUSED: readonly unknown[] = ['ERR_WORKER_INIT_FAILED', 'ERR_ACCESS_DENIED'];

function startWorker(module: URL, workerData: unknown, megabytes: number): Worker | undefined {
  try {
    return new Worker(module, { workerData, resourceLimits: { maxOldGenerationSizeMb: megabytes } });
  } catch (error) {
    if (error instanceof Error && 'code' in error && REFUSED.includes(error.code)) return undefined;
    throw error;
  }
}
