/** spof-deps trend FOLDER-OR-SNAPSHOT... */
import { Option } from 'commander';
import type { TrendOptions } from '../commands/trend.ts';
import { collect, parseTop } from '../commands/values.ts';
import { TREND_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { ofLayers } from './options.ts';

type GivenTrend = Partial<TrendOptions> & Pick<TrendOptions, 'format' | 'top'>;

export const declareTrend: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('trend')
    .description('How did it get here? Blast radius, redundancy and evidence over the runs kept in a folder.')
    .argument('<folder-or-snapshot...>', 'folders with snapshots in them, or snapshots; in any order');
  ofLayers(command)
    .addOption(new Option('--format <format>', 'report on stdout').choices([...TREND_FORMATS]).default('terminal'))
    .option('--out <file>', 'also write a report to a file, format by extension (repeatable)', collect)
    .option('--top <n>', 'causes of each layer, now and earlier, and systems; or all', parseTop, 5)
    .option('--allow-incomplete', 'exit 0 even if a snapshot cannot be read, or the latest run is incomplete')
    .option('--color', 'colours even where stdout is no terminal')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'no progress line')
    .action(async (paths: string[], given: GivenTrend) => {
      begin();
      const { trendCommand } = await import('../commands/trend.ts');
      end(trendCommand(paths, trendOptions(given), streams));
    });
};

function trendOptions(given: GivenTrend): TrendOptions {
  const { format, top, color } = given;
  const { out = [], layer = [], allowIncomplete = false, quiet = false } = given;
  return { format, top, color, out, layer, allowIncomplete, quiet };
}
