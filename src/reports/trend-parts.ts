/** A history as headings, tables, charts and sentences, for every format of the trend that people read. */
import type { PastRun } from '../analysis/past-run.ts';
import { type CauseTrend, knows, type Summary, type SystemTrend, summaryOf, type Trend } from '../analysis/trend.ts';
import type { LayerName } from '../causes/layer.ts';
import { EVIDENCE_KINDS } from '../evidence/state.ts';
import { KIND_NAMES } from './evidence-words.ts';
import type { Axis, ChartLine } from './html/line-chart.ts';
import { LAYER_NAMES, LAYER_NOUNS } from './layer-words.ts';
import { count, percent } from './numbers.ts';
import { forTerminal } from './safe.ts';
import { sparkline } from './sparkline.ts';
import type { Cells, Column } from './table.ts';
import { timesOf } from './trend-times.ts';
import { breakTexts, unreadTexts } from './trend-words.ts';

export interface TrendContent {
  readonly trend: Trend;
  /** Rows of each table. */
  readonly top: number;
}

/** A table, and what is drawn of it. */
export interface TrendTable {
  readonly title: string;
  readonly cells: Cells;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
}

export interface TrendPart {
  /** Unique among the parts. */
  readonly id: string;
  readonly title: string;
  readonly tables: readonly TrendTable[];
  readonly texts: readonly string[];
}

/** The question all of it answers. */
export const HISTORY = 'How did it get here?';

/** `29 runs from 2026-11-01 to 2026-11-29; now 14 services, 13 lockfiles, 12 systems` */
export function trendHeadline({ runs }: Trend): string {
  const times = timesOf(runs);
  const last = runs.at(-1)!;
  const span = runs.length === 1 ? `of ${times[0]}` : `from ${times[0]} to ${times.at(-1)}`;
  const counts = [count(last.services, 'service'), count(last.lockfiles, 'lockfile'), count(last.systems, 'system')];
  return `${count(runs.length, 'run')} ${span}; at the end ${counts.join(', ')}, scope ${last.scope}`;
}

/** What must be known before a line is believed. */
export function trendAlerts({ runs, breaks, unread }: Trend): string[] {
  const incomplete = runs.filter(({ complete }) => !complete).length;
  const left = unread.filter(({ code }) => code !== 'SAME_RUN').length;
  return [
    ...(left > 0
      ? [`${count(left, 'snapshot')} of the history ${left === 1 ? 'is' : 'are'} not in it: see the end.`]
      : []),
    ...(incomplete > 0
      ? [
          `${count(incomplete, 'run')} ${incomplete === 1 ? 'is' : 'are'} incomplete${runs.at(-1)!.complete ? '' : ', the latest among them'}: numbers of ${incomplete === 1 ? 'it' : 'them'} are bounds (>=, <=).`,
        ]
      : []),
    ...(breaks.length > 0
      ? [
          `At ${count(breaks.length, 'point')} the runs were asked or configured differently: a step there may be that, and nothing else. See what changed between the runs.`,
        ]
      : []),
  ];
}

/** @param width characters of a sparkline at most; 0: tables have none */
export function trendParts({ trend, top }: TrendContent, width: number): TrendPart[] {
  const table = new TableMaker(trend.runs, width);
  return [
    ...systemPart(trend, top, table),
    ...causePart(trend, table),
    evidencePart(trend, table),
    fleetPart(trend, table),
    breakPart(trend),
    ...unreadPart(trend),
  ];
}

function systemPart(trend: Trend, top: number, table: TableMaker): TrendPart[] {
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

function causePart(trend: Trend, table: TableMaker): TrendPart[] {
  const layers = trend.layers.filter(({ causes }) => causes.length > 0);
  if (layers.length === 0) return [];
  const left = layers.filter((layer) => layer.left > 0);
  return [
    {
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
        'Blast radius: the share of all systems lost, by weight. Those that rank first now, then those that did earlier.',
        ...left.map(
          (layer) =>
            `${count(layer.left)} more ${LAYER_NOUNS[layer.layer].many} were among the first earlier (--top all shows them).`,
        ),
      ],
    },
  ];
}

const SHARES: Axis = {
  title: 'share',
  least: 0,
  most: 1,
  marks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: percent(at) })),
};

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

const SHARE_ROW = {
  write: percent,
  move: (by: number): string =>
    signed(by, `${by !== 0 && Math.abs(by) < 0.01 ? '<1' : Math.round(Math.abs(by) * 100)} pts`),
};

function evidencePart({ runs }: Trend, table: TableMaker): TrendPart {
  const asked = runs.filter(({ evidence }) => evidence !== undefined).length;
  const rows = EVIDENCE_KINDS.map(
    (kind): Row => ({
      ...SHARE_ROW,
      label: KIND_NAMES[kind],
      lead: [KIND_NAMES[kind], ofComponents(runs.at(-1)!.evidence?.[kind])],
      values: runs.map(
        ({ evidence }) =>
          evidence && (evidence[kind].of === 0 ? undefined : evidence[kind].verified / evidence[kind].of),
      ),
      bound: (run) => (runs[run]!.complete ? '' : '>='),
      isAsked: (run) => runs[run]!.evidence !== undefined,
    }),
  );
  const columns: Column[] = [
    { header: 'verified', align: 'left' },
    { header: 'components', align: 'right' },
  ];
  return {
    id: 'evidence',
    title: 'How much of what is locked was verified?',
    tables: asked === 0 ? [] : [table.make('Components with verified evidence, of all', columns, SHARES, rows)],
    texts:
      asked === runs.length
        ? []
        : [
            `${asked === 0 ? 'No run' : `${count(runs.length - asked)} of ${count(runs.length, 'run')} did not`} ${asked === 0 ? 'looked' : 'look'} for evidence: nothing is known of them, which is not nothing verified.`,
          ],
  };
}

function ofComponents(evidence: { readonly verified: number; readonly of: number } | undefined): string {
  return evidence ? `${count(evidence.verified)} of ${count(evidence.of)}` : '-';
}

function fleetPart({ runs, breaks }: Trend, table: TableMaker): TrendPart {
  const measures: [string, (run: PastRun) => number | undefined][] = [
    ['services', (run) => run.services],
    ['lockfiles', (run) => run.lockfiles],
    ['lockfiles not read', (run) => run.unread],
    ['systems', (run) => run.systems],
    ['components', (run) => (run.layers.get('package') ?? run.layers.get('artifact'))?.of],
  ];
  const rows = measures
    .map(([label, of]): Row => {
      const values = runs.map(of);
      return {
        label,
        lead: [label],
        values,
        most: Math.max(1, ...values.map((value) => value ?? 0)),
        write: (value) => count(value),
        move: (by) => signed(by, count(Math.abs(by))),
        bound: () => '',
        isAsked: () => true,
      };
    })
    .filter(({ values }) => values.some((value) => value !== undefined && value > 0));
  const most = Math.max(1, ...rows.slice(0, 2).flatMap(({ values }) => values.map((value) => value ?? 0)));
  const axis: Axis = { title: 'services and lockfiles', least: 0, most, marks: wholeMarks(0, most) };
  const { lines, cells, ...of } = table.make('What was counted', [{ header: 'fleet', align: 'left' }], axis, rows);
  return {
    id: 'fleet',
    title: 'What was looked at?',
    tables: [{ ...of, cells: table.withMarks(cells, breaks), lines: lines.slice(0, 2) }],
    texts: runTexts(runs),
  };
}

/** Runs that are not whole, and services that came and went. */
function runTexts(runs: readonly PastRun[]): string[] {
  const times = timesOf(runs);
  const incomplete = runs.flatMap(({ complete }, at) => (complete ? [] : [times[at]!]));
  const [joined, left] = [sum(runs, 'joined'), sum(runs, 'left')];
  return [
    ...(incomplete.length > 0 ? [`Incomplete: ${listed(incomplete)}.`] : []),
    ...(joined + left > 0 ? [`Over these runs ${count(joined, 'service')} joined and ${count(left)} left.`] : []),
    ...(runs.length === 1 ? ['There is one run alone: nothing to compare it with yet.'] : []),
  ];
}

const MOST_LISTED = 20;

function listed(texts: readonly string[]): string {
  const more = texts.length - MOST_LISTED;
  return `${texts.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
}

function sum(runs: readonly PastRun[], what: 'joined' | 'left'): number {
  return runs.reduce((all, run) => all + run[what], 0);
}

function breakPart(trend: Trend): TrendPart {
  const texts = breakTexts(trend);
  return {
    id: 'breaks',
    title: 'What changed between the runs?',
    tables: [],
    texts: texts.length > 0 ? texts : ['Nothing but the fleet: scope, layers, config and systems are the same in all.'],
  };
}

function unreadPart(trend: Trend): TrendPart[] {
  const texts = unreadTexts(trend);
  return texts.length === 0 ? [] : [{ id: 'skipped', title: 'What was skipped', tables: [], texts }];
}

/** Whole numbers up to the most, at most six. */
function wholeMarks(least: number, most: number): Axis['marks'] {
  const step = Math.max(1, Math.ceil((most - least) / 5));
  const marks = Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, at) => least + at * step);
  return marks.map((at) => ({ at, label: count(at) }));
}

function signed(by: number, size: string): string {
  return by === 0 ? '0' : `${by > 0 ? '+' : '-'}${size}`;
}

/** A row of numbers over runs, and how they are written. */
interface Row {
  /** At the end of its line. */
  readonly label: string;
  /** Cells before the numbers. */
  readonly lead: readonly string[];
  readonly values: readonly (number | undefined)[];
  readonly write: (value: number) => string;
  /** The difference between the last and the first. */
  readonly move: (by: number) => string;
  /** What the number of a run is a bound of: >= or <=, or nothing where it is exact. */
  readonly bound: (run: number) => string;
  /** What the highest block stands for, where it is not the end of the axis. */
  readonly most?: number;
  /** Whether a run looked at all: then what it has no number for is not there. */
  readonly isAsked: (run: number) => boolean;
}

const NUMBERS: readonly Column[] = [
  { header: 'last', align: 'right', says: 'in the latest run' },
  { header: 'first', align: 'right', says: 'in the first run that has it' },
  { header: 'least', align: 'right' },
  { header: 'most', align: 'right' },
  { header: 'change', align: 'right', says: 'from the first to the last; when it came, or was gone' },
];

/** Makes tables that all have the same columns of numbers. */
class TableMaker {
  readonly #runs: readonly PastRun[];
  readonly #times: readonly string[];
  readonly #width: number;

  constructor(runs: readonly PastRun[], width: number) {
    this.#runs = runs;
    this.#times = timesOf(runs);
    this.#width = Math.min(width, runs.length);
  }

  make(title: string, lead: readonly Column[], y: Axis, rows: readonly Row[]): TrendTable {
    const shown = this.#runs.length > this.#width ? `last ${this.#width} of ${this.#runs.length} runs` : 'runs';
    const spark: Column[] = this.#width > 0 ? [{ header: shown, align: 'left', shrinkTo: this.#width }] : [];
    return {
      title: forTerminal(title),
      y,
      cells: {
        columns: [...lead, ...NUMBERS, ...spark],
        rows: rows.map((row) => [
          ...row.lead,
          ...this.#numbers(row),
          ...(this.#width > 0
            ? [sparkline(row.values, y.least, row.most ?? y.most, this.#width).replaceAll(' ', '·')]
            : []),
        ]),
      },
      lines: rows.map(({ label, values }) => ({
        label,
        kind: 'step',
        points: this.#runs.map(({ readAt }, at) => ({ x: Date.parse(readAt), y: values[at] })),
      })),
    };
  }

  /** A row below sparklines that says which runs are not like the others. */
  withMarks({ columns, rows }: Cells, breaks: Trend['breaks']): Cells {
    if (this.#width === 0) return { columns, rows };
    const broken = new Set(breaks.map(({ run }) => run));
    const marks = this.#runs.map(({ complete }, run) => (complete ? (broken.has(run) ? '|' : '·') : '!'));
    const row = ['! incomplete, | otherwise', ...NUMBERS.map(() => ''), marks.slice(-this.#width).join('')];
    return { columns, rows: [...rows, row] };
  }

  #numbers(row: Row): string[] {
    const summary = summaryOf(row.values);
    const cell = (known: Summary['first']): string =>
      known ? `${row.bound(known.run)}${row.write(known.value)}` : '-';
    return [
      cell(summary.last),
      cell(summary.first),
      cell(summary.least),
      cell(summary.most),
      this.#change(row, summary),
    ];
  }

  #change({ values, move, isAsked }: Row, { first, last }: Summary): string {
    if (first === undefined) return '-';
    if (last === undefined) {
      if (!isAsked(values.length - 1)) return 'not asked';
      const gone = values.findLastIndex((value) => value !== undefined) + 1;
      return `gone ${this.#times[gone]}`;
    }
    const isNew = values.slice(0, first.run).some((_, run) => isAsked(run));
    return isNew ? `new ${this.#times[first.run]}` : move(last.value - first.value);
  }
}
