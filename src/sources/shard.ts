/** Slices of what was found, so that several machines each read a part (docs/snapshot.md). Pure. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { SourceContent } from './source.ts';

export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/**
 * Whether a file is in a shard: by the hash of its directory, so that nothing moves where something else is added, and
 * lockfiles of one directory stay together. Every file is in exactly one.
 *
 * @param file POSIX path as reports name it
 */
export function isInShard(file: string, { index, of }: Shard): boolean {
  const hash = createHash('sha256').update(posix.dirname(file)).digest();
  return hash.readUIntBE(0, 6) % of === index - 1;
}

/** What was found, and where each part of it stands among all that was: what shards are joined by. */
export interface Slice extends SourceContent {
  /** Paths of lockfiles that are there, or may be, and cannot be read: they count as services all the same. */
  readonly unread: readonly string[];
  /** SHA-256 over the paths of all lockfiles found, in order: equal in the shards of one scan. */
  readonly digest: string;
  /** Of `unread`, then of `lockfiles`. */
  readonly positions: readonly number[];
  /** Of `diagnostics`. */
  readonly diagnosticPositions: readonly number[];
  /** Lockfiles found in all. */
  readonly found: number;
}

/** Takes a shard of what was found; all of it without one. */
export function sliceOf(content: SourceContent, shard: Shard | undefined): Slice {
  const isIn = (file: string): boolean => shard === undefined || isInShard(file, shard);
  const unsupported = content.diagnostics.filter(({ code }) => code === 'LOCKFILE_UNSUPPORTED');
  const unread = [...unsupported.map(({ file }) => file), ...(content.unread ?? [])];
  const paths = [...unread, ...content.lockfiles.map(({ path }) => path)];
  return {
    unread: unread.filter(isIn),
    lockfiles: content.lockfiles.filter(({ path }) => isIn(path)),
    diagnostics: content.diagnostics.filter(({ file }) => isIn(file)),
    digest: digestOfPaths(paths),
    positions: [...paths.keys()].filter((at) => isIn(paths[at]!)),
    diagnosticPositions: [...content.diagnostics.keys()].filter((at) => isIn(content.diagnostics[at]!.file)),
    found: paths.length,
  };
}

export function digestOfPaths(paths: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(paths)).digest('hex');
}
