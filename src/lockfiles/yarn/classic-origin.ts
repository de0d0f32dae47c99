/** What an entry of a Yarn 1 lockfile is: its real name, where its bytes come from and their digests. */
import { posix } from 'node:path';
import type { NodeFields } from '../../graph/builder.ts';
import type { ClassicEntry } from './classic-text.ts';
import { sha1Sri } from './sha1-sri.ts';

type Kind = 'registry' | 'git' | 'url' | 'file' | 'link';

const GIT_URL = /^git[+:@]|^ssh:|^https?:.+\.git(?:#|$)/;
/** A repository's page on a host that Yarn 1 knows stands for the repository (its GitResolver). */
const GIT_PAGE =
  /^[a-z+]+:\/\/(?:[^/@]*@)?(?:github\.com|gitlab\.com|bitbucket\.com|bitbucket\.org)\/[^/]+\/[^/#]+\/?(?:#|$)/;
const GIT_SHORTCUT = /^(?:github|gitlab|bitbucket|gist):|^[^:@%/\s.-][^:@%/\s]*\/[^:@\s/%]+(?:#.*)?$/;
const COMMIT = /[0-9a-f]{40}/;

/** The node of an entry: its name, source and digests, read from its patterns and fields. */
export function entryNode(entry: ClassicEntry): NodeFields {
  let kind: Kind = 'registry';
  let wanted = '';
  let alias: string | undefined;
  for (const { range } of entry.patterns) {
    if (range === undefined || isPlainRange(range.charCodeAt(0))) continue;
    alias ??= aliasedName(range);
    if (kind !== 'registry') continue;
    kind = kindOf(range);
    wanted = range;
  }
  const name = alias ?? (entry.name || entry.patterns[0]!.name || guessedName(wanted));
  if (kind === 'link' || kind === 'file') return localNode(entry, name, kind, wanted);
  const resolved = entry.resolved || undefined;
  if (resolved === undefined) return node(entry, name, kind, undefined, entry.integrity || undefined);
  const hash = resolved.indexOf('#');
  const url = hash === -1 ? resolved : resolved.slice(0, hash);
  if (!isTarball(url) && isGit(resolved)) return node(entry, name, 'git', resolved, entry.integrity || undefined);
  const integrity = integrityOf(entry.integrity, resolved, hash + 1);
  return node(entry, name, kind, kind === 'git' ? withCommit(url) : url, integrity);
}

function node(
  { key, version }: ClassicEntry,
  name: string,
  source: Kind,
  resolved: string | undefined,
  integrity: string | undefined,
): NodeFields {
  return { key, ecosystem: 'npm', name, version, source, integrity, resolved };
}

/** A quick yes for what nearly all ranges start with: a digit or one of ^ ~ > < = *, or nothing. */
function isPlainRange(first: number): boolean {
  if (first >= 48 && first <= 57) return true;
  return first === 94 || first === 126 || (first >= 60 && first <= 62) || first === 42 || Number.isNaN(first);
}

function aliasedName(range: string): string | undefined {
  if (!range.startsWith('npm:') && !range.startsWith('yarn:')) return undefined;
  const target = range.slice(range.indexOf(':') + 1);
  if (target === '' || isPlainRange(target.charCodeAt(0))) return undefined;
  const at = target.indexOf('@', 1);
  return at === -1 ? target : target.slice(0, at);
}

/** As Yarn 1 picks the resolver of a range, in its order: git, tarball, hosted git, file, link, registry. */
function kindOf(range: string): Kind {
  if (range.startsWith('npm:') || range.startsWith('yarn:')) return 'registry';
  if (isGit(range)) return 'git';
  if (/^https?:\/\//.test(range)) return 'url';
  if (range.startsWith('link:')) return 'link';
  if (range.startsWith('file:') || /^\.{0,2}\/|\.tgz$|\.tar\.gz$/.test(range)) return 'file';
  return GIT_SHORTCUT.test(range) ? 'git' : 'registry';
}

function isGit(url: string): boolean {
  return GIT_URL.test(url) || GIT_PAGE.test(url);
}

/** The last part of a URL or path without what is no name: query, fragment, ending, version. */
function guessedName(url: string): string {
  const path = url.replace(/[?#].*$/s, '').replace(/\/$/, '');
  const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
  const bare = last.replace(/\.git$|\.tgz$|\.tar(?:\.gz)?$/, '');
  return bare.replace(/-\d+\.\d+\.\d+.*$/, '') || bare;
}

function localNode(entry: ClassicEntry, name: string, kind: Kind, range: string): NodeFields {
  const { resolved, integrity } = entry;
  if (!resolved) return node(entry, name, kind, localPath(range), integrity || undefined);
  const hash = resolved.indexOf('#');
  const path = localPath(hash === -1 ? resolved : resolved.slice(0, hash));
  return node(entry, name, kind, path, integrityOf(integrity, resolved, hash + 1));
}

/** POSIX, without the protocol, './' in front and '/' at the end; '' for the lockfile's own directory. */
function localPath(range: string): string {
  const path = posix.normalize(range.replace(/^(?:file|link):/, '').replaceAll('\\', '/'));
  return path === '.' || path === './' ? '' : path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** What nearly every registry URL ends with: a quick no to the question whether it is a repository. */
function isTarball(url: string): boolean {
  return url.endsWith('.tgz') && url.startsWith('http');
}

/** Archives of hosted repositories name the commit somewhere in their path. */
function withCommit(url: string): string {
  const commit = COMMIT.exec(url)?.[0];
  return commit === undefined ? url : `${url}#${commit}`;
}

/** Yarn 1 writes the SHA-1 of a tarball behind its URL, from `at` on; older files have no other digest. */
function integrityOf(sri: string | undefined, resolved: string, at: number): string | undefined {
  if (at === 0 || resolved.length - at !== 40 || (sri && holdsSha1(sri))) return sri || undefined;
  const sha1 = sha1Sri(resolved, at);
  if (sha1 === undefined) return sri || undefined;
  return sri ? `${sri} ${sha1}` : sha1;
}

function holdsSha1(sri: string): boolean {
  // Nearly all are one SHA-512, which has this length, and need no search.
  if (sri.length === 95 && sri.startsWith('sha512-')) return false;
  return sri.includes('sha1-');
}
