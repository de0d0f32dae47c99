/** Every recorded attestation, and the conformance cases of Sigstore's bundle verification. */
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AttestationJudge } from '../../src/evidence/attestations.ts';
import { verifyBundle } from '../../src/evidence/sigstore/bundle.ts';
import { parseTrustedRoot, verifierOf } from '../../src/evidence/sigstore/trust.ts';
import { isObject } from '../../src/json.ts';
import type { RegistryKey } from '../../src/registry/key.ts';
import { CORPUS } from '../readers.ts';

const SIGNING = join(CORPUS, '..', 'signing');
const RECORDED = join(SIGNING, 'attestations');
const CONFORMANCE = join(RECORDED, 'conformance');
const hasRecorded = existsSync(join(CONFORMANCE, 'index.jsonl'));

interface Entry {
  readonly file: string;
  readonly form?: string;
  readonly name?: string | null;
  readonly version?: string | null;
  readonly integrity?: string | null;
  readonly expected: 'pass' | 'fail';
}

const V = 'verified';
const BAD = 'bad-bundle';
/** Reasons of publish and provenance of each answer, or of the one bundle; a change of any is to be seen. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'npm-cli.valid-sigstore-attestations.json': [V, V],
  'npm-cli.valid-tuf-js-attestations.json': [V, V],
  'pacote.invalid-attestations.json': [BAD, V],
  'pacote.malformed-subject-attestations.json': [BAD, V],
  'pacote.mismatched-keyid-attestations.json': [V, 'key-differs'],
  'pacote.mismatched-subject-digest-attestations.json': [BAD, V],
  'pacote.mismatched-subject-name-attestations.json': [BAD, V],
  'pacote.no-keyid-attestations.json': ['key-differs', BAD],
  'pacote.unsupported-attestations.json': [BAD, V],
  'pacote.valid-attestations.json': [V, V],
  'slsa-verifier.gundam-visor-cli-v1-tag-invalidsigprov.tgz.json': [V, BAD],
  'slsa-verifier.gundam-visor-cli-v1-tag-invalidsigpub.tgz.json': [BAD, V],
  'slsa-verifier.gundam-visor-cli-v1-tag.tgz.json': [V, V],
  'slsa-verifier.npm-att-mismatch-prov-payloadtype.intoto.sigstore.json': [V, BAD],
  'slsa-verifier.npm-att-mismatch-prov-predicatetype.intoto.sigstore.json': [V, 'predicate-differs'],
  // Named after the publish attestation; what is changed in it is the provenance.
  'slsa-verifier.npm-att-mismatch-pub-payloadtype.intoto.sigstore.json': [V, BAD],
  'slsa-verifier.npm-att-mismatch-pub-predicatetype.intoto.sigstore.json': ['predicate-differs', V],
  'slsa-verifier.npm-att-prov-invalid-signature.intoto.sigstore.json': [V, BAD],
  'slsa-verifier.npm-att-publish-invalid-signature.intoto.sigstore.json': [BAD, V],
  'slsa-verifier.npm-att-publish-nodigest.intoto.sigstore.json': [BAD, V],
  'slsa-verifier.npm-att-publish-nosubjects.intoto.sigstore.json': [BAD, V],
  'slsa-verifier.npm-attestations.intoto.sigstore.json': [V, V],
  'slsa-verifier.npm-stmt-mismatch-prov-predicatetype.intoto.sigstore.json': [V, BAD],
  'slsa-verifier.npm-stmt-mismatch-prov-type.intoto.sigstore.json': [V, BAD],
  'slsa-verifier.npm-stmt-mismatch-pub-predicatetype.intoto.sigstore.json': [BAD, V],
  'slsa-verifier.npm-stmt-mismatch-pub-type.intoto.sigstore.json': [BAD, V],
  'slsa-verifier.provenance-npm-test-cli-v02-prega-invalidsigprov.tgz.json': [V, BAD],
  'slsa-verifier.provenance-npm-test-cli-v02-prega-invalidsigpub.tgz.json': [BAD, V],
  'slsa-verifier.provenance-npm-test-cli-v02-prega.tgz.json': [V, V],
  'slsa-verifier.provenance-npm-test-cli-v1-prega-invalidsigprov.tgz.json': [V, BAD],
  'slsa-verifier.provenance-npm-test-cli-v1-prega-invalidsigpub.tgz.json': [BAD, V],
  'slsa-verifier.provenance-npm-test-cli-v1-prega.tgz.json': [V, V],
  'slsa-verifier.provenance-npm-test-ossf-invalidsigprov.tgz.json': [V, BAD],
  'slsa-verifier.provenance-npm-test-ossf-invalidsigpub.tgz.json': [BAD, V],
  'slsa-verifier.provenance-npm-test-ossf.tgz.json': [V, V],
  'slsa-verifier.supreme-googles-cli-v02-tag-invalidsigprov.tgz.json': [V, BAD],
  'slsa-verifier.supreme-googles-cli-v02-tag-invalidsigpub.tgz.json': [BAD, V],
  'slsa-verifier.supreme-googles-cli-v02-tag.tgz.json': [V, V],
  'sigstore-dotnet.playwright-cli-0.1.1-attestations.json': [V, V],
  'provenance-action.nuxt@3.13.0.json': [V, V],
  'provenance-action.nuxt@4.1.2.json': [V, V],
  'libnpmpublish.bad-bundle.json': [BAD, BAD],

  'sigstore-dotnet.playwright-cli-0.1.1-provenance.sigstore.json': [V],
  'sigstore-dotnet.playwright-cli-0.1.1-publish.sigstore.json': [V],
  'sigstore-go.bundle-provenance.json': [V],
  'sigstore-go.bundle-publish.json': [V],
  'sigstore-go.sigstore.js@2.0.0-provenance.sigstore.json': [V],
  'gh-cli.sigstore-js-2.1.0-bundle-v0.1.json': [V],
  'gh-cli.sigstore-js-2.1.0-bundle.json': [V],
  'k2gl.bundle-provenance.json': [V],
  'gh-cli.sigstoreBundle-invalid-signature.json': [BAD],
  'libnpmpublish.bad-dsse-payload-bundle.json': [BAD],
  'libnpmpublish.digest-mismatch-provenance-bundle.json': [BAD],
  'libnpmpublish.invalid-signature-bundle.json': [BAD],
  'libnpmpublish.multi-subject-provenance-bundle.json': [BAD],
  'libnpmpublish.no-provenance-envelope-bundle.json': [BAD],
  'libnpmpublish.no-provenance-subject-bundle.json': [BAD],
  // Without a log entry or any other time.
  'libnpmpublish.valid-bundle.json': [BAD],
  // Publish statements that a person signed.
  'sigstore-js.bundleV01-dsse-no-proof.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV01-dsse-with-proof.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV01-full-cert-chain.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV01-intoto-no-proof.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV01-intoto-with-proof.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV02-dsse.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV02-intoto.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV03-dsse.sigstore.json': ['wrong-signer'],
  'sigstore-js.bundleV03-intoto.sigstore.json': ['wrong-signer'],
};

/** Conformance cases with an outcome other than `verified` of a happy one and `bad-bundle` of one that must fail. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'bundle-malformed-json_fail': 'not JSON',
  'bundle-unknown-version_fail': 'unsupported',
  'managed-key-no-key_fail': 'unknown-key',
  // Its key file holds no key.
  'managed-key-wrong-key_fail': 'unknown-key',
  'trust-root-tlog-missing-validity-start_fail': 'trusted root refused',
};
/** Cases where we differ: a log entry the library compares wrongly, so that nothing can be said. */
const DIFFERENT: Readonly<Record<string, string>> = { 'rekor2-dsse-happy-path': 'unsupported' };

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

function entriesOf(directory: string): Entry[] {
  if (!hasRecorded) return [];
  return read(directory, 'index.jsonl')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the index has no digest of the tarball: the one that the first readable statement gives its own subject. */
function ownDigest(text: string): string {
  const answer = parsed(text);
  const list = isObject(answer) && Array.isArray(answer.attestations) ? answer.attestations : [{ bundle: answer }];
  const hex = list
    .map(({ bundle }) => parsed(Buffer.from(String(bundle?.dsseEnvelope?.payload), 'base64').toString()))
    .map((statement) => /"sha512":"([0-9a-f]{128})"/.exec(JSON.stringify(statement) ?? '')?.[1])
    .find((found) => found !== undefined);
  return `sha512-${Buffer.from(hex ?? '', 'hex').toString('base64')}`;
}

const recorded = entriesOf(RECORDED);
const cases = entriesOf(CONFORMANCE);
if (!hasRecorded) console.log('attestations: the recorded ones are absent, nothing judged');

describe.skipIf(!hasRecorded)('recorded attestations', () => {
  const judge = hasRecorded
    ? new AttestationJudge({ trustedRoot: read(SIGNING, 'trusted_root.json'), keys: read(SIGNING, 'keys.json') })
    : undefined;

  it.each(recorded.map((entry) => [entry.file, entry] as const))('%s', (file, entry) => {
    const text = read(RECORDED, file);
    const digests = [entry.integrity ?? ownDigest(text)];
    const subject = { name: entry.name ?? 'unnamed', version: entry.version ?? '0.0.0', digests };
    const outcome = () => {
      if (entry.form === 'bundle') {
        const { verdict, build } = judge!.judgeBundle(subject, parsed(text));
        return { verdicts: [verdict], build };
      }
      const { publish, provenance, build } = judge!.judge(subject, text);
      return { verdicts: [publish, provenance], build };
    };
    const { verdicts, build } = outcome();
    const reasons = verdicts.map(({ reason }) => reason);
    expect(reasons).toEqual(REASONS[file]);
    expect(reasons.every((reason) => reason === 'verified')).toBe(entry.expected === 'pass');
    if (build !== undefined) {
      expect(build.repository).toMatch(/^https:\/\/github\.com\/[^/]+\/[^/]+$/);
      expect(build.commit).toMatch(/^[0-9a-f]{40}$/);
      for (const field of [build.repositoryId, build.ownerId, build.ref, build.workflow, build.loggedAt]) {
        expect(field).toBeDefined();
      }
    }
  });

  it('are all looked at', () => {
    expect(recorded.map(({ file }) => file).sort()).toEqual(Object.keys(REASONS).sort());
    expect(recorded).toHaveLength(67);
  });
});

describe.skipIf(!hasRecorded)('Sigstore conformance', () => {
  const agreed: string[] = [];

  it.each(cases.map((entry) => [entry.file.split('/')[0]!, entry.expected] as const))('%s', (name, expected) => {
    const outcome = outcomeOf(name);
    const usual = expected === 'pass' ? 'verified' : 'bad-bundle';
    expect(outcome).toBe(DIFFERENT[name] ?? OTHERWISE[name] ?? usual);
    if ((outcome === 'verified') === (expected === 'pass')) agreed.push(name);
  });

  it('agrees but for what is listed', () => {
    expect(agreed).toHaveLength(69);
    expect(cases.map(({ file }) => file.split('/')[0]).filter((name) => !agreed.includes(name!))).toEqual(
      Object.keys(DIFFERENT),
    );
  });
});

function outcomeOf(name: string): string {
  const own = join(CONFORMANCE, name);
  const rootFile = join(existsSync(join(own, 'trusted_root.json')) ? own : SIGNING, 'trusted_root.json');
  const root = parseTrustedRoot(readFileSync(rootFile, 'utf8'));
  if ('problem' in root) return 'trusted root refused';
  const bundle = parsed(read(own, 'bundle.sigstore.json'));
  if (bundle === undefined) return 'not JSON';
  const artifact = existsSync(join(own, 'artifact')) ? join(own, 'artifact') : join(CONFORMANCE, 'a.txt');
  const result = verifyBundle(verifierOf(root.root, keysOf(own, bundle)), bundle, readFileSync(artifact));
  return result.ok ? 'verified' : result.reason;
}

/** The case's key under the name the bundle gives it. */
function keysOf(directory: string, bundle: unknown): RegistryKey[] {
  const file = join(directory, 'key.pub');
  const material = isObject(bundle) && isObject(bundle.verificationMaterial) ? bundle.verificationMaterial : {};
  const hint = isObject(material.publicKey) ? material.publicKey.hint : undefined;
  if (!existsSync(file)) return [];
  try {
    const key = createPublicKey(readFileSync(file));
    return [{ keyId: String(hint ?? ''), usage: 'npm:attestations', key, start: undefined, end: undefined }];
  } catch {
    return [];
  }
}
