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
  readonly newest: Readonly<Record<string, string>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
}

export function excerptOf(packument: Packument, wanted: ReadonlySet<string>): Excerpt {
  const { name, releases, maintainers, newest, tags } = packument;
  const lines = new Set([...wanted].map((version) => releaseLine(version) ?? version));
  const kept = [...releases].filter(([version]) => lines.has(releaseLine(version) ?? version));
  // fromEntries defines, so that a version named __proto__ is an ordinary one.
  return {
    name,
    ...(maintainers && { maintainers: maintainers.map((account) => ({ name: account })) }),
    time: Object.fromEntries(
      kept.flatMap(([version, { published }]) => (published === undefined ? [] : [[version, published]])),
    ),
    versions: Object.fromEntries(kept.map(([version, release]) => [version, manifestOf(release, wanted.has(version))])),
    newest: Object.fromEntries(newest),
    'dist-tags': Object.fromEntries(tags),
  };
}

/** Whether what is kept of a release will not change: a published release keeps its bytes and its signature. */
export function isSettled(release: Release | undefined): release is Release {
  return release?.integrity !== undefined && release.signatures.length > 0;
}

/** @param whole whether what it depends on is kept too */
function manifestOf(release: Release, whole: boolean): unknown {
  const { name, version, integrity, signatures, attested, trustedPublisher, repository, dependencies } = release;
  return {
    name,
    version,
    dist: { integrity, signatures, ...(attested ? { attestations: {} } : {}) },
    ...(trustedPublisher === undefined ? {} : { _npmUser: { trustedPublisher: { id: trustedPublisher } } }),
    repository,
    ...(whole && dependencies.size > 0 ? { dependencies: Object.fromEntries(dependencies) } : {}),
  };
}
