import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSources } from '../../../src/sources/index.ts';
import { npmLock, scratch } from '../../cli/harness.ts';
import { gitEnv, type MadeRepository, repository } from './made.ts';
import { opened } from './opening.ts';
import { type GitServer, serveHttp } from './server.ts';

const root = scratch();
const files = (version: string) => ({
  'package-lock.json': npmLock({ ms: version }),
  'package.json': '{"name":"pay"}',
  'big/package-lock.json': npmLock({ ms: version, pad: `1.0.0-${'x'.repeat(2_000_000)}` }),
});
let server: GitServer;
let pay: MadeRepository;
let source: string;

beforeAll(async () => {
  pay = repository(root, 'acme/pay.git', files('1.0.0'));
  server = await serveHttp(root);
  source = `git+${server.url}/acme/pay.git`;
});
afterAll(() => server.close());

/** Every file below a directory with its size and the time of its last change. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function stamped(directory: string): string[] {
  return filesBelow(directory).map(
    (file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs} ${statSync(file).ino}`,
  );
}

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = server.requests.length;
  await work();
  return server.requests.length - before;
}

describe('what is kept between runs', () => {
  it('is not fetched again: one request where the branch is where it was, none for a commit; nothing is written', async () => {
    const cache = scratch();
    const cold = await opened([source], { cache });
    const before = stamped(cache);
    expect(await requestsOf(() => opened([source], { cache }))).toBe(1);
    const commit = pay.git('rev-parse', 'HEAD');
    await opened([`${source}#${commit}`], { cache });
    expect(await requestsOf(() => opened([`${source}#${commit}`], { cache }))).toBe(0);
    expect(
      stamped(cache)
        .filter((each) => !before.includes(each))
        .map((each) => each.split('/').at(-1)?.split(' ')[0]),
    ).toEqual(
      // The one of the commit is a tree of another name, of the same blobs.
      expect.not.arrayContaining([expect.stringMatching(/^[0-9a-f]{40}$/)]),
    );
    expect((await opened([source], { cache })).lockfiles).toEqual(cold.lockfiles);
  });

  it('is shared by content: another repository with the same files sends no blob', async () => {
    const cache = scratch();
    repository(root, 'acme/fork.git', files('1.0.0'));
    await opened([source], { cache });
    const before = server.requests.length;
    const seen = await opened([`git+${server.url}/acme/fork.git`], { cache });
    const bytes = server.requests.slice(before).reduce((sum, request) => sum + request.bytes, 0);
    expect(seen.lockfiles).toHaveLength(2);
    expect(server.requests.length - before).toBe(3);
    expect(bytes).toBeLessThan(4000);
  });

  it('holds nothing of a fetch once it is done, and no address', async () => {
    const cache = scratch();
    await opened([source], { cache });
    expect(readdirSync(join(cache, 'repositories', 'v1', 'tmp'))).toEqual([]);
    for (const file of filesBelow(cache)) expect(readFileSync(file, 'latin1')).not.toContain(server.host);
  });

  it.each([
    ['a file of another content', (file: string) => writeFileSync(file, 'other')],
    ['a file that was cut', (file: string) => truncateSync(file, 10)],
  ])('is checked before it is used: %s is fetched again', async (_, harm) => {
    const cache = scratch();
    await opened([source], { cache });
    for (const file of filesBelow(cache)) harm(file);
    const seen = await opened([source], { cache });
    const name = `${server.host}/acme/pay`;
    expect(seen.read(`${name}/package-lock.json`)).toBe(npmLock({ ms: '1.0.0' }));
    expect(seen.lockfiles).toEqual([`${name}/big/package-lock.json`, `${name}/package-lock.json`]);
    expect([...seen.incomplete, ...seen.notices]).toEqual([]);
    expect(await requestsOf(() => opened([source], { cache }))).toBe(1);
  });

  it('may be used by two runs at once', async () => {
    const cache = scratch();
    const runs = await Promise.all(Array.from({ length: 4 }, () => opened([source], { cache })));
    for (const run of runs) {
      expect([...run.incomplete, ...run.messages]).toEqual([]);
      expect(run.lockfiles).toHaveLength(2);
    }
  });

  it('is what a run that asks nobody has; what is not kept is told', async () => {
    const cache = scratch();
    await opened([source], { cache });
    const other = `git+${server.url}/acme/other.git`;
    const before = server.requests.length;
    const seen = await opened([source, other], { cache, offline: true });
    expect(server.requests.length).toBe(before);
    expect(seen.lockfiles).toHaveLength(2);
    expect(seen.incomplete).toEqual([`REPOSITORY_NOT_CACHED ${server.host}/acme/other`]);
  });

  it('follows the branch', async () => {
    const cache = scratch();
    const moving = repository(root, 'acme/moving.git', files('1.0.0'));
    const at = `git+${server.url}/acme/moving.git`;
    const name = `${server.host}/acme/moving/package-lock.json`;
    await opened([at], { cache });
    moving.commit({ 'package-lock.json': npmLock({ ms: '2.0.0' }) });
    expect((await opened([at], { cache, offline: true })).read(name)).toBe(npmLock({ ms: '1.0.0' }));
    const seen = await opened([at], { cache });
    expect(seen.lockfiles).toEqual([name]);
    expect(seen.read(name)).toBe(npmLock({ ms: '2.0.0' }));
  });

  it('is not needed: where it cannot be written, everything is fetched for this run', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    const seen = await opened([source], { cache: join(file, 'cache') });
    expect(seen.lockfiles).toHaveLength(2);
    const content = await openSources([source], { env: gitEnv() });
    expect(content.lockfiles).toHaveLength(2);
  });
});
