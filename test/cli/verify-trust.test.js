/** What a run trusts: files that are pinned, a TUF repository, what earlier runs kept, a registry's own keys. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keysTarget } from '../../src/evidence/sigstore/tuf.js';
import { EVIDENCE_KINDS } from '../../src/evidence/state.js';
import { createSigstore } from '../sigstore/instance.js';
import { madeRegistry, sha512Of } from '../sigstore/packages.js';
import { startTuf } from '../sigstore/tuf.js';
import { scratch } from './harness.js';
import { serviceOf, signedRegistry } from './signed.js';

async function verified(registry, service, ...args) {
  const { code, stdout, stderr } = await registry.run(['verify', '--json', service, ...args], {
    npm_config_fetch_retries: '0',
  });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  const verdicts = Object.fromEntries(
    report.components.map((found) => [
      found.package.slice('npm/'.length),
      EVIDENCE_KINDS.map((kind) => found[kind].reason).join(' '),
    ]),
  );
  const { root, registries } = report.evidence.trust;
  const [one] = registries;
  return { ...report, code, verdicts, root: root?.origin, keys: one?.keys.origin ?? one?.keys, trust: { root, one } };
}
const WELL = 'verified verified verified';
const PACKAGES = { alpha: [{ version: '1.0.0', attested: true }], beta: [{ version: '1.0.0' }] };
const ALPHA = serviceOf({ alpha: '1.0.0' });
const BETA = serviceOf({ beta: '1.0.0' });
const KEYS_PATH = '/-/npm/v1/keys';
const open = [];
afterAll(() => Promise.all(open.map((server) => server.close())));
/** @param keys whether the repository has the keys of the registry too */
async function withTuf(keys, sigstore = createSigstore(), also) {
  const registry = await signedRegistry(PACKAGES, also, sigstore);
  const name = keysTarget(registry.server.url);
  const targets = () => ({
    'trusted_root.json': sigstore.trustedRoot,
    ...(keys ? { [name]: sigstore.keys() } : {}),
  });
  const tuf = await startTuf({ targets: targets() });
  open.push(tuf);
  const asked = () => registry.server.requests.filter(({ path }) => path === KEYS_PATH).length;
  const { server } = registry;
  return {
    registry,
    server,
    tuf,
    name,
    targets,
    asked,
    options: ['--tuf-mirror', tuf.url, '--tuf-root', tuf.rootFile],
  };
}
describe('pinned files', () => {
  it('are all that is trusted: neither TUF nor the registry is asked for keys', async () => {
    const { registry, tuf, asked, options } = await withTuf(true);
    const report = await verified(registry, ALPHA, ...registry.pinned, ...options);
    expect([report.code, report.verdicts, report.root, report.keys]).toEqual([0, { alpha: WELL }, 'file', 'file']);
    expect([tuf.requests, asked()]).toEqual([[], 0]);
  });
  it('may be one of the two: the other comes from TUF', async () => {
    const { registry, asked, options } = await withTuf(true);
    const keys = registry.pinned.slice(2);
    const byKeys = await verified(registry, ALPHA, ...keys, ...options);
    expect([byKeys.verdicts, byKeys.root, byKeys.keys]).toEqual([{ alpha: WELL }, 'tuf', 'file']);
    const byRoot = await verified(registry, ALPHA, ...registry.root, ...options);
    expect([byRoot.verdicts, byRoot.root, byRoot.keys]).toEqual([{ alpha: WELL }, 'file', 'tuf']);
    expect(asked()).toBe(0);
  });
  it('of another Sigstore verify nothing', async () => {
    const registry = await signedRegistry(PACKAGES);
    const other = await signedRegistry({});
    const report = await verified(registry, ALPHA, ...other.pinned);
    expect([report.code, report.verdicts]).toEqual([1, { alpha: 'bad-signature bad-bundle bad-bundle' }]);
  });
  const BROKEN = {
    missing: undefined,
    empty: '',
    'not JSON': '{"keys": [',
    'an empty object': '{}',
    'an empty list': '{"keys":[]}',
    'of keys without any that can be read': '{"keys":[{"keyid":"a","key":"b"}],"mediaType":"x"}',
    'a trusted root without anything': '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}',
    'JSON of another kind': '[null]',
  };
  it.each(['--keys', '--trusted-root'].flatMap((option) => Object.keys(BROKEN).map((what) => [option, what])))(
    '%s that is %s is a mistake of usage',
    async (option, what) => {
      const registry = await signedRegistry(PACKAGES);
      const file = join(scratch(), 'pinned.json');
      const text = BROKEN[what];
      if (text !== undefined) writeFileSync(file, text);
      for (const command of [
        ['verify', BETA],
        [BETA, '--fail-on', 'never'],
      ]) {
        const outcome = await registry.run([...command, ...registry.pinned, option, file]);
        expect([outcome.code, outcome.stdout]).toEqual([2, '']);
        expect(outcome.stderr).toContain(`TRUST_INVALID ${file}`);
      }
      expect(registry.server.requests).toEqual([]);
    },
  );
  it('that were swapped are told apart', async () => {
    const registry = await signedRegistry(PACKAGES);
    const [, root = '', , keys = ''] = registry.pinned;
    for (const args of [
      ['--trusted-root', keys],
      ['--keys', root],
      ['--tuf-root', join(scratch(), 'none')],
    ]) {
      const outcome = await registry.run(['verify', BETA, '--offline', ...args]);
      expect(outcome.code).toBe(2);
      expect(outcome.stderr).toContain(`TRUST_INVALID ${args[1]}`);
    }
  });
});
describe('a TUF repository', () => {
  it('gives root and keys, and the report says which', async () => {
    const { registry, asked, options } = await withTuf(true);
    const report = await verified(registry, ALPHA, ...options);
    expect([report.code, report.verdicts, report.root, report.keys]).toEqual([0, { alpha: WELL }, 'tuf', 'tuf']);
    expect(report.trust).toMatchObject({
      root: { version: 1 },
      one: { url: registry.server.url, keys: { version: 1, ids: ['SHA256:made-old-key', 'SHA256:made-new-key'] } },
    });
    expect(asked()).toBe(0);
    expect([report.incomplete, report.notices]).toEqual([[], []]);
  });
  it('that has no keys of a registry leaves it to the registry', async () => {
    const { registry, asked, options } = await withTuf(false);
    const report = await verified(registry, ALPHA, ...options);
    expect([report.verdicts, report.root, report.keys]).toEqual([{ alpha: WELL }, 'tuf', 'registry']);
    expect([asked(), report.notices]).toEqual([1, []]);
  });
  it('that answers no more is replaced by what the last run kept, with a notice', async () => {
    const { registry, tuf, asked, options } = await withTuf(true);
    expect((await verified(registry, ALPHA, ...options)).keys).toBe('tuf');
    tuf.expire();
    const expired = await verified(registry, ALPHA, ...options);
    const kept = [0, { alpha: WELL }, 'kept', 'kept'];
    expect([expired.code, expired.verdicts, expired.root, expired.keys]).toEqual(kept);
    expect(expired.notices).toMatchObject([{ code: 'TRUST_NOT_REFRESHED' }]);
    const rootFile = join(scratch(), 'root.json');
    writeFileSync(rootFile, '{}');
    const unusable = await verified(registry, ALPHA, '--tuf-mirror', tuf.url, '--tuf-root', rootFile);
    expect([unusable.code, unusable.verdicts, unusable.root, unusable.keys]).toEqual(kept);
    expect(unusable.notices).toMatchObject([{ code: 'TRUST_NOT_REFRESHED' }]);
    expect(asked()).toBe(0);
  });
  it('is named by its mirror: what one vouched for is not kept for another', async () => {
    const { registry, asked, options } = await withTuf(true);
    await verified(registry, ALPHA, ...options);
    const gone = await startTuf({ targets: {} });
    const rootFile = join(scratch(), 'root.json');
    writeFileSync(rootFile, '{}');
    await gone.close();
    const report = await verified(registry, ALPHA, '--tuf-mirror', gone.url, '--tuf-root', rootFile);
    // The root that the library ships has never heard of the made Sigstore.
    expect([report.root, report.keys, asked()]).toEqual(['embedded', 'registry', 1]);
    expect(report.verdicts).toEqual({ alpha: 'verified bad-bundle bad-bundle' });
    expect(report.notices).toMatchObject([{ code: 'TRUST_NOT_REFRESHED' }]);
  });
  it.each(['not a url', 'file:///etc', ''])('at %j is a mistake of usage', async (mirror) => {
    const registry = await signedRegistry(PACKAGES);
    const outcome = await registry.run(['verify', BETA, '--tuf-mirror', mirror]);
    expect([outcome.code, outcome.stdout, registry.server.requests]).toEqual([2, '', []]);
    expect(outcome.stderr).toContain('--tuf-mirror');
  });
  it('with targets that were tampered with is not used', async () => {
    const { registry, tuf, name, options } = await withTuf(true);
    const mallory = createSigstore();
    tuf.tamper(name, mallory.keys());
    tuf.tamper('trusted_root.json', mallory.trustedRoot);
    const report = await verified(registry, ALPHA, ...options);
    expect([report.root, report.keys]).toEqual(['embedded', 'registry']);
    expect(report.verdicts.alpha).toMatch(/^verified /);
    expect(report.notices).toMatchObject([{ code: 'TRUST_NOT_REFRESHED' }]);
  });
  it.each([
    ['a root', 'trusted_root.json', '{"mediaType":"nonsense"}'],
    ['keys', '', '<html>'],
  ])('whose signed target is no %s is not used for it, and what was kept stays', async (_, target, text) => {
    const { registry, tuf, name, targets, options } = await withTuf(true);
    expect((await verified(registry, ALPHA, ...options)).verdicts).toEqual({ alpha: WELL });
    tuf.setTargets({ ...targets(), [target || name]: text });
    const report = await verified(registry, ALPHA, ...options);
    expect([report.code, report.verdicts]).toEqual([0, { alpha: WELL }]);
    expect(target ? report.root : report.keys).toBe('kept');
    expect(report.notices).toMatchObject([{ code: 'TRUST_NOT_REFRESHED' }]);
  });
});
describe('a key that the registry began to use', () => {
  const NEXT = { keyId: 'SHA256:made-next-key', start: '2025-05-01T00:00:00.000Z' };
  const SERVICE = serviceOf({ beta: '1.1.0' });
  /** A run keeps the keys; then a release is signed by the next key, which the registry has had beside. */
  async function rotated() {
    const packuments = {};
    const sigstore = createSigstore();
    const set = await withTuf(true, sigstore, (made) => ({
      ...made,
      packuments: Object.assign(packuments, made.packuments),
    }));
    await verified(set.registry, BETA, ...set.options);
    sigstore.registryKey(NEXT);
    const release = { name: 'beta', version: '1.1.0', integrity: sha512Of('beta@1.1.0') };
    const { url } = set.server;
    packuments.beta = madeRegistry(url).packument({
      name: 'beta',
      releases: [{ ...release, published: '2025-06-02T00:00:00.000Z', signatures: [sigstore.signRelease(release)] }],
    });
    return set;
  }
  it('is stale keys and an incomplete run where new ones could not be had, never an accusation', async () => {
    const { registry, tuf, options } = await rotated();
    tuf.expire();
    const report = await verified(registry, SERVICE, ...options);
    expect(report.findings).toEqual([]);
    expect(report.verdicts).toEqual({ beta: 'stale-keys not-attested not-attested' });
    expect(report.code).toBe(3);
    expect(report.incomplete).toMatchObject([
      { code: 'TRUST_NOT_REFRESHED', message: expect.stringContaining('do not know the keys of 1 component') },
    ]);
  });
  it('is known as soon as TUF has it', async () => {
    const { registry, tuf, targets, options } = await rotated();
    tuf.setTargets(targets());
    const report = await verified(registry, SERVICE, ...options);
    expect([report.code, report.verdicts]).toEqual([0, { beta: 'verified not-attested not-attested' }]);
  });
});
