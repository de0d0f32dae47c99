/**
 * What a scan found, or one shard of it, and where each part stands: what shards are joined by. A shard does not know what
 * is in the repositories of the others, but it does know which there are. So a lockfile on disk has a place of its own, and
 * those of a repository share its place, in their order. Pure.
 */
import { createHash } from 'node:crypto';
import type { Diagnostic } from '../diagnostics.ts';
import type { RemoteContent } from './remote/open.ts';
import { isInShard, type Shard } from './shard.ts';
import type { FoundLockfile, SourceContent } from './source.ts';

export interface Slice {
  /** Paths of lockfiles that are there, or may be, and cannot be read: they count as services all the same. */
  readonly unread: readonly string[];
  readonly lockfiles: readonly FoundLockfile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Of `unread`, then of `lockfiles`: ascending; only what is of one repository shares a place. */
  readonly positions: readonly number[];
  /** Of `diagnostics`; the same. */
  readonly diagnosticPositions: readonly number[];
  /** Places there are in all shards together; every position is below. */
  readonly places: number;
  /** SHA-256 over what was found on disk and which repositories there are: equal in the shards of one scan. */
  readonly digest: string;
}

/** @param here what was found on disk, by all shards alike; @param away what was listed, and read of it by this one */
export function sliceOf(here: SourceContent, away: RemoteContent, shard: Shard | undefined): Slice {
  const isIn = (file: string): boolean => shard === undefined || isInShard(file, shard);
  const [hidden, listed] = [unreadOf(here), away.lists.unread];
  const repositories = new Map(away.places.map((place, at) => [place, at]));
  const contents = away.contents.map((content) => ({ content, at: repositories.get(content.place)! }));
  const paths = here.lockfiles.map(({ path }) => path);
  const taken = new Set(paths);

  const unread = new Row<string>();
  for (const path of [...hidden, ...listed]) unread.addAlone(path, isIn(path));
  for (const { content, at } of contents) unread.addAt(at, unreadOf(content));
  const lockfiles = new Row<FoundLockfile>(unread.length + away.places.length);
  for (const lockfile of here.lockfiles) lockfiles.addAlone(lockfile, isIn(lockfile.path));
  for (const { content, at } of contents) {
    const others = content.lockfiles.filter(({ path }) => !taken.has(path));
    for (const { path } of others) taken.add(path);
    lockfiles.addAt(at, others);
  }
  const diagnostics = new Row<Diagnostic>();
  for (const each of [...here.diagnostics, ...away.lists.diagnostics]) diagnostics.addAlone(each, isIn(each.file));
  for (const { content, at } of contents) diagnostics.addAt(at, content.diagnostics);

  return {
    unread: unread.values,
    lockfiles: lockfiles.values,
    diagnostics: diagnostics.values,
    positions: [...unread.positions, ...lockfiles.positions],
    diagnosticPositions: diagnostics.positions,
    places: lockfiles.length + away.places.length,
    digest: digestOf([hidden, paths, listed, away.places]),
  };
}

/** Values in order: some alone in their places, then those of repositories. */
class Row<T> {
  readonly values: T[] = [];
  readonly positions: number[] = [];
  /** Places that were given to values alone, and where they began. */
  length: number;

  constructor(first = 0) {
    this.length = first;
  }

  addAlone(value: T, isIn: boolean): void {
    if (isIn) this.#add(value, this.length);
    this.length++;
  }

  /** @param at of the repository among all */
  addAt(at: number, values: readonly T[]): void {
    for (const value of values) this.#add(value, this.length + at);
  }

  #add(value: T, position: number): void {
    this.values.push(value);
    this.positions.push(position);
  }
}

function unreadOf({ diagnostics, unread = [] }: SourceContent): string[] {
  return [...diagnostics.filter(({ code }) => code === 'LOCKFILE_UNSUPPORTED').map(({ file }) => file), ...unread];
}

export function digestOf(lists: readonly (readonly string[])[]): string {
  return createHash('sha256').update(JSON.stringify(lists)).digest('hex');
}
