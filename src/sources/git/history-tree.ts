/** The files of relevance of a repository at one commit of its history. */
import { posix } from 'node:path';
import { isWritable } from '../remote/paths.ts';
import { relevanceOf } from '../remote/relevant.ts';
import type { Blob, FileChange } from './history-log.ts';

/** Links followed one after the other, as in a checkout. */
const MOST_HOPS = 8;

/** Moves from commit to commit; a change is applied once. */
export class HistoryTree {
  readonly #files = new Map<string, Blob>();
  readonly #lockfiles = new Set<string>();
  readonly #joined = new Map<string, Map<string, string>>();
  /** Directories with a package.json, sorted; undefined where that is to be found out again. */
  #packages: readonly string[] | undefined;

  apply(changes: readonly FileChange[]): void {
    for (const { path, after } of changes) {
      if (after === undefined || after.kind === 'module') this.#files.delete(path);
      else this.#files.set(path, after);
      if (after?.kind === 'file' && relevanceOf(path) === 'lockfile' && isWritable(path)) this.#lockfiles.add(path);
      else this.#lockfiles.delete(path);
      if (posix.basename(path) === 'package.json') this.#packages = undefined;
    }
  }

  /** Object id of a regular file. */
  fileAt(path: string): string | undefined {
    const blob = this.#files.get(path);
    return blob?.kind === 'file' ? blob.id : undefined;
  }

  /** As `idOf`, by a path from a directory: readers ask for the same ones beside every version. */
  idBeside(directory: string, path: string, textOf: (id: string) => string | undefined): string | undefined {
    const known = this.#joined.get(directory) ?? new Map<string, string>();
    this.#joined.set(directory, known);
    const joined = known.get(path) ?? posix.join(directory, path);
    known.set(path, joined);
    return joined.startsWith('../') ? undefined : this.idOf(joined, textOf);
  }

  /** Lockfiles that are there, as regular files of a path that a file can have. */
  lockfiles(): readonly string[] {
    return [...this.#lockfiles];
  }

  /** Lockfiles that changes concern: their own, and those that what is beside them may be read of; also those that are gone. */
  touched(changes: readonly FileChange[]): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const { path } of changes) {
      if (relevanceOf(path) === 'lockfile') touched.add(path);
      else if (relevanceOf(path) === 'settings')
        for (const lockfile of this.#lockfiles) if (isBeside(path, lockfile)) touched.add(lockfile);
    }
    return touched;
  }

  /** Object id of the file at a path, or of the one that a link there leads to, never out of the repository. */
  idOf(path: string, textOf: (id: string) => string | undefined): string | undefined {
    let at = path;
    for (let hops = 0; hops <= MOST_HOPS; hops++) {
      const blob = this.#files.get(at);
      if (blob?.kind !== 'link') return blob?.kind === 'file' ? blob.id : undefined;
      const target = textOf(blob.id);
      if (target === undefined || target === '' || posix.isAbsolute(target)) return undefined;
      at = posix.join(posix.dirname(at), target);
    }
    return undefined;
  }

  /** Ids of what may be looked at beside a lockfile. */
  *beside(lockfile: string): Iterable<string> {
    for (const [path, { id }] of this.#files) {
      if (relevanceOf(path) === 'settings' && isBeside(path, lockfile)) yield id;
    }
  }

  /** Directories at and below one that hold a package.json, relative to it, sorted. */
  packagesIn(directory: string): string[] {
    this.#packages ??= [...this.#files.keys()]
      .filter((path) => posix.basename(path) === 'package.json' && isWritable(path))
      .map((path) => (posix.dirname(path) === '.' ? '' : posix.dirname(path)))
      .sort();
    if (directory === '.') return [...this.#packages];
    return this.#packages.flatMap((path) => {
      if (path === directory) return [''];
      return path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1)] : [];
    });
  }
}

/** Whether settings are in the directory of a lockfile, below it or above. */
function isBeside(settings: string, lockfile: string): boolean {
  const directory = posix.dirname(lockfile);
  if (directory === '.') return true;
  const above = settingsBase(settings);
  return (
    settings.startsWith(`${directory}/`) || above === '' || above === directory || directory.startsWith(`${above}/`)
  );
}

/** The directory that settings are for: those in `.github` and the like are for the one above. */
function settingsBase(path: string): string {
  const directory = posix.dirname(path).replace(/(?:^|\/)(?:\.git(?:hub|lab)|\.config|docs)$/, '');
  return directory === '.' ? '' : directory;
}
