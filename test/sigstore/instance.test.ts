import { createHash, verify, X509Certificate } from 'node:crypto';
import type { Signer } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import { parseKeys } from '../../src/registry/keys.ts';
import { BUILD, extensionsOf, FULCIO, FULCIO_NAMES, type FulcioExtension, GITHUB_ISSUER } from './build.ts';
import type { Bundle } from './bundle.ts';
import { type Attestation, createSigstore, PUBLISH, SLSA_V1, SLSA_V02 } from './instance.ts';
import { NEW_KEY, OLD_KEY } from './registry-keys.ts';
import { refereeOf } from './verifying.ts';

const integrity = `sha512-${createHash('sha512').update('made').digest('base64')}`;
const release = { name: '@acme/widget', version: '1.0.0', integrity };
const v1 = { ...release, predicate: 'v1' } as const;
const sigstore = createSigstore();
const accepts = refereeOf(sigstore.trustedRoot, sigstore.keys());

const payloadOf = ({ bundle }: Attestation) =>
  JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());

/** Bare text up to arc 6, a UTF8String shorter than 128 bytes from 8 on. */
function extensionIn(signer: Signer, name: FulcioExtension): string | undefined {
  const id = `1.3.6.1.4.1.57264.1.${FULCIO[name]}`;
  const value = signer.identity?.oids?.find((oid) => oid.oid?.id.join('.') === id)?.value;
  if (value === undefined || FULCIO[name] < FULCIO.issuer) return value?.toString();
  expect([value[0], value[1]]).toEqual([0x0c, value.length - 2]);
  return value.subarray(2).toString();
}

describe('a release signature', () => {
  it.each([
    ['SHA256:made-new-key', undefined],
    ['SHA256:made-old-key', OLD_KEY.keyId],
  ])('verifies with the listed key %s', (expected, keyId) => {
    const { keyid, sig } = sigstore.signRelease({ ...release, ...(keyId !== undefined && { keyId }) });
    expect(keyid).toBe(expected);
    const key = parseKeys(sigstore.keys())?.find((one) => one.keyId === keyid && one.usage === 'npm:signatures');
    const message = Buffer.from(`@acme/widget@1.0.0:${integrity}`);
    expect(verify('sha256', message, key?.key ?? '', Buffer.from(sig, 'base64'))).toBe(true);
    expect(verify('sha256', Buffer.from('other'), key?.key ?? '', Buffer.from(sig, 'base64'))).toBe(false);
  });
});

describe('the keys document', () => {
  it('lists each key for both uses with its validity', () => {
    expect(parseKeys(sigstore.keys())?.map(({ keyId, usage, start, end }) => [keyId, usage, start, end])).toEqual([
      [OLD_KEY.keyId, 'npm:signatures', Date.UTC(1999, 0), Date.UTC(2025, 0, 29)],
      [OLD_KEY.keyId, 'npm:attestations', Date.UTC(1999, 0), Date.UTC(2025, 0, 29)],
      [NEW_KEY.keyId, 'npm:signatures', Date.UTC(2025, 0, 13), undefined],
      [NEW_KEY.keyId, 'npm:attestations', Date.UTC(2025, 0, 13), undefined],
    ]);
  });

  it('has a key made later, and not one that is made for no use', () => {
    const own = createSigstore({ keys: [{ keyId: 'first' }] });
    own.registryKey({ keyId: 'signs only', usages: ['npm:signatures'] });
    own.registryKey({ keyId: 'unlisted', usages: [] });
    expect(parseKeys(own.keys())?.map(({ keyId, usage }) => `${keyId} ${usage}`)).toEqual([
      'first npm:signatures',
      'first npm:attestations',
      'signs only npm:signatures',
    ]);
    expect(own.signRelease(release).keyid).toBe('unlisted');
    expect(() => own.signRelease({ ...release, keyId: 'none' })).toThrow('none');
  });
});

describe('a publish attestation', () => {
  it('verifies by the registry key, in the form the registry serves', () => {
    const made = sigstore.publishAttestation(release);
    expect(accepts(made.bundle).identity).toBeUndefined();
    expect(made.predicateType).toBe(PUBLISH);
    expect(made.bundle.mediaType).toMatch(/version=0\.2$/);
    expect(made.bundle.verificationMaterial.publicKey).toEqual({ hint: NEW_KEY.keyId });
    expect(made.bundle.verificationMaterial.tlogEntries.map((entry) => entry.kindVersion.kind)).toEqual(['intoto']);
    expect(made.bundle.dsseEnvelope.signatures.map((one) => one.keyid)).toEqual([NEW_KEY.keyId]);
    expect(payloadOf(made)).toEqual({
      _type: 'https://in-toto.io/Statement/v0.1',
      subject: [
        { name: 'pkg:npm/%40acme/widget@1.0.0', digest: { sha512: createHash('sha512').update('made').digest('hex') } },
      ],
      predicateType: PUBLISH,
      predicate: { name: '@acme/widget', version: '1.0.0', registry: 'https://registry.example' },
    });
  });

  it('is refused outside the validity of its key', () => {
    const old = (loggedAt: string) => sigstore.publishAttestation({ ...release, keyId: OLD_KEY.keyId, loggedAt });
    expect(() => accepts(old('2024-06-01T00:00:00Z').bundle)).not.toThrow();
    expect(() => accepts(old('2025-06-01T00:00:00Z').bundle)).toThrow('not valid for timestamp');
    const early = sigstore.publishAttestation({ ...release, loggedAt: '2024-06-01T00:00:00Z' });
    expect(() => accepts(early.bundle)).toThrow('not valid for timestamp');
  });

  it('is refused by a key that is not listed', () => {
    const own = createSigstore();
    const listed = own.keys();
    own.registryKey({ keyId: 'unlisted', usages: [] });
    const { bundle } = own.publishAttestation(release);
    expect(() => refereeOf(own.trustedRoot, listed)(bundle)).toThrow('key not found: unlisted');
  });

  it('can be signed by a certificate, which the library does not mind', () => {
    const { bundle } = sigstore.publishAttestation({ ...release, signer: 'certificate' });
    expect(accepts(bundle).identity?.extensions?.issuer).toBe(GITHUB_ISSUER);
  });
});

describe('a provenance', () => {
  it.each([
    ['v0.2', SLSA_V02, /version=0\.2$/, 'intoto'],
    ['v1', SLSA_V1, /bundle\.v0\.3\+json$/, 'dsse'],
  ] as const)('of SLSA %s verifies and certifies the build', (predicate, predicateType, mediaType, kind) => {
    const made = sigstore.provenance({ ...release, predicate });
    const signer = accepts(made.bundle);
    expect(signer.identity?.subjectAlternativeName).toBe(
      'https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.0.0',
    );
    expect(signer.identity?.extensions?.issuer).toBe(GITHUB_ISSUER);
    const certified = extensionsOf(BUILD, GITHUB_ISSUER);
    for (const name of FULCIO_NAMES) expect(extensionIn(signer, name)).toBe(certified[name]);
    expect([made.predicateType, payloadOf(made).predicateType]).toEqual([predicateType, predicateType]);
    expect(made.bundle.mediaType).toMatch(mediaType);
    expect(made.bundle.verificationMaterial.tlogEntries.map((entry) => entry.kindVersion.kind)).toEqual([kind]);
    expect(made.bundle.dsseEnvelope.signatures.map((one) => one.keyid)).toEqual(['']);
  });

  it('has a certificate that Node, too, finds issued by the authority of the trusted root', () => {
    const { certificateAuthorities } = JSON.parse(sigstore.trustedRoot);
    const [issuer, root] = certificateAuthorities[0].certChain.certificates.map(
      (one: { rawBytes: string }) => new X509Certificate(Buffer.from(one.rawBytes, 'base64')),
    );
    const { certificate } = sigstore.provenance(v1).bundle.verificationMaterial;
    const leaf = new X509Certificate(Buffer.from(certificate?.rawBytes ?? '', 'base64'));
    expect([leaf.verify(issuer.publicKey), leaf.checkIssued(issuer), leaf.ca]).toEqual([true, true, false]);
    expect([issuer.verify(root.publicKey), issuer.checkIssued(root), issuer.ca]).toEqual([true, true, true]);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe(
      'URI:https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.0.0',
    );
    expect([leaf.validFrom, leaf.validTo]).toEqual(['Jun  1 11:59:59 2025 GMT', 'Jun  1 12:09:59 2025 GMT']);
  });

  it('tells what it is told: another build, identity, issuer, extensions, claim, statement, outer type', () => {
    const signer = accepts(
      sigstore.provenance({
        ...v1,
        repository: 'https://github.com/other/thing',
        identity: 'https://github.com/evil/evil',
        issuer: 'https://issuer.example',
        extensions: { sourceRepositoryId: '7', runInvocationUri: undefined },
      }).bundle,
    );
    expect(signer.identity?.subjectAlternativeName).toBe('https://github.com/evil/evil');
    expect(signer.identity?.extensions?.issuer).toBe('https://issuer.example');
    expect(extensionIn(signer, 'sourceRepositoryUri')).toBe('https://github.com/other/thing');
    expect(extensionIn(signer, 'sourceOwnerUri')).toBe('https://github.com/other');
    expect(extensionIn(signer, 'sourceRepositoryId')).toBe('7');
    expect(extensionIn(signer, 'runInvocationUri')).toBeUndefined();

    const claiming = sigstore.provenance({ ...v1, claimed: { ref: 'refs/heads/evil' } });
    expect(extensionIn(accepts(claiming.bundle), 'sourceRepositoryRef')).toBe(BUILD.ref);
    expect(payloadOf(claiming).predicate.buildDefinition.externalParameters.workflow).toEqual({
      ref: 'refs/heads/evil',
      repository: BUILD.repository,
      path: BUILD.workflow,
    });

    const spoken = sigstore.provenance({
      ...v1,
      predicateType: SLSA_V02,
      statement: (made) => ({ ...made, subject: [...made.subject, { name: 'pkg:npm/b@1.0.0', digest: {} }] }),
    });
    accepts(spoken.bundle);
    expect(spoken.predicateType).toBe(SLSA_V02);
    expect(payloadOf(spoken)).toMatchObject({ predicateType: SLSA_V1, subject: { length: 2 } });

    const keyed = sigstore.provenance({ ...v1, signer: 'key', keyId: OLD_KEY.keyId, loggedAt: '2024-01-01T00:00:00Z' });
    expect(accepts(keyed.bundle).identity).toBeUndefined();
    const named = sigstore.provenance({ ...v1, envelopeKeyId: 'x', payloadType: 'text/plain' });
    accepts(named.bundle);
    expect(named.bundle.dsseEnvelope).toMatchObject({ payloadType: 'text/plain', signatures: [{ keyid: 'x' }] });
  });

  it('is refused without a certificate timestamp, or logged after its certificate ended', () => {
    const opaque = sigstore.provenance({ ...v1, transparent: false });
    expect(() => accepts(opaque.bundle)).toThrow('expected 1 SCTs, got 0');
    const late = sigstore.provenance({ ...v1, certifiedAt: '2025-06-01T11:00:00Z' });
    expect(() => accepts(late.bundle)).toThrow('Failed to verify certificate chain');
  });
});

describe('any bundle', () => {
  const forms = ['v0.1', 'v0.2', 'v0.3'] as const;
  const combinations = forms.flatMap((form) => (['intoto', 'dsse'] as const).map((entry) => ({ form, entry })));

  it.each(combinations)('verifies as $form with a log entry of kind $entry', (sealing) => {
    accepts(sigstore.publishAttestation({ ...release, ...sealing }).bundle);
    accepts(sigstore.provenance({ ...v1, ...sealing }).bundle);
  });

  it('verifies at any time, wherever it is in the log', () => {
    const own = createSigstore();
    const referee = refereeOf(own.trustedRoot, own.keys());
    for (let entry = 0; entry < 70; entry += 1) {
      const loggedAt = new Date(Date.UTC(2025, 1, 1 + entry)).toISOString();
      const { bundle } = own.publishAttestation({ ...release, loggedAt });
      referee(bundle);
      const [logged] = bundle.verificationMaterial.tlogEntries;
      expect(logged?.integratedTime).toBe(String(Date.parse(loggedAt) / 1000));
      expect(logged?.inclusionProof?.treeSize).toBe(String(14 + entry));
    }
    referee(own.provenance({ ...v1, loggedAt: '2021-02-01T00:00:00Z' }).bundle);
  });

  it('has a time by a promise of the log, or by a timestamp authority, or is refused', () => {
    accepts(sigstore.provenance({ ...v1, timestamped: true }).bundle);
    accepts(sigstore.provenance({ ...v1, timestamped: true, promise: false }).bundle);
    accepts(sigstore.publishAttestation({ ...release, timestamped: true, promise: false }).bundle);
    const undated = sigstore.provenance({ ...v1, promise: false });
    expect(() => accepts(undated.bundle)).toThrow('expected 1 timestamps, got 0');
    const unproved = sigstore.provenance({ ...v1, form: 'v0.1', promise: false, timestamped: true });
    expect(() => accepts(unproved.bundle)).toThrow();
  });

  it('is refused by another instance, though it knows keys of the same ids', () => {
    const other = createSigstore();
    const stranger = refereeOf(other.trustedRoot, other.keys());
    const bundles = [
      sigstore.publishAttestation(release),
      sigstore.provenance(v1),
      sigstore.provenance({ ...v1, timestamped: true, promise: false }),
    ].map((made) => made.bundle);
    for (const bundle of bundles) expect(() => stranger(bundle)).toThrow();
    const halves = [refereeOf(other.trustedRoot, sigstore.keys()), refereeOf(sigstore.trustedRoot, other.keys())];
    for (const half of halves) expect(() => half(bundles[0])).toThrow();
  });

  it.each<[string, string, (bundle: Bundle) => void]>([
    ['payload', 'TLOG_BODY_ERROR', ({ dsseEnvelope }) => (dsseEnvelope.payload = flipped(dsseEnvelope.payload))],
    ['payload type', 'SIGNATURE_ERROR', ({ dsseEnvelope }) => (dsseEnvelope.payloadType = 'text/plain')],
    [
      'signature',
      'TIMESTAMP_ERROR',
      ({ dsseEnvelope: { signatures } }) => (signatures[0]!.sig = flipped(signatures[0]!.sig)),
    ],
    [
      'log id',
      'TLOG_INCLUSION_PROMISE_ERROR',
      (bundle) => (logged(bundle).logId.keyId = flipped(logged(bundle).logId.keyId)),
    ],
    ['log time', 'TLOG_INCLUSION_PROMISE_ERROR', (bundle) => (logged(bundle).integratedTime = '1748779201')],
    ['log index', 'TLOG_INCLUSION_PROMISE_ERROR', (bundle) => (logged(bundle).logIndex = '1')],
    [
      'log body',
      'TLOG_INCLUSION_PROMISE_ERROR',
      (bundle) => (logged(bundle).canonicalizedBody = flipped(logged(bundle).canonicalizedBody)),
    ],
    ['promise', 'TLOG_INCLUSION_PROMISE_ERROR', spoiledPromise],
    [
      'proof',
      'TLOG_INCLUSION_PROOF_ERROR',
      ({ verificationMaterial }) => spoil(verificationMaterial.tlogEntries[0]?.inclusionProof?.hashes),
    ],
    ['checkpoint', 'TLOG_INCLUSION_PROOF_ERROR', spoiledCheckpoint],
    ['certificate', 'CERTIFICATE_ERROR', spoiledCertificate],
    ['timestamp', 'TIMESTAMP_ERROR', spoiledTimestamp],
  ])('is refused with another %s', (_what, code, spoils) => {
    const made = sigstore.provenance({ ...v1, timestamped: true }).bundle;
    accepts(made);
    const spoiled = structuredClone(made);
    spoils(spoiled);
    expect(spoiled).not.toEqual(made);
    expect(() => accepts(spoiled)).toThrow(expect.objectContaining({ code }));
  });
});

it('answers as the registry does', () => {
  const made = [sigstore.publishAttestation(release), sigstore.provenance(v1)];
  expect(JSON.parse(sigstore.response(...made))).toEqual({ attestations: made });
});

/** Base64 with a bit flipped near the end: in a signature, of its second number. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const at = Math.max(0, bytes.length - 9);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64');
}

function spoil(list: string[] | undefined): void {
  if (list !== undefined) list[0] = flipped(list[0] ?? '');
}

const logged = (bundle: Bundle) => bundle.verificationMaterial.tlogEntries[0]!;

function spoiledPromise(bundle: Bundle): void {
  const promise = logged(bundle).inclusionPromise;
  if (promise !== undefined) promise.signedEntryTimestamp = flipped(promise.signedEntryTimestamp);
}

function spoiledCheckpoint(bundle: Bundle): void {
  const checkpoint = logged(bundle).inclusionProof?.checkpoint;
  if (checkpoint !== undefined) checkpoint.envelope = checkpoint.envelope.replace(/ - \d+/, ' - 1');
}

function spoiledCertificate({ verificationMaterial: { certificate } }: Bundle): void {
  if (certificate !== undefined) certificate.rawBytes = flipped(certificate.rawBytes);
}

function spoiledTimestamp({ verificationMaterial: { timestampVerificationData: data } }: Bundle): void {
  const stamp = data.rfc3161Timestamps[0];
  if (stamp !== undefined) stamp.signedTimestamp = flipped(stamp.signedTimestamp);
}
