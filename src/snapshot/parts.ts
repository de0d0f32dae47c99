/** The files of a snapshot where they stand: a directory, or one archive. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unusable } from './problem.ts';
import { fileOf, isTable, TABLE_NAMES, type TableName } from './tables.ts';
import { entriesOf } from './tar.ts';

/** A stretch of a file. */
export interface Part {
  readonly size: number;
  /** Bytes from an offset on; a RangeError where they are not all there. */
  read(offset: number, length: number): Buffer;
}

export interface Parts {
  readonly tables: ReadonlyMap<TableName, Part>;
  close(): void;
}

/** Opens the files of a snapshot. @throws UsageError SNAPSHOT_INVALID */
export function openParts(path: string): Parts {
  const handles: number[] = [];
  const close = (): void => {
    for (const handle of handles.splice(0)) closeSync(handle);
  };
  const open = (file: string): Part => {
    const handle = openSync(file, 'r');
    handles.push(handle);
    return partOf(handle, 0, statSync(file).size);
  };
  try {
    const tables = statSync(path).isDirectory() ? inDirectory(path, open) : inArchive(path, open(path));
    return { tables, close };
  } catch (error) {
    close();
    if (error instanceof Error && 'code' in error) throw unusable(path, `cannot be read (${String(error.code)})`);
    throw error;
  }
}

function inDirectory(path: string, open: (file: string) => Part): Map<TableName, Part> {
  const present = TABLE_NAMES.filter((table) => existsSync(join(path, fileOf(table))));
  return new Map(present.map((table) => [table, open(join(path, fileOf(table)))]));
}

function inArchive(path: string, archive: Part): Map<TableName, Part> {
  const tables = new Map<TableName, Part>();
  for (const { name, offset, size } of entriesOf(archive, path)) {
    const table = name.endsWith('.parquet') ? name.slice(0, -'.parquet'.length) : '';
    if (!isTable(table) || tables.has(table)) throw unusable(path, 'holds something else than one file for each table');
    tables.set(table, { size, read: (from, length) => archive.read(offset + within(from, length, size), length) });
  }
  return tables;
}

function partOf(handle: number, start: number, size: number): Part {
  return {
    size,
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      within(offset, length, size);
      for (let done = 0; done < length; ) {
        const read = readSync(handle, bytes, done, length - done, start + offset + done);
        if (read === 0) throw new RangeError('the file has become shorter');
        done += read;
      }
      return bytes;
    },
  };
}

function within(offset: number, length: number, size: number): number {
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw new RangeError('bytes outside the file');
  return offset;
}

const CHUNK = 1 << 22;

/** SHA-256 of a part, hex. */
export function digestOf(part: Part): string {
  const hash = createHash('sha256');
  for (let at = 0; at < part.size; at += CHUNK) hash.update(part.read(at, Math.min(CHUNK, part.size - at)));
  return hash.digest('hex');
}
