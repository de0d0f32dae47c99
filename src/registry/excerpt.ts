/**
 * What of a packument is kept between runs: the releases asked for and those of their release lines, in the registry's own
 * shape, so that one parser reads both and a release's history is worked out anew. Pure.
 */
import { releaseLine } from './lines.ts';
import type { Packument, Release } from './release.ts';

export interface Excerpt {
  readonly name: string;
  readonly maintainers?: readonly { readonly name: string }[];
  readonly time: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, unknown>>;
}

export function excerptOf({ name, releases, maintainers }: Packument, wanted: ReadonlySet<string>): Excerpt {
  const lines = new Set([...wanted].map((version) => releaseLine(version) ?? version));
  const kept = [...releases].filter(([version]) => lines.has(releaseLine(version) ?? version));
  // fromEntries defines, so that a version named __proto__ is an ordinary one.
  return {
    name,
    ...(maintainers && { maintainers: maintainers.map((account) => ({ name: account })) }),
    time: Object.fromEntries(
      kept.flatMap(([version, { published }]) => (published === undefined ? [] : [[version, published]])),
    ),
    versions: Object.fromEntries(kept.map(([version, release]) => [version, manifestOf(release)])),
  };
}

/** Whether what is kept of a release will not change: a published release keeps its bytes and its signature. */
export function isSettled(release: Release | undefined): release is Release {
  return release?.integrity !== undefined && release.signatures.length > 0;
}

function manifestOf(release: Release): unknown {
  const { name, version, integrity, signatures, attested, trustedPublisher, repository } = release;
  return {
    name,
    version,
    dist: { integrity, signatures, ...(attested ? { attestations: {} } : {}) },
    ...(trustedPublisher === undefined ? {} : { _npmUser: { trustedPublisher: { id: trustedPublisher } } }),
    repository,
  };
}
