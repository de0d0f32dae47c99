/**
 * HEAD and branches of a repository on this machine, read without git: its own configuration, which may name programs, is
 * never looked at. https://git-scm.com/docs/gitrepository-layout
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { isObjectId } from '../remote/blobs.ts';
import { RepositoryFailure } from '../remote/repository.ts';
import { isRef } from './address.ts';
import type { Head } from './history.ts';

const MOST_BYTES = 64 * 1024 * 1024;
/** Walked of one repository. */
export const MOST_BRANCHES = 10_000;
const MOST_HOPS = 5;

/** Where git keeps what it knows of a repository. */
export interface OnDisk {
  /** Of the worktree. */
  readonly gitDirectory: string;
  /** Of all its worktrees. */
  readonly commonDirectory: string;
  readonly objects: string;
}

/** @throws RepositoryFailure where it is none that can be read */
export function onDisk(gitDirectory: string): OnDisk {
  const common = contentOf(join(gitDirectory, 'commondir'))?.trim();
  const commonDirectory = common === undefined ? gitDirectory : resolve(gitDirectory, common);
  const objects = join(commonDirectory, 'objects');
  if (!isDirectory(objects)) throw new RepositoryFailure('unreachable', 'it has no objects');
  return { gitDirectory, commonDirectory, objects: realpathSync(objects) };
}

/** What HEAD is at: a ref, a commit, or a ref and its commit where it has one. undefined where HEAD cannot be read. */
export function headRef(
  disk: Pick<OnDisk, 'gitDirectory' | 'commonDirectory'>,
): { readonly ref: string | undefined; readonly commit: string | undefined } | undefined {
  const text = contentOf(join(disk.gitDirectory, 'HEAD'))?.trim() ?? '';
  if (isObjectId(text)) return { ref: undefined, commit: text };
  const ref = /^ref: ?(\S+)$/.exec(text)?.[1];
  if (ref === undefined || !ref.startsWith('refs/') || !isRef(ref)) return undefined;
  return { ref, commit: resolvedRef(disk, ref, packedRefs(disk), MOST_HOPS) };
}

/** @throws RepositoryFailure `empty` where nothing is committed */
export function headOf(disk: OnDisk): Head {
  if (existsSync(join(disk.commonDirectory, 'reftable'))) {
    throw new RepositoryFailure('unreachable', 'its branches are kept in a reftable');
  }
  const head = headRef(disk);
  if (head === undefined) throw new RepositoryFailure('unreachable', 'its HEAD cannot be read');
  const { ref, commit } = head;
  if (commit === undefined) throw new RepositoryFailure('empty');
  return { branch: ref?.replace(/^refs\/heads\//, ''), commit };
}

/**
 * Branches of the repository, and those it fetched that are not the same, by name; the first ones where there are too many.
 *
 * @returns `more`: how many are left out
 */
export function branchesOf(disk: OnDisk): { readonly heads: readonly Head[]; readonly more: number } {
  const packed = packedRefs(disk);
  const names = new Set<string>();
  for (const name of packed.keys()) if (isBranch(name)) names.add(name);
  for (const kind of ['refs/heads', 'refs/remotes']) looseRefs(disk.commonDirectory, kind, names, 0);
  const wanted = [...names].sort();
  const commits = new Map(
    wanted.slice(0, MOST_BRANCHES).map((name) => [name, resolvedRef(disk, name, packed, MOST_HOPS)] as const),
  );
  const heads = [...commits].flatMap(([name, commit]): Head[] => {
    const own = name.replace(/^refs\/remotes\/[^/]+\//, 'refs/heads/');
    if (commit === undefined || (own !== name && commits.get(own) === commit)) return [];
    return [{ branch: name.replace(/^refs\/(?:heads|remotes)\//, ''), commit }];
  });
  return { heads, more: Math.max(0, wanted.length - MOST_BRANCHES) };
}

/** Commits whose parents were not cloned. */
export function shallowOf({ commonDirectory }: OnDisk): ReadonlySet<string> {
  const text = contentOf(join(commonDirectory, 'shallow')) ?? '';
  return new Set(text.split('\n').filter(isObjectId));
}

function isBranch(name: string): boolean {
  // What a remote has as its HEAD is one of its branches.
  return /^refs\/(?:heads|remotes)\//.test(name) && !/^refs\/remotes\/[^/]+\/HEAD$/.test(name);
}

function looseRefs(directory: string, ref: string, into: Set<string>, depth: number): void {
  if (depth > 100 || into.size > MOST_BRANCHES || !isDirectory(join(directory, ref))) return;
  for (const entry of readdirSync(join(directory, ref), { withFileTypes: true })) {
    const name = `${ref}/${entry.name}`;
    if (entry.isDirectory()) looseRefs(directory, name, into, depth + 1);
    else if (entry.isFile() && isRef(name) && isBranch(name)) into.add(name);
  }
}

function resolvedRef(
  disk: Pick<OnDisk, 'gitDirectory' | 'commonDirectory'>,
  ref: string,
  packed: ReadonlyMap<string, string>,
  hops: number,
): string | undefined {
  if (hops === 0 || !ref.startsWith('refs/') || !isRef(ref)) return undefined;
  const { gitDirectory, commonDirectory } = disk;
  const text = (contentOf(join(gitDirectory, ref)) ?? contentOf(join(commonDirectory, ref)))?.trim();
  if (text === undefined) return packed.get(ref);
  const next = /^ref: ?(\S+)$/.exec(text)?.[1];
  if (next !== undefined) return resolvedRef(disk, next, packed, hops - 1);
  return isObjectId(text) ? text : undefined;
}

function packedRefs({ commonDirectory }: Pick<OnDisk, 'commonDirectory'>): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of (contentOf(join(commonDirectory, 'packed-refs')) ?? '').split('\n')) {
    const [id = '', name = ''] = line.trim().split(' ');
    if (isObjectId(id)) refs.set(name, id);
  }
  return refs;
}

/** Text of a regular file, and nothing of what a link leads to; a pipe is not waited for. */
export function contentOf(file: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(handle);
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    const bytes = Buffer.alloc(found.size);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, found.size, 0));
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Where the `.git` of a directory leads: itself, or the directory that a file of this name points at. */
export function gitDirectoryOf(dotGit: string): string | undefined {
  try {
    const found = lstatSync(dotGit);
    if (found.isDirectory()) return realpathSync(dotGit);
    const to = /^gitdir: (.+)$/m.exec(contentOf(dotGit) ?? '')?.[1];
    return to === undefined ? undefined : realpathSync(resolve(dotGit, '..', to.trimEnd()));
  } catch {
    return undefined;
  }
}

/** Whether a directory that a `.git` file leads to knows of that file: a worktree is named by the repository it is of. */
export function pointsBack(gitDirectory: string, dotGit: string): boolean {
  const back = contentOf(join(gitDirectory, 'gitdir'))?.trim();
  try {
    return back !== undefined && realpathSync(resolve(gitDirectory, back)) === realpathSync(dotGit);
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
