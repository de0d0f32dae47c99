/** Mistakes of the caller: a wrong option or a wrong config. They end the run with exit code 2. */

export type UsageCode =
  | 'USAGE'
  | 'SOURCE_NOT_FOUND'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_SEVERAL'
  | 'CONFIG_SYNTAX'
  | 'CONFIG_INVALID'
  | 'CONFIG_CONTRADICTION'
  | 'NPM_CONFIG_INVALID'
  | 'OUTPUT_FAILED'
  | 'REPORT_INVALID'
  | 'SNAPSHOT_INVALID'
  | 'TRUST_INVALID';

export interface Problem {
  readonly code: UsageCode;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** What is wrong and what was expected. */
  readonly message: string;
  /** The next step. */
  readonly next: string;
}

/** One or more problems, all that could be found at once. */
export class UsageError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('; '));
    this.name = 'UsageError';
    this.problems = problems;
  }
}
