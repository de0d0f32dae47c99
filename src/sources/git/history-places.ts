/**
 * Which repositories on this machine the sources of a run lie in, or hold: above a source, in it and below, worktrees,
 * submodules and bare ones too. Nothing is asked of git here, and no link is followed.
 */
import { type Dirent, existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { gitDirectoryOf, pointsBack } from './refs-on-disk.ts';

/** A repository on this machine. */
export interface LocalRepository {
  /** As reports name it: POSIX, from the source. */
  readonly name: string;
  readonly gitDirectory: string;
  /** A file of it as reports name it. */
  readonly shown: (file: string) => string;
  /** Whether a directory of it, relative to its root, is in a source. */
  readonly isAsked: (directory: string) => boolean;
  /** Whether what is on disk can be something else than what is committed. */
  readonly hasFiles: boolean;
}

/** A source that is a path. */
export interface PathSource {
  /** Absolute, links resolved: the directory, or the one of the file. */
  readonly directory: string;
  /** What reports put before every path in it. */
  readonly prefix: string;
  /** A file that was named is asked about alone: what is below its directory is not. */
  readonly isFile: boolean;
}

const PASSED_OVER = new Set(['node_modules', '.git', '.hg', '.svn', '.yarn']);
const MAX_DEPTH = 100;

/** @param prefixOf what reports put before paths in a source */
export function pathSources(
  paths: readonly string[],
  prefixOf: (path: string, isDirectory: boolean) => string,
): PathSource[] {
  return paths.map((path) => {
    const isFile = !statSync(path).isDirectory();
    return { directory: realpathSync(isFile ? dirname(path) : path), prefix: prefixOf(path, !isFile), isFile };
  });
}

/** The repositories, each once, in the order of their names; and `.git` files that lead where they have no right to. */
export function repositoriesAt(sources: readonly PathSource[]): {
  readonly repositories: readonly LocalRepository[];
  readonly refused: readonly string[];
} {
  const roots = new Map<string, { readonly root: string; readonly hasFiles: boolean }>();
  const refused = new Set<string>();
  const add = (directory: string): void => {
    const dotGit = join(directory, '.git');
    if (!existsSync(dotGit)) {
      if (isBare(directory)) roots.set(directory, { root: directory, hasFiles: false });
      return;
    }
    const gitDirectory = gitDirectoryOf(dotGit);
    if (gitDirectory === undefined || !isOwn(gitDirectory, dotGit)) refused.add(shownIn(sources, directory));
    else if (!roots.has(gitDirectory)) roots.set(gitDirectory, { root: directory, hasFiles: true });
  };
  for (const { directory, isFile } of sources) {
    const above = rootAbove(directory);
    if (above !== undefined) add(above);
    if (!isFile) below(directory, 0, add);
  }
  const repositories = [...roots].map(([gitDirectory, { root, hasFiles }]): LocalRepository => {
    const shown = (file: string): string => shownIn(sources, join(root, file));
    const isAsked = (inside: string): boolean => {
      const path = join(root, inside);
      return sources.some(({ directory, isFile }) => (isFile ? path === directory : isIn(path, directory)));
    };
    return { name: shownIn(sources, root) || '.', gitDirectory, shown, isAsked, hasFiles };
  });
  repositories.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { repositories, refused: [...refused].sort() };
}

function rootAbove(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

function below(directory: string, depth: number, add: (directory: string) => void): void {
  add(directory);
  if (depth > MAX_DEPTH || isBare(directory)) return;
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    // The walk for lockfiles says that it cannot be read.
    return;
  }
  for (const entry of entries) {
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) below(join(directory, entry.name), depth + 1, add);
  }
}

/** https://git-scm.com/docs/gitrepository-layout: what git takes a directory for a repository by. */
function isBare(directory: string): boolean {
  return ['objects', 'refs'].every((name) => isDirectory(join(directory, name))) && existsSync(join(directory, 'HEAD'));
}

/**
 * A `.git` file may lead to the repository that its worktree or submodule belongs to, never to another one on this machine:
 * a tree from elsewhere could bring it along.
 */
function isOwn(gitDirectory: string, dotGit: string): boolean {
  if (pointsBack(gitDirectory, dotGit)) return true;
  for (let at = dirname(dotGit); ; at = dirname(at)) {
    if (isIn(gitDirectory, join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

function shownIn(sources: readonly PathSource[], path: string): string {
  const { directory, prefix } =
    sourceOf(sources, path) ?? sources.find((source) => isIn(source.directory, path)) ?? sources[0]!;
  const shown = posix.join(prefix, relative(directory, path).split(sep).join(posix.sep));
  return shown === '.' ? '' : shown;
}

/** The innermost source that a directory, or a file in one, is in. */
function sourceOf(sources: readonly PathSource[], path: string): PathSource | undefined {
  return sources
    .filter(({ directory, isFile }) =>
      isFile ? path === directory || dirname(path) === directory : isIn(path, directory),
    )
    .sort((a, b) => b.directory.length - a.directory.length)[0];
}

function isIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
