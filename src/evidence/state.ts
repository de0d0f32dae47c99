/** The closed set of outcomes of evidence (design, section 5): a reason says what was found, and decides the state. */

export const EVIDENCE_STATES = ['invalid', 'missing', 'unavailable', 'unbound', 'unchecked', 'verified'] as const;
export type EvidenceState = (typeof EVIDENCE_STATES)[number];

/** `publish`: the registry's own attestation that it published these bytes. `provenance`: who built them from what. */
export const EVIDENCE_KINDS = ['signature', 'publish', 'provenance'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export const REASONS = {
  verified: 'verified',
  /** The signature is right; when it was published is not known, so the end of the key could not be compared. */
  'verified-undated': 'verified',

  /** No signature by a known key is right. */
  'bad-signature': 'invalid',
  /** Right for the digest the registry serves, not for the one locked: the lock entry is not what was published. */
  'other-digest': 'invalid',
  /** Right for the name or version that the manifest gives itself, not for the one locked. */
  replayed: 'invalid',
  'unknown-key': 'invalid',
  'key-expired': 'invalid',
  'key-not-yet-valid': 'invalid',
  /** Entries without a key id or a signature. */
  malformed: 'invalid',
  /** The lockfile accepts other bytes too: it gives several sha512 digests and not all of them are signed. */
  'several-digests': 'invalid',
  /** The bundle is malformed, or its signature, certificate, log entry or time is wrong. */
  'bad-bundle': 'invalid',
  'wrong-subject': 'invalid',
  'wrong-digest': 'invalid',
  /** The predicate type outside the envelope is not the one inside, which alone is signed. */
  'predicate-differs': 'invalid',
  /** The key id of the envelope is not the one of the key that verified it. */
  'key-differs': 'invalid',
  /** A publish statement not signed by a registry key, or a provenance not signed by a certificate. */
  'wrong-signer': 'invalid',
  /** The certificate's identity is not the one the predicate tells of. */
  'identity-differs': 'invalid',

  /** The registry signs, and this release has no signature. */
  'not-signed': 'missing',
  'not-attested': 'missing',
  /** The registry advertises attestations and does not have them. */
  'not-served': 'missing',

  'no-keys': 'unavailable',
  /** Nothing the registry served carries any. */
  'none-served': 'unavailable',
  'package-unknown': 'unavailable',
  'version-unknown': 'unavailable',

  /** No digest, or none of the bytes that get installed. */
  'no-digest': 'unbound',
  /** Only digests weaker than sha512, which nothing signs. */
  'weak-digest': 'unbound',
  /** Yarn Berry's checksum, taken over an archive of its own. */
  'own-checksum': 'unbound',
  git: 'unbound',
  url: 'unbound',
  'first-party': 'unbound',
  /** Ships inside the tarball of another package. */
  bundled: 'unbound',

  'not-asked': 'unchecked',
  offline: 'unchecked',
  /** The registry did not answer after retries; the run is incomplete. */
  failed: 'unchecked',
  /** Signed by a key that is not among those of an earlier run or of the library, and newer ones could not be had. */
  'stale-keys': 'unchecked',
  /** A bundle, predicate or log format newer than this program. */
  unsupported: 'unchecked',
  /** Not a package of an npm registry. */
  ecosystem: 'unchecked',
} as const satisfies Record<string, EvidenceState>;
export type Reason = keyof typeof REASONS;

export interface Verdict {
  readonly reason: Reason;
  /** What exactly, for a reader: a library's error code, what was found instead. Untrusted text. */
  readonly detail?: string;
  /** Id of the registry key that vouches, where one does. */
  readonly key?: string;
}

export function stateOf(verdict: Verdict): EvidenceState {
  return REASONS[verdict.reason];
}
