/** Rows on their way into a table: gathered by column, written as row groups. */
import type { TableWriter, Values, Written } from './parquet-writer.ts';
import { GROUP_ROWS } from './parquet-writer.ts';
import { type Columns, TABLES, type TableName } from './tables.ts';

export type Cell = string | number | boolean | undefined;
export type Row = readonly Cell[];

/** Of one row group: policies of thousands of lockfiles are long. */
const GROUP_TEXT = 1 << 24;

/** Writes rows to a table, cells in the order of its columns. Nothing but one row group is held. */
export function writeRows(writer: TableWriter, table: TableName, rows: Iterable<Row>): Written {
  const columns: Columns = TABLES[table];
  const names = Object.keys(columns);
  const cells: Cell[][] = names.map(() => []);
  let count = 0;
  let text = 0;
  const flush = (): void => {
    const group = names.map((name, at): [string, Values] => [name, valuesOf(columns, name, cells[at]!)]);
    writer.write(Object.fromEntries(group));
    for (const column of cells) column.length = 0;
    count = 0;
    text = 0;
  };
  for (const row of rows) {
    for (let at = 0; at < cells.length; at++) {
      const cell = row[at];
      cells[at]!.push(cell);
      if (typeof cell === 'string') text += cell.length;
    }
    count++;
    if (count === GROUP_ROWS || text >= GROUP_TEXT) flush();
  }
  flush();
  return writer.finish();
}

function valuesOf(columns: Columns, name: string, cells: readonly Cell[]): Values {
  const { type, nullable } = columns[name]!;
  if (type !== 'int' || nullable) return [...cells];
  return Int32Array.from(cells, (cell) => (typeof cell === 'number' ? cell : -1));
}
