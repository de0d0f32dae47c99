import { describe, expect, it } from 'vitest';
import { type PoolOptions, readOnThreads } from '../../src/lockfiles/pool.ts';

const MODULE = new URL('./threads/reader.mjs', import.meta.url);

/** Code and message of each answer; what a lockfile does to its thread is the name of its file (threads/reader.mjs). */
async function answersTo(files: readonly string[], options: Partial<PoolOptions> = {}): Promise<string[]> {
  const tree = { root: '/nowhere', packages: [] };
  const lockfiles = files.map((file, at) => ({ path: `${at}/${file}`, format: 'npm', tree, file }) as const);
  const answers: string[] = [];
  for await (const { answer } of readOnThreads(lockfiles, { threads: 2, module: MODULE, ...options })) {
    if ('failed' in answer) answers.push(`${answer.failed.file} ${answer.failed.code} ${answer.failed.message}`);
  }
  return answers;
}

const read = (path: string): string => `${path} LOCKFILE_EMPTY answered`;

describe('readOnThreads', () => {
  it('answers in the order of the lockfiles', async () => {
    const files = Array.from({ length: 200 }, () => 'ok');
    expect(await answersTo(files)).toEqual(files.map((file, at) => read(`${at}/${file}`)));
  });

  it.each([
    ['hang', 'LOCKFILE_TOO_COMPLEX reading takes too long: given up'],
    ['exit', 'LOCKFILE_UNREADABLE the thread that read it stopped'],
    ['throw', 'LOCKFILE_UNREADABLE the thread that read it stopped'],
    ['swell', 'LOCKFILE_UNREADABLE reading takes more memory than one lockfile may have: given up'],
  ])('gives up the one lockfile that makes its thread %s', async (deed, diagnostic) => {
    const answers = await answersTo(['ok', deed, 'ok', 'ok', deed, 'ok'], { milliseconds: 3000, megabytes: 32 });
    expect(answers).toEqual([
      read('0/ok'),
      `1/${deed} ${diagnostic}`,
      read('2/ok'),
      read('3/ok'),
      `4/${deed} ${diagnostic}`,
      read('5/ok'),
    ]);
  });

  it('goes on when the only lockfile of the last thread kills it', async () => {
    expect(await answersTo(['exit'], { threads: 1 })).toEqual([
      '0/exit LOCKFILE_UNREADABLE the thread that read it stopped',
    ]);
  });

  it('leaves the rest to the caller where there is no thread', async () => {
    expect(await answersTo(['ok', 'ok'], { threads: 0 })).toEqual([]);
  });

  it('stops its threads when the caller stops listening', async () => {
    const tree = { root: '/nowhere', packages: [] };
    const lockfiles = ['ok', 'hang'].map((file) => ({ path: file, format: 'npm', tree, file }) as const);
    for await (const { answer } of readOnThreads(lockfiles, { threads: 2, module: MODULE })) {
      expect(answer).toHaveProperty('failed.file', 'ok');
      break;
    }
  });
});
