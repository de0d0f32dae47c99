/** Cases that only one of the two judges, or finds something wrong with. */
import { NEW_KEY } from '../../sigstore/registry-keys.ts';
import { type Case, ours } from './case.ts';
import { attesting, both, IN_TIME_OF_OLD_KEY, inForm, provenance, publish, signing } from './serving.ts';

export const DIFFERING: readonly Case[] = [
  {
    name: 'swapped',
    what: 'swapped lock entry: other bytes locked and installed than published',
    serve: both,
    swapped: true,
    npm: 'verified',
    ours: ours('other-digest', 'wrong-digest'),
  },
  {
    name: 'replayed',
    what: 'the manifest and signature of another name',
    serve: signing((about, sigstore) => ({
      signatures: [sigstore.signRelease({ ...about, name: 'elsewhere' })],
      manifest: { name: 'elsewhere', _id: `elsewhere@${about.version}` },
    })),
    npm: 'verified',
    comparingNpm: 'stops EMANIFESTMISMATCH',
    ours: ours('replayed'),
  },
  {
    name: 'before-key',
    what: 'signed by a key that had not begun at the time of publishing',
    serve: signing((about, sigstore) => ({
      published: IN_TIME_OF_OLD_KEY,
      signatures: [sigstore.signRelease({ ...about, keyId: NEW_KEY.keyId })],
    })),
    npm: 'verified',
    ours: ours('key-not-yet-valid'),
  },
  {
    name: 'type-differs',
    what: 'a predicate type beside the bundle that is not the signed one',
    serve: attesting((about, sigstore) => [
      publish(about, sigstore),
      provenance(about, sigstore, { predicateType: 'https://slsa.dev/provenance/v0.2' }),
    ]),
    npm: 'verified',
    ours: ours('verified', 'verified', 'predicate-differs'),
  },
  {
    name: 'publish-by-workflow',
    what: 'publish attestation signed by a workflow, not by the registry',
    serve: attesting((about, sigstore) => [
      sigstore.publishAttestation({ ...about, signer: 'certificate' }),
      provenance(about, sigstore),
    ]),
    npm: 'verified',
    ours: ours('verified', 'wrong-signer', 'verified'),
  },
  {
    name: 'identity-differs',
    what: 'provenance that claims another repository than its certificate',
    serve: attesting((about, sigstore) => [
      publish(about, sigstore),
      provenance(about, sigstore, { claimed: { repository: 'https://github.com/acme/other' } }),
    ]),
    npm: 'verified',
    ours: ours('verified', 'verified', 'identity-differs'),
  },
  {
    name: 'two-subjects',
    what: 'provenance of this release and of another one',
    serve: attesting((about, sigstore) => [
      publish(about, sigstore),
      provenance(about, sigstore, {
        statement: (made) => ({
          ...made,
          subject: [...made.subject, { name: 'pkg:npm/other@1.0.0', digest: { sha512: '00'.repeat(64) } }],
        }),
      }),
    ]),
    npm: 'verified',
    ours: ours('verified', 'verified', 'wrong-subject'),
  },

  {
    name: 'unpinned',
    what: 'a lock entry without a digest',
    serve: signing(),
    unpinned: true,
    npm: 'verified',
    ours: ours('no-digest', 'no-digest'),
  },
  {
    name: 'bundle-v0.9',
    what: 'a bundle format newer than both: v0.9',
    serve: inForm('v0.9'),
    npm: 'verified',
    ours: ours('verified', 'verified', 'unsupported'),
  },
  {
    name: 'bundle-v0.10',
    what: 'a bundle format newer than both: v0.10',
    serve: inForm('v0.10'),
    npm: 'invalid EATTESTATIONVERIFY',
    ours: ours('verified', 'verified', 'unsupported'),
  },
  {
    name: '@keyless/unsigned',
    what: 'no signature, the registry has no keys',
    registry: 'keyless',
    serve: signing(() => ({ signatures: [] })),
    npm: 'silent',
    ours: ours('no-keys'),
  },
];
