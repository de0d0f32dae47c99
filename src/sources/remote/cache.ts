/** What of remote repositories is kept between runs: blobs, trees, and which commit a branch was at. */
import { createHash, randomUUID } from 'node:crypto';
import { rmSync, utimesSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject } from '../../json.ts';
import { BlobStore, isObjectId } from './blobs.ts';
import { MOST_KEPT, prune } from './prune.ts';

/** Raised when the shape of what is kept changes: older things are then not found. */
const SHAPE = 'v1';
/** What a killed run left behind is removed after a day; what is used says so once in one. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Where runs keep how far they are, below the cache directory. */
export function journalsIn(directory: string): string {
  return join(directory, 'repositories', SHAPE, 'journals');
}

export class RemoteCache {
  readonly blobs: BlobStore;
  readonly #used = new Set<string>();
  #written = false;
  /** Of this run; gone after `close`. */
  readonly scratch: string;
  readonly #directory: string;

  private constructor(directory: string, scratch: string) {
    this.#directory = directory;
    this.scratch = scratch;
    this.blobs = new BlobStore(join(directory, 'blobs'), scratch);
  }

  /**
   * @param directory the cache directory, made if there is none
   * @throws Error of the file system, where it cannot be written
   */
  static async open(directory: string): Promise<RemoteCache> {
    const own = join(directory, 'repositories', SHAPE);
    const scratch = join(own, 'tmp', randomUUID());
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    await removeStale(dirname(scratch));
    return new RemoteCache(own, scratch);
  }

  /** Gives back what is of this run; what is kept is kept within its bound where there is more than before. */
  async close(mostBytes = MOST_KEPT): Promise<void> {
    if (this.#written) this.prune(mostBytes);
    await rm(this.scratch, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Where there is no time left: at once, as far as that goes. */
  abandon(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** @param now milliseconds since the epoch */
  prune(mostBytes: number, now = Date.now()): void {
    try {
      const blobFile = (id: string) => this.blobs.file(id);
      prune({ directory: this.#directory, scratch: this.scratch, used: this.#used, blobFile }, mostBytes, now);
    } catch (error) {
      // Another run may be at the same: what is too much then goes next time.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  /** A tree is in use: it stays for as long as this run lasts, and some hours for others. */
  use(tree: string, isNew: boolean): void {
    this.#used.add(tree);
    this.#written ||= isNew;
    if (isNew) return;
    try {
      utimesSync(join(tree, 'tree.json'), new Date(), new Date());
    } catch {
      // It is another user's, or gone.
    }
  }

  /** A new directory of this run. */
  async directory(): Promise<string> {
    const made = join(this.scratch, randomUUID());
    await mkdir(made, { mode: 0o700 });
    return made;
  }

  /** Where a tree is kept, or would be. */
  treeDirectory(question: readonly (string | number)[]): string {
    return this.#file('trees', JSON.stringify(question));
  }

  /** The commit a repository was at when it was last asked. */
  async lastCommit(key: string): Promise<string | undefined> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#headFile(key), 'utf8'));
      return isObject(kept) && typeof kept.commit === 'string' && isObjectId(kept.commit) ? kept.commit : undefined;
    } catch {
      return undefined;
    }
  }

  async keepLastCommit(key: string, commit: string): Promise<void> {
    const file = this.#headFile(key);
    if ((await this.lastCommit(key)) === commit) {
      const { mtimeMs } = await stat(file);
      if (Date.now() - mtimeMs > STALE_MS) await utimes(file, new Date(), new Date());
      return;
    }
    const beside = join(this.scratch, randomUUID());
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(beside, JSON.stringify({ commit }), { mode: 0o600 });
    await rename(beside, file);
  }

  #headFile(key: string): string {
    return `${this.#file('heads', key)}.json`;
  }

  #file(kind: string, key: string): string {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(this.#directory, kind, hash.slice(0, 2), hash);
  }
}

async function removeStale(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_MS) {
      await rm(path, { recursive: true, force: true }).catch(() => {});
    }
  }
}
