/** What the caller should know about how a Yarn lockfile was read. */
import { type Diagnostic, LockfileError } from '../../diagnostics.ts';
import { LIMITS } from '../reader.ts';
import type { YarnPackages } from './packages.ts';
import type { YarnProjects } from './projects.ts';

interface Findings {
  readonly found: YarnProjects;
  /** Names of required dependencies without an entry. */
  readonly unresolved: readonly string[];
  readonly adopted: readonly number[];
  readonly opaque: ReadonlySet<string>;
}

/** One diagnostic per kind of finding, with a count and the first few names. */
export function* notesOn(file: string, packages: YarnPackages, findings: Findings): Generator<Diagnostic> {
  const { found, unresolved, adopted, opaque } = findings;
  if (unresolved.length > 0) {
    yield {
      code: 'EDGE_UNRESOLVED',
      severity: 'incomplete',
      file,
      message: `${unresolved.length} required dependencies have no entry: ${someOf(unresolved)}`,
      next: 'run yarn install and commit the lockfile; its settings (.yarnrc.yml, resolutions) must stand beside it',
    };
  }
  if (opaque.size > 0) {
    yield {
      code: 'ENTRY_SKIPPED',
      severity: 'incomplete',
      file,
      message: `the lockfile does not hold what these archives or directories depend on: ${someOf([...opaque])}`,
      next: 'what they bring in hangs from the root as far as the lockfile lists it; make them workspaces to see more',
    };
  }
  if (!found.rootKnown) {
    yield {
      code: 'ROOTS_ASSUMED',
      severity: 'notice',
      file,
      message:
        'neither the file nor a manifest beside it says what the root depends on: what nothing depends on hangs from it',
      next: 'keep package.json beside the lockfile',
    };
  } else if (adopted.length > 0) {
    yield {
      code: 'ROOTS_ASSUMED',
      severity: 'notice',
      file,
      message: `${adopted.length} entries are asked for by nothing in the file and hang from the root: ${someOf(adopted.map((index) => packages.text(packages.entries[index]!.name)))}`,
      next: 'nothing to do where an extension of Yarn or of a plugin brings them in; otherwise run yarn dedupe',
    };
  }
  if (found.unscoped > 0) {
    yield {
      code: 'SCOPE_ASSUMED',
      severity: 'notice',
      file,
      message: `${found.unscoped} dependencies of workspaces are in no manifest beside the lockfile and count as production`,
      next: 'keep the package.json files of the workspaces beside the lockfile',
    };
  }
}

function someOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return distinct.length > 5 ? `${distinct.slice(0, 5).join(', ')}, ...` : distinct.join(', ');
}

/** @param expected what the file should have been, for the message */
export function notALockfile(file: string, expected: string): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_SHAPE',
    file,
    line: 1,
    column: 1,
    message: expected,
    next: 'restore the file from version control, or run yarn install',
  });
}

export function tooMany(file: string, count: number): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file,
    message: `${count} entries: expected at most ${LIMITS.nodes}`,
    next: 'check that this is a lockfile; if it is, split it, or report the size that is needed',
  });
}

export function newerVersion(file: string, version: string, newest: number): Diagnostic {
  return {
    code: 'LOCKFILE_VERSION',
    severity: 'notice',
    file,
    message: `lock version ${version} is newer than ${newest}, the newest known; it was read as that`,
    next: 'update spof-deps',
  };
}
