/** What a registry serves for a release, judged: recorded answers, changed ones, and bundles made for what none of them is. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttestationJudge } from '../../src/evidence/attestations.ts';
import { PROVENANCE_V1, PUBLISH_V01, STATEMENT_PAYLOAD } from '../../src/evidence/statement.ts';
import type { Subject } from '../../src/evidence/subject.ts';
import { parseAttestations } from '../../src/registry/attestations.ts';
import { FIXTURES } from '../readers.ts';

const read = (path: string) => readFileSync(join(FIXTURES, path), 'utf8');
const ROOT = read('signing/trusted_root.json');
const JUDGE = new AttestationJudge({ trustedRoot: ROOT, keys: read('signing/keys.json') });

interface Recorded {
  readonly file: string;
  readonly form: 'answer' | 'bundle';
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly expected: readonly string[];
}

// The shape of recorded answers as far as these tests change them.
interface Attestation {
  predicateType: string;
  bundle: {
    mediaType: string;
    verificationMaterial: {
      publicKey?: { hint: string };
      x509CertificateChain?: { certificates: { rawBytes: string }[] };
      certificate?: { rawBytes: string };
      tlogEntries: {
        logIndex: string;
        logId: { keyId: string };
        kindVersion: { kind: string; version: string };
        integratedTime: string;
        inclusionPromise: { signedEntryTimestamp: string };
        inclusionProof?: {
          logIndex: string;
          rootHash: string;
          treeSize: string;
          hashes: string[];
          checkpoint: { envelope: string };
        };
        canonicalizedBody: string;
      }[];
    };
    dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
  };
}

const recorded = JSON.parse(read('attestations/index.json')) as Recorded[];
const subjectOf = ({ name, version, digest }: Recorded): Subject => ({ name, version, digests: [digest] });
const attestationsOf = (file: string): Attestation[] => JSON.parse(read(`attestations/${file}`)).attestations;
const answerOf = (attestations: unknown) => JSON.stringify({ attestations });
const reasonsOf = (judge: AttestationJudge, subject: Subject, answer: string) => {
  const { publish, provenance } = judge.judge(subject, answer);
  return [publish.reason, provenance.reason];
};
const VERIFIED = ['verified', 'verified'];
const genuine = recorded.filter(({ form, expected }) => form === 'answer' && String(expected) === String(VERIFIED));

describe('a recorded attestation', () => {
  it.each(recorded.map((entry) => [entry.file, entry] as const))('%s', (file, entry) => {
    const text = read(`attestations/${file}`);
    const reasons =
      entry.form === 'answer'
        ? reasonsOf(JUDGE, subjectOf(entry), text)
        : [JUDGE.judgeBundle(subjectOf(entry), JSON.parse(text)).verdict.reason];
    expect(reasons).toEqual(entry.expected);
  });

  it('tells who built what', () => {
    const entry = recorded.find(({ file }) => file.includes('ossf.tgz'))!;
    expect(JUDGE.judge(subjectOf(entry), read(`attestations/${entry.file}`)).build).toEqual({
      predicateType: 'https://slsa.dev/provenance/v0.2',
      repository: 'https://github.com/laurentsimon/provenance-npm-test',
      owner: 'https://github.com/laurentsimon',
      repositoryId: '602223945',
      ownerId: '64505099',
      commit: '34490b44db557f009617bcb92b8780f972c189ab',
      ref: 'refs/heads/main',
      workflow: '.github/workflows/release-slsa3.yml',
      builder:
        'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_nodejs_slsa3.yml@refs/tags/v1.6.0',
      issuer: 'https://token.actions.githubusercontent.com',
      identity:
        'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/delegator_lowperms-generic_slsa3.yml@refs/tags/v1.6.0',
      loggedAt: '2023-05-18T17:57:53.000Z',
    });
  });

  it('tells nobody where it is not verified', () => {
    const entry = recorded.find(({ file }) => file.includes('mismatched-keyid'))!;
    expect(JUDGE.judge(subjectOf(entry), read(`attestations/${entry.file}`))).not.toHaveProperty('build');
  });
});

describe('an answer', () => {
  const nuxt = recorded.find(({ name }) => name === 'nuxt')!;
  const [publish, provenance] = attestationsOf(nuxt.file) as [Attestation, Attestation];
  const reasons = (...attestations: unknown[]) => reasonsOf(JUDGE, subjectOf(nuxt), answerOf(attestations));
  const renamed = (attestation: Attestation, predicateType: string): Attestation => {
    const bundle = structuredClone(attestation.bundle);
    const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
    bundle.dsseEnvelope.payload = Buffer.from(JSON.stringify({ ...statement, predicateType })).toString('base64');
    return { predicateType, bundle };
  };

  it.each<[string, string[], unknown[]]>([
    ['both', VERIFIED, [publish, provenance]],
    ['none', ['not-attested', 'not-attested'], []],
    ['no provenance', ['verified', 'not-attested'], [publish]],
    ['no publish attestation', ['not-attested', 'verified'], [provenance]],
    ['one twice', VERIFIED, [publish, provenance, provenance, publish]],
    ['a good one and a bad one', ['verified', 'bad-bundle'], [provenance, { ...provenance, bundle: {} }, publish]],
    ['a bad one and a good one', ['bad-bundle', 'verified'], [{ ...publish, bundle: null }, provenance, publish]],
    ['another kind besides', VERIFIED, [publish, renamed(provenance, 'https://spdx.dev/Document'), provenance]],
    ['another kind alone', ['not-attested', 'not-attested'], [renamed(provenance, 'https://spdx.dev/Document')]],
    [
      'a newer provenance alone',
      ['not-attested', 'unsupported'],
      [renamed(provenance, 'https://slsa.dev/provenance/v2')],
    ],
    [
      'a newer provenance besides',
      ['not-attested', 'verified'],
      [renamed(provenance, 'https://slsa.dev/provenance/v2'), provenance],
    ],
    ['a newer publish attestation', ['unsupported', 'not-attested'], [renamed(publish, `${PUBLISH_V01}.1`)]],
    [
      'kinds exchanged',
      ['predicate-differs', 'predicate-differs'],
      [
        { ...publish, predicateType: provenance.predicateType },
        { ...provenance, predicateType: publish.predicateType },
      ],
    ],
    [
      'a provenance called another kind',
      ['verified', 'predicate-differs'],
      [publish, { ...provenance, predicateType: 'https://spdx.dev/Document' }],
    ],
    [
      'a provenance called newer',
      ['verified', 'predicate-differs'],
      [publish, { ...provenance, predicateType: 'https://slsa.dev/provenance/v2' }],
    ],
  ])('with %s: %j', (_, expected, attestations) => expect(reasons(...attestations)).toEqual(expected));

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"attestations":{}}',
    '{"attestations":[null]}',
    '{"attestations":[{}]}',
    '{"error":"not found"}',
  ])('that is broken is bad for both: %s', (text) =>
    expect(reasonsOf(JUDGE, subjectOf(nuxt), text)).toEqual(['bad-bundle', 'bad-bundle']),
  );

  it('with more than anybody needs is not worked through', () => {
    expect(parseAttestations(answerOf(Array(33).fill(publish)))).toBeUndefined();
    expect(parseAttestations(`${answerOf([])}${' '.repeat(16 * 1024 * 1024)}`)).toBeUndefined();
    expect(parseAttestations(answerOf(Array(32).fill(publish)))).toHaveLength(32);
  });

  it('may have to be of one registry', () => {
    const judge = (registry: string) =>
      new AttestationJudge({ trustedRoot: ROOT, keys: read('signing/keys.json'), registry });
    const { registry } = JSON.parse(Buffer.from(publish.bundle.dsseEnvelope.payload, 'base64').toString()).predicate;
    expect(reasonsOf(judge(`${registry}/`), subjectOf(nuxt), answerOf([publish, provenance]))).toEqual(VERIFIED);
    const elsewhere = reasonsOf(judge('https://registry.example'), subjectOf(nuxt), answerOf([publish, provenance]));
    expect(elsewhere).toEqual(['wrong-subject', 'verified']);
  });

  it('is judged whatever it is', () => {
    const some = fc.record({ predicateType: fc.constantFrom(PUBLISH_V01, PROVENANCE_V1, 'x'), bundle: fc.jsonValue() });
    const text = fc.oneof(fc.string(), fc.json(), fc.array(some, { maxLength: 3 }).map(answerOf));
    fc.assert(
      fc.property(text, (answer) => {
        expect(reasonsOf(JUDGE, subjectOf(nuxt), answer)).not.toContain('verified');
      }),
    );
  });

  it.each([
    ['Trusted root: not JSON', '{', '{"keys":[]}'],
    ['Registry keys: not a list of keys', ROOT, '[]'],
  ])('cannot be judged without trust: %s', (message, trustedRoot, keys) => {
    expect(() => new AttestationJudge({ trustedRoot, keys })).toThrow(message);
  });
});

/*
 * What may be changed without an effect, because nothing is read from it: the media type among the versions the bundle is
 * well-formed in; `rootHash` and `treeSize` of a proof (the checkpoint has both, signed); further signature lines of a
 * checkpoint; certificates behind the first of a chain; the wrapping of a certificate around its signed part and its
 * signature (tags, the count of unused bits), for which the flips below keep to the signed part; what base64 leaves
 * unused; other members.
 */
describe('a genuine answer', () => {
  type Change = (attestation: Attestation, seed: number) => void;
  const entry = ({ bundle }: Attestation) => bundle.verificationMaterial.tlogEntries[0]!;
  const flipped = (base64: string, seed: number, from = 0, to = Number.POSITIVE_INFINITY): string => {
    const bytes = Buffer.from(base64, 'base64');
    const bit = seed % ((Math.min(to, bytes.length) - from) * 8);
    bytes[from + (bit >> 3)]! ^= 1 << (bit & 7);
    return bytes.toString('base64');
  };
  const altered = (text: string, seed: number): string => {
    const at = seed % text.length;
    return `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
  };

  /** Where a bundle has no such part, another one is tried. */
  const given = <T>(value: T | null | undefined): T => {
    fc.pre(value !== null && value !== undefined);
    return value!;
  };
  const signatureIn = ({ bundle }: Attestation) => bundle.dsseEnvelope.signatures[0]!;
  const proofIn = (attestation: Attestation) => given(entry(attestation).inclusionProof);
  const increased = (number: string, seed: number) => String(Number(number) + 1 + (seed % 1000));

  const changes: Readonly<Record<string, Change>> = {
    payload: ({ bundle: { dsseEnvelope } }, seed) => {
      dsseEnvelope.payload = flipped(dsseEnvelope.payload, seed);
    },
    'payload type': ({ bundle: { dsseEnvelope } }, seed) => {
      dsseEnvelope.payloadType = altered(dsseEnvelope.payloadType, seed);
    },
    signature: (attestation, seed) => {
      signatureIn(attestation).sig = flipped(signatureIn(attestation).sig, seed);
    },
    'key id': (attestation, seed) => {
      signatureIn(attestation).keyid = altered(signatureIn(attestation).keyid || '-', seed);
    },
    hint: ({ bundle }, seed) => {
      const publicKey = given(bundle.verificationMaterial.publicKey);
      publicKey.hint = altered(publicKey.hint, seed);
    },
    certificate: ({ bundle }, seed) => {
      const { certificate, x509CertificateChain } = bundle.verificationMaterial;
      const first = given(certificate ?? x509CertificateChain?.certificates[0]);
      // The signed part: behind the header of the whole, as long as its own header says.
      const end = 8 + Buffer.from(first.rawBytes, 'base64').readUInt16BE(6);
      first.rawBytes = flipped(first.rawBytes, seed, 4, end);
    },
    'entry body': (attestation, seed) => {
      entry(attestation).canonicalizedBody = flipped(entry(attestation).canonicalizedBody, seed);
    },
    'entry kind': (attestation, seed) => {
      const { kindVersion } = entry(attestation);
      kindVersion.kind = altered(kindVersion.kind, seed);
    },
    'entry version': (attestation, seed) => {
      const { kindVersion } = entry(attestation);
      kindVersion.version = altered(kindVersion.version, seed);
    },
    'entry index': (attestation, seed) => {
      entry(attestation).logIndex = increased(entry(attestation).logIndex, seed);
    },
    'entry log': (attestation, seed) => {
      const { logId } = entry(attestation);
      logId.keyId = flipped(logId.keyId, seed);
    },
    promise: (attestation, seed) => {
      const { inclusionPromise } = entry(attestation);
      inclusionPromise.signedEntryTimestamp = flipped(inclusionPromise.signedEntryTimestamp, seed);
    },
    time: (attestation, seed) => {
      entry(attestation).integratedTime = increased(entry(attestation).integratedTime, seed);
    },
    'proof hash': (attestation, seed) => {
      const { hashes } = proofIn(attestation);
      const at = seed % hashes.length;
      hashes[at] = flipped(hashes[at]!, seed);
    },
    'proof index': (attestation, seed) => {
      const proof = proofIn(attestation);
      proof.logIndex = increased(proof.logIndex, seed);
    },
    checkpoint: (attestation, seed) => {
      const { checkpoint } = proofIn(attestation);
      const [note, ...rest] = checkpoint.envelope.split('\n\n');
      checkpoint.envelope = [altered(note!, seed), ...rest].join('\n\n');
    },
    'outer predicate type': (attestation, seed) => {
      attestation.predicateType = altered(attestation.predicateType, seed);
    },
  };

  it.each(Object.entries(changes))('is not verified with another %s', (_, change) => {
    fc.assert(
      fc.property(fc.constantFrom(...genuine), fc.nat(1), fc.nat(), (release, which, seed) => {
        const attestations = attestationsOf(release.file);
        const changed = attestations[which]!;
        const kind = changed.predicateType === PUBLISH_V01 ? 'publish' : 'provenance';
        change(changed, seed);
        const judged = JUDGE.judge(subjectOf(release), answerOf(attestations));
        expect(judged[kind].reason).not.toBe('verified');
        expect(judged[kind === 'publish' ? 'provenance' : 'publish'].reason).toBe('verified');
        expect(judged.build === undefined).toBe(kind === 'provenance');
      }),
      { numRuns: 8 },
    );
  });

  it('is not verified for another subject', () => {
    const asked = fc.constantFrom<(subject: Subject, seed: number) => Subject>(
      (subject, seed) => ({ ...subject, name: altered(subject.name, seed) }),
      (subject, seed) => ({ ...subject, version: altered(subject.version, seed) }),
      (subject, seed) => ({ ...subject, digests: [`sha512-${flipped(subject.digests[0]!.slice(7), seed)}`] }),
      (subject, seed) => ({
        ...subject,
        digests: [...subject.digests, `sha512-${flipped(subject.digests[0]!.slice(7), seed)}`],
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...genuine), asked, fc.nat(), (release, other, seed) => {
        const judged = reasonsOf(JUDGE, other(subjectOf(release), seed), read(`attestations/${release.file}`));
        expect(judged).not.toContain('verified');
        expect(judged[0]).toBe(judged[1]);
      }),
      { numRuns: 16 },
    );
  });

  it('is not verified with a bundle of another release', () => {
    genuine.forEach((release, at) => {
      const other = genuine[(at + 1) % genuine.length]!;
      const [own, foreign] = [attestationsOf(release.file), attestationsOf(other.file)];
      const isPublish = ({ predicateType }: Attestation) => predicateType === PUBLISH_V01;
      const mixed = [own.find(isPublish), foreign.find((attestation) => !isPublish(attestation))];
      expect(reasonsOf(JUDGE, subjectOf(release), answerOf(mixed))).toEqual(['verified', 'wrong-subject']);
      expect(reasonsOf(JUDGE, subjectOf(other), answerOf(mixed))).toEqual(['wrong-subject', 'verified']);
    });
  });

  it('is the same with what nothing reads changed', () => {
    const release = recorded.find(({ name }) => name === 'nuxt')!;
    const attestations = attestationsOf(release.file);
    for (const attestation of attestations) {
      Object.assign(attestation, { extra: 1 });
      Object.assign(entry(attestation).inclusionProof!, { rootHash: 'AAAA', treeSize: '1' });
    }
    expect(reasonsOf(JUDGE, subjectOf(release), answerOf(attestations))).toEqual(VERIFIED);
  });
});

describe('a bundle made here', () => {
  const log = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const registry = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = (pair: typeof log) => pair.publicKey.export({ type: 'spki', format: 'der' });
  const publicKey = (pair: typeof log) => ({
    rawBytes: spki(pair).toString('base64'),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor: { start: '2020-01-01T00:00:00Z' },
  });
  const logId = createHash('sha256').update(spki(log)).digest();
  const tlog = {
    baseUrl: 'https://log.example',
    hashAlgorithm: 'SHA2_256',
    publicKey: publicKey(log),
    logId: { keyId: logId.toString('base64') },
  };
  const keys = { keys: [{ keyId: 'made', keyUsage: 'npm:attestations', publicKey: publicKey(registry) }] };
  const judge = new AttestationJudge({
    trustedRoot: JSON.stringify({ ...JSON.parse(ROOT), tlogs: [tlog] }),
    keys: JSON.stringify(keys),
  });

  const subject: Subject = {
    name: '@scope/name',
    version: '1.0.0',
    digests: [`sha512-${Buffer.alloc(64, 7).toString('base64')}`],
  };
  const purl = { name: 'pkg:npm/%40scope/name@1.0.0', digest: { sha512: Buffer.alloc(64, 7).toString('hex') } };
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [purl],
    predicateType: PUBLISH_V01,
    predicate: { name: '@scope/name', version: '1.0.0', registry: 'https://registry.example' },
  };

  interface Entry {
    readonly kind?: string;
    readonly version?: string;
    /** Kind in the entry's body, where it is not the one outside. */
    readonly inside?: string;
    readonly payloadHash?: string;
    readonly time?: number;
  }

  function bundle(content: object, payloadType = STATEMENT_PAYLOAD, entries: readonly Entry[] = [{}]) {
    const payload = Buffer.from(JSON.stringify(content));
    const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
    const sig = sign('sha256', Buffer.concat([Buffer.from(head), payload]), registry.privateKey).toString('base64');
    const hash = createHash('sha256').update(payload).digest('hex');
    const tlogEntries = entries.map(
      ({ kind = 'dsse', version = '0.0.1', inside = kind, payloadHash = hash, time = 1_700_000_000 }) => {
        const spec = { payloadHash: { algorithm: 'sha256', value: payloadHash }, signatures: [{ signature: sig }] };
        const body = Buffer.from(JSON.stringify({ apiVersion: version, kind: inside, spec })).toString('base64');
        const promised = JSON.stringify({ body, integratedTime: time, logID: logId.toString('hex'), logIndex: 5 });
        return {
          logIndex: '5',
          logId: tlog.logId,
          kindVersion: { kind, version },
          integratedTime: String(time),
          inclusionPromise: {
            signedEntryTimestamp: sign('sha256', Buffer.from(promised), log.privateKey).toString('base64'),
          },
          canonicalizedBody: body,
        };
      },
    );
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
      verificationMaterial: { publicKey: { hint: 'made' }, tlogEntries },
      dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig, keyid: 'made' }] },
    };
  }
  const reasonOf = (made: unknown) => judge.judgeBundle(subject, made).verdict.reason;

  it.each<[string, string, unknown]>([
    ['is right', 'verified', bundle(statement)],
    ['has a statement of type 1', 'verified', bundle({ ...statement, _type: 'https://in-toto.io/Statement/v1' })],
    ['has two entries', 'verified', bundle(statement, undefined, [{}, { time: 1_700_000_001 }])],
    ['is no statement', 'bad-bundle', bundle({})],
    ['has another payload type', 'bad-bundle', bundle(statement, 'application/json')],
    ['has a newer statement', 'unsupported', bundle({ ...statement, _type: 'https://in-toto.io/Statement/v2' })],
    ['has another predicate', 'unsupported', bundle({ ...statement, predicateType: 'https://spdx.dev/Document' })],
    ['has no subject', 'wrong-subject', bundle({ ...statement, subject: [] })],
    ['has two subjects', 'wrong-subject', bundle({ ...statement, subject: [purl, purl] })],
    ['has another digest', 'wrong-digest', bundle({ ...statement, subject: [{ ...purl, digest: { sha512: '00' } }] })],
    [
      'was published as another',
      'wrong-subject',
      bundle({ ...statement, predicate: { ...statement.predicate, version: '2.0.0' } }),
    ],
    ['is a provenance by the registry', 'wrong-signer', bundle({ ...statement, predicateType: PROVENANCE_V1 })],
    ['is before the key began', 'key-not-yet-valid', bundle(statement, undefined, [{ time: 1_500_000_000 }])],
  ])('%s: %s', (_, expected, made) => expect(reasonOf(made)).toBe(expected));

  it('is told of briefly', () => {
    const long = bundle({ ...statement, subject: [{ ...purl, name: 'x'.repeat(100_000) }] });
    expect(judge.judgeBundle(subject, long).verdict).toEqual({
      reason: 'wrong-subject',
      detail: `${'x'.repeat(500)}...`,
    });
  });

  it('logged in a way not known here is unsupported only if nothing else is wrong', () => {
    const odd = (entries: readonly Entry[]) => bundle(statement, undefined, entries);
    expect(reasonOf(odd([{ kind: 'future' }]))).toBe('unsupported');
    expect(reasonOf(odd([{ version: '0.0.9' }]))).toBe('unsupported');
    expect(reasonOf(odd([{}, { kind: 'future', time: 1_700_000_001 }]))).toBe('unsupported');
    expect(reasonOf(odd([{ kind: 'future', inside: 'dsse' }]))).toBe('bad-bundle');
    expect(reasonOf(odd([{ payloadHash: '00' }, { kind: 'future', time: 1_700_000_001 }]))).toBe('bad-bundle');
    expect(reasonOf(odd([{ payloadHash: '00' }]))).toBe('bad-bundle');
    const unsigned = odd([{ kind: 'future' }]);
    unsigned.dsseEnvelope.payload = Buffer.from('{}').toString('base64');
    expect(reasonOf(unsigned)).toBe('bad-bundle');
    const unlogged = odd([{ kind: 'future' }]);
    unlogged.verificationMaterial.tlogEntries[0]!.logIndex = '6';
    expect(reasonOf(unlogged)).toBe('bad-bundle');
  });
});
