/** Where trust comes from when nobody is asked: what was kept, what the library ships, and nothing that is not usable. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keysTarget, TRUSTED_ROOT } from '../../src/evidence/sigstore/tuf.ts';
import { TrustLoader, type TrustOptions } from '../../src/evidence/trust.ts';
import { isObject } from '../../src/json.ts';
import { Store } from '../../src/network/store.ts';
import { scratch } from '../cli/harness.ts';
import { createSigstore } from '../sigstore/instance.ts';

const REGISTRY = 'https://registry.example/';
const sigstore = createSigstore();

function offline(options: Partial<TrustOptions> = {}): { loader: TrustLoader; store: Store } {
  const store = options.store ?? new Store(scratch());
  const askKeys = () => Promise.reject(new Error('asked'));
  return {
    store,
    loader: new TrustLoader({ offline: true, store, tufDirectory: join(scratch(), 'tuf'), askKeys, ...options }),
  };
}

/** The registry whose keys the library ships, by its address. */
function shippedRegistry(): string {
  const seeds: unknown = createRequire(import.meta.url)('@sigstore/tuf/seeds.json');
  const names = Object.values(isObject(seeds) ? seeds : {}).flatMap((seed) =>
    isObject(seed) && isObject(seed.targets) ? Object.keys(seed.targets) : [],
  );
  const [name = ''] = names.map(decodeURIComponent).filter((target) => target.endsWith('/keys.json'));
  return `https://${name.slice(0, -'keys.json'.length)}`;
}

describe('offline', () => {
  it('the root is the one the library ships where none was kept', async () => {
    const { loader } = offline();
    expect(await loader.root()).toMatchObject({ origin: 'embedded', version: undefined });
    expect(loader.tufFailure).toBeUndefined();
    expect([...loader.documents.keys()]).toEqual([TRUSTED_ROOT]);
  });

  it.each([
    ['kept', sigstore.trustedRoot],
    ['embedded', '{}'],
    ['embedded', ''],
    ['embedded', sigstore.trustedRoot.slice(1)],
    ['embedded', { root: sigstore.trustedRoot }],
  ])('what was kept is %s where it is a root', async (origin, text) => {
    const { loader, store } = offline();
    await store.write('trust', ['', TRUSTED_ROOT], text);
    expect((await loader.root()).origin).toBe(origin);
  });

  it('keys are those of TUF that were kept, before those the registry served', async () => {
    const { loader, store } = offline();
    expect(await loader.keys(REGISTRY)).toEqual({ found: undefined, why: 'none' });
    const served = createSigstore().keys();
    await store.write('keys', [REGISTRY], served);
    expect(await loader.keys(REGISTRY)).toMatchObject({ found: { origin: 'kept', text: served, ofRegistry: false } });
    await store.write('trust', ['', keysTarget(REGISTRY)], sigstore.keys());
    const kept = await loader.keys(REGISTRY);
    expect(kept).toMatchObject({ found: { origin: 'kept', text: sigstore.keys(), ofRegistry: true } });
    expect(loader.documents.get('keys.registry.example.json')).toBe(sigstore.keys());
  });

  it.each(['', 'null', '[]', '{"keys":7}', '<html>'])('kept keys that are none (%j) are passed over', async (text) => {
    const { loader, store } = offline();
    await store.write('trust', ['', keysTarget(REGISTRY)], text);
    await store.write('keys', [REGISTRY], sigstore.keys());
    expect(await loader.keys(REGISTRY)).toMatchObject({ found: { text: sigstore.keys() } });
  });

  it('keys of the registry that the library knows are those it ships, unless another mirror is named', async () => {
    const registry = shippedRegistry();
    expect(await offline().loader.keys(registry)).toMatchObject({ found: { origin: 'embedded', ofRegistry: true } });
    const { loader } = offline({ tufMirror: 'https://tuf.example' });
    expect(await loader.keys(registry)).toEqual({ found: undefined, why: 'none' });
    expect((await offline().loader.keys(REGISTRY)).found).toBeUndefined();
  });

  it('what was kept of one mirror is not found for another', async () => {
    const { store } = offline();
    await store.write('trust', ['https://tuf.example', TRUSTED_ROOT], sigstore.trustedRoot);
    expect((await offline({ store }).loader.root()).origin).toBe('embedded');
    expect((await offline({ store, tufMirror: 'https://tuf.example' }).loader.root()).origin).toBe('kept');
  });
});

describe('documents', () => {
  it('of registries on one machine do not take the place of each other', async () => {
    const { loader, store } = offline();
    for (const registry of ['http://127.0.0.1:1/', 'http://127.0.0.1:2/', 'http://[::1]:3/']) {
      await store.write('keys', [registry], sigstore.keys());
      await loader.keys(registry);
    }
    const names = [...loader.documents.keys()];
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toMatch(/^keys\.[\w.-]+\.json$/);
  });

  it('of two registries below one host are both there', async () => {
    const { loader, store } = offline();
    const other = createSigstore().keys();
    await store.write('keys', [`${REGISTRY}a/`], sigstore.keys());
    await store.write('keys', [`${REGISTRY}b/`], other);
    await loader.keys(`${REGISTRY}a/`);
    await loader.keys(`${REGISTRY}b/`);
    expect(new Set(loader.documents.values())).toEqual(new Set([sigstore.keys(), other]));
  });
});
