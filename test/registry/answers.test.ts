/** Questions to a registry and to what was kept: each asked once, and every outcome a closed one. */
import { afterEach, describe, expect, it } from 'vitest';
import { wireOptions } from '../../src/network/flat-options.ts';
import { Store } from '../../src/network/store.ts';
import { Answers } from '../../src/registry/answers.ts';
import { RegistryClient } from '../../src/registry/client.ts';
import { scratch } from '../cli/harness.ts';
import { type Description, type LoopbackRegistry, type Reply, startRegistry } from './server.ts';

const running: LoopbackRegistry[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));

const ATTESTATIONS = '/-/npm/v1/attestations/a@1.0.0';
const TEXT = '{"attestations":[]}';

async function asking(description: Description) {
  const server = await startRegistry(description);
  running.push(server);
  const store = new Store(scratch());
  const access = { authorization: undefined, cert: undefined, key: undefined };
  const online = () =>
    new Answers(
      new RegistryClient({
        settings: {
          registries: () => [server.url],
          accessTo: () => access,
          fetchOptions: wireOptions({ noProxy: '127.0.0.1', retry: { retries: 0 } }, () => false),
        },
      }),
      store,
    );
  const paths = () => server.requests.map(({ path }) => path);
  return { url: server.url, store, online, offline: () => new Answers(undefined, store), paths };
}
const replying = (path: string, ...replies: Reply[]) => asking({ routes: { [path]: replies } });

describe('attestations', () => {
  it('are asked for once in a run, and once in all unless fresh ones are wanted', async () => {
    const { url, online, offline, paths } = await replying(ATTESTATIONS, { body: TEXT });
    const run = online();
    const all = await Promise.all([false, false, true].map((fresh) => run.attestations(url, 'a', '1.0.0', fresh)));
    expect(all).toEqual(all.map(() => ({ kind: 'known', text: TEXT, from: 'registry' })));
    expect(paths()).toEqual([ATTESTATIONS]);
    const next = online();
    expect(await next.attestations(url, 'a', '1.0.0', false)).toEqual({ kind: 'known', text: TEXT, from: 'store' });
    expect(await offline().attestations(url, 'a', '1.0.0', true)).toMatchObject({ from: 'store' });
    expect(paths()).toHaveLength(1);
    const fresh = await Promise.all([1, 2].map(() => next.attestations(url, 'a', '1.0.0', true)));
    expect(fresh).toMatchObject([{ from: 'registry' }, { from: 'registry' }]);
    expect(paths()).toHaveLength(2);
    const mixed = online();
    const both = await Promise.all([false, true, true].map((one) => mixed.attestations(url, 'a', '1.0.0', one)));
    expect(both).toMatchObject([{ from: 'store' }, { from: 'registry' }, { from: 'registry' }]);
    expect(paths()).toHaveLength(3);
  });

  it.each([
    ['absent', { status: 404 }],
    ['failed', { status: 401 }],
    ['failed', { status: 500 }],
  ] as const)('that are %s are not kept', async (kind, reply) => {
    const { url, online, paths } = await replying(ATTESTATIONS, reply, { body: TEXT });
    expect((await online().attestations(url, 'a', '1.0.0', false)).kind).toBe(kind);
    expect((await online().attestations(url, 'a', '1.0.0', false)).kind).toBe('known');
    expect(paths()).toHaveLength(2);
  });

  it('of a text that was not kept as one are asked for', async () => {
    const { url, store, online } = await replying(ATTESTATIONS, { body: TEXT });
    await store.write('attestations', [url, 'a', '1.0.0'], { attestations: [] });
    expect(await online().attestations(url, 'a', '1.0.0', false)).toMatchObject({ from: 'registry' });
  });
});

describe('a package', () => {
  it.each(['', '.', '..', 'a/b', '@a/b/c', 'a\n', 'a'.repeat(600)])(
    'of the name %j is asked of nobody',
    async (name) => {
      const { url, online, offline, paths } = await asking({});
      expect(await online().ask(url, name, new Set())).toMatchObject({ kind: 'failed', code: 'bad-name' });
      expect(await online().attestations(url, name, '1.0.0', true)).toMatchObject({ code: 'bad-name' });
      expect(await offline().ask(url, name, new Set())).toEqual({ kind: 'offline' });
      expect(paths()).toEqual([]);
    },
  );

  it('is kept with the line of what was wanted, and with what the whole serves', async () => {
    const release = (version: string, more: object = {}) => [version, { name: 'a', version, dist: { ...more } }];
    const signed = { signatures: [{ keyid: 'k', sig: 's' }] };
    const versions = Object.fromEntries([release('1.0.0'), release('1.1.0'), release('2.0.0', signed)]);
    const { url, online, offline } = await asking({ packuments: { a: { name: 'a', versions } } });
    expect(await online().ask(url, 'a', new Set(['1.0.0']))).toMatchObject({ kind: 'known', from: 'registry' });
    const kept = await offline().kept(url, 'a');
    expect([...(kept?.packument.releases.keys() ?? [])]).toEqual(['1.0.0', '1.1.0']);
    expect(kept?.serves).toEqual({ signatures: true, attestations: false });
    expect(await offline().kept(url, 'b')).toBeUndefined();
    expect(await offline().kept(`${url}b/`, 'a')).toBeUndefined();
  });

  it('that carries evidence serves some, whatever was kept of it', async () => {
    const { url, store, offline } = await asking({});
    const dist = { signatures: [{ keyid: 'k', sig: 's' }], attestations: {} };
    const packument = { name: 'a', versions: { '1.0.0': { dist } } };
    await store.write('package', [url, 'a'], { serves: { signatures: 'no' }, packument });
    expect((await offline().kept(url, 'a'))?.serves).toEqual({ signatures: true, attestations: true });
  });

  it.each([[undefined], [null], [7], [[]], [{}], [{ serves: {} }], [{ serves: [], packument: { versions: {} } }]])(
    'kept as %j is not kept',
    async (value) => {
      const { url, store, offline } = await asking({});
      await store.write('package', [url, 'a'], value);
      expect(await offline().kept(url, 'a')).toBeUndefined();
    },
  );
});

describe('keys', () => {
  it.each([
    [200, '{"keys":[]}'],
    [404, undefined],
    [405, undefined],
    [400, undefined],
  ])('with status %i are %j', async (status, text) => {
    const { url, online } = await replying('/-/npm/v1/keys', { status, body: '{"keys":[]}' });
    expect(await online().keys(url)).toBe(text);
  });

  it.each([401, 403, 500, 302, 304])('with status %i are not said to be none', async (status) => {
    const { url, online } = await replying('/-/npm/v1/keys', { status });
    await expect(online().keys(url)).rejects.toThrow();
  });

  it('are asked of nobody offline', async () => {
    const { url, offline, paths } = await asking({ keys: '{"keys":[]}' });
    await expect(offline().keys(url)).rejects.toThrow('offline');
    expect(paths()).toEqual([]);
  });
});
