/** What to change: headings, tables and sentences of every report for people, in the order of the three questions. */

import { LAYER_NOUNS } from '../layer-words.ts';
import { count, percent } from '../numbers.ts';
import type { Part } from '../part.ts';
import { QUESTIONS } from '../questions.ts';
import { ringParts } from '../rings/parts.ts';
import { forTerminal } from '../safe.ts';
import { simulationParts } from '../simulation/parts.ts';
import { nothingText } from '../summary.ts';
import type { Cells } from '../table.ts';
import { beyondTexts } from './beyond.ts';
import { type PlanContent, sumWords } from './content.ts';
import { measureTexts } from './measures.ts';
import { stepCells, stepTexts } from './steps.ts';

export function planParts(content: PlanContent): Part[] {
  const { audit, rings, top, simulation, isDetectionGiven } = content;
  const nothing = nothingText(audit);
  if (nothing !== undefined)
    return [{ id: 'nothing', title: QUESTIONS.vulnerable, cells: undefined, texts: [nothing] }];
  return [
    { id: 'vulnerable', title: QUESTIONS.vulnerable, cells: layerCells(content), texts: objectiveTexts(content) },
    ...matterPart(content),
    { id: 'act', title: QUESTIONS.act, cells: stepCells(content), texts: stepTexts(content) },
    {
      id: 'measures',
      title: 'What else helps, against releases that are yet to come?',
      cells: undefined,
      texts: measureTexts(content),
    },
    ...ringParts({ audit, plan: rings, top }),
    ...(simulation ? simulationParts({ audit, simulation, isDetectionGiven }) : []),
    {
      id: 'beyond',
      title: 'What is left, and what does no change of dependencies remove?',
      cells: undefined,
      texts: beyondTexts(content),
    },
  ];
}

function layerCells({ plan }: PlanContent): Cells {
  const { before, after } = plan;
  const rows = before.layers.flatMap((now, at) => {
    const then = after.layers[at]!;
    if (now.causes === 0) return [];
    return [
      [
        plan.layers.includes(now.layer) ? now.layer : `${now.layer} (not counted)`,
        count(now.causes),
        count(now.defeating),
        count(then.defeating),
        percent(now.worst),
        percent(then.worst),
        sumWords(now.sum),
        sumWords(then.sum),
      ],
    ];
  });
  return {
    columns: [
      { header: 'one bad', align: 'left', says: 'the layer: what it is that fails as one' },
      { header: 'causes', align: 'right', says: 'how many of them some service holds' },
      { header: 'defeating', align: 'right', says: 'causes that take down a system on their own' },
      { header: 'after', align: 'right', says: 'the same, with every change of the plan made' },
      { header: 'the worst', align: 'right', says: 'share of the systems, by weight, that the worst takes down' },
      { header: 'after', align: 'right' },
      { header: 'sum', align: 'right', says: 'of the blast radii of all causes' },
      { header: 'after', align: 'right' },
    ],
    rows,
  };
}

function objectiveTexts({ audit, plan }: PlanContent): string[] {
  const { before, after, layers, systems } = plan;
  const of =
    systems === undefined
      ? count(audit.systems.length, 'system')
      : systems.map((system) => forTerminal(audit.systems[system]!.name)).join(', ');
  if (layers.length === 0) return ['No layer has a cause that counts: there is nothing to lower.'];
  const causes = before.layers.reduce((sum, layer) => sum + (layers.includes(layer.layer) ? layer.causes : 0), 0);
  const expected = causes === 0 ? 0 : before.objective / causes;
  return [
    `Counted: the blast radius of every cause of ${layers.join(', ')}, by ${of}, added up: ${sumWords(before.objective)} now${
      plan.steps.length === 0 ? '' : `, ${sumWords(after.objective)} after the plan`
    }. One bad cause drawn at random of the ${count(causes)} takes down ${percent(expected)} of them today.`,
  ];
}

function matterPart(content: PlanContent): Part[] {
  const { audit, plan, top } = content;
  const declared = audit.systems.filter(({ origin }) => origin === 'declared');
  const rows = declared.flatMap((system, at) =>
    plan.layers.flatMap((layer) => {
      const [now, left] = [plan.before, plan.after].map(
        (of) => of.layers.find((one) => one.layer === layer)!.systems[at]!,
      );
      return now === 0 ? [] : [{ name: forTerminal(system.name), layer, now: now!, left: left! }];
    }),
  );
  if (rows.length === 0) return [];
  const shown = rows.slice(0, top);
  const blind = guardTexts(content);
  return [
    {
      id: 'matter',
      title: QUESTIONS.matter,
      cells: {
        columns: [
          { header: 'system', align: 'left', shrinkTo: 10 },
          { header: 'one bad', align: 'left' },
          { header: 'defeats it', align: 'right', says: 'causes that take it down on their own' },
          { header: 'after', align: 'right', says: 'the same, with every change of the plan made' },
        ],
        rows: shown.map(({ name, layer, now, left }) => [name, layer, count(now), count(left)]),
      },
      texts: [
        ...(rows.length > shown.length
          ? [`${count(rows.length - shown.length)} more rows (--top all shows them).`]
          : []),
        ...blind,
      ],
    },
  ];
}

/** Of what defeats what a guard protects, what takes the guard along. */
function guardTexts({ audit, plan }: PlanContent): string[] {
  return audit.guards.flatMap((guard, g) =>
    guard.protects.flatMap((system, p) => {
      const parts = plan.layers.flatMap((layer) => {
        const [now, then] = [plan.before, plan.after].map(
          (of) => of.layers.find((one) => one.layer === layer)!.guards[g]![p]!,
        );
        return now === 0
          ? []
          : [`${count(now!)} ${now === 1 ? LAYER_NOUNS[layer].one : LAYER_NOUNS[layer].many}, ${count(then!)} after`];
      });
      if (parts.length === 0) return [];
      return [
        `Guard ${forTerminal(guard.name)} goes down together with ${forTerminal(audit.systems[system]!.name)} by ${parts.join('; ')}.`,
      ];
    }),
  );
}
