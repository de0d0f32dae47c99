import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/lockfiles/reader.ts';
import { openRepositories, type RemoteOptions, type RepositoryContent } from '../../../src/sources/remote/open.ts';
import type { RemoteRepository, TreeEntry } from '../../../src/sources/remote/repository.ts';
import { npmLock, scratch } from '../../cli/harness.ts';

/** A route of which every answer is made up. */
interface Route extends Partial<RemoteRepository> {
  readonly files: Readonly<Record<string, string>>;
  /** More entries. */
  readonly entries?: readonly TreeEntry[];
  /** What is said of the content of a file, instead of what is so. */
  readonly size?: (path: string) => number | undefined;
  readonly content?: (path: string) => string | undefined;
}

function made({ files, entries = [], size, content, ...rest }: Route): RemoteRepository {
  const ids = new Map(Object.entries(files).map(([path, text]) => [idOf(text), path]));
  return {
    name: 'git.example/acme/pay',
    origin: undefined,
    key: 'pay',
    commit: async () => '1'.repeat(40),
    open: async (commit) => ({
      commit,
      list: (read) =>
        read(listed([...[...ids].map(([id, path]): TreeEntry => ({ kind: 'file', id, path })), ...entries])),
      async blobs(wanted, keep) {
        for (const id of wanted) {
          const path = ids.get(id);
          if (path === undefined) continue;
          const text = content?.(path) ?? files[path]!;
          await keep(id, size?.(path) ?? text.length, listed([Buffer.from(text)]));
        }
      },
      close: async () => {},
    }),
    ...rest,
  };
}

async function* listed<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function idOf(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

async function opened(route: Route, options: RemoteOptions = {}): Promise<RepositoryContent> {
  const listed = { place: NAME, repository: made(route), told: [], unread: [] };
  const [content] = await openRepositories(() => [listed], { cache: scratch(), retryDelay: 1, ...options });
  return content!;
}

const told = ({ diagnostics }: RepositoryContent) =>
  diagnostics.map(({ code, severity, file }) => `${severity} ${code} ${file}`);
const lock = npmLock({ ms: '2.1.3' });
const NAME = 'git.example/acme/pay';

describe('a repository over any route', () => {
  it('whose lockfile is too large is read but for that, which stays a service of which nothing is known', async () => {
    const route: Route = {
      files: { 'a/package-lock.json': lock, 'b/package-lock.json': npmLock({}), 'b/.npmrc': 'x' },
      size: (path) => (path.startsWith('b/p') ? LIMITS.bytes + 1 : path.endsWith('.npmrc') ? 9_000_000 : undefined),
    };
    const seen = await opened(route);
    expect(seen.lockfiles.map(({ path }) => path)).toEqual([`${NAME}/a/package-lock.json`]);
    expect(seen.unread).toEqual([`${NAME}/b/package-lock.json`]);
    expect(told(seen).sort()).toEqual([
      `incomplete LOCKFILE_TOO_LARGE ${NAME}/b/package-lock.json`,
      `notice SETTING_UNREADABLE ${NAME}/b/.npmrc`,
    ]);
  });

  it.each([
    ['sends another content', { content: (path: string) => (path === 'package.json' ? '{"evil":1}' : undefined) }],
    ['says another size', { size: () => 3 }],
    ['does not send what it lists', { entries: [{ kind: 'file', id: '2'.repeat(40), path: 'yarn.lock' }] as const }],
  ])('that %s is not read', async (_, manners) => {
    const seen = await opened({ files: { 'package-lock.json': lock, 'package.json': '{}' }, ...manners });
    expect(seen.lockfiles).toEqual([]);
    expect(told(seen)).toEqual([`incomplete REPOSITORY_UNREACHABLE ${NAME}`]);
  });

  it('whose ids are none, or that names a path twice, is read but for these', async () => {
    const seen = await opened({
      files: { 'package-lock.json': lock },
      entries: [
        { kind: 'file', id: '../../x', path: 'a/package-lock.json' },
        { kind: 'file', id: '2'.repeat(40), path: 'package-lock.json' },
        { kind: 'other', id: '2'.repeat(40), path: 'b/package-lock.json' },
      ],
    });
    expect(seen.lockfiles.map(({ file }) => file)).toEqual(['package-lock.json']);
    expect(told(seen)).toEqual([`incomplete PATH_SKIPPED ${NAME}`]);
  });

  it('with more files than are taken is not read at all', async () => {
    const entries = Array.from(
      { length: 50_001 },
      (_, at): TreeEntry => ({ kind: 'file', id: '2'.repeat(40), path: `${at}/package.json` }),
    );
    const seen = await opened({ files: {}, entries });
    expect(told(seen)).toEqual([`incomplete REPOSITORY_TOO_LARGE ${NAME}`]);
  });

  it('under hostile names is what its own properties say', async () => {
    const seen = await opened({ files: { '__proto__/package-lock.json': lock, 'constructor/package.json': '{}' } });
    expect(seen.lockfiles.map(({ file }) => file)).toEqual(['__proto__/package-lock.json']);
    expect(seen.lockfiles[0]!.tree.packages).toEqual(['constructor']);
  });

  it('tells how far it is', async () => {
    const steps: string[] = [];
    await opened({ files: {} }, { onProgress: (done, total) => steps.push(`${done}/${total}`) });
    expect(steps).toEqual(['0/1', '1/1']);
  });

  it('whose fault is ours is no failure of the repository', async () => {
    const commit = async () => {
      throw new TypeError('a bug');
    };
    await expect(opened({ files: {}, commit })).rejects.toThrow('a bug');
  });
});
