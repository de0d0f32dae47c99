/** Answers that are not settled: asked for again by their tag, and taken from the store only while they hold. */
import { afterEach, describe, expect, it } from 'vitest';
import { wireOptions } from '../../src/network/flat-options.ts';
import { Store } from '../../src/network/store.ts';
import { Answers } from '../../src/registry/answers.ts';
import { RegistryClient } from '../../src/registry/client.ts';
import { scratch } from '../cli/harness.ts';
import { type LoopbackRegistry, type Reply, startRegistry } from './server.ts';

const running: LoopbackRegistry[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));

const body = (...versions: string[]) => ({
  name: 'a',
  versions: Object.fromEntries(versions.map((version) => [version, { name: 'a', version, dist: {} }])),
});

/** Asks for package `a` again and again in runs of their own, which share a store. */
async function asking(replies: readonly Reply[]) {
  const server = await startRegistry({ routes: { '/a': replies } });
  running.push(server);
  const store = new Store(scratch());
  return {
    server,
    store,
    async run(...wanted: string[]) {
      const client = new RegistryClient({
        settings: {
          registries: () => [server.url],
          accessTo: () => ({ authorization: undefined, cert: undefined, key: undefined }),
          fetchOptions: wireOptions({ noProxy: '127.0.0.1' }, () => false),
        },
      });
      const answers = new Answers(client, store);
      const answer = await answers.ask(server.url, 'a', new Set(wanted), await answers.kept(server.url, 'a'));
      if (answer.kind !== 'known') return answer.kind;
      return { from: answer.from, versions: [...answer.packument.releases.keys()] };
    },
  };
}

describe('an answer that may change', () => {
  it('is asked for by its tag, and is the one kept where it has not', async () => {
    const headers = { etag: '"1"' };
    const { server, run } = await asking([
      { body: body('1.0.0'), headers },
      { status: 304, headers },
    ]);
    expect(await run('1.0.0')).toEqual({ from: 'registry', versions: ['1.0.0'] });
    expect(await run('1.0.0')).toEqual({ from: 'store', versions: ['1.0.0'] });
    expect(await run('1.0.0')).toEqual({ from: 'store', versions: ['1.0.0'] });
    expect(server.requests.map((request) => request.headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  });

  it('is not asked for while it holds, but for a version it was not kept for', async () => {
    const headers = { etag: '"1"', 'cache-control': 'max-age=300' };
    const { server, run } = await asking([{ body: body('1.0.0', '2.0.0'), headers }]);
    await run('1.0.0');
    expect(await run('1.0.0')).toEqual({ from: 'store', versions: ['1.0.0'] });
    expect(server.requests).toHaveLength(1);
    expect(await run('1.0.0', '2.0.0')).toEqual({ from: 'registry', versions: ['1.0.0', '2.0.0'] });
    expect(server.requests[1]?.headers['if-none-match']).toBeUndefined();
  });

  it('is replaced by what the registry says now', async () => {
    const { run } = await asking([
      { body: body('1.0.0'), headers: { etag: '"1"' } },
      { body: body('1.0.0', '1.0.1'), headers: { etag: '"2"' } },
    ]);
    await run('1.0.0');
    expect(await run('1.0.0')).toEqual({ from: 'registry', versions: ['1.0.0', '1.0.1'] });
  });

  it('is no answer where the registry gives none', async () => {
    const { run } = await asking([{ body: body('1.0.0'), headers: { etag: '"1"' } }, { status: 403 }]);
    await run('1.0.0');
    expect(await run('1.0.0')).toBe('failed');
  });

  it('holds no longer than an hour, whatever stands in the store', async () => {
    const { server, store, run } = await asking([{ body: body('1.0.0'), headers: { etag: '"1"' } }]);
    await run('1.0.0');
    const kept = (await store.read('package', [server.url, 'a'])) as object;
    await store.write('package', [server.url, 'a'], { ...kept, until: Date.now() + 1e12 });
    await run('1.0.0');
    expect(server.requests).toHaveLength(2);
  });
});
