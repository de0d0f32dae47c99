/** Tables of numbers over runs: the same columns in all of them, a sparkline, and the lines of a chart. */
import type { PastRun } from '../../analysis/past-run.ts';
import { type Summary, summaryOf, type Trend } from '../../analysis/trend.ts';
import type { Axis, ChartLine } from '../html/line-chart.ts';
import { count, percent } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { sparkline } from '../sparkline.ts';
import type { Cells, Column } from '../table.ts';
import { timesOf } from './times.ts';

/** A table, and what is drawn of it. */
export interface TrendTable {
  readonly title: string;
  readonly cells: Cells;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
}

/** The name of the row that says which runs are not like the others. */
export const MARKS = 'marks';

/** The axis of shares, 0 to 1. */
export const SHARES: Axis = {
  title: 'share',
  least: 0,
  most: 1,
  marks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: percent(at) })),
};

/** How a row of shares is written. */
export const SHARE_ROW = {
  write: percent,
  move: (by: number): string =>
    signed(by, `${by !== 0 && Math.abs(by) < 0.01 ? '<1' : Math.round(Math.abs(by) * 100)} pts`),
};

/** Whole numbers up to the most, at most six. */
export function wholeMarks(least: number, most: number): Axis['marks'] {
  const step = Math.max(1, Math.ceil((most - least) / 5));
  const marks = Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, at) => least + at * step);
  return marks.map((at) => ({ at, label: count(at) }));
}

/** `+3`, `-3` or 0. */
export function signed(by: number, size: string): string {
  return by === 0 ? '0' : `${by > 0 ? '+' : '-'}${size}`;
}

/** A row of numbers over runs, and how they are written. */
export interface Row {
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
export class TableMaker {
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

  /** Whether there are sparklines to put marks below. */
  get hasMarks(): boolean {
    return this.#width > 0;
  }

  /** A row below sparklines that says which runs are not like the others. */
  withMarks({ columns, rows }: Cells, breaks: Trend['breaks']): Cells {
    if (!this.hasMarks) return { columns, rows };
    const broken = new Set(breaks.map(({ run }) => run));
    const marks = this.#runs.map(({ complete }, run) => (complete ? (broken.has(run) ? '|' : '·') : '!'));
    const row = [MARKS, ...NUMBERS.map(() => ''), marks.slice(-this.#width).join('')];
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

  /** What an incomplete run lacks may be in what it could not read. */
  #looked({ isAsked }: Row, run: number): boolean {
    return isAsked(run) && this.#runs[run]!.complete;
  }

  #change(row: Row, { first, last }: Summary): string {
    const { values, move, isAsked } = row;
    if (first === undefined) return '-';
    if (last === undefined) {
      const from = values.findLastIndex((value) => value !== undefined) + 1;
      const gone = values.findIndex((_, run) => run >= from && this.#looked(row, run));
      if (gone !== -1) return `gone ${this.#times[gone]}`;
      return isAsked(values.length - 1) ? 'not seen' : 'not asked';
    }
    const isNew = values.slice(0, first.run).some((_, run) => this.#looked(row, run));
    return isNew ? `new ${this.#times[first.run]}` : move(last.value - first.value);
  }
}
