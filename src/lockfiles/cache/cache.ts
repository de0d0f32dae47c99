/**
 * Lockfiles that were read before, by their content: a file for each, below the user's cache directory. It may fail at
 * anything without the run being worse off; two runs at once write whole files or none.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VERSION } from '../../version.ts';
import { type CachedRead, decodeEntry, encodeEntry } from './entry.ts';

/** What all entries together may take on disk. */
const MOST_BYTES = 2 * 1024 * 1024 * 1024;
/** An entry that is used says so once a day: what was not used for longest goes first. */
const DAY = 24 * 60 * 60 * 1000;

export class GraphCache {
  readonly #directory: string;
  /** Entries written by this object. */
  written = 0;

  /** @param directory of the cache; made where it is not there */
  constructor(directory: string) {
    this.#directory = join(directory, 'graphs');
  }

  /** Names a lockfile as it is now: by its place, its format and its bytes, under this version of program and engine. */
  key(path: string, format: string, bytes: Uint8Array): string {
    const question = JSON.stringify([VERSION, process.versions.v8, path, format]);
    return createHash('sha256').update(question).update(bytes).digest('hex');
  }

  /** What was read under a key, or undefined. A damaged entry is dropped. */
  read(key: string): CachedRead | undefined {
    const file = this.#file(key);
    try {
      const { mtimeMs } = statSync(file);
      const entry = decodeEntry(readFileSync(file));
      if (!entry) rmSync(file, { force: true });
      else if (Date.now() - mtimeMs > DAY) utimesSync(file, new Date(), new Date());
      return entry;
    } catch {
      return undefined;
    }
  }

  write(key: string, entry: CachedRead): void {
    const file = this.#file(key);
    const beside = `${file}.${randomUUID()}.tmp`;
    try {
      const bytes = encodeEntry(entry);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(beside, bytes);
      renameSync(beside, file);
      this.written++;
    } catch {
      removed(beside);
    }
  }

  /** Deletes what was not used for longest until the rest is within the bound. */
  prune(mostBytes = MOST_BYTES): void {
    try {
      const files = readdirSync(this.#directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const sized = files.map((file) => ({ file, ...statSync(file, { throwIfNoEntry: false }) }));
      let total = sized.reduce((sum, { size = 0 }) => sum + size, 0);
      sized.sort((a, b) => (a.mtimeMs ?? 0) - (b.mtimeMs ?? 0));
      for (const { file, size = 0 } of sized) {
        if (total <= mostBytes) return;
        rmSync(file, { force: true });
        total -= size;
      }
    } catch {
      // Another run may be at the same: what is too much then goes next time.
    }
  }

  #file(key: string): string {
    return join(this.#directory, key.slice(0, 2), key);
  }
}

function removed(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There was no directory to write it to.
  }
}
