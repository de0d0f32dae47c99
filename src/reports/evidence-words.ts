/** How reports name the kinds of evidence and their outcomes. */
import type { EvidenceKind, Reason } from '../evidence/state.ts';

export const KIND_NAMES: Readonly<Record<EvidenceKind, string>> = {
  signature: 'registry signature',
  publish: 'publish attestation',
  provenance: 'provenance',
};

const WORDS: Readonly<Record<Reason, string>> = {
  verified: 'verified',
  'verified-undated': 'verified; when it was published is not known, so the end of the key could not be compared',
  'bad-signature': 'no signature is right for the locked name, version and digest',
  'other-digest': 'the registry signed other bytes than the lockfile pins',
  replayed: 'the signature is of another package or version',
  'unknown-key': 'signed by a key that is not among those trusted',
  'key-expired': 'signed by a key that had ended when it was published',
  'key-not-yet-valid': 'signed by a key that was not valid yet when it was published',
  malformed: 'the registry serves a malformed signature',
  'several-digests': 'the lockfile accepts other bytes too, which are not signed',
  'bad-bundle': 'the bundle does not verify',
  'wrong-subject': 'it is of another package or version',
  'wrong-digest': 'it is of other bytes than the lockfile pins',
  'predicate-differs': 'its type is not the one that was signed',
  'key-differs': 'it names another key than the one that signed it',
  'wrong-signer': 'it is not signed by who may sign it',
  'identity-differs': 'the certificate is of another build than it tells of',
  'not-signed': 'the registry signs, and this release has no signature',
  'not-attested': 'published without attestation',
  'not-served': 'the registry advertises attestations and does not have them',
  'no-keys': 'the registry has no keys to check it with',
  'none-served': 'the registry serves none for any release',
  'package-unknown': 'the registry does not know the package',
  'version-unknown': 'the registry does not know the version',
  'no-digest': 'the lockfile has no digest of it',
  'weak-digest': 'the lockfile has no sha512 of it',
  'own-checksum': "the lockfile's checksum is of an archive of its package manager's own",
  git: 'from a git repository',
  url: 'from a URL',
  'first-party': 'your own code',
  bundled: 'ships inside another package',
  'not-asked': 'not asked for',
  offline: 'offline, and not kept from an earlier run',
  failed: 'the registry did not answer',
  'stale-keys': 'signed by a key newer than the keys at hand',
  unsupported: 'a format newer than this program',
  ecosystem: 'not a package of an npm registry',
};

export function reasonText(reason: Reason): string {
  return WORDS[reason];
}
