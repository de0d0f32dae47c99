import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeys, timeOf } from '../../src/registry/keys.ts';
import { FIXTURES } from '../readers.ts';

const OLD = 'SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA';
const NEW = 'SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U';
const text = readFileSync(join(FIXTURES, 'signing/keys.json'), 'utf8');
const recorded: { keyId: string; publicKey: { rawBytes: string } }[] = JSON.parse(text).keys;
const spki = recorded[0]!.publicKey.rawBytes;

const der = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).toString('base64');
const parsed = (...keys: unknown[]) => parseKeys(JSON.stringify({ keys }));

function tuf(publicKey: Record<string, unknown>, entry: Record<string, unknown> = {}) {
  const known = { rawBytes: spki, keyDetails: 'PKIX_ECDSA_P256_SHA_256' };
  return { keyId: 'a', keyUsage: 'npm:signatures', publicKey: { ...known, ...publicKey }, ...entry };
}

function endpoint(entry: Record<string, unknown> = {}) {
  return {
    expires: null,
    keyid: 'a',
    keytype: 'ecdsa-sha2-nistp256',
    scheme: 'ecdsa-sha2-nistp256',
    key: spki,
    ...entry,
  };
}

describe('parseKeys', () => {
  it('reads the TUF target', () => {
    const end = Date.UTC(2025, 0, 29);
    const start = Date.UTC(2025, 0, 13);
    expect(parseKeys(text)?.map(({ key, ...rest }) => ({ ...rest, spki: der(key) }))).toEqual([
      { keyId: OLD, usage: 'npm:signatures', start: Date.UTC(1999, 0, 1), end, spki },
      { keyId: OLD, usage: 'npm:attestations', start: Date.UTC(2022, 11, 1), end, spki },
      { keyId: NEW, usage: 'npm:signatures', start, end: undefined, spki: recorded[2]!.publicKey.rawBytes },
      { keyId: NEW, usage: 'npm:attestations', start, end: undefined, spki: recorded[2]!.publicKey.rawBytes },
    ]);
  });

  it("reads the endpoint's list, each key good for every use", () => {
    const keys = parsed(endpoint({ expires: '2025-01-29T00:00:00.000Z' }), endpoint({ keyid: 'b' }));
    expect(keys?.map(({ keyId, usage, start, end }) => [keyId, usage, start, end])).toEqual([
      ['a', 'npm:signatures', undefined, Date.UTC(2025, 0, 29)],
      ['a', 'npm:attestations', undefined, Date.UTC(2025, 0, 29)],
      ['b', 'npm:signatures', undefined, undefined],
      ['b', 'npm:attestations', undefined, undefined],
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no list', '{"keys":{}}'],
    ['none of its own', '{"__proto__":{"keys":[]}}'],
    ['too many', JSON.stringify({ keys: Array.from({ length: 257 }, () => endpoint()) })],
  ])('refuses a document with %s', (_, document) => {
    expect(parseKeys(document)).toBeUndefined();
  });

  it('reads an empty list as one', () => {
    expect(parsed()).toEqual([]);
  });

  const p384 = der(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
  const ed25519 = der(generateKeyPairSync('ed25519').publicKey);
  const bytes = Buffer.from(spki, 'base64');
  const hybrid = Buffer.from(bytes);
  hybrid[26]! |= 2;
  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'key'],
    ['no key id', endpoint({ keyid: undefined })],
    ['a key id that is no text', tuf({}, { keyId: 1 })],
    ['another type', endpoint({ keytype: 'ssh-ed25519' })],
    ['a type named like a method', endpoint({ keytype: 'constructor' })],
    ['another kind', tuf({ keyDetails: 'PKIX_ED25519' })],
    ['another use', tuf({}, { keyUsage: 'npm:other' })],
    ['no use', tuf({}, { keyUsage: undefined })],
    ['no bytes', tuf({ rawBytes: undefined })],
    ['bytes that are no key', tuf({ rawBytes: 'AAAA' })],
    ['half a key', tuf({ rawBytes: spki.slice(0, 60) })],
    ['bytes after the key', tuf({ rawBytes: Buffer.concat([bytes, bytes]).toString('base64') })],
    [
      'a point off the curve',
      tuf({ rawBytes: Buffer.concat([bytes.subarray(0, 90), Buffer.of(1)]).toString('base64') }),
    ],
    ['a point in another encoding', tuf({ rawBytes: hybrid.toString('base64') })],
    ['P-384', tuf({ rawBytes: p384 })],
    ['Ed25519', tuf({ rawBytes: ed25519 })],
    ['an end that is no time', endpoint({ expires: 'never' })],
    ['an end that is a number', endpoint({ expires: 1738108800000 })],
    ['an end without a zone', tuf({ validFor: { end: '2025-01-29T00:00:00' } })],
    ['a start that is no time', tuf({ validFor: { start: {} } })],
    ['a validity that is no object', tuf({ validFor: '2025-01-29' })],
  ])('leaves out %s, and keeps the next', (_, entry) => {
    expect(parsed(entry, tuf({}, { keyId: 'next' }))?.map(({ keyId }) => keyId)).toEqual(['next']);
  });

  it('takes null for no bound', () => {
    const [key] = parsed(tuf({ validFor: { start: null, end: null } }), tuf({ validFor: null })) ?? [];
    expect([key?.start, key?.end]).toEqual([undefined, undefined]);
    expect(parsed(tuf({ validFor: null }))).toHaveLength(1);
  });

  it('never throws, and gives only P-256 keys', () => {
    const hostile = fc.json().chain((value) => fc.constantFrom(value, `{"keys":[${value}]}`, `{"keys":${value}}`));
    fc.assert(
      fc.property(hostile, (document) => {
        for (const { key } of parseKeys(document) ?? [])
          expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
      }),
    );
    const point = createPublicKey({ key: bytes, format: 'der', type: 'spki' }).export({ format: 'jwk' });
    const [key] = parsed(tuf({})) ?? [];
    expect(key?.key.export({ format: 'jwk' })).toEqual(point);
  });
});

describe('timeOf', () => {
  it.each([
    ['2025-01-29T00:00:00.000Z', Date.UTC(2025, 0, 29)],
    ['2025-01-29T00:00:00Z', Date.UTC(2025, 0, 29)],
    ['2025-01-29T00:00:00.123456789Z', Date.UTC(2025, 0, 29) + 123],
    ['2025-01-29T01:30:00+01:30', Date.UTC(2025, 0, 29)],
    ['2025-01-29', Date.UTC(2025, 0, 29)],
  ])('%s', (value, expected) => {
    expect(timeOf(value)).toBe(expected);
  });

  it.each([
    undefined,
    null,
    0,
    1738108800000,
    '',
    '1',
    '2025',
    'Wed, 29 Jan 2025 00:00:00 GMT',
    '2025-01-29T00:00:00',
    '2025-13-29T00:00:00Z',
    '2025-01-29T00:00:00Z ',
    ['2025-01-29'],
  ])('%j is none', (value) => {
    expect(timeOf(value)).toBeUndefined();
  });
});
