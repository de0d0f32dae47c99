/** What became of a SARIF file that was to be uploaded. Plain data. */

/** Where a file goes. */
export interface Target {
  /** Host of the repository, as people know it: `github.com`. */
  readonly host: string;
  /** Owner and name. */
  readonly repository: string;
  /** Id of the commit that the findings are of. */
  readonly commit: string;
  /** In full: `refs/heads/main`. */
  readonly ref: string;
}

export interface Facts {
  /** Of all runs. */
  readonly results: number;
  /** Compressed, as they are sent. */
  readonly bytes: number;
  /** Tool and category of each run: what a later upload replaces. */
  readonly runs: readonly { readonly tool: string; readonly category: string }[];
}

/** Why a file is not, or not surely, among the alerts; a closed list. */
export type TroubleCode =
  | 'SARIF_UNREADABLE'
  | 'SARIF_INVALID'
  | 'SARIF_TOO_LARGE'
  | 'SARIF_TWICE'
  | 'TARGET_UNKNOWN'
  | 'TARGET_UNTOLD'
  | 'TARGET_ELSEWHERE'
  | 'HOST_TAKES_NONE'
  | 'TOKEN_REFUSED'
  | 'CODE_SCANNING_OFF'
  | 'REPOSITORY_ARCHIVED'
  | 'PERMISSION_DENIED'
  | 'REPOSITORY_NOT_FOUND'
  | 'REPOSITORY_MOVED'
  | 'UPLOAD_REFUSED'
  | 'RATE_LIMITED'
  | 'HOST_UNREACHABLE'
  | 'PROCESSING_FAILED'
  | 'PROCESSING_UNKNOWN';

export interface Trouble {
  readonly code: TroubleCode;
  /** May repeat what the host said, without the token. */
  readonly message: string;
  readonly next: string;
}

interface Known {
  /** As it was named. */
  readonly file: string;
  readonly target: Target | undefined;
  readonly facts: Facts | undefined;
}

/**
 * `processed`: its alerts are stored. `uploaded`: taken by the host, which was not asked, or did not say in time, what became
 * of it. `planned`: nobody was asked. `skipped`: not sent, or the repository takes none. `failed`: meant to be sent.
 */
export type Outcome = Known &
  (
    | { readonly status: 'processed' | 'planned'; readonly trouble?: undefined }
    | { readonly status: 'uploaded'; readonly trouble?: Trouble | undefined }
    | { readonly status: 'skipped' | 'failed'; readonly trouble: Trouble }
  );

export const STATUSES = [
  'processed',
  'uploaded',
  'planned',
  'skipped',
  'failed',
] as const satisfies readonly Outcome['status'][];

/** Whether anything is not, or not surely, where it should be. */
export function isIncomplete(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ trouble }) => trouble !== undefined);
}
