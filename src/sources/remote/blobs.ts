/**
 * Git blobs kept on disk between runs, one file each, found by their object id. What is kept is never trusted: it is hashed
 * before it is used, and dropped where it is not what its name says. Two runs may use one store at once.
 */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream, readFileSync, statSync } from 'node:fs';
import { copyFile, link, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** An object id as git writes it: sha1 or sha256, by its length. */
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/** Bytes; larger files are read piece by piece. */
const AT_ONCE = 1024 * 1024;

/** Something is not what its object id says. */
export class BlobMismatch extends Error {
  constructor() {
    super('a blob does not have the content that its id stands for');
    this.name = 'BlobMismatch';
  }
}

export class BlobStore {
  readonly #directory: string;
  readonly #scratch: string;
  /** Checked in this run. */
  readonly #known = new Map<string, Promise<number | undefined>>();

  /**
   * @param directory made when something is kept
   * @param scratch a directory of the same file system, for what is not whole yet
   */
  constructor(directory: string, scratch: string) {
    this.#directory = directory;
    this.#scratch = scratch;
  }

  /** Size of a blob that is kept and is what its id says; undefined where there is none. A corrupt one is dropped. */
  size(id: string): Promise<number | undefined> {
    const known = this.#known.get(id) ?? this.#check(id);
    this.#known.set(id, known);
    return known;
  }

  /**
   * Keeps a blob. Of two writers the last one wins, with the same content.
   *
   * @param size bytes
   * @throws BlobMismatch where the content is not that of the id; nothing is kept then
   */
  async keep(id: string, size: number, content: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.file(id);
    const beside = join(this.#scratch, randomUUID());
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const hash = hashOf(id, size);
    try {
      await pipeline(hashed(content, hash), createWriteStream(beside, { flags: 'wx', mode: 0o600 }));
      if (hash.digest('hex') !== id) throw new BlobMismatch();
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    this.#known.set(id, Promise.resolve(size));
  }

  /** Gives a kept blob a name elsewhere, without a copy where the file system can do that. */
  async place(id: string, file: string): Promise<void> {
    try {
      await link(this.file(id), file);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') this.#known.delete(id);
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') throw error;
      await copyFile(this.file(id), file, constants.COPYFILE_EXCL);
    }
  }

  /** Content of a small blob that is kept; undefined where it is not, or has more than `most` bytes. */
  async text(id: string, most: number): Promise<string | undefined> {
    const size = await this.size(id);
    return size === undefined || size > most ? undefined : readFile(this.file(id), 'utf8');
  }

  async drop(id: string): Promise<void> {
    this.#known.delete(id);
    await rm(this.file(id), { force: true });
  }

  async #check(id: string): Promise<number | undefined> {
    const file = this.file(id);
    const size = await sizeIfIntact(file, id);
    // Where there is none another run may be about to put one.
    if (size === 'corrupt') await rm(file, { force: true });
    return typeof size === 'number' ? size : undefined;
  }

  /** Where a blob is, or would be. */
  file(id: string): string {
    if (!isObjectId(id)) throw new TypeError('no object id');
    return join(this.#directory, id.length === 40 ? 'sha1' : 'sha256', id.slice(0, 2), id);
  }
}

/** Size of a file whose content is that of a blob. */
export async function sizeIfIntact(file: string, id: string): Promise<number | 'missing' | 'corrupt'> {
  try {
    // Of small files most of the time of reading is that of asking for it: a run that finds all unchanged reads thousands.
    const { size } = statSync(file);
    const hash = hashOf(id, size);
    if (size <= AT_ONCE) hash.update(readFileSync(file));
    else for await (const _ of hashed(createReadStream(file), hash));
    return hash.digest('hex') === id ? size : 'corrupt';
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'missing' : 'corrupt';
  }
}

/** https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: the hash is of a header and the content. */
export function hashOf(id: string, size: number): Hash {
  return createHash(id.length === 40 ? 'sha1' : 'sha256').update(`blob ${size}\0`);
}

async function* hashed(content: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
