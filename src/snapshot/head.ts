/** The table `run` of a snapshot: what the run was asked, when, and what the other tables must be. Read before all else. */
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { SCOPES, type Scope } from '../graph/closure.ts';
import { TableReader } from './parquet-reader.ts';
import { digestOf, openParts, type Part, type Parts } from './parts.ts';
import { unusable } from './problem.ts';
import { type RunInfo, runInfoShape, sha256 } from './run-info.ts';
import { list, oneOf, parsed, ShapeFault } from './shapes.ts';
import { SCHEMA_VERSION, type TableName } from './tables.ts';

export interface Head {
  /** Name and version of the program that wrote it. */
  readonly tool: string;
  readonly scope: Scope;
  readonly layers: readonly LayerName[];
  /** YYYY-MM-DD, by which ignores were judged. */
  readonly today: string;
  /** Instant at which the lockfiles were read, ISO 8601 in UTC; of shards together, that of the first. */
  readonly readAt: string;
  readonly complete: boolean;
  readonly info: RunInfo;
}

/** Reads what a snapshot says of itself, and nothing else. @throws UsageError SNAPSHOT_INVALID */
export function readHead(path: string): Head {
  return reading(path, (parts) => headOf(parts, path));
}

/** Opens a snapshot for as long as `read` takes. @throws UsageError SNAPSHOT_INVALID for whatever is wrong with its files */
export function reading<T>(path: string, read: (parts: Parts) => T): T {
  const parts = openParts(path);
  try {
    return read(parts);
  } catch (error) {
    if (error instanceof RangeError) throw unusable(path, `cannot be read: ${error.message}`);
    if (error instanceof Error && 'code' in error) throw unusable(path, `cannot be read (${String(error.code)})`);
    throw error;
  } finally {
    parts.close();
  }
}

/** A part that is what was written: its bytes decide, whatever is in them. @throws UsageError SNAPSHOT_INVALID */
export function checkedPart(parts: Parts, name: TableName, { tables }: RunInfo, path: string): Part {
  const part = partOf(parts, name, path);
  const expected = tables.get(name);
  if (!expected || part.size !== expected.bytes || digestOf(part) !== expected.sha256) {
    throw unusable(path, `table ${name}: not the bytes that were written`);
  }
  return part;
}

/** A table that is what was written. @throws UsageError SNAPSHOT_INVALID */
export function checkedTable<Name extends Exclude<TableName, 'run'>>(
  parts: Parts,
  name: Name,
  info: RunInfo,
  path: string,
): TableReader<Name> {
  const reader = new TableReader(checkedPart(parts, name, info, path), name, path);
  if (reader.rows !== info.tables.get(name)!.rows) reader.fail(undefined, 'another number of rows than were written');
  return reader;
}

function partOf({ tables }: Parts, name: TableName, path: string): Part {
  const part = tables.get(name);
  if (!part) throw unusable(path, `the table ${name} is missing`);
  return part;
}

const layerNames = list(oneOf(LAYERS));
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The one row of the table `run`. @throws UsageError SNAPSHOT_INVALID */
export function headOf(parts: Parts, path: string): Head {
  const run = new TableReader(partOf(parts, 'run', path), 'run', path);
  if (run.rows !== 1) run.fail(undefined, `expected one row, found ${run.rows}`);
  const version = run.ints('schema_version')[0]!;
  if (version !== SCHEMA_VERSION) run.fail(0, `schema_version ${version}: this program reads ${SCHEMA_VERSION}`);
  const cell = (column: 'tool' | 'scope' | 'layers' | 'today' | 'read_at' | 'details' | 'sha256'): string =>
    run.required(column)[0]!;
  const details = cell('details');
  if (sha256(details) !== cell('sha256')) run.fail(0, 'details: not what was written');
  const scope = SCOPES.find((known) => known === cell('scope')) ?? run.fail(0, 'scope: unknown');
  const [today, readAt] = [cell('today'), cell('read_at')];
  if (!DAY.test(today)) run.fail(0, 'today: not a day');
  if (!INSTANT.test(readAt) || Number.isNaN(Date.parse(readAt))) run.fail(0, 'read_at: not an instant');
  const complete = run.ints('is_complete')[0] === 1;
  const layers = shaped(cell('layers'), layerNames, (fault) => run.fail(0, `layers: ${fault}`));
  const info = shaped(details, runInfoShape, (fault) => run.fail(0, `details${fault}`));
  const { shards } = info;
  const isSound =
    !shards || (shards.of > 0 && shards.have.every((at, n) => at > (shards.have[n - 1] ?? 0) && at <= shards.of));
  if (!isSound) run.fail(0, 'details: shards that cannot be');
  return { tool: cell('tool'), scope, layers, today, readAt, complete, info };
}

function shaped<T>(json: string, shape: (value: unknown) => T, fail: (fault: string) => never): T {
  try {
    return parsed(json, shape);
  } catch (error) {
    if (error instanceof ShapeFault) return fail(error.message);
    throw error;
  }
}
