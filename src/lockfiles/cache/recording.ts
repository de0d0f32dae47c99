/** What a reader saw beside a lockfile: an answer kept from an earlier run holds while it would see the same. */
import { createHash } from 'node:crypto';
import type { Siblings } from '../reader.ts';

/** Files by their path as asked for, with the hash of their text, '' where there was none; and the package directories. */
export interface Seen {
  readonly files: readonly (readonly [path: string, hash: string])[];
  /** Hash of the list; undefined where nobody asked. */
  readonly directories: string | undefined;
}

/** Siblings that write down what they were asked. */
export class RecordingSiblings implements Siblings {
  readonly #siblings: Siblings;
  readonly #files = new Map<string, string>();
  #directories: string | undefined;
  /** A file that could not be read may be readable next time: nothing of this is to be kept. */
  failed = false;

  constructor(siblings: Siblings) {
    this.#siblings = siblings;
  }

  read(path: string): string | undefined {
    try {
      const text = this.#siblings.read(path);
      this.#files.set(path, hashOf(text));
      return text;
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  packageDirectories(): readonly string[] {
    const directories = this.#siblings.packageDirectories();
    this.#directories = hashOf(JSON.stringify(directories));
    return directories;
  }

  seen(): Seen {
    return { files: [...this.#files], directories: this.#directories };
  }
}

/** Whether a reader would see the same again. */
export function holds({ files, directories }: Seen, siblings: Siblings): boolean {
  try {
    if (directories !== undefined && hashOf(JSON.stringify(siblings.packageDirectories())) !== directories)
      return false;
    return files.every(([path, hash]) => hashOf(siblings.read(path)) === hash);
  } catch {
    return false;
  }
}

function hashOf(text: string | undefined): string {
  return text === undefined ? '' : createHash('sha256').update(text).digest('base64');
}
