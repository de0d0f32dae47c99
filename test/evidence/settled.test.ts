/** Evidence that is kept: only what is good, only for the same trust, and only in a shape that can be used. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ComponentEvidence } from '../../src/evidence/evidence.ts';
import type { Provenance } from '../../src/evidence/provenance.ts';
import { Settled } from '../../src/evidence/settled.ts';
import type { Reason } from '../../src/evidence/state.ts';
import { subjectKey } from '../../src/evidence/subject.ts';
import { Store } from '../../src/network/store.ts';
import { scratch } from '../cli/harness.ts';

afterEach(() => {
  vi.useRealTimers();
});

const BUILD: Provenance = {
  predicateType: 'https://slsa.dev/provenance/v1',
  repository: 'https://github.com/acme/a',
  owner: 'https://github.com/acme',
  repositoryId: '11',
  ownerId: undefined,
  commit: 'c0ffee',
  ref: undefined,
  workflow: '.github/workflows/x.yml',
  builder: 'https://github.com/actions/runner/github-hosted',
  issuer: 'https://token.actions.githubusercontent.com',
  identity: 'https://github.com/acme/a/.github/workflows/x.yml@refs/heads/main',
  loggedAt: undefined,
};
const GOOD: ComponentEvidence = {
  verdicts: {
    signature: { reason: 'verified', key: 'K1' },
    publish: { reason: 'verified', key: 'K1' },
    provenance: { reason: 'verified' },
  },
  digest: 'same',
  build: BUILD,
  history: {
    predecessor: '0.9.0',
    lost: { what: 'provenance', since: '0.8.0' },
    repositoryBefore: undefined,
    declared: 'https://github.com/acme/a',
    buildBefore: BUILD,
  },
  publishers: { registry: 'https://registry.example/', accounts: ['ada', '__proto__'] },
  listing: {
    newest: new Map([['1', '1.4.2']]),
    tags: new Map([['__proto__', '1.4.2']]),
    dependencies: new Map([['a', '^1']]),
  },
};

const subject = { name: 'a', version: '1.0.0', digests: ['sha512-x'] };
const target = { subject, components: [0] };
const pack = { registry: 'https://registry.example/', name: 'a', targets: [target] };

const NOTHING = { at: undefined, releases: new Map<string, ComponentEvidence>() };

async function keeping(evidence: ComponentEvidence = GOOD, whole = true) {
  const store = new Store(scratch());
  await new Settled(store, false).write(pack, 'T', NOTHING, [{ target, evidence, whole }]);
  const [file = ''] = readdirSync(store.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const read = async (trust = 'T', anyAge = false, from = pack) =>
    (await new Settled(store, anyAge).read(from, trust)).releases.get(subjectKey(subject));
  return { file, read, store };
}

describe('settled evidence', () => {
  it('is read as it was written', async () => {
    const { read } = await keeping();
    expect(await read()).toStrictEqual(GOOD);
  });

  it('without provenance too, and without a publish time', async () => {
    const plain: ComponentEvidence = {
      ...GOOD,
      verdicts: {
        signature: { reason: 'verified-undated', key: 'K1', detail: 'unknown: K9' },
        publish: { reason: 'not-attested' },
        provenance: { reason: 'not-attested' },
      },
      build: undefined,
      history: undefined,
      publishers: undefined,
      listing: undefined,
    };
    const { read } = await keeping(plain);
    expect(await read()).toStrictEqual(plain);
  });

  it('is of one trust and one registry', async () => {
    const { read } = await keeping();
    expect(await read('U')).toBeUndefined();
    expect(await read('T', false, { ...pack, registry: 'https://npm.acme.example/' })).toBeUndefined();
    expect(await read('T', false, { ...pack, name: 'b' })).toBeUndefined();
  });

  it('holds for a day, and offline for ever', async () => {
    const { read } = await keeping();
    vi.useFakeTimers({ now: Date.now() + 25 * 3_600_000, toFake: ['Date'] });
    expect(await read()).toBeUndefined();
    expect(await read('T', true)).toStrictEqual(GOOD);
    vi.setSystemTime(Date.now() - 50 * 3_600_000);
    expect(await read('T', true)).toBeUndefined();
  });

  it('is added to, and grows no younger by it', async () => {
    const { read, store } = await keeping();
    const start = Date.now();
    vi.useFakeTimers({ now: start + 20 * 3_600_000, toFake: ['Date'] });
    const settled = new Settled(store, false);
    const other = { subject: { ...subject, version: '2.0.0' }, components: [1] };
    await settled.write(pack, 'T', await settled.read(pack, 'T'), [{ target: other, evidence: GOOD, whole: true }]);
    expect(await read()).toStrictEqual(GOOD);
    expect([...(await settled.read(pack, 'T')).releases.keys()]).toHaveLength(2);
    vi.setSystemTime(start + 25 * 3_600_000);
    expect([...(await settled.read(pack, 'T')).releases.keys()]).toEqual([]);
  });

  const verdicts = (kind: 'signature' | 'publish' | 'provenance', reason: Reason): Partial<ComponentEvidence> => ({
    verdicts: { ...GOOD.verdicts, [kind]: { reason } },
  });
  it.each([
    ['an invalid signature', verdicts('signature', 'bad-signature')],
    ['no signature', verdicts('signature', 'not-signed')],
    ['a key too new', verdicts('signature', 'stale-keys')],
    ['attestations that were not served', verdicts('provenance', 'not-served')],
    ['attestations nobody answered about', verdicts('publish', 'failed')],
    ['a format that is not known', verdicts('provenance', 'unsupported')],
    ['another digest', { digest: 'differs' as const }],
    ['an unknown digest', { digest: 'unknown' as const }],
  ])('is not what has %s', async (_, change) => {
    const { file, read } = await keeping({ ...GOOD, ...change });
    expect(file).toBe('');
    expect(await read()).toBeUndefined();
  });

  it('is not what was left half asked', async () => expect((await keeping(GOOD, false)).file).toBe(''));

  it.each<[string, (text: string) => string]>([
    ['an accusation', (text) => text.replace('"verified"', '"bad-bundle"')],
    ['a reason that is none', (text) => text.replaceAll('"verified"', '"constructor"')],
    ['a key that is no text', (text) => text.replace('"key":"K1"', '"key":7')],
    ['a build of numbers', (text) => text.replaceAll(/"owner":"[^"]*"/g, '"owner":7')],
    ['a build with a commit that is no text', (text) => text.replaceAll('"c0ffee"', 'null')],
    ['a provenance without a build', (text) => text.replaceAll(/"build":\{[^}]*\},/g, '')],
    ['a history of numbers', (text) => text.replace('"since":"0.8.0"', '"since":8')],
    ['accounts that are none', (text) => text.replace('"ada"', '{}')],
    ['another digest', (text) => text.replace('"digest":"same"', '"digest":"differs"')],
    ['a time to come', (text) => text.replace(/"at":\d+/, '"at":9e15')],
    ['nothing', () => ''],
    ['a list', () => '[]'],
  ])('damaged to %s is worked out again', async (_, change) => {
    const { file, read } = await keeping();
    const text = readFileSync(file, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(file, change(text));
    expect(await read('T', true)).toBeUndefined();
  });

  it('is nothing where nothing is kept', async () => {
    const none = new Settled(undefined, true);
    await none.write(pack, 'T', NOTHING, [{ target, evidence: GOOD, whole: true }]);
    expect([...(await none.read(pack, 'T')).releases]).toEqual([]);
  });
});
