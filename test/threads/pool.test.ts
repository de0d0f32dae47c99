import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ThreadPool, type ThreadPoolOptions } from '../../src/threads/pool.ts';

const moduleOf = (name: string): URL => new URL(`./modules/${name}.mjs`, import.meta.url);

interface Job {
  readonly n: number;
  readonly deed?: string;
  readonly more?: unknown;
}

/** What modules/deeds.mjs sends. */
interface Sent {
  readonly n: number;
  readonly threadId: number;
  /** How many jobs that thread has answered. */
  readonly count: number;
  readonly workerData: unknown;
}

type Options = ThreadPoolOptions<Job, Sent, string>;

const DEFAULTS: Options = {
  threads: 2,
  module: moduleOf('deeds'),
  milliseconds: 60_000,
  megabytes: 64,
  receiver: () => (sent) => `${sent.n} done`,
  lost: ({ n }, reason) => `${n} ${reason}`,
};

/** Uses a pool, and closes it whatever happens. */
async function withPool<T>(
  options: Partial<Options>,
  use: (pool: ThreadPool<Job, Sent, string>) => Promise<T>,
): Promise<T> {
  const pool = new ThreadPool<Job, Sent, string>({ ...DEFAULTS, ...options });
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** The jobs 0, 1, 2... with these deeds. */
const jobsOf = (deeds: readonly string[]): Job[] => deeds.map((deed, n) => ({ n, deed }));
const jobs = (count: number): Job[] => jobsOf(Array.from({ length: count }, () => 'ok'));

async function inOrder(pool: ThreadPool<Job, Sent, string>, given: Iterable<Job>): Promise<string[]> {
  const answers: string[] = [];
  for await (const answer of pool.inOrder(given)) answers.push(answer);
  return answers;
}

const LOSSES = [
  ['hang', 'time'],
  ['swell', 'memory'],
  ['throw', 'fault'],
  ['exit', 'fault'],
] as const;

describe('inOrder', () => {
  it('answers in the order of the jobs', async () => {
    const answers = await withPool({ threads: 3 }, (pool) => inOrder(pool, jobs(500)));
    expect(answers).toEqual(jobs(500).map(({ n }) => `${n} done`));
  });

  it('takes jobs no further ahead than it may', async () => {
    let taken = 0;
    function* counted(): Generator<Job> {
      for (const job of jobs(1000)) {
        taken++;
        yield job;
      }
    }
    await withPool({}, async (pool) => {
      for await (const answer of pool.inOrder(counted())) {
        expect(taken - Number.parseInt(answer, 10)).toBeLessThanOrEqual(64);
      }
    });
    expect(taken).toBe(1000);
  });

  it('ends early where there is no thread', async () => {
    expect(await withPool({ threads: 0 }, (pool) => inOrder(pool, jobs(3)))).toEqual([]);
    expect(await withPool({ module: moduleOf('missing') }, (pool) => inOrder(pool, jobs(100)))).toEqual([]);
  });

  it('leaves the pool to further use when it is stopped', async () => {
    await withPool({}, async (pool) => {
      for await (const answer of pool.inOrder(jobs(100))) {
        expect(answer).toBe('0 done');
        break;
      }
      expect(await pool.run({ n: 7 })).toBe('7 done');
    });
  });
});

describe('a thread that is lost', () => {
  it.concurrent.each(LOSSES)('costs the one job that made it %s', async (deed, reason) => {
    const given = jobsOf(['ok', deed, 'ok', 'ok', deed, 'ok']);
    const expected = given.map((job) => `${job.n} ${job.deed === 'ok' ? 'done' : reason}`);
    const options = { milliseconds: 3000, megabytes: 32 };
    expect(await withPool(options, (pool) => inOrder(pool, given))).toEqual(expected);
  });

  it.concurrent('is replaced when it was the only one', async () => {
    const given = jobsOf(['exit', 'ok', 'throw', 'ok']);
    const answers = await withPool({ threads: 1 }, (pool) => Promise.all(given.map((job) => pool.run(job))));
    expect(answers).toEqual(['0 fault', '1 done', '2 fault', '3 done']);
  });

  it.concurrent('is replaced when it ends with nothing to do', async () => {
    let threads = 0;
    const receiver = (): ((sent: Sent) => string) => {
      const thread = ++threads;
      return () => `thread ${thread}`;
    };
    await withPool({ threads: 1, receiver }, async (pool) => {
      expect(await pool.run({ n: 0, deed: 'leave' })).toBe('thread 1');
      let answer: string | undefined;
      do answer = await pool.run({ n: 1 });
      while (answer !== 'thread 2' && answer !== undefined);
      expect(answer).toBe('thread 2');
    });
  });

  it('costs no other job, whatever the jobs are and however they are given', async () => {
    const deed = fc.oneof({ weight: 8, arbitrary: fc.constant('ok') }, fc.constantFrom('exit', 'throw', 'leave'));
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), async (deeds, threads) => {
        const given = jobsOf(deeds);
        const [ordered, single] = await withPool({ threads }, (pool) =>
          Promise.all([inOrder(pool, given), Promise.all(given.map((job) => pool.run(job)))]),
        );
        // A thread that leaves after its answer may take the job it has by then with it, or none.
        const leaves = deeds.filter((each) => each === 'leave').length;
        for (const answers of [ordered, single]) {
          expect(answers.map((answer) => Number.parseInt(answer ?? '', 10))).toEqual(given.map(({ n }) => n));
          for (const { n, deed } of given) if (deed !== 'ok' && deed !== 'leave') expect(answers[n]).toBe(`${n} fault`);
        }
        const innocent = [...ordered, ...single].filter((answer, at) => {
          const asked = given[at % given.length]?.deed;
          return answer?.endsWith('fault') && (asked === 'ok' || asked === 'leave');
        });
        expect(innocent.length).toBeLessThanOrEqual(2 * leaves);
      }),
      { numRuns: 12 },
    );
  });
});

describe('run', () => {
  it('answers many jobs given at once', async () => {
    const given = jobs(20_000);
    const answers = await withPool({}, (pool) => Promise.all(given.map((job) => pool.run(job))));
    expect(answers).toEqual(given.map(({ n }) => `${n} done`));
  });

  it('answers jobs that come while others are done', async () => {
    await withPool({}, async (pool) => {
      const chain = async (start: number): Promise<void> => {
        for (let n = start; n < start + 50; n++) expect(await pool.run({ n })).toBe(`${n} done`);
      };
      await Promise.all([0, 100, 200, 300, 400, 500].map(chain));
    });
  });

  it('starts no more threads than are allowed or needed', async () => {
    let started = 0;
    const receiver = (): ((sent: Sent) => string) => {
      started++;
      return ({ n }) => `${n} done`;
    };
    await withPool({ threads: 3, receiver }, async (pool) => {
      for (const job of jobs(10)) await pool.run(job);
      expect(started).toBe(1);
      await Promise.all(jobs(100).map((job) => pool.run(job)));
      expect(started).toBe(3);
    });
  });

  it('gives a thread its data, and each its own receiver', async () => {
    const receiver = (): ((sent: Sent) => string) => {
      let count = 0;
      let thread = Number.NaN;
      return (sent) => {
        if (count++ === 0) thread = sent.threadId;
        return JSON.stringify([sent.threadId === thread, sent.count === count, sent.workerData]);
      };
    };
    const answers = await withPool({ threads: 3, receiver, workerData: { key: 'value' } }, (pool) =>
      Promise.all(jobs(60).map((job) => pool.run(job))),
    );
    expect([...new Set(answers)]).toEqual([JSON.stringify([true, true, { key: 'value' }])]);
  });

  it.each([
    ['does not exist', { module: moduleOf('missing') }],
    ['cannot be loaded', { module: moduleOf('broken') }],
    ['never gets going', { module: moduleOf('mute'), milliseconds: 100 }],
    ['may have no thread', { threads: 0 }],
  ])('leaves the job to the caller where the module %s', async (_, options) => {
    await withPool(options, async (pool) => {
      const first = await Promise.all(jobs(20).map((job) => pool.run(job)));
      expect(first).toEqual(jobs(20).map(() => undefined));
      expect(await pool.run({ n: 20 })).toBeUndefined();
    });
  });

  it.each(['ERR_WORKER_INIT_FAILED', 'ERR_ACCESS_DENIED'])('leaves the job to the caller on %s', async (code) => {
    const Worker = vi.fn(function refuse() {
      throw Object.assign(new Error('on purpose'), { code });
    });
    vi.doMock('node:worker_threads', async (original) => ({ ...(await original<object>()), Worker }));
    vi.resetModules();
    const { ThreadPool: Refused } = await import('../../src/threads/pool.ts');
    vi.doUnmock('node:worker_threads');
    const pool = new Refused<Job, Sent, string>(DEFAULTS);
    expect(await Promise.all(jobs(5).map((job) => pool.run(job)))).toEqual(jobs(5).map(() => undefined));
    expect(Worker).toHaveBeenCalledTimes(DEFAULTS.threads);
  });

  it('says so where the data of its threads cannot be sent', async () => {
    await withPool({ workerData: () => {} }, (pool) =>
      expect(pool.run({ n: 0 })).rejects.toThrow('could not be cloned'),
    );
  });

  it('loses a job that cannot be sent, and no other', async () => {
    const given = [{ n: 0 }, { n: 1, more: () => {} }, { n: 2 }];
    const answers = await withPool({ threads: 1 }, (pool) => Promise.all(given.map((job) => pool.run(job))));
    expect(answers).toEqual(['0 done', '1 fault', '2 done']);
  });
});

describe('close', () => {
  it('loses what is being done and what waits, and all that comes after', async () => {
    const pool = new ThreadPool<Job, Sent, string>(DEFAULTS);
    expect(await pool.run({ n: 0 })).toBe('0 done');
    const given = jobsOf([...Array.from({ length: 4 }, () => 'hang'), ...Array.from({ length: 100 }, () => 'ok')]);
    const answers = Promise.all(given.map((job) => pool.run(job)));
    const closed = pool.close();
    expect(pool.close()).toBe(closed);
    expect(await answers).toEqual(given.map(({ n }) => `${n} fault`));
    await closed;
    expect(await pool.run({ n: 1 })).toBe('1 fault');
    expect(await inOrder(pool, jobs(2))).toEqual(['0 fault', '1 fault']);
    await pool.close();
  });

  it('has nothing to do where no job ever came', async () => {
    await new ThreadPool<Job, Sent, string>(DEFAULTS).close();
  });
});
