/** What is told of files of a repository that are not in its checkout. */
import { posix } from 'node:path';
import type { Diagnostic } from '../../diagnostics.ts';
import { tooLarge } from '../../lockfiles/text.ts';
import type { Notes } from './checkout.ts';
import type { Some } from './plan.ts';
import { relevanceOf } from './relevant.ts';

/** What is missing from a checkout. */
export interface Missing {
  readonly diagnostics: readonly Diagnostic[];
  /** Lockfiles of which nothing is known, by their paths. */
  readonly unread: readonly string[];
}

/** @param name of the repository, put before every path */
export function missingOf(name: string, { links, large, modules, refused, installed }: Notes): Missing {
  const diagnostics: Diagnostic[] = links.map(({ path, isRead }) => linkSkipped(posix.join(name, path), path, isRead));
  const unread: string[] = [];
  for (const { path, size } of large) {
    const shown = posix.join(name, path);
    if (relevanceOf(path) === 'lockfile') {
      unread.push(shown);
      diagnostics.push(tooLarge(shown, size).diagnostic);
    } else diagnostics.push(settingsTooLarge(shown, size));
  }
  if (modules.count > 0) {
    diagnostics.push({
      code: 'SUBMODULE_SKIPPED',
      severity: 'notice',
      file: name,
      message: `${modules.count === 1 ? 'a submodule is' : `${modules.count} submodules are`} not read: ${listed(modules)}`,
      next: 'name their repositories as sources too, if their lockfiles belong to this fleet',
    });
  }
  if (refused.count > 0) {
    diagnostics.push({
      code: 'PATH_SKIPPED',
      severity: 'incomplete',
      file: name,
      message: `${refused.count === 1 ? 'a file is' : `${refused.count} files are`} not read for a path that cannot be written safely: ${listed(refused)}`,
      next: 'rename them: no control characters, nothing that differs in case alone, nothing like .git',
    });
  }
  if (installed.count > 0) {
    diagnostics.push({
      code: 'SOURCE_UNREADABLE',
      severity: 'incomplete',
      file: name,
      message: `committed node_modules without a lockfile are not fetched: in ${listed(installed)}`,
      next: 'commit a lockfile, or clone the repository and name its directory as a source',
    });
  }
  return { diagnostics, unread };
}

function linkSkipped(file: string, path: string, isRead: boolean): Diagnostic {
  if (relevanceOf(path) === 'settings') {
    return {
      code: 'LINK_SKIPPED',
      severity: path.endsWith('package.json') ? 'incomplete' : 'notice',
      file,
      message: 'a symbolic link to a file that is not fetched: what it says is unknown',
      next: 'replace it with the file itself',
    };
  }
  return {
    code: 'LINK_SKIPPED',
    severity: isRead ? 'notice' : 'incomplete',
    file,
    message: 'a symbolic link to a lockfile is not followed',
    next: isRead ? 'nothing: its target is read where it stands' : 'replace it with the lockfile itself',
  };
}

function settingsTooLarge(file: string, size: number): Diagnostic {
  return {
    code: 'SETTING_UNREADABLE',
    severity: 'notice',
    file,
    message: `${size} bytes are too many for a settings file: what it says is unknown`,
    next: 'check that this is what it is named after',
  };
}

function listed({ count, shown }: Some): string {
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ');
}
