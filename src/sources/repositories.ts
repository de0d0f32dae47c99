/** Which repository a file belongs to: what is uploaded somewhere names files as that repository does. */
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { revisionOfCheckout } from './git/checkout.ts';
import type { Revision } from './revision.ts';

/** A file as its repository names it. */
export interface RepositoryFile {
  readonly repository: Repository;
  /** POSIX, relative to the root of the repository, never outside it. */
  readonly file: string;
}

export interface Repository {
  /** POSIX path from the source (from the working directory with several), or the name of a directory not below it. */
  readonly name: string;
  /** Whether there is a `.git`: a source without one stands for a repository. */
  readonly isGit: boolean;
  /** On this machine as the user has it, or fetched from somewhere. */
  readonly where: 'here' | 'elsewhere';
  /** Where it comes from and what of it was read; undefined where nothing says so. */
  readonly revision: Revision | undefined;
}

/** What of a run lies where. */
export interface Repositories {
  /**
   * The repository of a file: the nearest directory above it that holds `.git`, else the source.
   *
   * @param file as reports name it; for node_modules the manifest beside it is meant, which a repository holds
   * @returns undefined for what is no file: a directory, a registry, something that is gone
   */
  of(file: string): RepositoryFile | undefined;
  /** The same for a file named from the working directory, as those of the config are. */
  ofWorking(file: string): RepositoryFile | undefined;
  /** The repositories that the sources themselves lie in. */
  readonly ofSources: readonly Repository[];
}

/** @param sources as given on the command line, existing */
export function repositoriesOf(sources: readonly string[]): Repositories {
  const directories = sources.map((source) => (isDirectory(source) ? source : dirname(source)));
  const [only] = directories;
  const finder = new Finder(directories.length === 1 && only !== undefined ? only : '.', directories);
  return {
    of: (file) => finder.find(finder.base, file),
    ofWorking: (file) => finder.find(process.cwd(), file),
    ofSources: [...new Set(directories.map((directory) => finder.at(realPath(directory)).repository))],
  };
}

class Finder {
  /** Absolute, links resolved: what paths of reports start from. */
  readonly base: string;
  readonly #sources: readonly string[];
  readonly #roots = new Map<string, string | undefined>();
  readonly #repositories = new Map<string, Repository>();
  readonly #real = new Map<string, string | undefined>();
  readonly #found = new Map<string, RepositoryFile | undefined>();

  constructor(base: string, sources: readonly string[]) {
    this.base = realPath(base);
    this.#sources = sources.map(realPath).sort((a, b) => b.length - a.length);
  }

  find(from: string, file: string): RepositoryFile | undefined {
    const named = resolve(from, file);
    if (!this.#found.has(named)) this.#found.set(named, file === '' ? undefined : this.#locate(named));
    return this.#found.get(named);
  }

  #locate(named: string): RepositoryFile | undefined {
    const absolute = basename(named) === 'node_modules' ? join(dirname(named), 'package.json') : named;
    if (!isFile(absolute)) return undefined;
    const directory = this.#realDirectory(dirname(absolute));
    if (directory === undefined) return undefined;
    const { repository, root } = this.at(directory);
    const inside = posixPath(relative(root, join(directory, basename(absolute))));
    return leadsOut(inside) ? undefined : { repository, file: inside };
  }

  /** @param directory absolute, links resolved */
  at(directory: string): { readonly repository: Repository; readonly root: string } {
    const git = this.#rootAbove(directory);
    const root = git ?? this.#sources.find((source) => isAtOrBelow(source, directory)) ?? this.base;
    const known = this.#repositories.get(root);
    if (known) return { repository: known, root };
    const below = posixPath(relative(this.base, root));
    const repository = localRepository(below === '' || leadsOut(below) ? basename(root) : below, git);
    this.#repositories.set(root, repository);
    return { repository, root };
  }

  #rootAbove(directory: string): string | undefined {
    if (this.#roots.has(directory)) return this.#roots.get(directory);
    const above = dirname(directory);
    const root = existsSync(join(directory, '.git'))
      ? directory
      : above === directory
        ? undefined
        : this.#rootAbove(above);
    this.#roots.set(directory, root);
    return root;
  }

  #realDirectory(directory: string): string | undefined {
    if (!this.#real.has(directory)) {
      this.#real.set(directory, existsSync(directory) ? realPath(directory) : undefined);
    }
    return this.#real.get(directory);
  }
}

/** Its `.git` is read only where somebody wants to know. */
function localRepository(name: string, git: string | undefined): Repository {
  let read: { readonly revision: Revision | undefined } | undefined;
  return {
    name,
    isGit: git !== undefined,
    where: 'here',
    get revision() {
      read ??= { revision: git === undefined ? undefined : revisionOfCheckout(git) };
      return read.revision;
    },
  };
}

// Sources may be gone since they were read: then their paths are taken as they are.
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return true;
  }
}

// A link is a file of its repository, wherever it leads.
function isFile(path: string): boolean {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found !== undefined && (found.isFile() || found.isSymbolicLink());
  } catch {
    return false;
  }
}

function isAtOrBelow(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function posixPath(path: string): string {
  return path.split(sep).join(posix.sep);
}

/** Whether a name can be that of a file of a repository: relative, and no way out. */
export function within(file: string): boolean {
  return file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Of the files that reports name, those that can be files of a repository by their name alone. For node_modules the
 * manifest beside it is meant.
 */
export function plainFile(file: string): string | undefined {
  if (!within(file)) return undefined;
  return posix.basename(file) === 'node_modules' ? posix.join(posix.dirname(file), 'package.json') : file;
}

// On another drive there is no relative path at all.
function leadsOut(path: string): boolean {
  return path === '..' || path.startsWith('../') || resolve(path) === path;
}
