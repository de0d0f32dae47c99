/** The changes of a plan: a table of them, what each does in words, and what no other plan could exceed. */
import type { Step } from '../../analysis/plan/greedy.ts';
import { append } from '../../lists.ts';
import { LAYER_NOUNS } from '../layer-words.ts';
import { count, percent } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import type { Cells } from '../table.ts';
import {
  EXAMPLES,
  editWords,
  HYPOTHETICAL,
  type PlanContent,
  stepPlace,
  stepWords,
  sumWords,
  systemChanges,
  told,
} from './content.ts';

export function stepCells({ plan, top }: PlanContent): Cells | undefined {
  if (plan.steps.length === 0) return undefined;
  return {
    columns: [
      { header: '#', align: 'right' },
      { header: 'in', align: 'left', shrinkTo: 8 },
      { header: 'change', align: 'left', shrinkTo: 24 },
      { header: 'changes', align: 'right', says: 'things changed: of the budget' },
      { header: 'sum', align: 'right', says: 'of the blast radii before it' },
      { header: 'after', align: 'right', says: 'the same, of the audit of the changed fleet' },
      { header: 'less', align: 'right', says: 'the difference, as a share of what there was at first' },
    ],
    rows: plan.steps
      .slice(0, top)
      .map((step, at) => [
        String(at + 1),
        stepPlace(step),
        stepWords(step),
        count(step.edits.length),
        sumWords(step.before.objective),
        sumWords(step.after.objective),
        percent((step.before.objective - step.after.objective) / plan.before.objective),
      ]),
  };
}

export function stepTexts(content: PlanContent): string[] {
  const { plan, top } = content;
  const { steps, before, after, budget, ended } = plan;
  if (steps.length === 0) {
    return [
      before.objective === 0
        ? 'Nothing that counts defeats a system: there is nothing to lower.'
        : 'No change of dependencies lowers it: isolate, or accept.',
    ];
  }
  const used = steps.reduce((sum, step) => sum + step.edits.length, 0);
  const removed = before.objective - after.objective;
  const stops = {
    budget: '',
    nothing: ' No further change lowers it.',
    room: ' What would help further takes more changes at once than the budget has left.',
  }[ended];
  return [
    ...steps.slice(0, top).map((step, at) => `${at + 1}. ${stepText(content, step)}`),
    `Together ${count(used, 'change')} of a budget of ${count(budget)} ${used === 1 ? 'lowers' : 'lower'} the sum by ${percent(removed / before.objective)}. Each figure is that of an audit of the fleet with the changes made, everything else as it is locked now.${stops}`,
    boundText(content, removed),
    'What has to stay: --keep NAME. What only builds is left out with --scope runtime.',
  ];
}

/** What no other plan can exceed, and what may be said of this one. */
function boundText({ plan: { bound, budget, before } }: PlanContent, removed: number): string {
  const most = `No ${count(budget, 'change')} of these kinds can lower it by more than ${percent(Math.min(1, bound.most / before.objective))}`;
  const share = bound.most > 0 ? `, of which the plan has ${percent(Math.min(1, removed / bound.most))}` : '';
  const greedy = bound.isCoverage
    ? ' Every change saves what it touches by itself, so no plan of as many saves more than 1.58 times what this one does (greedy: 1 - 1/e of the best).'
    : ' Some causes come in several ways, or hit more members than a system can lose: there greedy has no guarantee of its own, and this bound alone holds.';
  return `${most}${share}.${greedy}`;
}

function stepText(content: PlanContent, step: Step): string {
  const { made, edits } = step;
  const what = edits.map((edit) => {
    const { file, building } = told(made, edit);
    return `${editWords(made, edit)} in ${forTerminal(file)}${building ? ' (for building alone)' : ''}`;
  });
  const label = edits.some((edit) => told(made, edit).hypothetical)
    ? ` (${HYPOTHETICAL}: which one is open; it counts as one that nobody else uses, with all else as it is locked now)`
    : '';
  const assumed = edits.some(({ lockfile }) => made.fleet.lockfiles[lockfile]!.roots === 'assumed')
    ? ' (the file does not say what its root depends on: what nothing else depends on counts as that)'
    : '';
  return `In ${stepPlace(step)}: ${listed(what)}${label}${assumed}: ${effectWords(content, step)}.`;
}

function effectWords(content: PlanContent, { before, after }: Step): string {
  const saved = new Map<string, string[]>();
  for (const { system, layer, before: was, after: is } of systemChanges(content, before, after)) {
    const { one, many } = LAYER_NOUNS[layer];
    append(saved, system, `${count(is)} instead of ${count(was, one, many)}`);
  }
  if (saved.size > 0) {
    return listed([...saved].map(([system, parts]) => `${forTerminal(system)} is defeated by ${parts.join(' and ')}`));
  }
  const sums = content.plan.layers.flatMap((layer) => {
    const [was, is] = [before, after].map((of) => of.layers.find((one) => one.layer === layer)!.sum);
    return was! > is! ? [`${LAYER_NOUNS[layer].many} ${sumWords(is!)} instead of ${sumWords(was!)}`] : [];
  });
  return `blast radii add up to less (${sums.join(', ')})`;
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, EXAMPLES * 2).join('; ');
  return texts.length > EXAMPLES * 2 ? `${shown}; and ${count(texts.length - EXAMPLES * 2)} more` : shown;
}
