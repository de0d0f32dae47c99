/** What is wrong with a snapshot: it may come from anywhere, and is believed in nothing. */
import { UsageError } from '../errors.ts';

/** A snapshot that cannot be used; the message names table and row where one is to blame. */
export function unusable(file: string, message: string): UsageError {
  return new UsageError([
    {
      code: 'SNAPSHOT_INVALID',
      file,
      message,
      next: 'write it again with --out; a snapshot is read as it was written, or not at all',
    },
  ]);
}

/** Fails with the place in a snapshot. Rows count from 0, as in the tables. */
export type Fail = (row: number | undefined, message: string) => never;

export function failing(file: string, table: string): Fail {
  return (row, message) => {
    throw unusable(file, `table ${table}${row === undefined ? '' : `, row ${row}`}: ${message}`);
  };
}
