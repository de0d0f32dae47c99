import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LossCounter } from '../../../src/analysis/impact/loss.ts';
import { ReleaseDelays } from '../../../src/analysis/release-delay.ts';
import { takenEarly } from '../../../src/analysis/rings/exposure.ts';
import { withGates } from '../../../src/analysis/rings/with-gates.ts';
import { overMoments } from '../../../src/analysis/simulation/moments.ts';
import { LOCKINGS, type Locking, type Playback, play } from '../../../src/analysis/simulation/playback.ts';
import { evenSchedule, nextRelock, shifted } from '../../../src/analysis/simulation/schedule.ts';
import { ageGate, keptFleet } from '../rings/rings-twin.ts';
import { inputOf, playMinutes, type TwinPlay, twinPlays } from './simulation-twin.ts';

const NOW = Date.parse('2026-11-29T00:00:00Z');

function played(twin: TwinPlay, locking: Locking): Playback {
  const { fleet, landscape, schedule } = inputOf(twin);
  return play(landscape, twin.releases, new ReleaseDelays(fleet, NOW), twin.noticing, schedule, locking);
}

/** The step that holds in a minute. */
function stepAt({ steps }: Playback, minute: number) {
  return steps.findLast(({ at }) => at <= minute)!;
}

describe.each(LOCKINGS)('play, %s', (locking) => {
  it('loses in every minute what a play by minutes loses', () => {
    fc.assert(
      fc.property(twinPlays, (twin) => {
        const found = played(twin, locking);
        const minutes = playMinutes(twin, locking);
        const landscape = inputOf(twin).landscape;
        const counter = new LossCounter(landscape);
        const total = landscape.systems.reduce((sum, { weight }) => sum + weight, 0);
        const expected = minutes.map(({ holding }) => {
          const { systems, blastRadius } = counter.of(holding);
          return `${holding.length} ${systems.length} ${(blastRadius * total).toFixed(6)}`;
        });
        const steps = minutes.map((_, minute) => stepAt(found, minute));
        expect(steps.map((step) => `${step.services} ${step.systems} ${step.weight.toFixed(6)}`)).toEqual(expected);
        const took = new Set(minutes.flatMap(({ holding }) => holding));
        expect(found.taken.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...took].sort((a, b) => a - b));
        for (const { index, at, until } of found.lost) {
          if (index >= twin.systems.length) continue;
          expect(minutes.findIndex(({ lost }) => lost.includes(index))).toBe(at);
          expect(minutes.findLastIndex(({ lost }) => lost.includes(index)) + 1).toBe(until);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('names guards that held it when what they protect took it', () => {
    fc.assert(
      fc.property(twinPlays, (twin) => {
        const minutes = playMinutes(twin, locking);
        const expected = twin.guards.flatMap(({ service, protects }, guard) => {
          const guardAt = minutes.findIndex(({ holding }) => holding.includes(service));
          if (guardAt === -1) return [];
          return protects.flatMap((system) => {
            const members = inputOf(twin).landscape.systems[system]!.members.filter((member) => member !== service);
            const touched = members
              .map((member) => minutes.findIndex(({ holding }) => holding.includes(member)))
              .filter((at) => at >= guardAt && minutes[at]!.holding.includes(service));
            return touched.length === 0 ? [] : [{ guard, system, guardAt, touchedAt: Math.min(...touched) }];
          });
        });
        expect(played(twin, locking).blind).toMatchObject(expected);
        expect(played(twin, locking).blind).toHaveLength(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  it('loses nothing where it is noticed at once', () => {
    fc.assert(
      fc.property(twinPlays, (twin) => {
        const found = played({ ...twin, noticing: { ...twin.noticing, minutes: 0 } }, locking);
        expect([found.steps, found.taken, found.peak]).toEqual([
          [{ at: 0, services: 0, systems: 0, weight: 0 }],
          [],
          0,
        ]);
      }),
    );
  });
});

describe('the worst case', () => {
  it('loses at every moment at least what any schedule loses', () => {
    fc.assert(
      fc.property(twinPlays, (twin) => {
        const of = { ...twin, noticing: { ...twin.noticing, from: 'published' as const } };
        const [worst, scheduled] = [played(of, 'worst'), played(of, 'scheduled')];
        for (let minute = 0; minute < 80; minute++) {
          expect(stepAt(scheduled, minute).weight).toBeLessThanOrEqual(stepAt(worst, minute).weight + 1e-9);
        }
      }),
    );
  });

  it('loses at no moment more with longer gates, where others notice', () => {
    fc.assert(
      fc.property(twinPlays, fc.array(fc.nat(40), { minLength: 6, maxLength: 6 }), (twin, longer) => {
        const { fleet, landscape, schedule } = inputOf(twin);
        const noticing = { ...twin.noticing, from: 'published' as const };
        const gated = withGates(fleet, new Map(twin.waits.map((_, lockfile) => [lockfile, longer[lockfile]!])));
        const of = (which: typeof fleet) =>
          play(landscape, twin.releases, new ReleaseDelays(which, NOW), noticing, schedule, 'worst');
        const [before, after] = [of(fleet), of(gated)];
        for (let minute = 0; minute < 80; minute++) {
          expect(stepAt(after, minute).weight).toBeLessThanOrEqual(stepAt(before, minute).weight + 1e-9);
        }
      }),
    );
  });

  it('peaks at what the exposure before notice says, and without gates at what the reach says', () => {
    fc.assert(
      fc.property(twinPlays, (twin) => {
        const { fleet, landscape } = inputOf(twin);
        const [release] = twin.releases;
        if (!release) return;
        const of = { ...twin, releases: [release] };
        const early = takenEarly(
          release.services,
          landscape.services,
          release.name,
          new ReleaseDelays(fleet, NOW),
          twin.noticing,
        );
        const found = played(of, 'worst');
        expect(found.taken.map(({ index }) => index).sort((a, b) => a - b)).toEqual(early);
        expect(found.blastRadius).toBeCloseTo(new LossCounter(landscape).of(early).blastRadius, 9);
        const open = { ...of, waits: twin.waits.map(() => 0), noticing: { ...twin.noticing, minutes: 5 } };
        expect(played(open, 'worst').blastRadius).toBeCloseTo(
          new LossCounter(landscape).of(release.services).blastRadius,
          9,
        );
      }),
    );
  });
});

it('may lose more with a longer gate where only this fleet notices: it meets the next ring', () => {
  const services = [0, 1].map((lockfile) => ({ name: `s${lockfile}`, lockfile, project: 0, weight: 1 }));
  const systems = [{ name: 'both', members: [0, 1], need: 1, weight: 1, origin: 'declared' as const }];
  const peak = (...waits: number[]) => {
    const fleet = keptFleet(waits.map((wait) => ({ manager: 'npm', gates: [ageGate('npm', wait)] })));
    const schedule = evenSchedule(fleet, services, 7);
    const noticing = { from: 'taken', minutes: 5 } as const;
    const releases = [{ name: 'bad', services: [0, 1] }];
    return play({ services, systems, guards: [] }, releases, new ReleaseDelays(fleet, NOW), noticing, schedule, 'worst')
      .peak;
  };
  expect([peak(0, 10), peak(10, 10), peak(10, 22)]).toEqual([0, 1, 0]);
});

it('keeps a release out for good by a fixed date before it, and by none after it', () => {
  const services = [{ name: 's', lockfile: 0, project: 0, weight: 1 }];
  const taken = (time: string, from: 'published' | 'taken') => {
    const gates = [{ ...ageGate('npm', 0), delay: { kind: 'before', time } as const }];
    const fleet = keptFleet([{ manager: 'npm', gates }]);
    const schedule = evenSchedule(fleet, services, 7);
    const releases = [{ name: 'bad', services: [0] }];
    const noticing = { from, minutes: 20 };
    const landscape = { services, systems: [], guards: [] };
    const found = play(landscape, releases, new ReleaseDelays(fleet, NOW), noticing, schedule, 'scheduled');
    return [found.noticedAt, found.taken.length];
  };
  expect(taken('2026-01-01T00:00:00.000Z', 'published')).toEqual([20, 0]);
  expect(taken('2026-01-01T00:00:00.000Z', 'taken')).toEqual([undefined, 0]);
  expect(taken('2027-01-01T00:00:00.000Z', 'taken')).toEqual([23.5, 1]);
});

describe('overMoments', () => {
  it('is what all moments of publication lose, one after the other', () => {
    fc.assert(
      fc.property(twinPlays, (twin) => {
        const { fleet, landscape, schedule } = inputOf(twin);
        const { minutes } = twin.noticing;
        const found = overMoments(landscape, twin.releases, new ReleaseDelays(fleet, NOW), minutes, schedule);
        // Between whole minutes nothing changes: the middles of all minutes stand for them.
        const parts = Array.from({ length: twin.period }, (_, at) => {
          const phase = schedule.phase.map((first) => (first - at - 0.5 + twin.period) % twin.period);
          const noticing = { from: 'published', minutes } as const;
          const { period } = twin;
          const of = play(
            landscape,
            twin.releases,
            new ReleaseDelays(fleet, NOW),
            noticing,
            { period, phase },
            'scheduled',
          );
          return { peak: of.blastRadius, services: of.taken.length };
        });
        const mean = (of: (part: (typeof parts)[number]) => number) =>
          parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
        expect(found.mean).toBeCloseTo(
          mean(({ peak }) => peak),
          9,
        );
        expect(found.services).toBeCloseTo(
          mean(({ services }) => services),
          9,
        );
        expect(found.most).toBeCloseTo(Math.max(...parts.map(({ peak }) => peak)), 9);
        const noticing = { from: 'published', minutes } as const;
        const worst = shifted(schedule, found.worstMoment);
        const delays = new ReleaseDelays(fleet, NOW);
        expect(play(landscape, twin.releases, delays, noticing, worst, 'scheduled').blastRadius).toBeCloseTo(
          found.most,
          9,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('evenSchedule', () => {
  it('spreads the lockfiles that have services evenly over the period, by path', () => {
    const twin = fc.sample(twinPlays, { seed: 1, numRuns: 1 })[0]!;
    const { fleet } = inputOf({ ...twin, waits: [0, 0, 0, 0] });
    const services = [3, 0, 3, 1].map((lockfile) => ({ name: '', lockfile, project: 0, weight: 1 }));
    const schedule = evenSchedule(fleet, services, 60);
    expect([...schedule.phase]).toEqual([10, 30, Number.NaN, 50]);
    expect([nextRelock(schedule, 1, 0), nextRelock(schedule, 1, 30), nextRelock(schedule, 1, 30.5)]).toEqual([
      30, 30, 90,
    ]);
    expect(nextRelock(schedule, 1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});
