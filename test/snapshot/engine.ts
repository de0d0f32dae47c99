/** DuckDB over the tables of a snapshot: an engine that knows nothing of this program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fileOf, TABLE_NAMES } from '../../src/snapshot/tables.ts';

export type EngineRow = Record<string, unknown>;

/** Runs a query of sql/ over a directory of tables. Whole numbers come as numbers. */
export async function query(directory: string, name: string): Promise<EngineRow[]> {
  const sql = readFileSync(new URL(`../../sql/${name}.sql`, import.meta.url), 'utf8');
  return ask(directory, sql);
}

export async function ask(directory: string, sql: string): Promise<EngineRow[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const table of TABLE_NAMES) {
      const file = join(directory, fileOf(table)).replaceAll("'", "''");
      await connection.run(`CREATE VIEW ${table} AS SELECT * FROM read_parquet('${file}')`);
    }
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
