/**
 * What could not be read, was skipped, or needs a look: a code, a place, what was expected and the next step. Readers
 * throw a LockfileError when nothing of the file can be used and add a Diagnostic to the graph otherwise.
 */

export type DiagnosticCode =
  | 'LOCKFILE_UNREADABLE'
  | 'LOCKFILE_EMPTY'
  | 'LOCKFILE_SYNTAX'
  | 'LOCKFILE_CONFLICT'
  | 'LOCKFILE_BINARY'
  | 'LOCKFILE_TOO_LARGE'
  | 'LOCKFILE_TOO_COMPLEX'
  | 'LOCKFILE_VERSION'
  | 'LOCKFILE_SHAPE'
  | 'LOCKFILE_UNSUPPORTED'
  | 'ENTRY_SKIPPED'
  | 'EDGE_UNRESOLVED'
  | 'PATH_ESCAPES'
  | 'MANIFEST_UNREADABLE'
  | 'SETTING_UNREADABLE'
  | 'ROOTS_ASSUMED'
  | 'SCOPE_ASSUMED'
  | 'SOURCE_UNREADABLE'
  | 'LINK_SKIPPED'
  | 'SEVERAL_LOCKFILES'
  | 'SUPERSEDED'
  | 'REPOSITORY_NOT_FOUND'
  | 'REPOSITORY_DENIED'
  | 'REPOSITORY_REF_UNKNOWN'
  | 'REPOSITORY_EMPTY'
  | 'REPOSITORY_UNREACHABLE'
  | 'REPOSITORY_TIMEOUT'
  | 'REPOSITORY_RATE_LIMITED'
  | 'REPOSITORY_RENAMED'
  | 'REPOSITORIES_LEFT_OUT'
  | 'REPOSITORY_TOO_LARGE'
  | 'REPOSITORY_NOT_CACHED'
  | 'REPOSITORY_CONFIG'
  | 'GIT_MISSING'
  | 'PATH_SKIPPED'
  | 'SUBMODULE_SKIPPED'
  | 'HISTORY_ABSENT'
  | 'HISTORY_SHALLOW'
  | 'HISTORY_CUT'
  | 'HISTORY_UNREADABLE'
  | 'HISTORY_VERSION'
  | 'SHARD'
  | 'REGISTRY_FAILED'
  | 'REGISTRY_INSECURE'
  | 'TRUST_NOT_REFRESHED'
  | 'INCIDENT_LIST_UNREADABLE'
  | 'INCIDENT_LIST_EMPTY'
  | 'OWNERS_UNREADABLE';

export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** `incomplete`: something of the input is missing from the result (exit 3). `notice`: nothing is lost. */
  readonly severity: 'incomplete' | 'notice';
  /** POSIX path as the source names it, or the registry or repository meant. */
  readonly file: string;
  /** 1-based; absent where the whole file is meant. */
  readonly line?: number;
  readonly column?: number;
  /** What is wrong and what was expected. Never holds file content beyond names, never a secret. */
  readonly message: string;
  /** What to do next. */
  readonly next: string;
}

/** Nothing of a lockfile can be used. The caller turns it into a Diagnostic and goes on with the other files. */
export class LockfileError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Omit<Diagnostic, 'severity'>, options?: ErrorOptions) {
    super(diagnostic.message, options);
    this.name = 'LockfileError';
    this.diagnostic = { ...diagnostic, severity: 'incomplete' };
  }
}
