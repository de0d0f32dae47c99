/** Where the bytes of an SBOM component come from, by the URLs it carries. */
import { posix } from 'node:path';
import type { SourceKind } from '../../graph/model.ts';

export interface Source {
  readonly source: SourceKind;
  readonly resolved: string | undefined;
}

const GIT = /^(?:git\+|git:\/\/|ssh:\/\/|git@[^/]+:|(?:github|gitlab|bitbucket):|https?:\/\/[^?#]*\.git(?:[@#]|$))/i;
const ARCHIVE = /\.(?:tgz|tar|tar\.\w+|tbz2?|txz|zip|whl|egg|gem|crate|nupkg|[ejw]ar|aar|conda|deb|rpm|apk|phar)$/i;
/** Registries whose download URLs end in no file name: Cargo, NuGet, GitHub Packages, GitHub's tarballs. */
const DOWNLOAD = /\/download(?:\/|$)|\/api\/v2\/package\/|\/tar\.gz\//;
const REPOSITORY_TYPES = new Set(['github', 'gitlab', 'bitbucket']);

/**
 * The source of a component of an ecosystem.
 *
 * An http(s) URL counts only where it names a file: tools also write home pages and deploy repositories into these
 * fields. A git URL counts only with a revision (a purl's vcs_url is mostly the home repository), but for components of
 * no ecosystem, which have no registry to come from.
 *
 * @param urls distribution or download locations, the best known first
 */
export function sourceOf(ecosystem: string, qualifiers: ReadonlyMap<string, string>, urls: readonly string[]): Source {
  for (const url of [...urls, qualifiers.get('download_url'), qualifiers.get('vcs_url')]) {
    const source = url === undefined ? undefined : sourceOfUrl(ecosystem, url.trim());
    if (source !== undefined) return source;
  }
  return { source: REPOSITORY_TYPES.has(ecosystem) ? 'git' : 'registry', resolved: undefined };
}

function sourceOfUrl(ecosystem: string, url: string): Source | undefined {
  if (GIT.test(url)) return gitSource(ecosystem, url);
  if (/^file:/i.test(url)) return { source: 'file', resolved: relativePath(url.slice('file:'.length)) };
  if (!/^https?:\/\//i.test(url)) return undefined;
  const path = url.replace(/[?#].*$/s, '');
  if (!ARCHIVE.test(path) && !DOWNLOAD.test(path) && !(ecosystem === 'npm' && path.includes('/-/'))) return undefined;
  return { source: isRegistryUrl(ecosystem, path) ? 'registry' : 'url', resolved: url };
}

/** npm registries of all makes serve '<name>/-/<file>.tgz', GitHub Packages '/download/'; other npm URLs are tarballs by URL. */
function isRegistryUrl(ecosystem: string, path: string): boolean {
  if (ecosystem === 'npm') return path.includes('/-/') || path.includes('/download/');
  return ecosystem !== 'generic';
}

/** Git URLs as 'URL#revision', from npm's own form or SPDX's 'git+https://host/path@revision#directory'. */
function gitSource(ecosystem: string, url: string): Source | undefined {
  const hash = url.indexOf('#');
  const base = hash === -1 ? url : url.slice(0, hash);
  const slash = base.lastIndexOf('/');
  const at = base.lastIndexOf('@');
  if (slash !== -1 && at > slash) {
    return { source: 'git', resolved: `${base.slice(0, at)}#${base.slice(at + 1)}` };
  }
  if (hash !== -1 && hash < url.length - 1) return { source: 'git', resolved: url };
  return ecosystem === 'generic' ? { source: 'git', resolved: base } : undefined;
}

/** The place of what is an entry of the SBOM and nothing else: no other file has it, whatever it is called there. */
export function placeInside(sbom: string, id: string): string {
  return `${posix.basename(sbom)}#${encodeURIComponent(id.replace(/\p{Surrogate}/gu, '_'))}`;
}

/** A relative path, normalised; undefined for one that is absolute on the machine that wrote the SBOM. */
export function relativePath(path: string): string | undefined {
  if (path === '' || /^(?:[/\\]|[a-z]:)/i.test(path)) return undefined;
  return posix.normalize(path).replace(/^\.$|\/$/, '');
}
