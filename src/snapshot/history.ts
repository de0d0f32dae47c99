/** A history: the snapshots of a folder, read one after the other, and never more of one than what is told of it. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PastRun } from '../analysis/past-run.ts';
import { type FoundCauses, type Trend, trendOf, type Unread, wantedCauses } from '../analysis/trend.ts';
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { UsageError } from '../errors.ts';
import { compareTexts } from '../order.ts';
import { type Head, readHead } from './head.ts';
import { type Past, readPast } from './past.ts';
import { readPastCauses } from './past-causes.ts';
import { isSnapshot } from './recognise.ts';
import { sha256 } from './run-info.ts';
import { fileOf, TABLE_NAMES } from './tables.ts';

export interface HistoryOptions {
  /** Causes of each layer: the first of the latest run, and as many that were among the first earlier. */
  readonly top: number;
  /** All by default. */
  readonly layers?: readonly LayerName[] | undefined;
  /** Called after each snapshot; each is read twice. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Ten years of nightly runs. */
const MOST_SNAPSHOTS = 4000;
const MOST_ENTRIES = 200_000;
const MOST_DEPTH = 8;
/** Of a folder in which nothing can be read. */
const MOST_TOLD = 20;
/** Causes over runs, and systems over layers and runs: a gigabyte would be ten times as many. */
const MOST_VALUES = 2_000_000;

/**
 * Reads the runs of snapshots and of folders with snapshots in them.
 *
 * @throws UsageError for a path that is neither, and where there is no snapshot, or too much of them; one that cannot be
 *   read is in `unread` of the trend
 */
export function readHistory(paths: readonly string[], options: HistoryOptions): Trend {
  const files = paths.flatMap(snapshotsAt);
  if (files.length > MOST_SNAPSHOTS) throw tooMuch(`${files.length} snapshots, of ${MOST_SNAPSHOTS} at most`);
  const { top, onProgress } = options;
  const layers = new Set(options.layers?.length ? options.layers : LAYERS);
  const room = new Room();
  const unread: Unread[] = [];
  const ordered = inOrder(files, unread);
  const steps = ordered.length * 2;
  const runs: PastRun[] = [];
  let before: ReadonlySet<string> | undefined;
  for (const [at, file] of ordered.entries()) {
    const past = attempt(() => readPast(file, top, layers), unread);
    onProgress?.(at + 1, steps);
    if (!past) continue;
    room.take(sizeOf(past));
    const { run, services } = past;
    const [joined, left] = before ? [countMissing(services, before), countMissing(before, services)] : [0, 0];
    runs.push({ ...run, joined, left });
    before = services;
  }
  const wanted = wantedCauses(runs, top);
  const size = [...wanted.values()].reduce((sum, ids) => sum + ids.size, 0);
  const found = runs.flatMap((run, at): { run: PastRun; causes: FoundCauses }[] => {
    room.take(size);
    const causes = attempt(() => readPastCauses(run.file, wanted), unread);
    onProgress?.(ordered.length + at + 1, steps);
    return causes ? [{ run, causes }] : [];
  });
  if (found.length === 0) throw nothingRead(unread);
  return trendOf(
    found.map(({ run }) => run),
    found.map(({ causes }) => causes),
    top,
    unread,
  );
}

function sizeOf({ run }: Past): number {
  const causes = [...run.layers.values()].reduce((sum, { top }) => sum + top.length, 0);
  return run.declared.reduce((sum, { against, members }) => sum + against.size + members.length, causes);
}

/** Counts what is held. */
class Room {
  #left = MOST_VALUES;

  take(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw tooMuch('more causes and systems over time than can be held');
  }
}

function attempt<T>(read: () => T, unread: Unread[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    for (const { file = '', message, next } of error.problems) {
      unread.push({ file, code: 'SNAPSHOT_INVALID', message, next });
    }
    return undefined;
  }
}

/** Files by the time of reading; a shard is no fleet, and a run that is there twice counts once. */
function inOrder(files: readonly string[], unread: Unread[]): string[] {
  const heads = files.flatMap((file) => {
    const head = attempt(() => readHead(file), unread);
    return head ? [{ file, readAt: head.readAt, shard: loneShard(head), digest: digestOf(head) }] : [];
  });
  heads.sort((a, b) => compareTexts(a.readAt, b.readAt) || compareTexts(a.file, b.file));
  const seen = new Map<string, string>();
  return heads.flatMap(({ file, shard, digest }): string[] => {
    const same = seen.get(digest);
    if (shard !== undefined) {
      const message = `shard ${shard} is no fleet, and not in the trend`;
      unread.push({ file, code: 'SHARD', message, next: 'keep what spof-deps merge makes of all shards' });
    } else if (same !== undefined) {
      const message = `the same run as ${same}, and counted once`;
      unread.push({ file, code: 'SAME_RUN', message, next: 'keep one of them' });
    } else seen.set(digest, file);
    return shard === undefined && same === undefined ? [file] : [];
  });
}

/** `1, 2 of 4` where it is one shard, or some, that nobody has joined. */
function loneShard({ info: { shards } }: Head): string | undefined {
  const isLone = shards && !shards.joined && shards.have.length < shards.of;
  return isLone ? `${shards.have.join(', ')} of ${shards.of}` : undefined;
}

/** Two snapshots with the same are of one run: a file and a directory of it, or a copy. */
function digestOf({ readAt, info }: Head): string {
  return sha256(JSON.stringify([readAt, [...info.tables]]));
}

function countMissing(names: ReadonlySet<string>, from: ReadonlySet<string>): number {
  let count = 0;
  for (const name of names) if (!from.has(name)) count++;
  return count;
}

/** Snapshots at a path: itself, or those in and below it, in the order of their names. */
function snapshotsAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    const next = 'give snapshots, or a folder that holds them';
    throw new UsageError([{ code: 'SOURCE_NOT_FOUND', file: path, message: 'not found', next }]);
  }
  if (isSnapshot(path)) return [path];
  const next = 'keep runs with --out DIR/2026-01-31.spof, and give DIR';
  if (!found.isDirectory()) throw new UsageError([{ code: 'USAGE', file: path, message: 'is no snapshot', next }]);
  const snapshots: string[] = [];
  walk(path, snapshots);
  if (snapshots.length > 0) return snapshots;
  throw new UsageError([{ code: 'SOURCE_NOT_FOUND', file: path, message: 'holds no snapshot', next }]);
}

function walk(top: string, into: string[]): void {
  const pending = [{ directory: top, depth: 0 }];
  let seen = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { directory, depth } = at;
    for (const entry of entriesOf(directory)) {
      if (++seen > MOST_ENTRIES) throw tooMuch(`more than ${MOST_ENTRIES} files below ${top}`);
      // What begins with a dot is not kept, or is just being written. Links are not followed: no snapshot twice, no cycle.
      if (entry.name.startsWith('.') || entry.isSymbolicLink()) continue;
      const path = join(directory, entry.name);
      if (entry.isFile() ? isSnapshot(path) : entry.isDirectory() && hasTables(path)) into.push(path);
      else if (entry.isDirectory()) {
        if (depth === MOST_DEPTH) throw tooMuch(`folders more than ${MOST_DEPTH} deep below ${top}`);
        pending.push({ directory: path, depth: depth + 1 });
      }
    }
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => compareTexts(a.name, b.name));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const message = `cannot be read (${String(error.code)})`;
    throw new UsageError([{ code: 'SOURCE_NOT_FOUND', file: directory, message, next: 'check its permissions' }]);
  }
}

/** Whether a directory is a snapshot, or what is left of one. */
function hasTables(directory: string): boolean {
  return TABLE_NAMES.some((table) => existsSync(join(directory, fileOf(table))));
}

function tooMuch(message: string): UsageError {
  return new UsageError([{ code: 'USAGE', message, next: 'give fewer snapshots, a smaller --top, or a --layer' }]);
}

function nothingRead(unread: readonly Unread[]): UsageError {
  return new UsageError(
    unread.slice(0, MOST_TOLD).map(({ code, file, message, next }) => ({
      code: code === 'SNAPSHOT_INVALID' ? code : 'USAGE',
      file,
      message,
      next,
    })),
  );
}
