/** What a source of lockfiles gives: where they are, and what could not be had. Plain data: it is sent to threads. */
import type { Diagnostic } from '../diagnostics.ts';
import type { FormatName } from '../lockfiles/index.ts';

/** A directory tree, the most that readers of its lockfiles may see. */
export interface Tree {
  /** Absolute path, links resolved. */
  readonly root: string;
  /** Directories that hold a package.json, POSIX, relative to the root, sorted; '' for the root. */
  readonly packages: readonly string[];
}

/** One lockfile found, not yet read. */
export interface FoundLockfile {
  /** POSIX path as reports and config name it. */
  readonly path: string;
  readonly format: FormatName | 'node_modules';
  readonly tree: Tree;
  /** POSIX path relative to the root of the tree. */
  readonly file: string;
}

/** Name of the lockfile that stands for all that a repository may hold which could not be read: `git.example/acme/pay/?`. */
export const WHOLE_UNREAD = '?';

export interface SourceContent {
  readonly lockfiles: readonly FoundLockfile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of lockfiles that are known to be, or may be, and of which nothing can be read; each has its diagnostic. */
  readonly unread?: readonly string[];
}
