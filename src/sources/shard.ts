/** Parts of what sources name, so that several machines each read one (docs/snapshot.md). Pure. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';

export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/**
 * Whether a file of a directory on disk is in a shard: by the hash of its directory, so that nothing moves where something
 * else is added, and lockfiles of one directory stay together. Every file is in exactly one.
 *
 * @param file POSIX path as reports name it
 */
export function isInShard(file: string, shard: Shard): boolean {
  return isOfShard(posix.dirname(file), shard);
}

/**
 * Whether a repository is in a shard, which is known before it is asked for anything. Every one is in exactly one, with all
 * that it holds.
 *
 * @param place what its source, or the list of its owner, calls it: `git.example/acme/pay`
 */
export function isRepositoryInShard(place: string, shard: Shard): boolean {
  return isOfShard(place, shard);
}

function isOfShard(name: string, { index, of }: Shard): boolean {
  const hash = createHash('sha256').update(name).digest();
  return hash.readUIntBE(0, 6) % of === index - 1;
}
