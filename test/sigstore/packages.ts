/** Packuments of a made registry, as npm registries write the full ones. */
import { createHash } from 'node:crypto';
import { REGISTRY, SLSA_V1 } from './instance.ts';

/** What is left out is not in the manifest either, unless said otherwise. */
export interface MadeRelease {
  readonly version: string;
  /** dist.integrity; of a tarball made of name and version unless told. null: none. */
  readonly integrity?: string | null;
  /** dist.signatures; none unless told. */
  readonly signatures?: readonly unknown[];
  /** Whether attestations are advertised; text: with this predicate type of the provenance. */
  readonly attested?: boolean | string;
  /** ISO 8601, in the packument's `time`. */
  readonly published?: string;
  /** Id of the trusted publisher: github. */
  readonly trustedPublisher?: string;
  readonly repository?: string | { readonly type?: string; readonly url: string; readonly directory?: string };
  /** Other members of the manifest, which replace those made: another name, dependencies. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

export interface MadePackage {
  readonly name: string;
  /** In the order of publishing; the last one is `latest`. */
  readonly releases: readonly MadeRelease[];
}

/** The integrity of a made tarball. */
export const sha512Of = (text: string): string => `sha512-${createHash('sha512').update(text).digest('base64')}`;

/** A scope's slash is encoded, its at sign is not. */
const inPath = (name: string) => name.replace('/', '%2f');

export interface MadeRegistry {
  /** With a trailing slash. */
  readonly url: string;
  /** As JSON; to be spoiled by a test or sent as it is. */
  packument(described: MadePackage): Record<string, unknown>;
  /** Where the registry serves the attestations of a release: URL. */
  attestationsUrl(name: string, version: string): string;
}

/** @param url the registry's, with or without a trailing slash */
export function madeRegistry(url: string = REGISTRY): MadeRegistry {
  const base = `${url.replace(/\/+$/, '')}/`;
  const attestationsUrl = (name: string, version: string) => `${base}-/npm/v1/attestations/${inPath(name)}@${version}`;

  function manifest(name: string, release: MadeRelease): Record<string, unknown> {
    const { version, integrity = sha512Of(`${name}@${version}`), signatures, repository } = release;
    return {
      name,
      version,
      ...(repository !== undefined && { repository }),
      _id: `${name}@${version}`,
      _npmUser: publisher(release.trustedPublisher),
      dist: {
        ...(integrity !== null && { integrity }),
        shasum: createHash('sha1').update(`${name}@${version}`).digest('hex'),
        tarball: `${base}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`,
        fileCount: 3,
        unpackedSize: 1234,
        ...(release.attested && {
          attestations: {
            url: attestationsUrl(name, version),
            provenance: { predicateType: release.attested === true ? SLSA_V1 : release.attested },
          },
        }),
        ...(signatures !== undefined && { signatures }),
      },
      ...release.manifest,
    };
  }

  function packument({ name, releases }: MadePackage): Record<string, unknown> {
    const latest = releases.at(-1);
    const times = releases.flatMap(({ version, published }) => (published === undefined ? [] : [[version, published]]));
    const dates = times.map(([, published]) => published).sort();
    return {
      _id: name,
      _rev: '1-made',
      name,
      'dist-tags': { ...(latest !== undefined && { latest: latest.version }) },
      versions: Object.fromEntries(releases.map((release) => [release.version, manifest(name, release)])),
      // A mirror that knows no times has none of them.
      ...(times.length > 0 && {
        time: Object.fromEntries([['created', dates[0]], ['modified', dates.at(-1)], ...times]),
      }),
      maintainers: [{ name: 'maker', email: 'maker@acme.example' }],
      ...(latest?.repository !== undefined && { repository: latest.repository }),
      readme: '',
    };
  }

  return { url: base, packument, attestationsUrl };
}

function publisher(trusted: string | undefined) {
  if (trusted === undefined) return { name: 'maker', email: 'maker@acme.example' };
  const trustedPublisher = { id: trusted, oidcConfigId: 'oidc:8f45378a-d953-4dff-96dc-dc77da57f198' };
  return { name: 'GitHub Actions', email: 'oidc-no-reply@github.example', trustedPublisher };
}
