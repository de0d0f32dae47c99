/**
 * Keeps what is kept of repositories within a bound: trees that were not used for longest go first, with the blobs that
 * none but they had. What this run uses stays, and what any run has used in the last hours, which may be at work still.
 */
import { type Dirent, readdirSync, readFileSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../json.ts';
import { isObjectId } from './blobs.ts';

/** Bytes of blobs and trees together. */
export const MOST_KEPT = 4 * 1024 * 1024 * 1024;
/** Longer than a run waits for limits and fetches. */
const IN_USE_MS = 6 * 60 * 60 * 1000;
/** Answers of hosts and commits of branches are small: they are kept for as long as anybody may come back to them. */
const LONGEST_MS = 180 * 24 * 60 * 60 * 1000;

export interface Kept {
  /** Of the cache: `blobs`, `trees`, `heads`, `host` and `journals` are in it. */
  readonly directory: string;
  /** Of this run. */
  readonly scratch: string;
  /** Directories of trees that this run uses. */
  readonly used: ReadonlySet<string>;
  /** File of a blob by its id. */
  readonly blobFile: (id: string) => string;
}

interface Tree {
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
  /** Bytes that are not those of a blob. */
  readonly own: number;
}

export function prune(kept: Kept, most = MOST_KEPT, now = Date.now()): void {
  for (const kind of ['heads', 'host', 'journals']) {
    for (const file of filesBelow(join(kept.directory, kind))) {
      if (now - (statOf(file)?.mtimeMs ?? now) > LONGEST_MS) rmSync(file, { force: true });
    }
  }
  const trees = treesBelow(join(kept.directory, 'trees'));
  const blobs = filesBelow(join(kept.directory, 'blobs')).flatMap((file) => {
    const stat = statOf(file);
    return stat ? [{ file, stat }] : [];
  });
  let total = blobs.reduce((sum, { stat }) => sum + stat.size, 0) + trees.reduce((sum, { own }) => sum + own, 0);
  // Of a run that was killed, or where a tree holds copies.
  const loose = blobs.filter(({ stat }) => stat.nlink === 1 && now - stat.mtimeMs > IN_USE_MS);
  for (const { file, stat } of loose.sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs)) {
    if (total <= most) return;
    rmSync(file, { force: true });
    total -= stat.size;
  }
  for (const { directory, own } of trees.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= most) return;
    if (kept.used.has(directory) || now - usedAt(directory) <= IN_USE_MS) continue;
    const ids = idsOf(directory);
    // Moved first, so that nobody sees half of it.
    const away = join(kept.scratch, `pruned-${trees.length}`);
    try {
      renameSync(directory, away);
    } catch {
      continue;
    }
    rmSync(away, { recursive: true, force: true });
    total -= own;
    for (const id of ids) total -= dropped(kept.blobFile(id));
  }
}

/** Bytes of a blob that no tree has any more, which is removed. */
function dropped(file: string): number {
  const stat = statOf(file);
  if (stat?.nlink !== 1) return 0;
  rmSync(file, { force: true });
  return stat.size;
}

function treesBelow(directory: string): Tree[] {
  return entriesOf(directory).flatMap((above) =>
    entriesOf(join(directory, above.name)).map(({ name }): Tree => {
      const tree = join(directory, above.name, name);
      const own = filesBelow(tree).reduce((sum, file) => {
        const stat = statOf(file);
        return stat?.nlink === 1 ? sum + stat.size : sum;
      }, 0);
      return { directory: tree, usedAt: usedAt(tree), own };
    }),
  );
}

function usedAt(tree: string): number {
  return statOf(join(tree, 'tree.json'))?.mtimeMs ?? 0;
}

/** Of what is written there only what are ids. */
function idsOf(tree: string): string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(tree, 'tree.json'), 'utf8'));
    const files: readonly unknown[] = isObject(value) && Array.isArray(value.files) ? value.files : [];
    return files.flatMap((file) => {
      const id: unknown = Array.isArray(file) ? file[1] : undefined;
      return typeof id === 'string' && isObjectId(id) ? [id] : [];
    });
  } catch {
    return [];
  }
}

function filesBelow(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch {
    return [];
  }
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
