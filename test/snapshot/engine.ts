/** DuckDB over the tables of a snapshot: an engine that knows nothing of this program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fileOf, TABLE_NAMES, type TableName } from '../../src/snapshot/tables.ts';

export type EngineRow = Record<string, unknown>;

/** Runs a query of sql/ over a directory of tables. Whole numbers come as numbers. */
export async function query(directory: string, name: string): Promise<EngineRow[]> {
  return ask(directory, sqlOf(name));
}

export async function ask(directory: string, sql: string): Promise<EngineRow[]> {
  return asked(
    TABLE_NAMES.map((table) => `CREATE VIEW ${table} AS SELECT * FROM ${parquetOf(directory, table)}`),
    sql,
  );
}

/** The same over several directories together, each row with a column that says of which one it is, from 1. */
export async function queryAll(
  directories: readonly string[],
  { column, prefix = '', views }: { readonly column: string; readonly prefix?: string; readonly views?: string },
  name: string,
): Promise<EngineRow[]> {
  const tables = TABLE_NAMES.map((table) => {
    const parts = directories.map((at, n) => `SELECT ${n + 1} AS ${column}, * FROM ${parquetOf(at, table)}`);
    return `CREATE VIEW ${prefix}${table} AS ${parts.join(' UNION ALL ')}`;
  });
  return asked([...tables, ...(views === undefined ? [] : [sqlOf(views)])], sqlOf(name));
}

function sqlOf(name: string): string {
  return readFileSync(new URL(`../../sql/${name}.sql`, import.meta.url), 'utf8');
}

function parquetOf(directory: string, table: TableName): string {
  return `read_parquet('${join(directory, fileOf(table)).replaceAll("'", "''")}')`;
}

async function asked(views: readonly string[], sql: string): Promise<EngineRow[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const view of views) await connection.run(view);
    const rows = (await connection.runAndReadAll(sql)).getRowObjects();
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
