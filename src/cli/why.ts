/** spof-deps why PACKAGE[@RANGE] */
import type { WhyOptions } from '../commands/why.ts';
import { WHY_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { type Given, lookingIn, reading, shared } from './options.ts';

type GivenWhy = Given<WhyOptions, 'format' | 'top' | 'scope'>;

export const declareWhy: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('why')
    .description('Why is this package here? What brings it in, by which ways, and what would remove it.')
    .argument('<package[@range]>', 'its name, and versions of it: debug, @types/node@^20, ms@2.1.3');
  lookingIn(command).action(async (wanted: string, given: GivenWhy) => {
    begin();
    const { whyCommand } = await import('../commands/why.ts');
    end(await whyCommand(wanted, whyOptions(given), streams));
  });
  reading(command, WHY_FORMATS);
};

function whyOptions(given: GivenWhy): WhyOptions {
  return { ...given, ...shared(given), in: given.in ?? [] };
}
