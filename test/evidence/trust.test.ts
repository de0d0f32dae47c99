/** The trusted root, and which of a registry's keys may verify what. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/evidence/sigstore/bundle.ts';
import { parseTrustedRoot, verifierOf } from '../../src/evidence/sigstore/trust.ts';
import type { RegistryKey } from '../../src/registry/key.ts';
import { parseKeys } from '../../src/registry/keys.ts';
import { FIXTURES } from '../readers.ts';

const ROOT = readFileSync(join(FIXTURES, 'signing/trusted_root.json'), 'utf8');
const KEYS = parseKeys(readFileSync(join(FIXTURES, 'signing/keys.json'), 'utf8'))!;
const ANSWER = readFileSync(join(FIXTURES, 'attestations/npm-cli.valid-sigstore-attestations.json'), 'utf8');

interface Log {
  publicKey: { rawBytes: string; validFor?: { start?: string } };
}
interface Root {
  mediaType: unknown;
  tlogs: Log[];
  ctlogs: Log[];
  certificateAuthorities: unknown[];
}

/** The recorded root after a change. */
function changed(change: (root: Root) => void): string {
  const root = JSON.parse(ROOT) as Root;
  change(root);
  return JSON.stringify(root);
}

describe('a trusted root', () => {
  it('is read', () => {
    const parsed = parseTrustedRoot(ROOT);
    expect('root' in parsed && parsed.root.tlogs.length).toBeGreaterThan(0);
  });

  it.each([
    ['not JSON', '{'],
    ['not an object', '[]'],
    ['not a trusted root of a known version', '{}'],
    [
      'not a trusted root of a known version',
      changed((root) => Object.assign(root, { mediaType: 'application/json' })),
    ],
    ['a log without a start of validity', changed((root) => delete root.tlogs[0]!.publicKey.validFor!.start)],
    ['a log without a start of validity', changed((root) => delete root.ctlogs[1]!.publicKey.validFor)],
    [
      'a log without a start of validity',
      changed((root) => Object.assign(root.tlogs[0]!.publicKey.validFor!, { start: 'x' })),
    ],
    ['no certificate authority', changed((root) => root.certificateAuthorities.splice(0))],
    ['no transparency log', changed((root) => root.tlogs.splice(0))],
    ['too many tlogs', changed((root) => root.tlogs.push(...Array.from({ length: 300 }, () => root.tlogs[0]!)))],
    [
      'a key or a certificate in it cannot be read',
      changed((root) => Object.assign(root.tlogs[0]!.publicKey, { rawBytes: 'AAAA' })),
    ],
    ['a key or a certificate in it cannot be read', changed((root) => root.certificateAuthorities.push(7))],
    ['more than 4194304 characters', ' '.repeat(4 * 1024 * 1024 + 1)],
  ])('is refused: %s', (problem, text) => {
    expect(parseTrustedRoot(text)).toEqual({ problem });
  });

  it('is read or refused, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.jsonValue().map((tlogs) => changed((root) => Object.assign(root, { tlogs }))),
        ),
        (text) => {
          expect(Object.keys(parseTrustedRoot(text))).toHaveLength(1);
        },
      ),
    );
  });
});

describe('a key', () => {
  const parsed = parseTrustedRoot(ROOT);
  const root = 'root' in parsed ? parsed.root : expect.fail('no root');
  const bundle: unknown = JSON.parse(ANSWER).attestations[1].bundle;
  const logged = Date.parse('2023-02-09T17:56:02.000Z');
  const genuine = KEYS.find(({ usage, end }) => usage === 'npm:attestations' && end !== undefined)!;
  const other = createPublicKey(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }),
  );
  const made = (change: Partial<RegistryKey>): RegistryKey => ({
    ...genuine,
    start: undefined,
    end: undefined,
    ...change,
  });

  it.each<[string, string, RegistryKey[]]>([
    ['as the registry lists it', 'verified', KEYS],
    ['that is not known', 'unknown-key', []],
    ['that is only for signatures', 'unknown-key', [made({ usage: 'npm:signatures' })]],
    ['of another name', 'unknown-key', [made({ keyId: 'SHA256:other' })]],
    ['without bounds', 'verified', [made({})]],
    ['that began at that time', 'verified', [made({ start: logged })]],
    ['that begins later', 'key-not-yet-valid', [made({ start: logged + 1 })]],
    ['that ended at that time', 'key-expired', [made({ end: logged })]],
    ['that ended later', 'verified', [made({ end: logged + 1 })]],
    ['valid in one of two times', 'verified', [made({ end: logged }), made({ start: logged })]],
    ['valid in neither of two times', 'key-expired', [made({ end: logged }), made({ start: logged + 1 })]],
    ['that is another', 'bad-bundle', [made({ key: other })]],
    ['behind another of its name', 'bad-bundle', [made({ key: other }), made({})]],
    ['before another of its name', 'verified', [made({}), made({ key: other })]],
  ])('%s: %s', (_, expected, keys) => {
    const result = verifyBundle(verifierOf(root, keys), bundle);
    expect(result.ok ? 'verified' : result.reason).toBe(expected);
    if (expected === 'unknown-key') expect(result).toHaveProperty('detail', genuine.keyId);
  });
});
