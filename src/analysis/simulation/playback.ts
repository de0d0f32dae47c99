/**
 * Plays bad releases against a fleet's release-age gates: who takes one when, until it is noticed and gone, and what is lost
 * meanwhile. Exact: events, no steps of time, nothing drawn by chance. Model: docs/rings-and-simulation.md. Pure.
 */
import type { Landscape } from '../landscape.ts';
import type { ReleaseDelays } from '../release-delay.ts';
import type { Noticing } from '../rings/exposure.ts';
import { rounded } from '../rounded.ts';
import { nextRelock, type Schedule } from './schedule.ts';
import { SystemState } from './system-state.ts';

/** A release that is bad, all from the same moment on. */
export interface BadRelease {
  /** Of the package. */
  readonly name: string;
  /** Services whose lockfiles would take it, by index. */
  readonly services: readonly number[];
}

/**
 * `scheduled`: by a schedule. `worst`: everybody is locked again the moment their gate allows, and last of all just before it
 * is noticed: no schedule loses more at any moment.
 */
export const LOCKINGS = ['scheduled', 'worst'] as const;
export type Locking = (typeof LOCKINGS)[number];

/** What is lost from a moment on until the next step; minutes since the release. */
export interface Step {
  readonly at: number;
  /** Services that hold it. */
  readonly services: number;
  /** Systems lost, and what they weigh. */
  readonly systems: number;
  readonly weight: number;
}

/** `at`: when the service took it, or the system was lost first; `until`: when that was over for the last time. */
export interface Span {
  readonly index: number;
  readonly at: number;
  readonly until: number;
}

/** A guard that held the release when a service below what it protects took it: it was blind at that moment. */
export interface BlindMoment {
  readonly guard: number;
  readonly system: number;
  readonly guardAt: number;
  readonly touchedAt: number;
  /** When the system was lost; undefined where it held. */
  readonly lostAt: number | undefined;
}

export interface Playback {
  /** When it is noticed and gone; undefined where nobody ever takes it and only this fleet would notice. */
  readonly noticedAt: number | undefined;
  /** Ascending, the first at 0; what is lost changes with each. */
  readonly steps: readonly Step[];
  /** Services that took it, by time, then index. */
  readonly taken: readonly Span[];
  /** Systems that were lost, by time, then index. */
  readonly lost: readonly Span[];
  readonly blind: readonly BlindMoment[];
  /** The most that is lost at once, and its share of the weight of all systems, 0 to 1. */
  readonly peak: number;
  readonly blastRadius: number;
  /** Weight lost times minutes. */
  readonly weightMinutes: number;
}

export function play(
  landscape: Landscape,
  releases: readonly BadRelease[],
  delays: ReleaseDelays,
  noticing: Noticing,
  schedule: Schedule,
  locking: Locking,
): Playback {
  const { services, systems } = landscape;
  const lockfileOf = (service: number): number => services[service]!.lockfile;
  const at = new Map<number, number>();
  for (const { name, services: reach } of releases) {
    for (const service of reach) {
      const wait = delays.of(lockfileOf(service), name).minutes;
      const taken = locking === 'worst' ? wait : nextRelock(schedule, lockfileOf(service), wait);
      at.set(service, Math.min(taken, at.get(service) ?? Number.POSITIVE_INFINITY));
    }
  }
  const noticedAt = noticed(at, noticing);
  const taken = [...at].flatMap(([index, from]): Span[] => {
    if (noticedAt === undefined || from >= noticedAt) return [];
    const until =
      locking === 'worst' ? noticedAt + schedule.period : nextRelock(schedule, lockfileOf(index), noticedAt);
    return [{ index, at: from, until }];
  });
  taken.sort(byTime);
  const { steps, lost } = stepsOf(taken, new SystemState(systems, services.length));
  const peak = steps.reduce((most, { weight }) => Math.max(most, weight), 0);
  const total = systems.reduce((sum, { weight }) => sum + weight, 0);
  return {
    noticedAt,
    steps,
    taken,
    lost,
    blind: blindMoments(landscape, taken, lost),
    peak,
    blastRadius: total === 0 ? 0 : peak / rounded(total),
    weightMinutes: rounded(
      steps.reduce((sum, { at, weight }, index) => sum + weight * ((steps[index + 1]?.at ?? at) - at), 0),
    ),
  };
}

function noticed(at: ReadonlyMap<number, number>, { from, minutes }: Noticing): number | undefined {
  if (from === 'published') return minutes;
  let first = Number.POSITIVE_INFINITY;
  for (const time of at.values()) first = Math.min(first, time);
  return first === Number.POSITIVE_INFINITY ? undefined : first + minutes;
}

function byTime(a: Span, b: Span): number {
  return a.at - b.at || a.index - b.index;
}

function stepsOf(taken: readonly Span[], state: SystemState): { steps: Step[]; lost: Span[] } {
  const moments = [
    ...taken.map(({ index, at }) => ({ index, at, isTaken: true })),
    ...taken.map(({ index, until }) => ({ index, at: until, isTaken: false })),
  ].sort((a, b) => a.at - b.at);
  const steps: Step[] = [{ at: 0, services: 0, systems: 0, weight: 0 }];
  const lost = new Map<number, { at: number; until: number }>();
  let holding = 0;
  for (const [index, { at, index: service, isTaken }] of moments.entries()) {
    holding += isTaken ? 1 : -1;
    for (const system of isTaken ? state.fail(service) : state.recover(service)) {
      const known = lost.get(system);
      if (isTaken) lost.set(system, { at: known?.at ?? at, until: Number.POSITIVE_INFINITY });
      else lost.set(system, { at: known!.at, until: at });
    }
    if (moments[index + 1]?.at === at) continue;
    if (steps.at(-1)!.at === at) steps.pop();
    steps.push({ at, services: holding, systems: state.lost, weight: rounded(state.weight) });
  }
  return { steps, lost: [...lost].map(([index, span]) => ({ index, ...span })).sort(byTime) };
}

function blindMoments({ systems, guards }: Landscape, taken: readonly Span[], lost: readonly Span[]): BlindMoment[] {
  const spanOf = new Map(taken.map((span) => [span.index, span]));
  const lostAt = new Map(lost.map(({ index, at }) => [index, at]));
  return guards.flatMap(({ service, protects }, guard) => {
    const own = spanOf.get(service);
    if (own === undefined) return [];
    return protects.flatMap((system): BlindMoment[] => {
      const times = systems[system]!.members.flatMap((member) => {
        const span = member === service ? undefined : spanOf.get(member);
        return span && span.at >= own.at && span.at < own.until ? [span.at] : [];
      });
      if (times.length === 0) return [];
      const touchedAt = times.reduce((first, time) => Math.min(first, time));
      return [{ guard, system, guardAt: own.at, touchedAt, lostAt: lostAt.get(system) }];
    });
  });
}
