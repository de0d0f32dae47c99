/** Files of a tree: bytes of a lockfile, and what its reader may see beside it. Nothing outside the tree, no links out. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, resolve, sep } from 'node:path';
import { LockfileError } from '../diagnostics.ts';
import { LIMITS, type Siblings } from '../lockfiles/reader.ts';
import { tooLarge } from '../lockfiles/text.ts';
import type { FoundLockfile, Tree } from './source.ts';

const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** Size of a lockfile on disk, 0 where it cannot be had. */
export function sizeOf(found: FoundLockfile): number {
  return statSync(join(found.tree.root, found.file), { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Bytes of a lockfile.
 *
 * @throws LockfileError LOCKFILE_TOO_LARGE before anything is read, LOCKFILE_UNREADABLE
 */
export function bytesOf(found: FoundLockfile): Uint8Array {
  const absolute = join(found.tree.root, found.file);
  try {
    const { size } = statSync(absolute);
    if (size > LIMITS.bytes) throw tooLarge(found.path, size);
    return readFileSync(absolute);
  } catch (error) {
    if (error instanceof LockfileError) throw error;
    throw new LockfileError({
      code: 'LOCKFILE_UNREADABLE',
      file: found.path,
      message: `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      next: 'make it readable',
    });
  }
}

/** Absolute path of the directory a lockfile is in. */
export function directoryOf(found: FoundLockfile): string {
  return join(found.tree.root, posix.dirname(found.file));
}

/** What the reader of a lockfile may see beside it. */
export function siblingsOf({ tree, file }: FoundLockfile): Siblings {
  const directory = posix.dirname(file) === '.' ? '' : posix.dirname(file);
  return {
    read(path) {
      const absolute = resolve(tree.root, directory, path);
      if (!isListed(tree, absolute) || !isInside(tree.root, absolute)) return undefined;
      const stat = statSync(absolute);
      return stat.isFile() && stat.size <= MAX_MANIFEST_BYTES ? readFileSync(absolute, 'utf8') : undefined;
    },
    packageDirectories: () => below(tree.packages, directory),
  };
}

/** By directory: what is in it. Many files are looked for beside a lockfile, and few are there. */
const listings = new WeakMap<Tree, Map<string, ReadonlySet<string>>>();

function isListed(tree: Tree, file: string): boolean {
  const known = listings.get(tree) ?? new Map<string, ReadonlySet<string>>();
  listings.set(tree, known);
  const directory = dirname(file);
  let names = known.get(directory);
  if (!names) {
    names = namesIn(directory);
    known.set(directory, names);
  }
  return names.has(basename(file));
}

function namesIn(directory: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(directory));
  } catch {
    return new Set();
  }
}

/** Whether a path exists and is a root or inside it (itself without links) when every link on the way is followed. */
export function isInside(root: string, file: string): boolean {
  if (!existsSync(file)) return false;
  const real = realpathSync.native(file);
  return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** The directories at and below one, relative to it. What is below is one run of the sorted list. */
function below(packages: readonly string[], directory: string): string[] {
  if (directory === '') return [...packages];
  const prefix = `${directory}/`;
  const found = packages[lowerBound(packages, directory)] === directory ? [''] : [];
  for (let at = lowerBound(packages, prefix); packages[at]?.startsWith(prefix); at++) {
    found.push(packages[at]!.slice(prefix.length));
  }
  return found;
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
