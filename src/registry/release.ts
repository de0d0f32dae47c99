/**
 * What a registry says of a package and its releases, with its shape checked. Nothing in it is signed: a verdict says what
 * of it could be verified.
 */

/** One entry of `dist.signatures`; a malformed entry keeps its place with what of it could be read. */
export interface SignatureEntry {
  readonly keyid: string | undefined;
  /** DER ECDSA signature, base64. */
  readonly sig: string | undefined;
}

export interface Release {
  /** The name and version its manifest gives itself, which need not be those it was asked for by. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** `dist.integrity`, Subresource Integrity text. */
  readonly integrity: string | undefined;
  readonly signatures: readonly SignatureEntry[];
  /** Whether the registry advertises attestations (`dist.attestations`). */
  readonly attested: boolean;
  /** When it was published by the registry's account (ISO 8601, `time`); undefined where the registry leaves it out. */
  readonly published: string | undefined;
  /** The trusted publisher (`_npmUser.trustedPublisher.id`, e.g. github). */
  readonly trustedPublisher: string | undefined;
  /** Source repository its manifest declares, as written. */
  readonly repository: string | undefined;
  /** What its manifest depends on, optional dependencies too: name to range, as written. */
  readonly dependencies: ReadonlyMap<string, string>;
}

/** How a release compares with those of its release line that were published before it. */
export interface History {
  /** The release of the same line with the highest version below this one that was published before it. */
  readonly predecessor: string | undefined;
  /** What an earlier release of the line had and this one has not, and the release that had it last. */
  readonly lost: { readonly what: 'trusted-publishing' | 'provenance'; readonly since: string } | undefined;
  /** The predecessor's declared repository, where it is another one than this release declares. */
  readonly repositoryBefore: string | undefined;
}

/** Every release of a package as the registry lists them. */
export interface Packument {
  readonly name: string;
  readonly releases: ReadonlyMap<string, Release>;
  /** Every account that may publish it now, sorted; undefined where the registry does not say. */
  readonly maintainers: readonly string[] | undefined;
  /** By release line (lines.ts): the highest version the registry lists. */
  readonly newest: ReadonlyMap<string, string>;
  /** Versions by their tags (`dist-tags`). */
  readonly tags: ReadonlyMap<string, string>;
}
