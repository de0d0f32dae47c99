/** spof-deps plan */
import type { PlanOptions } from '../commands/plan.ts';
import { collect, parseCount } from '../commands/values.ts';
import { PLAN_FORMATS } from '../reports/formats.ts';
import type { Declare } from './command.ts';
import { common, type Given, lookingIn, ofLayers, shared } from './options.ts';

type GivenPlan = Given<PlanOptions, 'format' | 'top' | 'scope' | 'budget'>;

export const declarePlan: Declare = (program, { streams, begin, end }) => {
  const command = program
    .command('plan')
    .description('What to change: the changes that shrink the blast radius most, each with its effect.');
  ofLayers(lookingIn(command))
    .option('--budget <n>', 'things that may be changed, at most', parseCount, 10)
    .option('--system <name>', 'count only the loss of this system (repeatable; default: all)', collect)
    .option('--keep <package>', 'never propose to drop this package (repeatable)', collect)
    .option('--verify', 'ask registries too: for accounts, sources and provenance')
    .action(async (given: GivenPlan) => {
      begin();
      const { planCommand } = await import('../commands/plan.ts');
      end(await planCommand(planOptions(given), streams));
    });
  common(command, PLAN_FORMATS);
};

function planOptions(given: GivenPlan): PlanOptions {
  const { layer = [], system = [], keep = [], verify = false } = given;
  return { ...given, ...shared(given), in: given.in ?? [], layer, system, keep, verify };
}
