/** Which sources are snapshots, and which outputs: by their names alone, so that nothing heavy is loaded for the others. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const EXTENSION = '.spof';
const RUN_FILE = 'run.parquet';

/** Whether a source is a snapshot: a file `*.spof`, or a directory that holds the table `run`. */
export function isSnapshot(source: string): boolean {
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return found.isDirectory() ? existsSync(join(source, RUN_FILE)) : source.toLowerCase().endsWith(EXTENSION);
}

/** Whether `--out` means a snapshot: a directory, written with a slash at its end, or a file `*.spof`. */
export function isSnapshotOutput(file: string): boolean {
  return isDirectoryOutput(file) || file.toLowerCase().endsWith(EXTENSION);
}

/** Whether `--out` means a directory of tables. */
export function isDirectoryOutput(file: string): boolean {
  return /[/\\]$/.test(file);
}
