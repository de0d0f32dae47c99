/** Cases that stop npm's run. */
import { OLD_KEY } from '../../sigstore/registry-keys.ts';
import { type Case, ours } from './case.ts';
import { attesting, provenance, publish, signing } from './serving.ts';

export const STOPPING: readonly Case[] = [
  {
    name: 'unknown-key',
    what: 'signed by a key that nobody knows',
    serve: signing((about, sigstore) => ({
      signatures: [{ ...sigstore.signRelease(about), keyid: 'SHA256:nobody' }],
    })),
    npm: 'stops EMISSINGSIGNATUREKEY',
    ours: ours('unknown-key'),
  },
  {
    name: 'expired-key',
    what: 'published after the end of the key',
    serve: signing((about, sigstore) => ({
      signatures: [sigstore.signRelease({ ...about, keyId: OLD_KEY.keyId })],
    })),
    npm: 'stops EEXPIREDSIGNATUREKEY',
    ours: ours('key-expired'),
  },
  {
    name: 'wrong-subject',
    what: 'attestations of another release',
    serve: attesting((about, sigstore) => {
      const other = { ...about, name: 'elsewhere' };
      return [publish(other, sigstore), provenance(other, sigstore)];
    }),
    npm: 'stops EATTESTATIONSUBJECT',
    ours: ours('verified', 'wrong-subject'),
  },
  {
    name: 'wrong-digest',
    what: 'attestations of other bytes',
    serve: attesting((about, sigstore) => {
      const other = { ...about, integrity: `sha512-${Buffer.alloc(64).toString('base64')}` };
      return [publish(other, sigstore), provenance(other, sigstore)];
    }),
    npm: 'stops EATTESTATIONSUBJECT',
    ours: ours('verified', 'wrong-digest'),
  },
  {
    name: 'not-served',
    what: 'attestations advertised, and 404',
    serve: signing(() => ({ attestations: null })),
    npm: 'stops E404',
    ours: ours('verified', 'not-served'),
  },
  {
    name: 'gone',
    what: 'the registry does not know the package any more',
    serve: () => undefined,
    npm: 'stops E404',
    ours: ours('package-unknown', 'package-unknown'),
  },
  {
    name: 'second-key-unknown',
    what: 'a right signature beside one by an unknown key',
    serve: signing((about, sigstore) => ({
      signatures: [sigstore.signRelease(about), { ...sigstore.signRelease(about), keyid: 'SHA256:nobody' }],
    })),
    npm: 'stops EMISSINGSIGNATUREKEY',
    ours: ours('verified'),
  },
  {
    name: '@keyless/signed',
    what: 'a mirror that passes signatures on and has no keys',
    registry: 'keyless',
    serve: signing(),
    npm: 'stops EMISSINGSIGNATUREKEY',
    ours: ours('no-keys'),
  },
];
