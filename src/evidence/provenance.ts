/** Who built a release, from what: the verified content of a provenance attestation. */

export interface Provenance {
  /** SLSA predicate type. */
  readonly predicateType: string;
  /** https URL of the source repository, without `.git`. */
  readonly repository: string;
  /** https URL of its owner. */
  readonly owner: string;
  /** The host's numeric ids of repository and owner, which outlive renames; undefined where the attestation has none. */
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
  /** Commit built, hex. */
  readonly commit: string | undefined;
  /** Git ref built: refs/tags/v1.2.3. */
  readonly ref: string | undefined;
  /** Path of the workflow in its repository. */
  readonly workflow: string | undefined;
  /** The build platform as the attestation names it. */
  readonly builder: string;
  /** The identity in the certificate: OIDC issuer and subject alternative name. */
  readonly issuer: string;
  readonly identity: string;
  /** When the transparency log, or a timestamp authority, saw it; ISO 8601. */
  readonly loggedAt: string | undefined;
}
