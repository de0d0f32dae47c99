/** spof-deps plan */
import { Option } from 'commander';
import type { NoticedFrom } from '../analysis/rings/exposure.ts';
import type { PlanOptions } from '../commands/plan.ts';
import { collect, parseCount, parseDays, parseHours } from '../commands/values.ts';
import { PLAN_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { common, type Given, lookingIn, ofLayers, shared } from './options.ts';

const NOTICED_FROM = ['published', 'taken'] as const satisfies readonly NoticedFrom[];

type GivenPlan = Given<PlanOptions, 'format' | 'top' | 'scope' | 'budget' | 'noticedFrom'>;

export const declarePlan: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('plan')
    .description('What to change: the changes that shrink the blast radius most, each with its effect.');
  ofLayers(lookingIn(command))
    .option('--budget <n>', 'things that may be changed, at most', parseCount, 10)
    .option('--system <name>', 'count only the loss of this system (repeatable; default: all)', collect)
    .option('--keep <package>', 'never propose to drop this package (repeatable)', collect)
    .option('--detect <hours>', 'until a bad release is noticed (default: from the recorded incidents)', parseHours)
    .option('--relock <days>', 'between two re-locks of a lockfile (default: 7)', parseDays)
    .option('--simulate', 'play bad releases against the fleet, before and after the plan')
    .option(
      '--bad <release>',
      'with --simulate: this line, or every line of this package: debug@^4, debug (repeatable)',
      collect,
    )
    .addOption(
      new Option('--noticed-from <when>', 'with --simulate: when the time to notice begins')
        .choices([...NOTICED_FROM])
        .default('published'),
    )
    .option('--verify', 'ask registries too: for accounts, sources and provenance')
    .action(async (given: GivenPlan) => {
      begin();
      const { planCommand } = await import('../commands/plan.ts');
      end(await planCommand(planOptions(given), streams));
    });
  common(command, PLAN_FORMATS);
};

function planOptions(given: GivenPlan): PlanOptions {
  const { layer = [], system = [], keep = [], bad = [], simulate = false, verify = false } = given;
  return { ...given, ...shared(given), in: given.in ?? [], layer, system, keep, bad, simulate, verify };
}
