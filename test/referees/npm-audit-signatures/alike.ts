/** Cases that npm and spof-deps judge alike. */
import { OLD_KEY } from '../../sigstore/registry-keys.ts';
import { type Case, ours } from './case.ts';
import { attesting, both, IN_TIME_OF_OLD_KEY, provenance, publish, REPOSITORY, rewritten, signing } from './serving.ts';

export const ALIKE: readonly Case[] = [
  {
    name: 'signed',
    what: 'signed',
    serve: signing(),
    npm: 'verified',
    ours: ours('verified'),
  },
  {
    name: '@acme/attested',
    what: 'signed, publish attestation, provenance',
    serve: both,
    npm: 'verified',
    ours: ours('verified', 'verified'),
  },
  {
    name: 'attested-early',
    what: 'the same with SLSA v0.2, by the old key in its time',
    serve: (about, sigstore) => {
      const early = { ...about, keyId: OLD_KEY.keyId, loggedAt: '2024-06-01T00:00:00Z' };
      return {
        published: IN_TIME_OF_OLD_KEY,
        signatures: [sigstore.signRelease(early)],
        attestations: sigstore.response(
          sigstore.publishAttestation(early),
          provenance(early, sigstore, { predicate: 'v0.2' }),
        ),
      };
    },
    npm: 'verified',
    ours: ours('verified', 'verified'),
  },
  {
    name: 'old-key',
    what: 'signed by a key that has ended since',
    serve: signing((about, sigstore) => ({
      published: IN_TIME_OF_OLD_KEY,
      signatures: [sigstore.signRelease({ ...about, keyId: OLD_KEY.keyId })],
    })),
    npm: 'verified',
    ours: ours('verified'),
  },
  {
    name: '@endpoint/signed',
    what: 'keys from the endpoint of the registry, unknown to TUF',
    registry: 'endpoint',
    serve: both,
    npm: 'verified',
    ours: ours('verified', 'verified'),
  },
  {
    name: 'unsigned',
    what: 'no signature, the registry has keys',
    serve: signing(() => ({ signatures: [] })),
    npm: 'missing',
    ours: ours('not-signed'),
  },
  {
    name: 'wrong-signature',
    what: 'the signature of another version',
    serve: signing((about, sigstore) => ({ signatures: [sigstore.signRelease({ ...about, version: '1.0.1' })] })),
    npm: 'invalid EINTEGRITYSIGNATURE',
    ours: ours('bad-signature'),
  },
  {
    name: 'tampered-publish',
    what: 'publish attestation rewritten after signing',
    serve: attesting((about, sigstore) => [
      rewritten(publish(about, sigstore), about.registry, 'https://registry.example'),
      provenance(about, sigstore),
    ]),
    npm: 'invalid EATTESTATIONVERIFY',
    ours: ours('verified', 'bad-bundle', 'verified'),
  },
  {
    name: 'tampered-provenance',
    what: 'provenance rewritten after signing',
    serve: attesting((about, sigstore) => [
      publish(about, sigstore),
      rewritten(provenance(about, sigstore), REPOSITORY, 'https://github.com/evil/made'),
    ]),
    npm: 'invalid EATTESTATIONVERIFY',
    ours: ours('verified', 'verified', 'bad-bundle'),
  },
  {
    name: 'time-missing',
    what: 'an ended key, and the registry gives no publish time',
    serve: (about, sigstore) => ({ signatures: [sigstore.signRelease({ ...about, keyId: OLD_KEY.keyId })] }),
    npm: 'verified',
    ours: ours('verified-undated'),
  },
];
