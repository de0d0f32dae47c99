/** spof-deps diff BEFORE AFTER: what changed between two runs of a fleet. */
import { differenceOf, isWhole, isWorse } from '../analysis/difference.ts';
import { EXIT } from '../exit.ts';
import { DIFF_REPORTS, type DiffFormat } from '../reports/index.ts';
import { earlierRun, refuseOtherScope } from './earlier.ts';
import { type OutputOptions, type Streams, writeReports } from './output.ts';

export interface DiffOptions extends OutputOptions<DiffFormat> {
  /** Rows of each table. */
  readonly top: number;
  /** Whether what is worse fails the run. */
  readonly failOn: 'worse' | undefined;
  readonly allowIncomplete: boolean;
}

/**
 * Compares two runs, each a JSON report or a snapshot, writes what changed and returns the exit code.
 *
 * @throws UsageError for what is neither, and where they are of different scopes
 */
export async function diffCommand(
  before: string,
  after: string,
  options: DiffOptions,
  streams: Streams,
): Promise<number> {
  const was = await earlierRun(before, 'before');
  const is = await earlierRun(after, 'after');
  refuseOtherScope(was.scope, is.scope, 'diff');
  const difference = differenceOf(was, is);
  writeReports(DIFF_REPORTS, { difference, top: options.top }, options, streams);
  if (options.failOn === 'worse' && isWorse(difference)) return EXIT.gate;
  return isWhole(difference) || options.allowIncomplete ? EXIT.ok : EXIT.incomplete;
}
