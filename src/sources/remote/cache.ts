/** What of remote repositories is kept between runs: blobs, trees, and which commit a branch was at. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject } from '../../json.ts';
import { BlobStore, isObjectId } from './blobs.ts';

/** Raised when the shape of what is kept changes: older things are then not found. */
const SHAPE = 'v1';
/** What a killed run left behind is removed after a day. */
const STALE_MS = 24 * 60 * 60 * 1000;

export class RemoteCache {
  readonly blobs: BlobStore;
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

  async close(): Promise<void> {
    await rm(this.scratch, { recursive: true, force: true, maxRetries: 3 });
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
    if ((await this.lastCommit(key)) === commit) return;
    const file = this.#headFile(key);
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
