import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blindGuards, blindShare } from '../../src/analysis/blind-guards.ts';
import type { Guard } from '../../src/analysis/landscape.ts';
import { masksOf } from '../../src/analysis/masks.ts';
import {
  isLost,
  landscapes,
  reachFrom,
  someOrder,
  systemsFrom,
  type TwinLandscape,
  twinLeaves,
} from '../redundancy-twin.ts';

function found(landscape: TwinLandscape, guards: readonly Guard[], unknown: readonly number[] = []) {
  const { causes, systems, services } = landscape;
  const reach = reachFrom(causes);
  const ranked = someOrder(causes.length);
  const masks = masksOf(reach, ranked, systemsFrom(landscape), [...systems.keys()], services);
  const bySystem = new Map(masks.map((entry) => [entry.system, entry]));
  return blindGuards(guards, reach, ranked, bySystem, (service) => unknown.includes(service));
}

describe('blindGuards', () => {
  it('equals counting from the definition', () => {
    const raw = fc.array(
      fc.record({ service: fc.nat(20), protects: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }) }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(landscapes(), raw, (landscape, rawGuards) => {
        const { causes, systems, services } = landscape;
        const guards = rawGuards.map(({ service, protects }, at) => ({
          name: `guard ${at}`,
          service: service % services,
          protects: [...new Set(protects.map((system) => system % systems.length))],
        }));
        const ranked = someOrder(causes.length);
        const touches = (cause: number, system: number) =>
          twinLeaves(systems, system).some((leaf) => causes[cause]!.includes(leaf));
        const defeats = (cause: number, system: number) => isLost(systems, system, new Set(causes[cause]!));
        const expected = guards.map(({ service, protects }, guard) => {
          const blind = ranked.filter((cause) => causes[cause]!.includes(service));
          const both = (list: readonly number[]) => list.filter((cause) => blind.includes(cause)).length;
          return {
            guard,
            causes: blind.length,
            touches: blind.filter((cause) => protects.some((system) => touches(cause, system))),
            defeats: blind.filter((cause) => protects.some((system) => defeats(cause, system))),
            protects: protects.map((system) => {
              const touching = ranked.filter((cause) => touches(cause, system));
              const defeating = ranked.filter((cause) => defeats(cause, system));
              return {
                system,
                touching: touching.length,
                blindTouching: both(touching),
                defeating: defeating.length,
                blindDefeating: both(defeating),
              };
            }),
            known: true,
          };
        });
        const plain = found(landscape, guards).map((guard) => ({
          ...guard,
          touches: [...guard.touches],
          defeats: [...guard.defeats],
        }));
        expect(plain).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  // The canary (2) runs what the two replicas (0, 1) run.
  const canary: TwinLandscape = {
    services: 4,
    tenths: [],
    systems: [
      { services: [0, 1], systems: [], need: 1, tenths: 10 },
      { services: [3], systems: [], need: 1, tenths: 10 },
    ],
    causes: [[0, 1, 2], [0, 2], [0, 1], [2], [3]],
  };

  it('tells the causes that take the canary and all replicas from those that take it and one', () => {
    const [guard] = found(canary, [{ name: 'canary', service: 2, protects: [0] }]);
    expect([guard!.causes, new Set(guard!.touches), [...guard!.defeats]]).toEqual([3, new Set([0, 1]), [0]]);
    const [checkout] = guard!.protects;
    expect(blindShare(checkout!.blindTouching, checkout!.touching)).toBeCloseTo(2 / 3, 12);
    expect(blindShare(checkout!.blindDefeating, checkout!.defeating)).toBe(1 / 2);
  });

  it('has no share of nothing', () => {
    const [guard] = found({ ...canary, causes: [[2]] }, [{ name: 'canary', service: 2, protects: [0, 1] }]);
    expect(guard!.protects.map((system) => blindShare(system.blindTouching, system.touching))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it.each([
    [[2], false],
    [[1], false],
    [[3], true],
  ])('says whether all is known of guard and protected: unknown %j', (unknown, known) => {
    expect(found(canary, [{ name: 'canary', service: 2, protects: [0] }], unknown)[0]!.known).toBe(known);
  });

  it('is asked about no guard', () => {
    expect(found(canary, [])).toEqual([]);
  });
});
