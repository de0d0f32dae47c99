/** Writes a snapshot: every table to a file of its own beside the place meant, then all of them into place. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Audit, isIncomplete } from '../analysis/audit.ts';
import type { LayerName } from '../causes/layer.ts';
import type { Config } from '../config/load.ts';
import type { OwnConfig } from '../config/own.ts';
import { UsageError } from '../errors.ts';
import type { NodePlaces } from '../locate.ts';
import { kept } from '../sources/kept.ts';
import type { Origin } from '../sources/origin.ts';
import type { Repositories } from '../sources/repositories.ts';
import { VERSION } from '../version.ts';
import { graphRows } from './graph-rows.ts';
import { TableWriter, type Written } from './parquet-writer.ts';
import { isDirectoryOutput } from './recognise.ts';
import { resultRows } from './result-rows.ts';
import { type Row, writeRows } from './rows.ts';
import { type RunInfo, runInfoJson, sha256, storedConfig } from './run-info.ts';
import { fileOf, isTable, SCHEMA_VERSION, TABLE_NAMES, type TableName } from './tables.ts';
import { END, header, MOST_ENTRY_BYTES, padding } from './tar.ts';

export interface SnapshotInput {
  readonly audit: Audit;
  readonly config: Config;
  readonly origin: Origin;
  readonly own: readonly OwnConfig[];
  /** Day that the ignores were judged by, YYYY-MM-DD. */
  readonly today: string;
  /** Where nodes stand, and which repository files lie in. */
  readonly places: NodePlaces;
  readonly repositories: Repositories;
}

/**
 * Writes a run to a directory (a path that ends in a slash) or to one file. What stood there before is replaced as a whole:
 * a reader sees the one snapshot or the other, or an error.
 *
 * @throws UsageError OUTPUT_FAILED where it cannot be written, or the directory holds something else
 */
export function writeSnapshot(target: string, input: SnapshotInput): void {
  const isDirectory = isDirectoryOutput(target);
  const place = isDirectory ? target.replace(/[/\\]+$/, '') || target : target;
  if (isDirectory) refuseForeign(place);
  const beside = join(dirname(place), `.spof-deps-${randomUUID()}.tmp`);
  try {
    mkdirSync(beside);
    writeTables(beside, input);
    if (isDirectory) moveInto(beside, place);
    else {
      pack(beside, join(beside, 'archive'));
      renameSync(join(beside, 'archive'), place);
    }
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error;
    throw failed(target, `cannot be written (${String(error.code)})`);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function writeTables(directory: string, input: SnapshotInput): void {
  const write = (table: TableName, rows: Iterable<Row>): Written => {
    const writer = new TableWriter(join(directory, fileOf(table)), table);
    try {
      return writeRows(writer, table, rows);
    } finally {
      writer.abandon();
    }
  };
  const { audit, origin, places } = input;
  const repositories = kept(
    input.repositories,
    audit.fleet.lockfiles.map(({ path }) => path),
  );
  const rows = { ...graphRows(audit, origin, places, repositories), ...resultRows(audit) };
  const tables = new Map<string, Written>();
  for (const [table, make] of Object.entries(rows)) if (isTable(table)) tables.set(table, write(table, make()));
  write('run', [runRow(input, tables)]);
}

function runRow({ audit, config, origin, own, today }: SnapshotInput, tables: ReadonlyMap<string, Written>): Row {
  const { evidence, scope, layers } = audit;
  const info: RunInfo = {
    config: storedConfig(config),
    mode: evidence.mode,
    requests: evidence.requests,
    trust: evidence.trust,
    own,
    digest: origin.digest,
    places: origin.places,
    shards: origin.shards,
    tables,
  };
  const details = runInfoJson(info);
  const names: LayerName[] = layers.map(({ table }) => table.layer);
  const complete = isIncomplete(audit) ? 0 : 1;
  const tool = `spof-deps ${VERSION}`;
  return [SCHEMA_VERSION, tool, scope, JSON.stringify(names), today, origin.readAt, complete, details, sha256(details)];
}

/** A directory is taken over where it is empty or a snapshot; nothing else is ever overwritten. */
function refuseForeign(directory: string): void {
  if (!existsSync(directory)) return;
  const names = statSync(directory).isDirectory() ? readdirSync(directory) : [''];
  const own = new Set<string>(TABLE_NAMES.map(fileOf));
  if (names.every((name) => own.has(name))) return;
  throw failed(directory, 'holds something else than a snapshot');
}

// Without its table `run` a directory is no snapshot: that goes first and comes last.
function moveInto(from: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  rmSync(join(directory, fileOf('run')), { force: true });
  const order: TableName[] = [...TABLE_NAMES.filter((table) => table !== 'run'), 'run'];
  for (const table of order) renameSync(join(from, fileOf(table)), join(directory, fileOf(table)));
}

const CHUNK = 1 << 20;

function pack(directory: string, archive: string): void {
  const into = openSync(archive, 'wx');
  try {
    for (const table of TABLE_NAMES) {
      const file = join(directory, fileOf(table));
      const { size } = statSync(file);
      if (size > MOST_ENTRY_BYTES) {
        throw failed(archive, `its table ${table} is too large for one file`, 'write a directory: --out DIR/');
      }
      put(into, header(fileOf(table), size));
      copy(file, into);
      put(into, padding(size));
    }
    put(into, END);
  } finally {
    closeSync(into);
  }
}

function copy(file: string, into: number): void {
  const from = openSync(file, 'r');
  const chunk = Buffer.allocUnsafe(CHUNK);
  try {
    for (let read = readSync(from, chunk); read > 0; read = readSync(from, chunk)) put(into, chunk.subarray(0, read));
  } finally {
    closeSync(from);
  }
}

function put(into: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(into, bytes, done);
}

function failed(
  file: string,
  message: string,
  next = 'name a new or empty directory, or a file that can be written',
): UsageError {
  return new UsageError([{ code: 'OUTPUT_FAILED', file, message: `--out: ${message}`, next }]);
}
