/** spof-deps diff BEFORE AFTER: what changed between two reports of a fleet. */
import { differenceOf, isWorse } from '../analysis/difference.ts';
import { readEarlier } from '../config/earlier.ts';
import { EXIT } from '../exit.ts';
import { DIFF_REPORTS, type DiffFormat } from '../reports/index.ts';
import { type OutputOptions, type Streams, writeReports } from './output.ts';

export interface DiffOptions extends OutputOptions<DiffFormat> {
  /** Rows of each table. */
  readonly top: number;
  /** Whether what is worse fails the run. */
  readonly failOn: 'worse' | undefined;
  readonly allowIncomplete: boolean;
}

/**
 * Compares two JSON reports, writes what changed and returns the exit code.
 *
 * @throws UsageError for what is no report
 */
export function diffCommand(before: string, after: string, options: DiffOptions, streams: Streams): number {
  const difference = differenceOf(readEarlier(before, 'before'), readEarlier(after, 'after'));
  writeReports(DIFF_REPORTS, { difference, top: options.top }, options, streams);
  if (options.failOn === 'worse' && isWorse(difference)) return EXIT.gate;
  const { complete, unknown } = difference;
  const isWhole = complete.before && complete.after && unknown.length === 0;
  return isWhole || options.allowIncomplete ? EXIT.ok : EXIT.incomplete;
}
