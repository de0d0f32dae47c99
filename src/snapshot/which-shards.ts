/** Which shards of which scans snapshots are together. */
import type { UsageError } from '../errors.ts';
import { append } from '../lists.ts';
import type { Shards } from '../sources/origin.ts';
import { unusable } from './problem.ts';
import type { Stored } from './read.ts';

/** Two snapshots hold the same. */
export function double({ file }: Stored, what: string, before: Stored): UsageError {
  return unusable(file, `${what} is in ${before.file} too`);
}

/**
 * Which shards there are. A fleet of several scans is sharded where one of them is there in part; parts of several are no
 * whole, whatever their numbers are.
 *
 * @throws UsageError where one is there twice
 */
export function shardsOf(snapshots: readonly Stored[], isOneScan: boolean, all: boolean): Shards | undefined {
  const scans = new Map<string, number[]>();
  for (const [at, { info }] of snapshots.entries()) append(scans, info.digest, at);
  const isJoined = all || snapshots.length > 1;
  const found = [...scans.values()].flatMap((of) => shardsOfScan(snapshots, of, isJoined) ?? []);
  const partial = found.filter(({ of, have, mixed }) => mixed || have.length < of);
  if (partial.length <= 1) return partial[0] ?? (isOneScan ? found[0] : undefined);
  return mixed(partial);
}

/** @param of indices of its snapshots */
function shardsOfScan(snapshots: readonly Stored[], of: readonly number[], isJoined: boolean): Shards | undefined {
  const sharded = of.flatMap((at) => {
    const { shards } = snapshots[at]!.info;
    return shards ? [{ at, shards }] : [];
  });
  const [first] = sharded;
  if (first === undefined) return undefined;
  const isOneSplit = sharded.length === of.length && sharded.every(({ shards }) => shards.of === first.shards.of);
  if (!isOneSplit) return mixed(sharded.map(({ shards }) => shards));
  const from = new Map<number, number>();
  for (const { at, shards } of sharded) {
    for (const shard of shards.have) {
      const before = from.get(shard);
      if (before !== undefined) throw double(snapshots[at]!, `shard ${shard} of ${shards.of}`, snapshots[before]!);
      from.set(shard, at);
    }
  }
  const have = [...from.keys()].sort((a, b) => a - b);
  return { ...first.shards, have, joined: isJoined || first.shards.joined };
}

function mixed(all: readonly Shards[]): Shards {
  const of = all.reduce((sum, shards) => sum + shards.of, 0);
  const have = all.reduce((sum, shards) => sum + shards.have.length, 0);
  return { of, have: Array.from({ length: have }, (_, at) => at + 1), joined: true, mixed: true };
}
