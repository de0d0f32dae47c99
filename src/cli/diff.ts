/** spof-deps diff BEFORE AFTER */
import { Option } from 'commander';
import type { DiffOptions } from '../commands/diff.ts';
import { collect, parseTop } from '../commands/values.ts';
import { DIFF_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';

type GivenDiff = Partial<DiffOptions> & Pick<DiffOptions, 'format' | 'top'>;

export const declareDiff: Declare = (program, { streams, begin, end }) => {
  program
    .command('diff')
    .description('What changed between two runs of a fleet? Snapshots, or JSON reports made with --top all.')
    .argument('<before>', 'snapshot or JSON report of the earlier run')
    .argument('<after>', 'snapshot or JSON report of the later run')
    .addOption(new Option('--format <format>', 'report on stdout').choices([...DIFF_FORMATS]).default('terminal'))
    .option('--out <file>', 'also write a report to a file, format by extension (repeatable)', collect)
    .option('--top <n>', 'rows of each table, or all', parseTop, 20)
    .addOption(new Option('--fail-on <what>', 'exit 1 if it is worse').choices(['worse']))
    .option(
      '--allow-incomplete',
      'exit 0 even if one of the two is incomplete, lists the first causes alone, or lacks what the other has',
    )
    .option('--color', 'colours even where stdout is no terminal')
    .option('--no-color', 'no colours')
    .action(async (before: string, after: string, given: GivenDiff) => {
      begin();
      const { diffCommand } = await import('../commands/diff.ts');
      end(await diffCommand(before, after, diffOptions(given), streams));
    });
};

function diffOptions(given: GivenDiff): DiffOptions {
  const { format, top, failOn, color } = given;
  return { format, top, failOn, color, out: given.out ?? [], allowIncomplete: given.allowIncomplete ?? false };
}
