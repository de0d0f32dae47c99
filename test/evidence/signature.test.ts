import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryDigest, signatureVerdict } from '../../src/evidence/signature.ts';
import type { Reason } from '../../src/evidence/state.ts';
import type { Subject } from '../../src/evidence/subject.ts';
import type { RegistryKey } from '../../src/registry/key.ts';
import { parseKeys } from '../../src/registry/keys.ts';
import type { Release, SignatureEntry } from '../../src/registry/release.ts';
import { DIGESTS } from '../arbitraries.ts';
import { FIXTURES } from '../readers.ts';

interface Recorded {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig?: string }[];
  readonly published?: string;
  readonly verified: boolean;
}

const recorded = readFileSync(join(FIXTURES, 'signing/manifests.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Recorded => JSON.parse(line));
const genuine = recorded.filter(({ verified }) => verified);
const keysText = readFileSync(join(FIXTURES, 'signing/keys.json'), 'utf8');
const keys = parseKeys(keysText) ?? [];
const OLD = 'SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA';
const NEW = 'SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U';

function subjectOf({ name, version, integrity }: Recorded): Subject {
  return { name, version, digests: [integrity] };
}

function releaseOf(
  { name, version, integrity, signatures, published }: Recorded,
  other: Partial<Omit<Release, 'dependencies'>> = {},
): Release {
  return {
    name,
    version,
    integrity,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })),
    attested: false,
    dependencies: new Map(),
    published,
    trustedPublisher: undefined,
    repository: undefined,
    ...other,
  };
}

async function reasonOf(subject: Subject, release: Release, among = keys): Promise<Reason> {
  return (await signatureVerdict(subject, release, among)).reason;
}

const of = (name: string, version: string) => {
  const found = recorded.find((one) => one.name === name && one.version === version);
  if (found === undefined) throw new Error(`no ${name}@${version}`);
  return found;
};

describe('recorded signatures', () => {
  it.each(genuine)('$name@$version verifies', async (one) => {
    const [entry] = one.signatures;
    const undated = one.published === undefined && entry?.keyid === OLD;
    const expected = { reason: undated ? 'verified-undated' : 'verified', key: entry?.keyid };
    expect(await signatureVerdict(subjectOf(one), releaseOf(one), keys)).toEqual(expected);
  });

  it.each<[string, string, Reason, string]>([
    ['@npmcli/arborist', '1.0.14', 'bad-signature', OLD],
    ['abbrev', '1.1.1', 'bad-signature', OLD],
    ['accept-dependencies-module-cnpmsync', '1.0.0', 'bad-signature', OLD],
    ['accept-dependencies-module-cnpmsync', '2.0.0', 'bad-signature', OLD],
    ['accept-dependencies-module-cnpmsync', '3.0.0', 'bad-signature', OLD],
    ['async', '2.5.0', 'bad-signature', OLD],
    ['express', '5.1.0', 'malformed', '1 of 1 signatures'],
    ['foo', '1.0.0', 'unknown-key', 'SHA256:xyz'],
    ['resvg-js', '2.4.0', 'bad-signature', OLD],
  ])('%s@%s does not: %s', async (name, version, reason, detail) => {
    const one = of(name, version);
    expect(one.verified).toBe(false);
    expect(await signatureVerdict(subjectOf(one), releaseOf(one), keys)).toEqual({ reason, detail });
  });

  it('are all looked at, and signed by both keys', () => {
    expect([recorded.length, genuine.length]).toEqual([152, 143]);
    expect(new Set(genuine.map(({ signatures: [entry] }) => entry?.keyid))).toEqual(new Set([OLD, NEW]));
  });

  it('are replayed where the manifest itself is of another name', async () => {
    const one = of('resvg-js', '2.4.0');
    expect(await signatureVerdict(subjectOf(one), releaseOf(one, { name: '@resvg/resvg-js' }), keys)).toEqual({
      reason: 'replayed',
      detail: `${OLD} signs @resvg/resvg-js@2.4.0`,
    });
  });

  it('are replayed where the manifest has another version, and no name', async () => {
    const one = of('express', '3.0.0-beta3');
    const release = releaseOf(one, { name: undefined });
    expect(await reasonOf({ ...subjectOf(one), version: '3.0.0' }, release)).toBe('replayed');
  });

  it('are replayed where name and digest are those of another package', async () => {
    const [one, other] = [of('express', '3.0.0-beta3'), of('resvg-js', '2.4.0')];
    expect(await reasonOf(subjectOf(one), releaseOf(other, { name: '@resvg/resvg-js' }))).toBe('replayed');
  });
});

describe('one thing changed in a genuine one', () => {
  const some = fc.constantFrom(...genuine);
  const flipped = (base64: string, at: number): string => {
    const bytes = Buffer.from(base64, 'base64');
    const bit = at % (bytes.length * 8);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return bytes.toString('base64');
  };
  const replaced = (text: string, at: number, by: string): string => {
    const index = at % text.length;
    return text.slice(0, index) + by + text.slice(index + 1);
  };
  const position = fc.nat({ max: 10_000 });
  const character = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 });
  const entryOf = (one: Recorded) => {
    const { keyid, sig } = one.signatures[0]!;
    return { keyid: keyid!, sig: sig! };
  };

  it('a bit of the signature: bad-signature', async () => {
    const changed = fc.asyncProperty(some, position, async (one, at) => {
      const { keyid, sig } = entryOf(one);
      const release = releaseOf(one, { signatures: [{ keyid, sig: flipped(sig, at) }] });
      expect(await signatureVerdict(subjectOf(one), release, keys)).toEqual({ reason: 'bad-signature', detail: keyid });
    });
    await fc.assert(changed, { numRuns: 500 });
  });

  it('a bit of the digest: other-digest where the registry serves the one signed, else bad-signature', async () => {
    const changed = fc.asyncProperty(some, position, async (one, at) => {
      const digest = `sha512-${flipped(one.integrity.slice('sha512-'.length), at)}`;
      const subject = { ...subjectOf(one), digests: [digest] };
      expect(await reasonOf(subject, releaseOf(one))).toBe('other-digest');
      expect(await reasonOf(subject, releaseOf(one, { integrity: digest }))).toBe('bad-signature');
      expect(await reasonOf(subject, releaseOf(one, { integrity: undefined }))).toBe('bad-signature');
      expect(await reasonOf(subjectOf(one), releaseOf(one, { integrity: digest }))).toMatch(/^verified/);
      expect(registryDigest(subject, releaseOf(one))).toBe('differs');
    });
    await fc.assert(changed, { numRuns: 200 });
  });

  it.each(['name', 'version'] as const)('a character of the %s: replayed, or bad-signature', async (field) => {
    const changed = fc.asyncProperty(some, position, character, async (one, at, by) => {
      const other = replaced(one[field], at, by);
      fc.pre(other !== one[field]);
      const subject = { ...subjectOf(one), [field]: other };
      expect(await reasonOf(subject, releaseOf(one))).toBe('replayed');
      expect(await reasonOf(subject, releaseOf(one, { [field]: other }))).toBe('bad-signature');
      expect(await reasonOf(subject, releaseOf(one, { [field]: undefined }))).toBe('bad-signature');
    });
    await fc.assert(changed, { numRuns: 200 });
  });

  it('a character of the key id: unknown-key', async () => {
    const changed = fc.asyncProperty(some, position, character, async (one, at, by) => {
      const { keyid, sig } = entryOf(one);
      const other = replaced(keyid, at, by);
      fc.pre(other !== keyid);
      expect(await reasonOf(subjectOf(one), releaseOf(one, { signatures: [{ keyid: other, sig }] }))).toBe(
        'unknown-key',
      );
    });
    await fc.assert(changed, { numRuns: 200 });
  });

  it('the integrity, or the signature, of another release: never verified', async () => {
    const changed = fc.asyncProperty(some, some, async (one, other) => {
      fc.pre(one.integrity !== other.integrity);
      const locked = { ...subjectOf(one), digests: [other.integrity] };
      expect(await reasonOf(locked, releaseOf(one))).toBe('other-digest');
      expect(await reasonOf(locked, releaseOf(one, { integrity: other.integrity }))).toBe('bad-signature');
      const { signatures } = releaseOf(other);
      expect(await reasonOf(subjectOf(one), releaseOf(one, { signatures }))).toBe('bad-signature');
      expect(await reasonOf(subjectOf(one), releaseOf(other))).toBe('replayed');
    });
    await fc.assert(changed, { numRuns: 200 });
  });

  it('any bit of a key: the key is no key, and its signatures are by an unknown one', async () => {
    const one = of('express', '3.0.0-beta3');
    const document = JSON.parse(keysText);
    const raw: string = document.keys[0].publicKey.rawBytes;
    for (let bit = 0; bit < 91 * 8; bit++) {
      document.keys[0].publicKey.rawBytes = flipped(raw, bit);
      const among = parseKeys(JSON.stringify(document)) ?? [];
      expect(await reasonOf(subjectOf(one), releaseOf(one), among), `bit ${bit}`).toBe('unknown-key');
    }
  });

  it('another key under the key id: bad-signature', async () => {
    const swapped = keys.map((key) => ({ ...key, keyId: key.keyId === OLD ? NEW : OLD }));
    for (const one of genuine) expect(await reasonOf(subjectOf(one), releaseOf(one), swapped)).toBe('bad-signature');
  });

  it('the publish time: out of the validity of the key', async () => {
    const changed = fc.asyncProperty(some, fc.nat(1e10), async (one, ms) => {
      const { keyid } = entryOf(one);
      const { start = 0, end } = keys.find((key) => key.keyId === keyid && key.usage === 'npm:signatures')!;
      const verdictAt = (time: number) =>
        reasonOf(subjectOf(one), releaseOf(one, { published: new Date(time).toISOString() }));
      expect(await verdictAt(start - 1 - ms)).toBe('key-not-yet-valid');
      expect(await verdictAt(start)).toBe('verified');
      expect(await verdictAt(end === undefined ? start + ms : end - 1)).toBe('verified');
      if (end !== undefined) expect(await verdictAt(end + ms)).toBe('key-expired');
      if (end !== undefined) expect(await verdictAt(end)).toBe('key-expired');
    });
    await fc.assert(changed, { numRuns: 100 });
  });

  it.each([undefined, '', 'yesterday', '1', '2020-01-01T00:00:00', '2020-13-01T00:00:00Z'])(
    'the publish time to %j: undated where the key has an end',
    async (published) => {
      for (const one of genuine.slice(0, 40)) {
        const expected = entryOf(one).keyid === OLD ? 'verified-undated' : 'verified';
        expect(await reasonOf(subjectOf(one), releaseOf(one, { published }))).toBe(expected);
      }
    },
  );
});

/** Keys and signatures made here: the recorded ones have one signature and one digest each. */
/** A row's verdict: of a verified one the text is the key that vouches, and what stands beside it. */
function verdictOf(reason: string, text: string) {
  if (reason !== 'verified') return { reason, detail: text };
  const [key, detail] = text.split('; ');
  return { reason, key, ...(detail !== undefined && { detail }) };
}

describe('made signatures', () => {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pairs = { a: pair(), b: pair(), early: pair(), late: pair(), attesting: pair() };
  const time = (text: string) => Date.parse(`${text}T00:00:00Z`);
  const key = (keyId: keyof typeof pairs, other: Partial<RegistryKey> = {}): RegistryKey => ({
    keyId,
    usage: 'npm:signatures',
    key: pairs[keyId].publicKey,
    start: undefined,
    end: undefined,
    ...other,
  });
  const made = [
    key('a'),
    key('b', { end: time('2030-01-01') }),
    key('early', { end: time('2020-01-01') }),
    key('late', { start: time('2040-01-01') }),
    key('attesting', { usage: 'npm:attestations' }),
  ];
  const [one, two] = DIGESTS.sha512;
  const signed = (keyid: string, by: KeyObject, text: string): SignatureEntry => ({
    keyid,
    sig: sign('sha256', Buffer.from(text), by).toString('base64'),
  });
  const entries = {
    a: signed('a', pairs.a.privateKey, `p@1.0.0:${one}`),
    aTwo: signed('a', pairs.a.privateKey, `p@1.0.0:${two}`),
    b: signed('b', pairs.b.privateKey, `p@1.0.0:${one}`),
    bTwo: signed('b', pairs.b.privateKey, `p@1.0.0:${two}`),
    early: signed('early', pairs.early.privateKey, `p@1.0.0:${one}`),
    late: signed('late', pairs.late.privateKey, `p@1.0.0:${one}`),
    attesting: signed('attesting', pairs.attesting.privateKey, `p@1.0.0:${one}`),
    unknown: signed('nobody', pairs.a.privateKey, `p@1.0.0:${one}`),
    wrong: signed('b', pairs.a.privateKey, `p@1.0.0:${one}`),
    elsewhere: signed('b', pairs.b.privateKey, `q@1.0.0:${one}`),
    junk: { keyid: 'a', sig: '\u0000 not base64 \ud800 %%' },
    noId: { keyid: undefined, sig: 'AAAA' },
    noSig: { keyid: 'a', sig: '' },
    longId: { keyid: 'a'.repeat(257), sig: 'AAAA' },
    longSig: { keyid: 'a', sig: 'A'.repeat(257) },
  } satisfies Record<string, SignatureEntry>;
  type Entry = keyof typeof entries;

  const subject = (...digests: string[]): Subject => ({ name: 'p', version: '1.0.0', digests });
  const release = (names: readonly Entry[], other: Partial<Omit<Release, 'dependencies'>> = {}): Release => ({
    name: 'p',
    version: '1.0.0',
    integrity: one,
    signatures: names.map((name) => entries[name]),
    attested: false,
    dependencies: new Map(),
    published: '2025-06-01T00:00:00.000Z',
    trustedPublisher: undefined,
    repository: undefined,
    ...other,
  });

  it.each<[Entry[], Reason, string | undefined]>([
    [[], 'not-signed', undefined],
    [['a'], 'verified', 'a'],
    [['b', 'a'], 'verified', 'a'],
    [['a', 'unknown'], 'verified', 'a; unknown: nobody'],
    [['a', 'attesting'], 'verified', 'a; unknown: attesting'],
    [['a', 'noId'], 'verified', 'a'],
    [['early'], 'key-expired', 'early'],
    [['late'], 'key-not-yet-valid', 'late'],
    [['early', 'late'], 'key-not-yet-valid', 'late'],
    [['early', 'late', 'a'], 'verified', 'a'],
    [['early', 'unknown'], 'key-expired', 'early; unknown: nobody'],
    [['attesting'], 'unknown-key', 'attesting'],
    [['unknown', 'noId'], 'unknown-key', 'nobody'],
    [['wrong'], 'bad-signature', 'b'],
    [['a', 'wrong'], 'bad-signature', 'b'],
    [['a', 'junk'], 'bad-signature', 'a'],
    [['a', 'elsewhere'], 'bad-signature', 'b'],
    [['unknown', 'wrong'], 'bad-signature', 'b; unknown: nobody'],
    [['noId', 'noSig', 'longId', 'longSig'], 'malformed', '4 of 4 signatures'],
    [['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'], 'malformed', '9 signatures'],
  ])('%j: %s', async (names, reason, detail) => {
    const expected = detail === undefined ? { reason } : verdictOf(reason, detail);
    expect(await signatureVerdict(subject(one), release(names), made)).toEqual(expected);
  });

  it('is undated where nothing but a key with an end signed', async () => {
    const undated = { published: undefined };
    expect(await reasonOf(subject(one), release(['b'], undated), made)).toBe('verified-undated');
    expect(await reasonOf(subject(one), release(['b', 'a'], undated), made)).toBe('verified');
  });

  it.each<[Entry[], Reason, string]>([
    [['a', 'aTwo'], 'verified', 'a'],
    [['a', 'bTwo'], 'verified', 'a'],
    [['a', 'b'], 'several-digests', 'a signs 1 of 2'],
    [['early', 'aTwo'], 'key-expired', 'early'],
    [['early'], 'several-digests', 'early signs 1 of 2'],
    [['wrong'], 'bad-signature', 'b'],
    [['unknown'], 'unknown-key', 'nobody'],
  ])('of two digests, %j: %s', async (names, reason, detail) => {
    for (const digests of [
      [one, two],
      [two, one],
    ]) {
      expect(await signatureVerdict(subject(...digests), release(names), made)).toEqual(verdictOf(reason, detail));
    }
  });

  it('does not look at more digests than can be signed', async () => {
    const digests = [one, ...Array.from({ length: 8 }, (_, n) => `sha512-${`${n}`.repeat(86)}==`)];
    expect(await signatureVerdict(subject(...digests), release(['a']), made)).toEqual({
      reason: 'several-digests',
      detail: 'a signs not all of 9',
    });
  });

  it('knows a signature over the whole integrity text of the registry', async () => {
    const integrity = `${one} ${DIGESTS.sha1[0]}`;
    const whole = signed('a', pairs.a.privateKey, `p@1.0.0:${integrity}`);
    expect(await reasonOf(subject(two), release([], { integrity, signatures: [whole] }), made)).toBe('other-digest');
  });

  it('tries every key that goes by one key id', async () => {
    const among = [key('b', { keyId: 'a' }), key('a')];
    for (const order of [among, among.toReversed()]) {
      expect(await reasonOf(subject(one), release(['a']), order)).toBe('verified');
    }
  });

  it('is not right by a key of another kind', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const { publicKey: dh } = generateKeyPairSync('x25519');
    for (const other of [publicKey, dh]) {
      expect(await reasonOf(subject(one), release(['a']), [key('a', { key: other })])).toBe('bad-signature');
    }
  });

  const someEntries = fc.array(fc.constantFrom(...(Object.keys(entries) as Entry[])), { maxLength: 8 });
  const someDigests = fc.constantFrom<string[]>([one], [two], [one, two]);
  const published = fc.constantFrom(undefined, '2010-01-01', '2025-06-01', '2035-01-01', '2045-01-01');

  it('depends on the order of nothing', async () => {
    const shuffled = fc.tuple(someEntries, someDigests).chain(([names, digests]) =>
      fc.tuple(
        fc.constant({ names, digests }),
        fc.shuffledSubarray(
          names.map((_, index) => index),
          { minLength: names.length },
        ),
        fc.shuffledSubarray(digests, { minLength: digests.length }),
        fc.shuffledSubarray(made, { minLength: made.length }),
      ),
    );
    const same = fc.asyncProperty(shuffled, published, async ([{ names, digests }, order, others, keyOrder], at) => {
      const first = await signatureVerdict(subject(...digests), release(names, { published: at }), made);
      const again = release(
        order.map((index) => names[index]!),
        { published: at },
      );
      expect(await signatureVerdict(subject(...others), again, keyOrder)).toEqual(first);
    });
    await fc.assert(same, { numRuns: 300 });
  });

  it('verifies only what a valid key signed, every digest of it, with nothing wrong beside it', async () => {
    const over: Partial<Record<Entry, string>> = { a: one, aTwo: two, b: one, bTwo: two, early: one, late: one };
    const wrong: readonly Entry[] = ['wrong', 'elsewhere', 'junk'];
    const sound = fc.asyncProperty(someEntries, someDigests, published, async (names, digests, at) => {
      const { reason } = await signatureVerdict(subject(...digests), release(names, { published: at }), made);
      const now = at === undefined ? undefined : Date.parse(at);
      const isValid = (name: Entry) => {
        const by = made.find(({ keyId }) => keyId === entries[name].keyid);
        return now === undefined || ((by?.start ?? now) <= now && now < (by?.end ?? Number.POSITIVE_INFINITY));
      };
      const known = names.filter((name) => Object.hasOwn(over, name) || wrong.includes(name));
      const isSound =
        known.every((name) => digests.includes(over[name] ?? '')) &&
        digests.every((digest) => names.some((name) => over[name] === digest && isValid(name)));
      expect(reason.startsWith('verified')).toBe(isSound);
    });
    await fc.assert(sound, { numRuns: 500 });
  });

  it('has a verdict on anything', async () => {
    const text = fc.option(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', '__proto__', 'constructor', 'A'.repeat(5000))),
      { nil: undefined },
    );
    const any = fc.record({ keyid: text, sig: fc.oneof(text, fc.base64String()) });
    const total = fc.asyncProperty(fc.array(any), text, text, text, text, async (signatures, ...texts) => {
      const [name, version, integrity, publishedAt] = texts;
      const hostile = release([], { name, version, integrity, published: publishedAt, signatures });
      const { reason, detail = '' } = await signatureVerdict(subject(one), hostile, made);
      expect(['not-signed', 'malformed', 'unknown-key', 'bad-signature']).toContain(reason);
      expect(detail.length).toBeLessThan(600);
      expect(registryDigest(subject(one), hostile)).toBe('unknown');
    });
    await fc.assert(total, { numRuns: 300 });
  });

  it.each([
    [[one], one, 'same'],
    [[one], `${two} ${one}?option`, 'same'],
    [[one, two], one, 'differs'],
    [[one], two, 'differs'],
    [[one], DIGESTS.sha1[0], 'unknown'],
    [[one], undefined, 'unknown'],
    [[one], `${one}${' '.repeat(5000)}`, 'unknown'],
  ] as const)('the digests %j locked and %j served: %s', (digests, integrity, expected) => {
    expect(registryDigest(subject(...digests), release([], { integrity }))).toBe(expected);
  });
});
