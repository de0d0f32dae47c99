/**
 * What rings promise, played: a release that only this fleet can notice defeats no system that they keep apart, and blinds no
 * guard that they put first, whoever would take it and however lockfiles are locked again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReleaseDelays } from '../../../src/analysis/release-delay.ts';
import { ringGates } from '../../../src/analysis/rings/gate-lengths.ts';
import { ringsOf } from '../../../src/analysis/rings/rings.ts';
import { withGates } from '../../../src/analysis/rings/with-gates.ts';
import { LOCKINGS, play } from '../../../src/analysis/simulation/playback.ts';
import { ageGate, keptFleet, landscapeOf, ringFleets } from './rings-twin.ts';

const DAY = 1440;
const NOW = Date.parse('2026-11-29T00:00:00Z');
const six = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 6, maxLength: 6 });

describe.each(LOCKINGS)('rings, %s', (locking) => {
  it('keep what they promise', () => {
    fc.assert(
      fc.property(
        ringFleets,
        six(fc.constantFrom(0, 0, DAY, 9 * DAY)),
        six(fc.nat(10 * DAY)),
        fc.record({ detect: fc.nat(2 * DAY), relock: fc.integer({ min: 1, max: 10 * DAY }), first: fc.nat(3 * DAY) }),
        fc.uniqueArray(fc.nat(6), { maxLength: 7 }),
        (twin, today, phases, times, reach) => {
          const fleet = keptFleet(
            today.slice(0, twin.lockfiles).map((minutes) => ({ manager: 'npm', gates: [ageGate('npm', minutes)] })),
          );
          const landscape = landscapeOf(twin);
          const rings = ringsOf(fleet, landscape);
          const gated = withGates(fleet, ringGates(fleet, rings, times).minutes);
          const services = reach.filter((service) => service < twin.services).sort((a, b) => a - b);
          const phase = Float64Array.from(phases, (each) => each % times.relock);
          const found = play(
            landscape,
            [{ name: 'bad', services }],
            new ReleaseDelays(gated, NOW),
            { from: 'taken', minutes: times.detect },
            { period: times.relock, phase },
            locking,
          );
          expect(found.lost.filter(({ index }) => rings.apart.includes(index))).toEqual([]);
          expect(found.blind.filter(({ guard }) => rings.first.includes(guard))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
