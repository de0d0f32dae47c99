/**
 * When lockfiles are locked again. Nobody knows when a release will come, so a schedule is a model: each lockfile once in a
 * period, all of them spread evenly over it, in the order of their paths.
 */
import type { Fleet } from '../../graph/fleet.ts';
import type { Service } from '../../graph/services.ts';

export interface Schedule {
  /** Minutes between two re-locks of a lockfile; more than 0. */
  readonly period: number;
  /** By lockfile: minutes after the release when it is locked again first; NaN where no service is in it. */
  readonly phase: Float64Array;
}

/** Nobody is locked again at the very moment of the release: the first is half a step after it. */
export function evenSchedule(fleet: Fleet, services: readonly Service[], period: number): Schedule {
  const phase = new Float64Array(fleet.lockfiles.length).fill(Number.NaN);
  const used = [...new Set(services.map(({ lockfile }) => lockfile))];
  const path = (lockfile: number): string => fleet.lockfiles[lockfile]!.path;
  used.sort((a, b) => (path(a) < path(b) ? -1 : path(a) > path(b) ? 1 : a - b));
  for (const [at, lockfile] of used.entries()) phase[lockfile] = ((at + 0.5) * period) / used.length;
  return { period, phase };
}

/** The first re-lock at or after a moment; Infinity for one that never comes. */
export function nextRelock({ period, phase }: Schedule, lockfile: number, moment: number): number {
  if (moment === Number.POSITIVE_INFINITY) return moment;
  const first = phase[lockfile]!;
  return first + Math.max(0, Math.ceil((moment - first) / period)) * period;
}

/** The same schedule for a release that comes so many minutes into the period. */
export function shifted({ period, phase }: Schedule, minutes: number): Schedule {
  return { period, phase: phase.map((first) => within(first - minutes, period)) };
}

/** A moment as one within the period. */
export function within(moment: number, period: number): number {
  const rest = moment % period;
  return rest < 0 ? rest + period : rest;
}
