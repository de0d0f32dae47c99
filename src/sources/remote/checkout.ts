/**
 * The files that matter of one commit as a directory of the cache, for the directory source to walk. Links are never
 * written, no path leads out; a tree is there as a whole or not at all.
 */
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject } from '../../json.ts';
import { isObjectId, sizeIfIntact } from './blobs.ts';
import type { RemoteCache } from './cache.ts';
import { isWritable } from './paths.ts';
import type { Some } from './plan.ts';
import { RELEVANCE } from './relevant.ts';

/** What a checkout says of files that are not in it. */
export interface Notes {
  /** Links in the place of lockfiles and settings; `isRead`: to a file that is in the checkout under its own path. */
  readonly links: readonly { readonly path: string; readonly isRead: boolean }[];
  /** Lockfiles that are too large, in bytes. */
  readonly large: readonly { readonly path: string; readonly size: number }[];
  readonly modules: Some;
  readonly refused: Some;
  readonly installed: Some;
}

/** What is to be in a checkout. */
export interface Contents {
  /** Object ids by path; all of them are kept in the cache. */
  readonly files: ReadonlyMap<string, string>;
  /** Written as empty files. */
  readonly names: readonly string[];
  readonly notes: Notes;
}

export interface Checkout {
  /** Absolute path. */
  readonly root: string;
  readonly notes: Notes;
}

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * A checkout of an earlier run, every file of it as git hashes it; undefined where there is none. One that is not whole or
 * not as it was is removed, with the blobs it came from.
 *
 * @param name of the repository
 */
export async function openCheckout(cache: RemoteCache, name: string, commit: string): Promise<Checkout | undefined> {
  const directory = directoryOf(cache, name, commit);
  const text = textOf(join(directory, 'tree.json'));
  if (text === undefined) return undefined;
  const kept = text.length > MOST_BYTES ? undefined : parseKept(text);
  // Before it is looked at: another run may be about to remove what was not used for long.
  if (kept) cache.use(directory, false);
  const broken = kept ? await brokenFiles(join(directory, 'tree'), kept.files) : [];
  if (kept && broken.length === 0) return { root: join(directory, 'tree'), notes: kept.notes };
  for (const id of broken) await cache.blobs.drop(id);
  await remove(cache, directory);
  return undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes a checkout; where another run was faster, its one is taken. */
export async function writeCheckout(
  cache: RemoteCache,
  name: string,
  commit: string,
  { files, names, notes }: Contents,
): Promise<Checkout> {
  const made = await cache.directory();
  const root = join(made, 'tree');
  await mkdir(root);
  const directories = new Set<string>();
  const lost: string[] = [];
  const kept = new Map<string, string>();
  const write = async (path: string, place: (file: string) => Promise<void>): Promise<void> => {
    const file = join(root, path);
    try {
      const above = dirname(file);
      if (!directories.has(above)) await mkdir(above, { recursive: true });
      directories.add(above);
      await place(file);
    } catch (error) {
      // The file system takes it for another path that is there: in another case, or as a file in the place of a directory.
      if (!isOfPath(error)) throw error;
      lost.push(path);
    }
  };
  for (const [path, id] of files) {
    await write(path, async (file) => {
      await cache.blobs.place(id, file);
      kept.set(path, id);
    });
  }
  for (const path of names) await write(path, (file) => writeFile(file, '', { flag: 'wx' }));
  const told = { ...notes, refused: joined(notes.refused, lost) };
  await writeFile(join(made, 'tree.json'), JSON.stringify({ files: [...kept], notes: told }));
  const directory = directoryOf(cache, name, commit);
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  try {
    await rename(made, directory);
    cache.use(directory, true);
  } catch (error) {
    const others = await openCheckout(cache, name, commit);
    if (others) return others;
    throw error;
  }
  return { root: join(directory, 'tree'), notes: told };
}

function directoryOf(cache: RemoteCache, name: string, commit: string): string {
  return cache.treeDirectory([RELEVANCE, name, commit]);
}

// Moved away first: another run may be writing it anew.
async function remove(cache: RemoteCache, directory: string): Promise<void> {
  const away = join(await cache.directory(), 'removed');
  await rename(directory, away).catch(() => {});
  await rm(away, { recursive: true, force: true });
}

async function brokenFiles(root: string, files: readonly (readonly [string, string])[]): Promise<string[]> {
  const broken: string[] = [];
  for (const [path, id] of files) if (typeof (await sizeIfIntact(join(root, path), id)) !== 'number') broken.push(id);
  return broken;
}

function joined({ count, shown }: Some, more: readonly string[]): Some {
  return { count: count + more.length, shown: [...shown, ...more].slice(0, 5) };
}

function isOfPath(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['EEXIST', 'ENOTDIR', 'EISDIR', 'EINVAL'].includes(String(error.code))
  );
}

interface Kept {
  readonly files: readonly (readonly [path: string, id: string])[];
  readonly notes: Notes;
}

/** What is read back is as hostile as a server's answer. */
function parseKept(text: string): Kept | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || !Array.isArray(value.files) || !isObject(value.notes)) return undefined;
    const files = value.files.map(parseFile);
    const { links, large, modules, refused, installed } = value.notes;
    return {
      files,
      notes: {
        links: listOf(links).map((each) => ({ path: pathOf(each.path), isRead: each.isRead === true })),
        large: listOf(large).map((each) => ({ path: pathOf(each.path), size: numberOf(each.size) })),
        modules: someOf(modules),
        refused: someOf(refused),
        installed: someOf(installed),
      },
    };
  } catch {
    return undefined;
  }
}

function parseFile(value: unknown): readonly [string, string] {
  const [path, id] = Array.isArray(value) ? value : [];
  if (typeof id !== 'string' || !isObjectId(id)) throw new TypeError('no object id');
  return [pathOf(path), id];
}

function pathOf(value: unknown): string {
  if (typeof value !== 'string' || !isWritable(value)) throw new TypeError('no path');
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('no number');
  return value;
}

function someOf(value: unknown): Some {
  if (!isObject(value) || !Array.isArray(value.shown)) throw new TypeError('no list');
  const shown = value.shown.filter((each) => typeof each === 'string');
  return { count: numberOf(value.count), shown };
}

function listOf(value: unknown): { readonly [key: string]: unknown }[] {
  if (!Array.isArray(value)) throw new TypeError('no list');
  return value.filter(isObject);
}
