/** Lengths of time as people say them. */
import { count } from './numbers.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** `45 minutes`, `2.9 hours`, `8 days`: to one decimal; days where there are two or just one. */
export function duration(minutes: number): string {
  if (minutes === Number.POSITIVE_INFINITY) return 'for good';
  if (minutes < HOUR) return worded(minutes, 'minute');
  return minutes < 2 * DAY && minutes !== DAY ? worded(minutes / HOUR, 'hour') : worded(minutes / DAY, 'day');
}

function worded(amount: number, unit: string): string {
  const short = Math.round(amount * 10) / 10;
  return Number.isInteger(short) ? count(short, unit) : `${short} ${unit}s`;
}
