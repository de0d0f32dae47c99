/** Where a version of a lockfile stands, and what was looked at beside it: where that is the same, so is what was read. */
import type { FormatName } from '../lockfiles/index.ts';
import type { Siblings } from '../lockfiles/reader.ts';

/** Where a version of a lockfile stands in a commit. */
export interface Standing {
  readonly path: string;
  readonly id: string;
  readonly format: FormatName;
  /** Object id of a file by its path from the lockfile's directory; undefined where there is none. */
  readonly idBeside: (path: string) => string | undefined;
  /** Content by object id; undefined for what cannot be read. */
  readonly textOf: (id: string) => string | undefined;
  readonly packageDirectories: () => readonly string[];
}

/** What a reader looked at beside a lockfile: ids by path, and the directories with a manifest where it asked for them. */
export interface Seen {
  readonly files: Map<string, string | undefined>;
  directories: string | undefined;
}

/** Siblings that write down what they were asked. */
export class Watch implements Siblings {
  seen: Seen = { files: new Map(), directories: undefined };
  /** Whether a file is there that cannot be read. */
  isBlind = false;
  readonly #standing: Standing;

  constructor(standing: Standing) {
    this.#standing = standing;
  }

  startAgain(): void {
    this.seen = { files: new Map(), directories: undefined };
  }

  read(path: string): string | undefined {
    const { idBeside, textOf } = this.#standing;
    const id = idBeside(path);
    this.seen.files.set(path, id);
    const text = id === undefined ? undefined : textOf(id);
    if (id !== undefined && text === undefined) this.isBlind = true;
    return text;
  }

  packageDirectories(): readonly string[] {
    const directories = this.#standing.packageDirectories();
    this.seen.directories = directories.join('\0');
    return directories;
  }
}

export function isSame({ files, directories }: Seen, { idBeside, packageDirectories }: Standing): boolean {
  if (directories !== undefined && packageDirectories().join('\0') !== directories) return false;
  for (const [path, id] of files) if (idBeside(path) !== id) return false;
  return true;
}
