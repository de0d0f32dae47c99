/** Every recorded registry signature against what another program found of it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registryDigest, signatureVerdict } from '../../src/evidence/signature.ts';
import type { Verdict } from '../../src/evidence/state.ts';
import { subjectOf } from '../../src/evidence/subject.ts';
import { parseKeys } from '../../src/registry/keys.ts';
import type { Release } from '../../src/registry/release.ts';
import { CORPUS, FIXTURES } from '../readers.ts';

interface Recorded {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig?: string }[];
  readonly published?: string;
  readonly verified: boolean;
}

const SIGNING = resolve(CORPUS, '..', 'signing');
const hasSigning = existsSync(join(SIGNING, 'manifests.jsonl'));
const ENDED = 'SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA';

/** Those that do not verify: the verdict over their integrity text, and whether the text can be bound at all. */
const NEGATIVE: Readonly<Record<string, readonly [Verdict['reason'], string]>> = {
  '@npmcli/arborist@1.0.14': ['bad-signature', 'bound'], // "bogus"
  'abbrev@1.1.1': ['bad-signature', 'bound'], // "nope"
  'accept-dependencies-module-cnpmsync@1.0.0': ['bad-signature', 'bound'], // renamed by hand
  'accept-dependencies-module-cnpmsync@2.0.0': ['bad-signature', 'bound'],
  'accept-dependencies-module-cnpmsync@3.0.0': ['bad-signature', 'bound'],
  'async@2.5.0': ['bad-signature', 'no-digest'], // a digest cut short
  'express@5.1.0': ['malformed', 'bound'], // an empty object
  'foo@1.0.0': ['unknown-key', 'no-digest'], // nothing in it is real
  'resvg-js@2.4.0': ['bad-signature', 'bound'], // renamed by hand
};

function releaseOf({ name, version, integrity, signatures, published }: Recorded): Release {
  return {
    name,
    version,
    integrity,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })),
    attested: false,
    published,
    trustedPublisher: undefined,
    repository: undefined,
    dependencies: new Map(),
  };
}

if (!hasSigning) console.log('signatures: the recorded data is absent, nothing verified');

describe.skipIf(!hasSigning)('recorded registry signatures', async () => {
  const all = hasSigning
    ? readFileSync(join(SIGNING, 'manifests.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line): Recorded => JSON.parse(line))
    : [];
  const keys = hasSigning ? (parseKeys(readFileSync(join(SIGNING, 'keys.json'), 'utf8')) ?? []) : [];
  const boundOf = ({ name, version, integrity }: Recorded) =>
    subjectOf({ ecosystem: 'npm', name, version, source: 'registry', integrity, resolved: undefined }, false);
  const idOf = ({ name, version }: Recorded) => `${name}@${version}`;

  it('have the verdict they should', async () => {
    const counts: Record<string, number> = {};
    const negative: Record<string, readonly [string, string]> = {};
    await Promise.all(
      all.map(async (one) => {
        const bound = boundOf(one);
        const plain = { name: one.name, version: one.version, digests: [one.integrity] };
        const subject = 'subject' in bound ? bound.subject : plain;
        const { reason, key } = await signatureVerdict(subject, releaseOf(one), keys);
        counts[reason] = (counts[reason] ?? 0) + 1;
        if (!one.verified) {
          negative[idOf(one)] = [reason, 'reason' in bound ? bound.reason : 'bound'];
          return;
        }
        const keyid = one.signatures[0]?.keyid;
        const expected = one.published === undefined && keyid === ENDED ? 'verified-undated' : 'verified';
        expect([reason, key, registryDigest(subject, releaseOf(one))], idOf(one)).toEqual([expected, keyid, 'same']);
        expect(bound, idOf(one)).toEqual({ subject: plain });
      }),
    );
    expect(negative).toEqual(NEGATIVE);
    expect(all.length).toBe(9904);
    expect((counts.verified ?? 0) + (counts['verified-undated'] ?? 0)).toBe(9895);
    console.log(`signatures: ${all.length} judged: ${JSON.stringify(counts)}`);
  });

  it('of another name are known where the manifest gives that name itself', async () => {
    const one = all.find(({ name, version }) => name === 'resvg-js' && version === '2.4.0')!;
    const bound = boundOf(one);
    if (!('subject' in bound)) throw new Error(bound.reason);
    const release = { ...releaseOf(one), name: '@resvg/resvg-js' };
    expect((await signatureVerdict(bound.subject, release, keys)).reason).toBe('replayed');
  });

  it('are those of the fixtures', () => {
    const recorded = new Set(all.map((one) => JSON.stringify([one.name, one.version, one.integrity, one.signatures])));
    const lines = readFileSync(join(FIXTURES, 'signing/manifests.jsonl'), 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      const one: Recorded = JSON.parse(line);
      expect(recorded).toContain(JSON.stringify([one.name, one.version, one.integrity, one.signatures]));
    }
    const file = 'keys.json';
    expect(readFileSync(join(FIXTURES, 'signing', file), 'utf8')).toBe(readFileSync(join(SIGNING, file), 'utf8'));
  });
});
