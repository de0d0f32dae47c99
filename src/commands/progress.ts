/** One line on stderr that overwrites itself, on a terminal only: what is done, how fast, and how long the rest takes. */
import type { Streams } from './output.ts';

const EVERY_MS = 100;
/** A rate over less than this says nothing. */
const RATE_AFTER_MS = 1000;
const BAR = 24;

export interface ProgressLine {
  /** @param what the work, which is another one as soon as its name changes */
  step(what: string, done: number, total: number): void;
  clear(): void;
}

/** @param now milliseconds of a clock that only goes forward */
export function progressLine({ stderr, env }: Streams, quiet: boolean, now = () => performance.now()): ProgressLine {
  if (quiet || !stderr.isTTY || env.CI) return { step: () => {}, clear: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  let work = '';
  let started = 0;
  return {
    step(what, done, total) {
      const time = now();
      if (what !== work) {
        work = what;
        started = time;
        last = Number.NEGATIVE_INFINITY;
      }
      if (time - last < EVERY_MS) return;
      last = time;
      shown = true;
      stderr.write(`\r\u001b[K${line(what, done, total, time - started)}`);
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}

function line(what: string, done: number, total: number, milliseconds: number): string {
  const filled = total === 0 ? BAR : Math.floor((BAR * done) / total);
  const bar = `${what} [${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${done} of ${total}`;
  if (milliseconds < RATE_AFTER_MS || done === 0) return bar;
  const perSecond = (done * 1000) / milliseconds;
  return `${bar}, ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s, ${left((total - done) / perSecond)} left`;
}

function left(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
