/** One repository from its lines of commits to what happened to its lockfiles. */
import { posix } from 'node:path';
import type { HistoryEvent, LockfileVersion } from '../analysis/history/intervals.ts';
import { manifestsToCompare, movesOf } from '../analysis/history/moves.ts';
import { asString, isObject } from '../json.ts';
import { type FormatName, formatOf } from '../lockfiles/index.ts';
import type { HistoryRepository, Line } from '../sources/git/history.ts';
import type { FileChange } from '../sources/git/history-log.ts';
import { HistoryTree } from '../sources/git/history-tree.ts';
import { isWritable } from '../sources/remote/paths.ts';
import { relevanceOf } from '../sources/remote/relevant.ts';
import { blobBytes, type Versions } from './versions.ts';

/** What could not be read of one lockfile over time. */
export interface VersionProblem {
  readonly path: string;
  readonly commit: string;
  readonly problem: string;
}

export interface Replayed {
  readonly events: readonly HistoryEvent[];
  readonly problems: readonly VersionProblem[];
  /** Lockfiles of the last commit, by their paths. */
  readonly lockfiles: ReadonlySet<string>;
}

/** Bytes of one settings file, as beside a lockfile on disk; and of all that are kept. */
const LARGEST_SETTINGS = 8 * 1024 * 1024;
const MOST_SETTINGS = 512 * 1024 * 1024;
/** Lockfiles that may hold packages of npm, and are not read. */
const UNREAD = new Set(['bun.lockb', 'shrinkwrap.yaml', 'vlt-lock.json', 'deno.lock']);

/** Has every content of a lockfile looked at that its lines name. */
export async function lookAt(repository: HistoryRepository, lines: readonly Line[], versions: Versions): Promise<void> {
  const formats = new Map<string, FormatName>();
  for (const { steps } of lines) {
    for (const { changes } of steps) {
      for (const { path, after } of changes) {
        const format = lockfileFormat(path);
        if (after?.kind === 'file' && format !== undefined) formats.set(after.id, format);
      }
    }
  }
  await versions.look(repository, formats);
}

/** Texts of the files beside lockfiles that are to be parsed, and of manifests and links that tell what is what. */
export async function textsFor(
  repository: HistoryRepository,
  lines: readonly Line[],
  versions: Versions,
): Promise<(id: string) => string | undefined> {
  const wanted = new Set<string>();
  for (const { steps } of lines) {
    const tree = new HistoryTree();
    for (const { changes } of steps) {
      tree.apply(changes);
      for (const id of manifestsToCompare(changes)) wanted.add(id);
      for (const { after } of changes) if (after?.kind === 'link') wanted.add(after.id);
      for (const path of tree.touched(changes)) {
        const id = tree.fileAt(path);
        if (id !== undefined && versions.isSuspect(id)) for (const each of tree.beside(path)) wanted.add(each);
      }
    }
  }
  const texts = new Map<string, string>();
  let total = 0;
  if (wanted.size > 0) {
    await repository.blobs([...wanted], async (id, size, content) => {
      if (size > LARGEST_SETTINGS || total + size > MOST_SETTINGS) return;
      const bytes = await blobBytes(id, size, content);
      if (bytes === undefined) return;
      total += size;
      texts.set(id, Buffer.from(bytes).toString('utf8'));
    });
  }
  return (id) => texts.get(id);
}

/** Goes through a line from its oldest commit to its newest. */
export async function replay(
  repository: HistoryRepository,
  line: Line,
  versions: Versions,
  textOf: (id: string) => string | undefined,
): Promise<Replayed> {
  const tree = new HistoryTree();
  const events: HistoryEvent[] = [];
  const problems: VersionProblem[] = [];
  for (const { commit, time, changes } of line.steps) {
    tree.apply(changes);
    const moves = movesOf(changes, (id) => packageName(textOf(id)));
    const lockfiles = new Map<string, LockfileVersion>();
    for (const path of tree.touched(changes)) {
      const { version, problem } = await versionAt(repository, tree, path, versions, textOf);
      lockfiles.set(path, version);
      if (problem !== undefined) problems.push({ path, commit, problem });
    }
    for (const { path, problem } of oddities(changes, tree, textOf)) problems.push({ path, commit, problem });
    if (moves.length + lockfiles.size > 0) events.push({ commit, time, moves, lockfiles });
  }
  return { events, problems, lockfiles: new Set(tree.lockfiles()) };
}

async function versionAt(
  repository: HistoryRepository,
  tree: HistoryTree,
  path: string,
  versions: Versions,
  textOf: (id: string) => string | undefined,
): Promise<{ version: LockfileVersion; problem?: string | undefined }> {
  const id = tree.fileAt(path);
  const format = lockfileFormat(path);
  if (id === undefined || format === undefined) return { version: 'gone' };
  const directory = posix.dirname(path);
  const { held, problem } = await versions.read(repository, {
    ...{ path, id, format },
    idBeside: (beside) => tree.idBeside(directory, beside, textOf),
    textOf,
    packageDirectories: () => tree.packagesIn(directory),
  });
  return { version: held, problem };
}

/** What may hold packages and is not read: lockfiles of other kinds, links that lead nowhere, paths that are none. */
function* oddities(
  changes: readonly FileChange[],
  tree: HistoryTree,
  textOf: (id: string) => string | undefined,
): Iterable<Omit<VersionProblem, 'commit'>> {
  for (const { path, after } of changes) {
    const relevance = relevanceOf(path);
    if (after === undefined || after.kind === 'module' || relevance === 'settings') continue;
    const name = posix.basename(path);
    if (relevance === 'name') {
      if (UNREAD.has(name)) yield { path, problem: 'a lockfile of a kind that is not read' };
    } else if (!isWritable(path)) yield { path, problem: 'its path cannot be one of a file' };
    else if (after.kind === 'other') yield { path, problem: 'it is no regular file' };
    else if (after.kind === 'link') {
      const target = posix.join(posix.dirname(path), textOf(after.id) ?? '');
      const isRead = lockfileFormat(target) !== undefined && tree.fileAt(target) !== undefined;
      if (!isRead) yield { path, problem: 'a symbolic link to what is no lockfile of the repository' };
    }
  }
}

function lockfileFormat(path: string): FormatName | undefined {
  return relevanceOf(path) === 'lockfile' && isWritable(path) ? formatOf(posix.basename(path)) : undefined;
}

function packageName(manifest: string | undefined): string | undefined {
  if (manifest === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(manifest.replace(/^\uFEFF/, ''));
    return isObject(value) ? asString(value.name) : undefined;
  } catch {
    return undefined;
  }
}
