/** spof-deps compare A B [C...] */
import type { CompareOptions } from '../commands/compare.ts';
import { TEXT_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { common, type Given, lookingIn, ofLayers, shared } from './options.ts';

type GivenCompare = Given<CompareOptions, 'format' | 'top' | 'scope' | 'verify'>;

export const declareCompare: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('compare')
    .description('Are these services independent? What they share, and the smallest change that separates them.')
    .argument('<service...>', 'names of two or more services, as the audit has them');
  ofLayers(lookingIn(command))
    .option('--no-verify', 'ask no registry')
    .action(async (services: string[], given: GivenCompare) => {
      begin();
      const { compareCommand } = await import('../commands/compare.ts');
      end(await compareCommand(services, compareOptions(given), streams));
    });
  common(command, TEXT_FORMATS);
};

function compareOptions(given: GivenCompare): CompareOptions {
  return { ...given, ...shared(given), in: given.in ?? [], layer: given.layer ?? [] };
}
