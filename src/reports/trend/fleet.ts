/** What was verified over time, and what was looked at. */
import type { PastRun } from '../../analysis/past-run.ts';
import type { Trend } from '../../analysis/trend.ts';
import { EVIDENCE_KINDS } from '../../evidence/state.ts';
import { KIND_NAMES } from '../evidence-words.ts';
import type { Axis } from '../html/line-chart.ts';
import { count } from '../numbers.ts';
import type { Column } from '../table.ts';
import type { TrendPart } from './parts.ts';
import { MARKS, type Row, SHARE_ROW, SHARES, signed, type TableMaker, wholeMarks } from './table.ts';
import { timesOf } from './times.ts';

export function evidencePart({ runs }: Trend, table: TableMaker): TrendPart {
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

export function fleetPart({ runs, breaks }: Trend, table: TableMaker): TrendPart {
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
    texts: runTexts(runs, table.hasMarks),
  };
}

/** Runs that are not whole, and services that came and went. */
function runTexts(runs: readonly PastRun[], isMarked: boolean): string[] {
  const times = timesOf(runs);
  const incomplete = runs.flatMap(({ complete }, at) => (complete ? [] : [times[at]!]));
  const [joined, left] = [sum(runs, 'joined'), sum(runs, 'left')];
  return [
    ...(isMarked
      ? [`In the row ${MARKS}: ! an incomplete run, | one that was asked or configured otherwise than the run before.`]
      : []),
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
