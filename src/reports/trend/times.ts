/** When the runs of a history were, as people read it. In UTC, as the runs themselves tell it. */
import type { PastRun } from '../../analysis/past-run.ts';
import type { Axis } from '../html/line-chart.ts';

const MARKS = 6;
const DAY = 24 * 60 * 60 * 1000;

/** By run: its day, or the minute too where a day has several runs. */
export function timesOf(runs: readonly PastRun[]): string[] {
  const days = runs.map(({ readAt }) => readAt.slice(0, 10));
  return new Set(days).size === days.length ? days : runs.map(({ readAt }) => minuteOf(readAt));
}

function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

/** The axis of time, from the first run to the last. */
export function timeAxis(runs: readonly PastRun[]): Axis {
  const [least, most] = [Date.parse(runs[0]!.readAt), Date.parse(runs.at(-1)!.readAt)];
  const span = most - least;
  const told = (at: number): string => {
    const instant = new Date(at).toISOString();
    return span < MARKS * DAY ? minuteOf(instant).slice(5) : instant.slice(0, 10);
  };
  const marks = span === 0 ? 1 : MARKS;
  return {
    title: 'time at which the lockfiles were read (UTC)',
    least,
    most,
    marks: Array.from({ length: marks }, (_, n) => {
      const at = least + (span * n) / Math.max(1, marks - 1);
      return { at, label: told(at) };
    }),
  };
}
