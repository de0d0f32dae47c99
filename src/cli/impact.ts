/** spof-deps impact PACKAGE[@RANGE]... | --list FILE */
import type { ImpactOptions } from '../commands/impact.ts';
import { collect, parseTime } from '../commands/values.ts';
import { IMPACT_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { common, type Given, lookingIn, shared } from './options.ts';

type GivenImpact = Given<ImpactOptions, 'format' | 'top' | 'scope'>;

export const declareImpact: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('impact')
    .description('What is lost if these packages are bad? Who holds them, who would take them, and whom to tell.')
    .argument('[package[@range]...]', 'names, and bad versions of them: chalk@5.6.1, axios, ms@>=2.1.0 <2.1.3')
    .option(
      '--list <file>',
      'an incident list: lines, CSV, JSON, OSV records, lockfile entries; - for stdin (repeatable)',
      collect,
    );
  lookingIn(command)
    .option('--sarif-dir <dir>', 'also write one SARIF file per repository into a directory')
    .option('--verify', 'ask registries too: for ranges that lockfiles leave out, and what tags stand for')
    .option('--history', 'were we exposed? Walk the git history of every lockfile, those that are gone too')
    .option('--since <time>', 'only exposures that lasted to this time: 2025-09-08, 2025-09-08T13:16Z', (value) =>
      parseTime(value, false),
    )
    .option('--until <time>', 'only exposures that began by this time', (value) => parseTime(value, true))
    .option('--all-branches', 'of each repository all branches, not only the one that is checked out')
    .action(async (packages: string[], given: GivenImpact) => {
      begin();
      const { impactCommand } = await import('../commands/impact.ts');
      end(await impactCommand(packages, impactOptions(given), streams));
    });
  common(command, IMPACT_FORMATS);
};

function impactOptions(given: GivenImpact): ImpactOptions {
  const { list = [], verify = false, history = false, allBranches = false } = given;
  return { ...given, ...shared(given), in: given.in ?? [], list, verify, history, allBranches };
}
