/** Missing from a registry that serves evidence, or not served by it at all. */
import { describe, expect, it } from 'vitest';
import { type ComponentEvidence, everyKind } from '../../src/evidence/evidence.ts';
import { withoutService } from '../../src/evidence/served.ts';
import { EVIDENCE_KINDS, type Reason } from '../../src/evidence/state.ts';

type Serves = { readonly signatures: boolean; readonly attestations: boolean } | undefined;

const NONE = { signatures: false, attestations: false };
const evidenceOf = (signature: Reason, other: Reason): ComponentEvidence => ({
  ...everyKind(other),
  verdicts: { signature: { reason: signature }, publish: { reason: other }, provenance: { reason: other } },
});

/** Reasons after all answers of the registries are in. */
function told(...answers: readonly (readonly [string, ComponentEvidence, Serves])[]): string[] {
  const made = answers.map(([registry, evidence, serves], at) => {
    const target = { subject: { name: `p${at}`, version: '1.0.0', digests: ['sha512-'] }, components: [at] };
    return {
      pack: { registry, name: `p${at}`, targets: [target] },
      one: { target, evidence, serves, from: 'registry' as const, whole: true },
    };
  });
  const found = withoutService(
    made.map(({ one }) => one),
    made.map(({ pack }) => pack),
  );
  expect(found.map(({ target }) => target)).toEqual(made.map(({ one }) => one.target));
  return found.map(({ evidence }) => EVIDENCE_KINDS.map((kind) => evidence.verdicts[kind].reason).join(' '));
}

const BARE = evidenceOf('not-signed', 'not-attested');
const NOTHING = 'none-served none-served none-served';
const MISSING = 'not-signed not-attested not-attested';

describe('a release without evidence', () => {
  it('misses none where its registry serves none for anything', () => {
    expect(told(['a', BARE, NONE], ['a', BARE, NONE])).toEqual([NOTHING, NOTHING]);
  });

  it.each([
    { signatures: true, attestations: false },
    { signatures: false, attestations: true },
  ])('misses it where the same registry serves some: %j', (serves) => {
    const other = evidenceOf('verified', 'not-attested');
    expect(told(['a', BARE, NONE], ['b', BARE, NONE], ['a', other, serves])).toEqual([
      MISSING,
      NOTHING,
      'verified not-attested not-attested',
    ]);
  });

  it('is all that is told anew', () => {
    const others: Reason[] = ['failed', 'package-unknown', 'no-keys', 'bad-signature', 'not-served', 'offline'];
    for (const reason of others) {
      expect(told(['a', everyKind(reason), undefined])).toEqual([`${reason} ${reason} ${reason}`]);
      expect(told(['a', evidenceOf(reason, 'not-attested'), NONE])).toEqual([`${reason} none-served none-served`]);
    }
  });
});
