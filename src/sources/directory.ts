/**
 * Lockfiles of a directory tree. Never enters node_modules or .git, never follows a link, runs nothing; what it passes
 * over or cannot read is a diagnostic.
 */
import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import type { Diagnostic } from '../diagnostics.ts';
import { formatOf } from '../lockfiles/index.ts';
import { unsupportedDiagnostic, unsupportedLockfile } from '../lockfiles/unsupported.ts';
import type { FoundLockfile, SourceContent } from './source.ts';
import { isInside } from './tree.ts';

const PASSED_OVER = new Set(['node_modules', '.git', '.hg', '.svn', '.yarn']);
const MAX_DEPTH = 100;

/** What one walk gathers. */
interface Walk {
  readonly tree: { readonly root: string; readonly packages: string[] };
  readonly prefix: string;
  readonly lockfiles: FoundLockfile[];
  readonly diagnostics: Diagnostic[];
  /** Directories that hold node_modules and a package.json, relative to the root. */
  readonly installed: string[];
}

/**
 * Walks a directory.
 *
 * @param root the directory
 * @param prefix put before every path, '' for a single source
 */
export function directorySource(root: string, prefix = ''): SourceContent {
  const walk = walkOf(root, prefix);
  visit(walk, '', 0);
  walk.tree.packages.sort();
  const locked = new Set(
    walk.lockfiles.filter(({ format }) => format !== 'sbom').map(({ file }) => posix.dirname(file)),
  );
  for (const directory of walk.installed) {
    if (!withParents(directory).some((above) => locked.has(above))) {
      walk.lockfiles.push(found(walk, posix.join(directory, 'node_modules'), 'node_modules'));
    }
  }
  walk.lockfiles.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { lockfiles: walk.lockfiles, diagnostics: [...walk.diagnostics, ...severalInOne(walk.lockfiles)] };
}

/** A directory and all above it, as posix.dirname writes them: '.' for the root. */
function withParents(directory: string): string[] {
  const all: string[] = [];
  for (let at = directory || '.'; ; at = posix.dirname(at)) {
    all.push(at);
    if (at === '.') return all;
  }
}

/** One file named by the user: it is read as what its name says, or as what its content says. */
export function fileSource(file: string, prefix = ''): SourceContent {
  const name = basename(file);
  const walk = walkOf(dirname(file), prefix);
  const unsupported = unsupportedLockfile(name);
  if (unsupported) walk.diagnostics.push(unsupportedDiagnostic(posix.join(prefix, name), unsupported));
  else {
    collectPackages(walk, '', 0);
    walk.tree.packages.sort();
    walk.lockfiles.push(found(walk, name, formatOf(name) ?? 'unknown'));
  }
  return { lockfiles: walk.lockfiles, diagnostics: walk.diagnostics };
}

function walkOf(root: string, prefix: string): Walk {
  return { tree: { root: realpathSync(root), packages: [] }, prefix, lockfiles: [], diagnostics: [], installed: [] };
}

function visit(walk: Walk, directory: string, depth: number): void {
  const entries = list(walk, directory, depth);
  const names = new Set(entries.map((entry) => entry.name));
  if (names.has('package.json')) {
    walk.tree.packages.push(directory);
    if (entries.some((entry) => entry.name === 'node_modules' && entry.isDirectory())) walk.installed.push(directory);
  }
  for (const entry of entries) {
    const path = posix.join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) visit(walk, path, depth + 1);
    } else take(walk, path, entry, names);
  }
}

function take(walk: Walk, path: string, entry: Dirent, beside: ReadonlySet<string>): void {
  const format = formatOf(entry.name);
  const unsupported = unsupportedLockfile(entry.name);
  if (!format && !unsupported) {
    noteWayOut(walk, path, entry);
    return;
  }
  if (entry.isSymbolicLink()) {
    walk.diagnostics.push({
      code: 'LINK_SKIPPED',
      severity: leadsInside(walk, path) ? 'notice' : 'incomplete',
      file: shown(walk, path),
      message: 'a symbolic link to a lockfile is not followed',
      next: 'its target is read where it stands, if that is inside the scan; else name the target as a source',
    });
  } else if (!entry.isFile()) {
    walk.diagnostics.push({
      code: 'SOURCE_UNREADABLE',
      severity: 'incomplete',
      file: shown(walk, path),
      message: 'expected a regular file',
      next: 'replace it with the lockfile itself',
    });
  } else if (format) walk.lockfiles.push(found(walk, path, format));
  else if (unsupported) {
    const by = readInstead(entry.name, beside);
    walk.diagnostics.push(
      by === undefined ? unsupportedDiagnostic(shown(walk, path), unsupported) : superseded(shown(walk, path), by),
    );
  }
}

/** A directory inside the tree is read where it stands; one outside is no part of the scan, and the reader is told. */
function noteWayOut(walk: Walk, path: string, entry: Dirent): void {
  const target = join(walk.tree.root, path);
  if (!entry.isSymbolicLink() || !existsSync(target) || leadsInside(walk, path)) return;
  if (!statSync(target).isDirectory()) return;
  walk.diagnostics.push({
    code: 'LINK_SKIPPED',
    severity: 'notice',
    file: shown(walk, path),
    message: 'a symbolic link to a directory outside the scan is not followed',
    next: 'name the directory as a source too, if its lockfiles belong to this fleet',
  });
}

/** What is read in the place of an unsupported lockfile: the text form of the same, or an SBOM of the same directory. */
function readInstead(name: string, beside: ReadonlySet<string>): string | undefined {
  if (name === 'bun.lockb' && beside.has('bun.lock')) return 'bun.lock';
  return [...beside].find((other) => formatOf(other) === 'sbom');
}

function superseded(file: string, by: string): Diagnostic {
  return {
    code: 'SUPERSEDED',
    severity: 'notice',
    file,
    message: `not read: ${by} beside it is`,
    next: 'nothing, as long as the two are kept in step',
  };
}

function list(walk: Walk, directory: string, depth: number): Dirent[] {
  const unreadable = (message: string): Dirent[] => {
    walk.diagnostics.push({
      code: 'SOURCE_UNREADABLE',
      severity: 'incomplete',
      file: shown(walk, directory) || '.',
      message,
      next: 'make the directory readable, or name the directories to scan one by one',
    });
    return [];
  };
  if (depth > MAX_DEPTH) return unreadable(`more than ${MAX_DEPTH} directories deep: not entered`);
  try {
    return readdirSync(join(walk.tree.root, directory), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch (error) {
    return unreadable(`the directory cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function collectPackages(walk: Walk, directory: string, depth: number): void {
  const entries = depth > MAX_DEPTH ? [] : list(walk, directory, depth);
  if (entries.some((entry) => entry.name === 'package.json' && entry.isFile())) walk.tree.packages.push(directory);
  for (const entry of entries) {
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) {
      collectPackages(walk, posix.join(directory, entry.name), depth + 1);
    }
  }
}

function found(walk: Walk, file: string, format: FoundLockfile['format']): FoundLockfile {
  return { path: shown(walk, file), format, tree: walk.tree, file };
}

function leadsInside(walk: Walk, path: string): boolean {
  return isInside(walk.tree.root, join(walk.tree.root, path));
}

function shown(walk: Walk, path: string): string {
  return posix.join(walk.prefix, path) === '.' ? '' : posix.join(walk.prefix, path);
}

/** Two package managers in one directory: both are read, and the reader is told. */
function severalInOne(lockfiles: readonly FoundLockfile[]): Diagnostic[] {
  const byDirectory = new Map<string, string[]>();
  for (const { path } of lockfiles) {
    const directory = posix.dirname(path);
    byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), posix.basename(path)]);
  }
  return [...byDirectory].flatMap(([directory, names]): Diagnostic[] =>
    names.length < 2
      ? []
      : [
          {
            code: 'SEVERAL_LOCKFILES',
            severity: 'notice',
            file: posix.join(directory, names[0]!),
            message: `${names.length} lockfiles in one directory, each taken for a service: ${names.join(', ')}`,
            next: 'delete the ones that are not in use, or drop their services in the config',
          },
        ],
  );
}
