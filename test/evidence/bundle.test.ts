/** One bundle: what is read out of a good one, and what is refused before and by the library. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/evidence/sigstore/bundle.ts';
import { FULCIO } from '../../src/evidence/sigstore/certificate.ts';
import { parseTrustedRoot, verifierOf } from '../../src/evidence/sigstore/trust.ts';
import { parseKeys } from '../../src/registry/keys.ts';
import { FIXTURES } from '../readers.ts';

const read = (path: string) => readFileSync(join(FIXTURES, path), 'utf8');

function verifier(root = 'signing/trusted_root.json') {
  const parsed = parseTrustedRoot(read(root));
  if ('problem' in parsed) expect.fail(parsed.problem);
  return verifierOf(parsed.root, parseKeys(read('signing/keys.json'))!);
}

// The shape of a bundle as far as these tests change it.
interface Bundle {
  mediaType?: unknown;
  verificationMaterial: {
    tlogEntries: {
      canonicalizedBody: string;
      logIndex: string;
      inclusionProof: { hashes: string[]; checkpoint: { envelope: string }; logIndex: string };
    }[];
    x509CertificateChain?: { certificates: { rawBytes: string }[] };
    certificate?: { rawBytes: string };
    timestampVerificationData?: unknown;
  };
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
}

const attestation = (file: string, index: number): Bundle =>
  JSON.parse(read(`attestations/${file}`)).attestations[index].bundle;
const nuxt = (index: number) => attestation('provenance-action.nuxt@4.1.2.json', index);
const PUBLIC = verifier();

describe('a bundle', () => {
  it('signed by a key tells the key, the payload and when it was logged', () => {
    const result = verifyBundle(PUBLIC, nuxt(0));
    expect(result).toMatchObject({
      ok: true,
      signer: { kind: 'key', keyId: 'SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U' },
      payloadType: 'application/vnd.in-toto+json',
      envelopeKeyId: 'SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U',
      loggedAt: '2025-09-12T21:47:35.000Z',
    });
    expect(result.ok && JSON.parse(result.payload.toString()).predicate.name).toBe('nuxt');
  });

  it('signed with a certificate tells whom it names', () => {
    const result = verifyBundle(PUBLIC, nuxt(1));
    const signer = result.ok ? result.signer : expect.fail(result.detail);
    expect(signer).toMatchObject({
      kind: 'certificate',
      issuer: 'https://token.actions.githubusercontent.com',
      identity: 'https://github.com/nuxt/nuxt/.github/workflows/release.yml@refs/heads/main',
    });
    const extensions = signer.kind === 'certificate' ? Object.fromEntries(signer.extensions) : {};
    expect(extensions).toMatchObject({
      [`${FULCIO}.1`]: 'https://token.actions.githubusercontent.com',
      [`${FULCIO}.5`]: 'nuxt/nuxt',
      [`${FULCIO}.8`]: 'https://token.actions.githubusercontent.com',
      [`${FULCIO}.11`]: 'github-hosted',
      [`${FULCIO}.12`]: 'https://github.com/nuxt/nuxt',
      [`${FULCIO}.13`]: '412786a1d8283aaa2360a855d44ebd3ac21924f1',
      [`${FULCIO}.15`]: '71995937',
      [`${FULCIO}.21`]: 'https://github.com/nuxt/nuxt/actions/runs/17686742434/attempts/1',
    });
    expect(Object.keys(extensions)).toHaveLength(21);
  });

  it('of before April 2023 has only the extensions of that time', () => {
    const result = verifyBundle(PUBLIC, attestation('npm-cli.valid-sigstore-attestations.json', 0));
    const extensions = result.ok && result.signer.kind === 'certificate' ? [...result.signer.extensions] : [];
    expect(extensions.map(([oid]) => oid)).toEqual([1, 2, 3, 4, 5, 6].map((number) => `${FULCIO}.${number}`));
    expect(result).toMatchObject({ signer: { issuer: 'https://token.actions.githubusercontent.com' } });
  });

  it('logged by Rekor v2 with an envelope is beyond the library, and its broken twin is broken', () => {
    const staging = verifier('attestations/conformance.rekor2-dsse.trusted_root.json');
    const happy = read('attestations/conformance.rekor2-dsse-happy-path.json');
    expect(verifyBundle(staging, JSON.parse(happy))).toMatchObject({ ok: false, reason: 'unsupported' });
    const twin = read('attestations/conformance.rekor2-dsse-invalid-sig_fail.json');
    expect(verifyBundle(staging, JSON.parse(twin))).toMatchObject({ ok: false, reason: 'bad-bundle' });
    const changes: ((bundle: Bundle) => void)[] = [
      (bundle) => Object.assign(bundle.dsseEnvelope!, { payload: Buffer.from('{"_type":"other"}').toString('base64') }),
      (bundle) => Object.assign(bundle.dsseEnvelope!, { payloadType: 'text/plain' }),
      (bundle) => bundle.verificationMaterial.tlogEntries[0]!.inclusionProof.hashes.reverse(),
      (bundle) => Object.assign(bundle.verificationMaterial, { timestampVerificationData: {} }),
    ];
    for (const change of changes) {
      const bundle = JSON.parse(happy) as Bundle;
      change(bundle);
      expect(verifyBundle(staging, bundle)).toMatchObject({ ok: false, reason: 'bad-bundle' });
    }
    expect(verifyBundle(PUBLIC, JSON.parse(happy))).toMatchObject({ ok: false, reason: 'bad-bundle' });
  });
});

describe('refused is', () => {
  const long = (length: number) => 'A'.repeat(length);
  const entry = (bundle: Bundle) => bundle.verificationMaterial.tlogEntries[0]!;

  it.each<[string, string, (bundle: Bundle) => unknown]>([
    [
      'unsupported',
      'bundle version 0.4',
      (b) => Object.assign(b, { mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' }),
    ],
    [
      'unsupported',
      'bundle version 99.9',
      (b) => Object.assign(b, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=99.9' }),
    ],
    ['bad-bundle', 'media type of no bundle', (b) => Object.assign(b, { mediaType: 'application/json' })],
    ['bad-bundle', 'media type of no bundle', (b) => Object.assign(b, { mediaType: `${b.mediaType} ` })],
    ['bad-bundle', 'no media type', (b) => delete b.mediaType],
    [
      'bad-bundle',
      'no envelope',
      (b) =>
        Object.assign(b, {
          messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' }, signature: 'AAAA' },
        }),
    ],
    [
      'bad-bundle',
      'more than 8',
      (b) => b.verificationMaterial.tlogEntries.push(...Array.from({ length: 8 }, () => entry(b))),
    ],
    [
      'bad-bundle',
      'more than 8',
      (b) => b.dsseEnvelope!.signatures.push(...Array.from({ length: 8 }, () => b.dsseEnvelope!.signatures[0]!)),
    ],
    [
      'bad-bundle',
      'more than 8',
      (b) =>
        Object.assign(b.verificationMaterial, {
          x509CertificateChain: { certificates: Array(9).fill({ rawBytes: '' }) },
        }),
    ],
    [
      'bad-bundle',
      'more than 8',
      (b) =>
        Object.assign(b.verificationMaterial, { timestampVerificationData: { rfc3161Timestamps: Array(9).fill({}) } }),
    ],
    [
      'bad-bundle',
      'a certificate too long',
      (b) => Object.assign(b.verificationMaterial, { certificate: { rawBytes: long(20_000) } }),
    ],
    [
      'bad-bundle',
      'a timestamp too long',
      (b) =>
        Object.assign(b.verificationMaterial, {
          timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: long(20_000) }] },
        }),
    ],
    [
      'bad-bundle',
      'an inclusion proof too long',
      (b) => entry(b).inclusionProof.hashes.push(...Array(200).fill('AAAA')),
    ],
    [
      'bad-bundle',
      'a checkpoint too long',
      (b) => Object.assign(entry(b).inclusionProof.checkpoint, { envelope: long(20_000) }),
    ],
    ['bad-bundle', 'a log entry too long', (b) => Object.assign(entry(b), { canonicalizedBody: long(9_000_000) })],
    ['bad-bundle', 'a payload too long', (b) => Object.assign(b.dsseEnvelope!, { payload: long(9_000_000) })],
    ['bad-bundle', 'a number too long', (b) => Object.assign(entry(b).inclusionProof, { logIndex: '9'.repeat(100) })],
    ['bad-bundle', 'invalid bundle', (b) => delete b.dsseEnvelope],
    ['bad-bundle', 'expected 1 timestamps, got 0', (b) => b.verificationMaterial.tlogEntries.splice(0)],
    ['bad-bundle', 'TypeError', (b) => Object.assign(b.dsseEnvelope!, { signatures: [null] })],
    [
      'bad-bundle',
      'a certificate too long',
      (b) => Object.assign(b.verificationMaterial, { certificate: { rawBytes: Array(9).fill(48) } }),
    ],
    ['unknown-key', '__proto__', (b) => Object.assign(b.verificationMaterial, { publicKey: { hint: '__proto__' } })],
  ])('%s: %s', (reason, detail, change) => {
    const bundle = nuxt(1);
    change(bundle);
    const result = verifyBundle(PUBLIC, bundle);
    expect(result).toMatchObject({ ok: false, reason });
    expect(result.ok ? '' : result.detail).toContain(detail);
  });

  it('not a checkpoint whose further signatures have names that would be slow regular expressions', () => {
    const bundle = nuxt(1);
    const { checkpoint } = entry(bundle).inclusionProof;
    const [note, signatures] = checkpoint.envelope.split('\n\n') as [string, string];
    const signature = signatures.trim().split(' ')[2]!;
    const slow = `${'(.*)*'.repeat(20)}x`;
    const dash = '\u2014';
    const strange = `${dash} ${slow} ${signature}\n${dash} a b ${dash} ${slow} ${signature}\n${dash} [ ${signature}\n`;
    checkpoint.envelope = `${note}\n\n${strange}${signatures}`;
    expect(verifyBundle(PUBLIC, bundle)).toMatchObject({ ok: true });
    checkpoint.envelope = `${note}\n\n${strange}`;
    expect(verifyBundle(PUBLIC, bundle)).toMatchObject({ ok: false, reason: 'bad-bundle' });
  });

  it('anything with a part of it replaced by anything', () => {
    const paths = [
      [],
      ['verificationMaterial'],
      ['dsseEnvelope'],
      ['verificationMaterial', 'tlogEntries', 0],
      ['dsseEnvelope', 'signatures', 0],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1),
        fc.constantFrom(...paths),
        fc.nat(),
        fc.jsonValue({ maxDepth: 3 }),
        (which, path, nth, value) => {
          const bundle: unknown = nuxt(which);
          const at = path.reduce<unknown>((inner, name) => Reflect.get(Object(inner), name), bundle);
          const names = Object.keys(Object(at));
          const name = names[nth % names.length]!;
          const before: unknown = Reflect.get(Object(at), name);
          Reflect.set(Object(at), name, value);
          // The key id is the judge's to compare; what is empty here, nothing uses.
          fc.pre(name !== 'keyid' && name !== 'timestampVerificationData' && before !== null);
          expect(verifyBundle(PUBLIC, bundle).ok).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(verifyBundle(PUBLIC, value).ok).toBe(false);
      }),
    );
  });
});
