/** What is audited, and what is known of it: lockfiles that are read now, or snapshots of earlier runs. */
import { type Config, NO_CONFIG } from './config/load.ts';
import { type OwnConfig, readOwnConfigs } from './config/own.ts';
import type { Diagnostic } from './diagnostics.ts';
import { UsageError } from './errors.ts';
import type { Evidence } from './evidence/evidence.ts';
import { Fleet } from './graph/fleet.ts';
import { type NodePlaces, placesInFiles } from './locate.ts';
import { readAll } from './lockfiles/read-all.ts';
import type { OpenedSources } from './sources/index.ts';
import type { Origin, Remark } from './sources/origin.ts';
import type { Repositories } from './sources/repositories.ts';
import type { Shard } from './sources/shard.ts';

export interface Input {
  readonly fleet: Fleet;
  readonly origin: Origin;
  /** Where nodes of lockfiles stand. */
  readonly places: NodePlaces;
  /** Of snapshots: which repository files lie in. */
  readonly repositories?: Repositories | undefined;
  /** Of snapshots: what was found when they were made. */
  readonly evidence?: Evidence | undefined;
  /** Of one snapshot: the config of its run, with what repositories say. */
  readonly config?: Config | undefined;
  /** What repositories say of themselves. */
  readonly own: readonly OwnConfig[];
}

export interface InputOptions {
  readonly shard?: Shard | undefined;
  /** Whether snapshots are to be all shards of a scan. */
  readonly joined?: boolean | undefined;
  readonly cache?: string | undefined;
  /** false: what repositories say of themselves is not looked at either. */
  readonly config?: string | false | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Reads what sources were found to hold.
 *
 * @throws UsageError for snapshots that cannot be used
 */
export async function readInput(content: OpenedSources, options: InputOptions): Promise<Input> {
  return content.snapshots.length > 0 ? ofSnapshots(content.snapshots, options) : ofLockfiles(content, options);
}

async function ofLockfiles(content: OpenedSources, { shard, cache, config, onProgress }: InputOptions): Promise<Input> {
  const readAt = new Date().toISOString();
  const { unread, lockfiles, diagnostics, diagnosticPositions, positions, digest, places } = content;
  const fleet = new Fleet();
  for (const path of unread) fleet.addUnread(path);
  const ends: number[] = [];
  const read = await readAll(fleet, lockfiles, {
    cache,
    onProgress: (done, total, diagnostics) => {
      ends.push(diagnostics);
      onProgress?.(done, total);
    },
  });
  const remarks = [
    ...diagnostics.map((diagnostic, at) => remark('source', diagnosticPositions[at]!, diagnostic)),
    ...ends.flatMap((end, at) =>
      read
        .slice(ends[at - 1] ?? 0, end)
        .map((diagnostic) => remark('read', positions[unread.length + at]!, diagnostic)),
    ),
  ];
  const shards = shard && { of: shard.of, have: [shard.index], joined: false, mixed: false };
  const origin = { digest, places, readAt, shards, positions, remarks };
  const own = config === false ? [] : await readOwnConfigs(content.repositories);
  return { fleet, origin, places: placesInFiles(fleet, lockfiles), own };
}

function remark(phase: Remark['phase'], position: number, diagnostic: Diagnostic): Remark {
  return { phase, position, diagnostic };
}

async function ofSnapshots(paths: readonly string[], { shard, joined }: InputOptions): Promise<Input> {
  if (shard) {
    const next = 'give --shard where the lockfiles are read, and merge the snapshots';
    throw new UsageError([{ code: 'USAGE', message: '--shard: a snapshot is not split again', next }]);
  }
  const [{ readSnapshot }, { configOf, joinSnapshots }] = await Promise.all([
    import('./snapshot/read.ts'),
    import('./snapshot/merge.ts'),
  ]);
  const snapshots = paths.map(readSnapshot);
  const [only] = snapshots;
  const config = snapshots.length === 1 && only && !joined ? ((await configOf(only)) ?? NO_CONFIG) : undefined;
  const own = snapshots.flatMap(({ info }) => info.own);
  return { ...joinSnapshots(snapshots, joined), config, own };
}
