/** What declared systems were redundant against over time, and which causes took down how much. */
import type { PastRun } from '../../analysis/past-run.ts';
import { type CauseTrend, knows, type SystemTrend, summaryOf, type Trend } from '../../analysis/trend.ts';
import type { LayerName } from '../../causes/layer.ts';
import { LAYER_NAMES, LAYER_NOUNS } from '../layer-words.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import type { TrendPart } from './parts.ts';
import { type Row, SHARE_ROW, SHARES, signed, type TableMaker, type TrendTable, wholeMarks } from './table.ts';

/** Nothing where no run declared a system. */
export function systemPart(trend: Trend, top: number, table: TableMaker): TrendPart[] {
  if (trend.systems.length === 0) return [];
  const shown = byLoss(trend.systems).slice(0, top);
  const left = trend.systems.length - shown.length;
  return [
    {
      id: 'systems',
      title: 'How redundant was each system?',
      tables: shown.map((system) => systemTable(system, trend, table)),
      texts: [
        'Effective members: how many members that share nothing would hold as many different causes. Less is worse; 1 is no redundancy.',
        ...(left > 0
          ? [`${count(left, 'system')} less changed ${left === 1 ? 'is' : 'are'} not shown (--top all).`]
          : []),
      ],
    },
  ];
}

/** What lost most effective members, in any layer, first. */
function byLoss(systems: readonly SystemTrend[]): SystemTrend[] {
  const loss = ({ layers }: SystemTrend): number =>
    layers.reduce((least, { values }) => {
      const { first, last } = summaryOf(values.map((value) => value?.effectiveMembers));
      return first && last ? Math.min(least, last.value - first.value) : least;
    }, 0);
  const all = systems.map((system) => ({ system, loss: loss(system) }));
  return all.sort((a, b) => a.loss - b.loss).map(({ system }) => system);
}

function systemTable({ name, layers }: SystemTrend, { runs }: Trend, table: TableMaker): TrendTable {
  const declared = runs.findLast((run) => run.declared.some((system) => system.name === name))!;
  const { need, members } = declared.declared.find((system) => system.name === name)!;
  const told = layers.filter(({ values }) => values.some((value) => value?.effectiveMembers !== undefined));
  const most = Math.max(2, ...layers.flatMap(({ values }) => values.map((value) => value?.members ?? 0)));
  return table.make(
    `${name}, ${need} of ${members.length} (${members.join(', ')})${declared === runs.at(-1) ? '' : ', gone'}: effective members`,
    [
      { header: 'against', align: 'left', shrinkTo: 12 },
      { header: 'any one', align: 'left' },
    ],
    { title: 'effective members', least: 1, most, marks: wholeMarks(1, most) },
    told.map(({ layer, values }) => ({
      label: layer,
      lead: [layer, values.at(-1)?.survivesAnyOne ?? '-'],
      values: values.map((value) => value?.effectiveMembers),
      write: (value) => value.toFixed(2),
      move: (by) => signed(by, Math.abs(by).toFixed(2)),
      // Causes that are not known may be shared.
      bound: (run) => (!runs[run]!.complete || (values[run]?.unknown ?? 0) > 0 ? '<=' : ''),
      isAsked: (run) => knows(runs[run]!, layer),
    })),
  );
}

export function causePart(trend: Trend, table: TableMaker): TrendPart {
  const layers = trend.layers.filter(({ causes }) => causes.length > 0);
  const empty = trend.layers.filter(({ causes }) => causes.length === 0);
  const left = layers.filter((layer) => layer.left > 0);
  return {
    id: 'causes',
    title: 'Which causes took down how much?',
    tables: layers.map(({ layer, causes }) =>
      table.make(
        LAYER_NAMES[layer],
        [
          { header: 'cause', align: 'left', shrinkTo: 12 },
          { header: 'rank', align: 'right' },
        ],
        SHARES,
        causes.map((cause) => causeRow(cause, layer, trend.runs)),
      ),
    ),
    texts: [
      ...(layers.length > 0
        ? [
            'Blast radius: the share of all systems lost, by weight. Those that rank first now, then those that did earlier.',
          ]
        : []),
      ...left.map(
        (layer) =>
          `${count(layer.left)} more ${LAYER_NOUNS[layer.layer].many} were among the first earlier (--top all shows them).`,
      ),
      ...(trend.layers.length === 0 ? ['No run looked at a layer that is asked for.'] : []),
      ...(empty.length > 0
        ? [`Known in no run: ${empty.map(({ layer }) => LAYER_NOUNS[layer].many).join(', ')}.`]
        : []),
    ],
  };
}

function causeRow({ name, values }: CauseTrend, layer: LayerName, runs: readonly PastRun[]): Row {
  const last = values.at(-1);
  return {
    ...SHARE_ROW,
    label: name.replace(/^https:\/\//, ''),
    lead: [
      forTerminal(name.replace(/^https:\/\//, '')),
      last ? (last.rank === undefined ? 'ignored' : count(last.rank)) : '-',
    ],
    values: values.map((value) => value?.blastRadius),
    bound: (run) => (runs[run]!.complete ? '' : '>='),
    isAsked: (run) => knows(runs[run]!, layer),
  };
}
