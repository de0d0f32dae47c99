/** spof-deps trend FOLDER-OR-SNAPSHOT...: how blast radius, redundancy and evidence came to be what they are. */
import { isTrendWhole, type Trend } from '../analysis/trend.ts';
import type { LayerName } from '../causes/layer.ts';
import { EXIT } from '../exit.ts';
import type { TrendFormat } from '../reports/formats.ts';
import { TREND_REPORTS } from '../reports/index.ts';
import { readHistory } from '../snapshot/history.ts';
import { type OutputOptions, type Streams, writeReports } from './output.ts';
import { progressLine } from './progress.ts';

export interface TrendOptions extends OutputOptions<TrendFormat> {
  /** Rows of each table: causes of a layer, and systems. */
  readonly top: number;
  readonly layer: readonly LayerName[];
  readonly allowIncomplete: boolean;
  readonly quiet: boolean;
}

/**
 * Reads the history, writes the reports and returns the exit code. Nobody is asked, and nothing is audited again.
 *
 * @throws UsageError where there is no snapshot that can be read
 */
export function trendCommand(paths: readonly string[], options: TrendOptions, streams: Streams): number {
  const progress = progressLine(streams, options.quiet);
  const onProgress = (done: number, total: number): void => progress.step('reading snapshots', done, total);
  const { top, layer: layers } = options;
  let trend: Trend;
  try {
    trend = readHistory(paths, { top, layers, onProgress });
  } finally {
    progress.clear();
  }
  writeReports(TREND_REPORTS, { trend, top }, options, streams);
  return isTrendWhole(trend) || options.allowIncomplete ? EXIT.ok : EXIT.incomplete;
}
