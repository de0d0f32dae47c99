/** What of a repository's tree is to be had, from the list of its entries. Pure. */
import { posix } from 'node:path';
import { isObjectId } from './blobs.ts';
import { isWritable } from './paths.ts';
import { installedIn, relevanceOf } from './relevant.ts';
import { RepositoryFailure, type TreeEntry } from './repository.ts';

/** Largest real repositories have some thousands. */
const MOST_FILES = 50_000;
/** The largest monorepos there are stay below. */
const MOST_ENTRIES = 5_000_000;
/** Named in a diagnostic; the rest is counted. */
const SHOWN = 5;

/** Some of many, and how many there are. */
export interface Some {
  readonly count: number;
  readonly shown: readonly string[];
}

export interface TreePlan {
  /** By path: the object id of a file whose content matters. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of files of which the name is enough. */
  readonly names: readonly string[];
  /** The same for symbolic links in the place of such files. */
  readonly links: ReadonlyMap<string, string>;
  readonly modules: Some;
  /** Files that matter under a path that is not written. */
  readonly refused: Some;
  /** Directories with a package.json and committed node_modules, and no lockfile in them or above. */
  readonly installed: Some;
}

/**
 * @throws RepositoryFailure too-large
 */
export async function planOf(entries: AsyncIterable<TreeEntry>): Promise<TreePlan> {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const names: string[] = [];
  const [modules, refused] = [new Counter(), new Counter()];
  const installed = new Set<string>();
  let seen = 0;
  for await (const { kind, id, path } of entries) {
    if (++seen > MOST_ENTRIES) throw new RepositoryFailure('too-large', `more than ${MOST_ENTRIES} files`);
    if (kind === 'module') modules.add(path);
    const above = installedIn(path);
    if (above !== undefined && installed.size < MOST_FILES) installed.add(above);
    const relevance = relevanceOf(path);
    if (relevance === undefined || kind === 'module') continue;
    if (files.size + links.size + names.length >= MOST_FILES) {
      throw new RepositoryFailure('too-large', `more than ${MOST_FILES} lockfiles and manifests`);
    }
    // A tree that git itself would not write may name one path twice.
    const isTwice = files.has(path) || links.has(path);
    if (isTwice || !isWritable(path) || !isObjectId(id) || kind === 'other') refused.add(path);
    else if (kind === 'link') links.set(path, id);
    else if (relevance === 'name') names.push(path);
    else files.set(path, id);
  }
  return {
    files,
    names,
    links,
    modules: modules.some(),
    refused: refused.some(),
    installed: unlocked(installed, files),
  };
}

function unlocked(installed: ReadonlySet<string>, files: ReadonlyMap<string, string>): Some {
  const found = new Counter();
  if (installed.size === 0) return found.some();
  const locked = new Set([...files.keys()].filter((path) => relevanceOf(path) === 'lockfile').map(posix.dirname));
  for (const directory of installed) {
    if (files.has(posix.join(directory, 'package.json')) && !isLocked(locked, directory || '.')) {
      found.add(directory || '.');
    }
  }
  return found.some();
}

function isLocked(locked: ReadonlySet<string>, directory: string): boolean {
  for (let at = directory; ; at = posix.dirname(at)) {
    if (locked.has(at)) return true;
    if (at === '.') return false;
  }
}

class Counter {
  readonly #shown: string[] = [];
  #count = 0;

  add(path: string): void {
    this.#count++;
    if (this.#shown.length < SHOWN) this.#shown.push(path);
  }

  some(): Some {
    return { count: this.#count, shown: this.#shown };
  }
}

/** Longer than any path that may be written. */
export const LONGEST_TARGET = 4096;

/**
 * The file that a symbolic link stands for, if that is a file of the plan: followed from link to link, never out of the
 * repository.
 *
 * @param targetOf content of a link by its path
 */
export function linkedFile(
  plan: TreePlan,
  path: string,
  targetOf: (link: string) => string | undefined,
): string | undefined {
  let at = path;
  for (let hops = 0; hops < 8; hops++) {
    const target = targetOf(at);
    if (target === undefined || target === '' || posix.isAbsolute(target)) return undefined;
    at = posix.join(posix.dirname(at), target);
    if (plan.files.has(at)) return at;
    if (!plan.links.has(at)) return undefined;
  }
  return undefined;
}
