/**
 * How long each ring waits: long enough after the one before that this has taken a release, and that it is noticed whether it
 * is bad. Pure.
 */
import type { Fleet } from '../../graph/fleet.ts';
import { longestGate } from './longest-gate.ts';
import type { Rings } from './rings.ts';
import { DAY } from './settings.ts';

export interface RingTimes {
  /** Minutes from when a ring first holds a bad release until that is noticed and it is gone. */
  readonly detect: number;
  /** Minutes between two re-locks of a lockfile: so long may a ring take to take what it may take. */
  readonly relock: number;
  /** What the first ring waits. 0: somebody has to be first. */
  readonly first: number;
}

export interface RingGates {
  /** By lockfile that must wait: for how many minutes at least. */
  readonly minutes: ReadonlyMap<number, number>;
  /** By ring, the first at 0: what it waits at least, in minutes. */
  readonly byRing: readonly number[];
  /** By ring: its lockfile of the longest gate today, where that keeps later rings waiting longer. */
  readonly heldBy: readonly (number | undefined)[];
}

/**
 * A ring waits for the one before to have waited, to have been locked again, and to have been watched; in whole days, which
 * every setting can say.
 */
export function ringGates(fleet: Fleet, { rings, ringOf }: Rings, { detect, relock, first }: RingTimes): RingGates {
  const byRing: number[] = [];
  const heldBy: (number | undefined)[] = [];
  let gate = wholeDays(first);
  for (let ring = 1; ring <= rings; ring++) {
    let [longest, by] = [gate, undefined as number | undefined];
    for (const [lockfile, of] of ringOf.entries()) {
      const held = of === ring ? longestGate(fleet, lockfile) : 0;
      if (held > longest) [longest, by] = [held, lockfile];
    }
    byRing.push(gate);
    heldBy.push(ring < rings ? by : undefined);
    gate = wholeDays(longest + relock + detect);
  }
  const minutes = new Map<number, number>();
  for (const [lockfile, ring] of ringOf.entries()) {
    if (ring > 0 && byRing[ring - 1]! > 0) minutes.set(lockfile, byRing[ring - 1]!);
  }
  return { minutes, byRing, heldBy };
}

function wholeDays(minutes: number): number {
  return Math.ceil(minutes / DAY) * DAY;
}
