/**
 * Answers kept on disk between runs: one JSON file per question, found by the hash of the question. What is read back is
 * as hostile as the network: a file that is not an answer to the question asked counts as absent.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject } from '../json.ts';

/**
 * `package`, `attestations`, `keys`: a registry's answers. `routes`: which registry was asked. `trust`: the trusted root.
 * `verdict`: what was found of them. `host`: what the interface of a host of repositories answered.
 */
export type Kind = 'package' | 'attestations' | 'keys' | 'routes' | 'trust' | 'verdict' | 'host';

/** Raised when the shape of what is kept changes: older files are then not found. */
const SHAPE = 'v1';
/** Larger than any answer that is kept. */
const MOST_BYTES = 64 * 1024 * 1024;

export class Store {
  readonly directory: string;
  #failed: string | undefined;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Why something could not be kept (an errno code), or undefined. A run does not fail for want of a cache. */
  get failed(): string | undefined {
    return this.#failed;
  }

  /** What is kept under a question, or undefined. */
  async read(kind: Kind, question: readonly string[]): Promise<unknown> {
    const key = keyOf(question);
    const file = this.#file(kind, key);
    try {
      if ((await stat(file)).size > MOST_BYTES) return undefined;
      const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
      return isObject(kept) && kept.question === key ? kept.answer : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps an answer. A reader never sees half a file; of two writers the last one wins. */
  async write(kind: Kind, question: readonly string[], answer: unknown): Promise<void> {
    const key = keyOf(question);
    const file = this.#file(kind, key);
    const beside = `${file}.${randomUUID()}.tmp`;
    try {
      await this.#make(dirname(file));
      await writeFile(beside, JSON.stringify({ question: key, answer }), { mode: 0o600, flag: 'wx' });
      await rename(beside, file);
    } catch (error) {
      this.#failed = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
      await rm(beside, { force: true }).catch(() => {});
    }
  }

  /** Makes a directory, once in a run. */
  #make(directory: string): Promise<unknown> {
    const made = this.#made.get(directory) ?? mkdir(directory, { recursive: true, mode: 0o700 });
    this.#made.set(directory, made);
    return made;
  }

  #file(kind: Kind, key: string): string {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(this.directory, SHAPE, kind, hash.slice(0, 2), `${hash}.json`);
  }
}

function keyOf(question: readonly string[]): string {
  return JSON.stringify(question);
}
