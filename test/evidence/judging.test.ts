import { expect, it } from 'vitest';
import { Judges } from '../../src/evidence/judging.ts';
import { createSigstore } from '../sigstore/instance.ts';
import { sha512Of } from '../sigstore/packages.ts';

it('judges by the trust that each answer comes with', async () => {
  const [one, other] = [createSigstore(), createSigstore()];
  const integrity = sha512Of('a@1.0.0');
  const about = { name: 'a', version: '1.0.0', integrity };
  const subject = { name: 'a', version: '1.0.0', digests: [integrity] };
  const answer = one.response(one.publishAttestation(about), one.provenance({ ...about, predicate: 'v1' }));
  const judges = new Judges(0);
  const trust = (from: typeof one) => ({ trustedRoot: from.trustedRoot, keys: from.keys() });
  const found = await Promise.all([one, other, one].map((from) => judges.judge(trust(from), subject, answer)));
  await judges.close();
  expect(found.map(({ provenance }) => provenance.reason)).toEqual(['verified', 'bad-bundle', 'verified']);
});
