/** Where pnpm takes the bytes of a package from, by its resolution. */
import { posix } from 'node:path';
import type { SourceKind } from '../../graph/model.ts';
import type { PackageEntry, Place } from './file.ts';

export interface Origin {
  readonly source: SourceKind;
  readonly resolved: string | undefined;
}

const REGISTRY: Origin = { source: 'registry', resolved: undefined };

/** The archives that pnpm's git resolver downloads instead of cloning: repository and commit are in the URL. */
const GIT_ARCHIVES: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [
    /^https:\/\/codeload\.github\.com\/([^/]+\/[^/]+)\/tar\.gz\/([^/]+)$/,
    (m) => `https://github.com/${m[1]}.git#${m[2]}`,
  ],
  [
    /^https:\/\/bitbucket\.org\/([^/]+\/[^/]+)\/get\/(.+)\.tar\.gz$/,
    (m) => `https://bitbucket.org/${m[1]}.git#${m[2]}`,
  ],
  [
    /^https:\/\/gitlab\.com\/api\/v4\/projects\/([^/]+)\/repository\/archive\.tar\.gz\?(?:ref|sha)=([^&]+)$/,
    (m) => `https://gitlab.com/${m[1]!.replace(/%2f/i, '/')}.git#${m[2]}`,
  ],
];

/** @param isRegistry the key names a version of a registry */
export function originOf(entry: PackageEntry | undefined, key: string, isRegistry: boolean): Origin {
  return originOfPlace(entry?.place, isRegistry) ?? (isRegistry ? REGISTRY : originOfKey(key));
}

function originOfPlace(place: Place | undefined, isRegistry: boolean): Origin | undefined {
  if (place === undefined) return undefined;
  const { tarball, directory, repository, commit } = place;
  if (tarball !== undefined) return originOfTarball(tarball, place, isRegistry);
  if (directory !== undefined) return { source: 'file', resolved: posix.normalize(directory) };
  if (repository !== undefined) return { source: 'git', resolved: withCommit(repository, commit) };
  return undefined;
}

function originOfTarball(tarball: string, place: Place, isRegistry: boolean): Origin {
  if (tarball.startsWith('file:')) return { source: 'file', resolved: posix.normalize(tarball.slice('file:'.length)) };
  for (const [pattern, repository] of GIT_ARCHIVES) {
    const match = pattern.exec(tarball);
    if (match) return { source: 'git', resolved: repository(match) };
  }
  if (place.isGitHosted) return { source: 'git', resolved: tarball };
  return { source: isRegistry ? 'registry' : 'url', resolved: absolute(tarball, place.registry) };
}

function withCommit(repository: string, commit: string | undefined): string {
  return commit === undefined ? repository : `${repository}#${commit}`;
}

/** Up to 5.x a tarball may be relative to the registry beside it. */
function absolute(tarball: string, registry: string | undefined): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(tarball)) return tarball;
  if (registry === undefined || !URL.canParse(tarball, registry)) return undefined;
  return new URL(tarball, registry).href;
}

/** Peers behind a path: `(peer@1)` or, up to 5.x, `_peer@1` or a hash of them. */
const PATH_SUFFIX = /\(.*$|_(?:[0-9a-f]{32}|[^/]*@[^/]*)$/s;

/** An entry without a usable resolution: the key says at least what kind of place it is. */
function originOfKey(key: string): Origin {
  const at = key.indexOf('@', 1);
  const place = key.startsWith('file:') || at === -1 ? key : key.slice(at + 1);
  if (!place.startsWith('file:')) return { source: 'url', resolved: undefined };
  return { source: 'file', resolved: posix.normalize(place.slice('file:'.length).replace(PATH_SUFFIX, '')) };
}
