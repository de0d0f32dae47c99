/** Bad releases played minute by minute, from the definitions alone: slow and short. */
import fc from 'fast-check';
import type { Noticing } from '../../../src/analysis/rings/exposure.ts';
import type { BadRelease, Locking } from '../../../src/analysis/simulation/playback.ts';
import { twinLost } from '../../redundancy-twin.ts';
import { ageGate, keptFleet, landscapeOf, ringFleets, type TwinRings } from '../rings/rings-twin.ts';

export interface TwinPlay extends TwinRings {
  /** By lockfile: minutes that npm waits, and when it is locked again first. */
  readonly waits: readonly number[];
  readonly phases: readonly number[];
  readonly period: number;
  readonly noticing: Noticing;
  readonly releases: readonly BadRelease[];
}

/** A package that no gate is for. */
export const EXEMPT = 'exempt';

export const twinPlays: fc.Arbitrary<TwinPlay> = fc
  .record({
    fleet: ringFleets,
    waits: fc.array(fc.oneof(fc.constant(0), fc.nat(30)), { minLength: 6, maxLength: 6 }),
    period: fc.integer({ min: 1, max: 20 }),
    phases: fc.array(fc.nat(19), { minLength: 6, maxLength: 6 }),
    from: fc.constantFrom<Noticing['from']>('published', 'taken'),
    minutes: fc.nat(25),
    releases: fc.array(
      fc.record({ name: fc.constantFrom('bad', EXEMPT), services: fc.uniqueArray(fc.nat(6), { maxLength: 7 }) }),
      { maxLength: 2 },
    ),
  })
  .map(({ fleet, waits, period, phases, from, minutes, releases }) => ({
    ...fleet,
    waits: waits.slice(0, fleet.lockfiles),
    period,
    phases: phases.slice(0, fleet.lockfiles).map((phase) => phase % period),
    noticing: { from, minutes },
    releases: releases.map(({ name, services }) => ({
      name,
      services: services.filter((service) => service < fleet.services).sort((a, b) => a - b),
    })),
  }));

export function inputOf(twin: TwinPlay) {
  const exempt = [{ text: EXEMPT, style: 'exact', negated: false, folded: false, sure: true } as const];
  const fleet = keptFleet(twin.waits.map((wait) => ({ manager: 'npm', gates: [ageGate('npm', wait, { exempt })] })));
  const schedule = { period: twin.period, phase: Float64Array.from(twin.phases) };
  return { fleet, landscape: landscapeOf(twin), schedule };
}

export interface Minute {
  readonly holding: readonly number[];
  readonly lost: readonly number[];
}

/** What is so in each minute after the release, until nothing changes any more. */
export function playMinutes(twin: TwinPlay, locking: Locking): Minute[] {
  const services = [...Array(twin.services).keys()];
  const waitOf = (service: number): number | undefined => {
    const waits = twin.releases
      .filter((release) => release.services.includes(service))
      .map(({ name }) => (name === EXEMPT ? 0 : twin.waits[twin.lockfileOf[service]!]!));
    return waits.length === 0 ? undefined : Math.min(...waits);
  };
  const isLocked = (service: number, minute: number): boolean =>
    locking === 'worst' || minute % twin.period === twin.phases[twin.lockfileOf[service]!];
  const holding = new Set<number>();
  let noticedAt = twin.noticing.from === 'published' ? twin.noticing.minutes : Number.POSITIVE_INFINITY;
  const minutes: Minute[] = [];
  for (let minute = 0; minute < 120; minute++) {
    for (const service of services) {
      if (!isLocked(service, minute)) continue;
      const wait = waitOf(service);
      const takes = wait !== undefined && wait <= minute;
      if (takes && noticedAt === Number.POSITIVE_INFINITY) noticedAt = minute + twin.noticing.minutes;
      if (minute < noticedAt) {
        if (takes) holding.add(service);
      } else if (locking === 'scheduled' || minute >= noticedAt + twin.period) holding.delete(service);
    }
    minutes.push({ holding: [...holding].sort((a, b) => a - b), lost: twinLost(twin.systems, holding) });
  }
  return minutes;
}
