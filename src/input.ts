/** What is audited, and what is known of it: lockfiles that are read now, or snapshots of earlier runs. */
import { type Config, NO_CONFIG } from './config/load.ts';
import type { Diagnostic } from './diagnostics.ts';
import { UsageError } from './errors.ts';
import type { Evidence } from './evidence/evidence.ts';
import { Fleet } from './graph/fleet.ts';
import { type NodePlaces, placesInFiles } from './locate.ts';
import { readAll } from './lockfiles/read-all.ts';
import type { OpenedSources } from './sources/index.ts';
import type { Origin, Remark } from './sources/origin.ts';
import type { Repositories } from './sources/repositories.ts';
import { type Shard, sliceOf } from './sources/shard.ts';

export interface Input {
  readonly fleet: Fleet;
  readonly origin: Origin;
  /** Where nodes of lockfiles stand. */
  readonly places: NodePlaces;
  /** Of snapshots: which repository files lie in. */
  readonly repositories?: Repositories | undefined;
  /** Of snapshots: what was found when they were made. */
  readonly evidence?: Evidence | undefined;
  /** Of one snapshot: the config of its run. */
  readonly config?: Config | undefined;
}

export interface InputOptions {
  readonly shard?: Shard | undefined;
  /** Whether snapshots are to be all shards of a scan. */
  readonly joined?: boolean | undefined;
  readonly cache?: string | undefined;
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

async function ofLockfiles(content: OpenedSources, { shard, cache, onProgress }: InputOptions): Promise<Input> {
  const readAt = new Date().toISOString();
  const slice = sliceOf(content, shard);
  const fleet = new Fleet();
  for (const path of slice.unread) fleet.addUnread(path);
  const ends: number[] = [];
  const read = await readAll(fleet, slice.lockfiles, {
    cache,
    onProgress: (done, total, diagnostics) => {
      ends.push(diagnostics);
      onProgress?.(done, total);
    },
  });
  const first = slice.unread.length;
  const remarks = [
    ...slice.diagnostics.map((diagnostic, at) => remark('source', slice.diagnosticPositions[at]!, diagnostic)),
    ...ends.flatMap((end, at) =>
      read.slice(ends[at - 1] ?? 0, end).map((diagnostic) => remark('read', slice.positions[first + at]!, diagnostic)),
    ),
  ];
  if (shard && content.repositories.length > 0) remarks.push(remark('config', 0, NOT_ASKED));
  const { digest, found, positions } = slice;
  const shards = shard && { of: shard.of, have: [shard.index], joined: false };
  const origin = { digest, found, readAt, shards, positions, remarks };
  return { fleet, origin, places: placesInFiles(fleet, slice.lockfiles) };
}

const NOT_ASKED: Diagnostic = {
  code: 'REPOSITORY_CONFIG',
  severity: 'notice',
  file: '',
  message: 'what repositories say of their own services is not applied to shards',
  next: 'say in the config of the fleet what should hold, and give it to spof-deps merge',
};

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
  return { ...joinSnapshots(snapshots, joined), config };
}
