/** Snapshots that somebody has changed and signed anew: every sum is right, and what they say is not. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { TableWriter } from '../../src/snapshot/parquet-writer.ts';
import { type Cell, writeRows } from '../../src/snapshot/rows.ts';
import { sha256 } from '../../src/snapshot/run-info.ts';
import { type Columns, fileOf, TABLES, type TableName } from '../../src/snapshot/tables.ts';

export type TableRow = Record<string, Cell>;

/** Rows of a table as another reader has them. */
export async function rowsOf(directory: string, table: TableName): Promise<TableRow[]> {
  const bytes = readFileSync(join(directory, fileOf(table)));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const compressors = { GZIP: (input: Uint8Array) => gunzipSync(input) };
  const rows = await parquetReadObjects({ file, compressors });
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, cellOf(value)])));
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return undefined;
}

/** Writes a table anew, and the sums over it. */
export async function replace(directory: string, table: TableName, rows: readonly TableRow[]): Promise<void> {
  const written = put(directory, table, rows);
  if (table === 'run') return;
  await retell(directory, (details) => {
    details.tables = details.tables.map(([name, before]) => [name, name === table ? written : before]);
  });
}

interface Details {
  tables: [string, unknown][];
  [key: string]: unknown;
}

/** Changes what the table `run` says. */
export async function retell(directory: string, change: (details: Details) => void): Promise<void> {
  const [run] = await rowsOf(directory, 'run');
  const details: Details = JSON.parse(String(run!.details));
  change(details);
  const text = JSON.stringify(details);
  put(directory, 'run', [{ ...run!, details: text, sha256: sha256(text) }]);
}

/** Takes the sums over a table from its file, however it was changed. */
export async function resum(directory: string, table: TableName): Promise<void> {
  const bytes = readFileSync(join(directory, fileOf(table)));
  await retell(directory, (details) => {
    details.tables = details.tables.map(([name, before]): [string, unknown] => {
      if (name !== table || typeof before !== 'object') return [name, before];
      return [name, { ...before, bytes: bytes.length, sha256: sha256Of(bytes) }];
    });
  });
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function put(directory: string, table: TableName, rows: readonly TableRow[]): unknown {
  const file = join(directory, fileOf(table));
  rmSync(file);
  const columns: Columns = TABLES[table];
  const cells = rows.map((row) => Object.keys(columns).map((name) => row[name]));
  return writeRows(new TableWriter(file, table), table, cells);
}
