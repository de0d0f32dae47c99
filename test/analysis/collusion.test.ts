import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collusionOf } from '../../src/analysis/collusion.ts';
import { reachSizes, spreadOf, trustedBy } from '../../src/analysis/trust.ts';
import { USE, usesOf } from '../../src/analysis/uses.ts';
import { packageLayer } from '../../src/causes/package.ts';
import { fleetOf, lockfile, servicesOf } from '../described.ts';
import {
  idOf,
  isLost,
  landscapes,
  reachFrom,
  systemsFrom,
  type TwinLandscape,
  twinCollusion,
} from '../redundancy-twin.ts';

function curveOf(landscape: TwinLandscape, visits?: number) {
  return collusionOf(
    {
      reach: reachFrom(landscape.causes),
      causes: [...landscape.causes.keys()].reverse(),
      idOf,
      systems: systemsFrom(landscape),
      weights: landscape.tenths.map((tenths) => tenths / 10),
    },
    undefined,
    visits,
  );
}

/** One system for each of some services, and more. */
function alone(count: number, more: TwinLandscape['systems'] = []): TwinLandscape['systems'] {
  return [
    ...Array.from({ length: count }, (_, service) => ({ services: [service], systems: [], need: 1, tenths: 10 })),
    ...more,
  ];
}

describe('collusionOf', () => {
  it('chooses what a greedy cover that recomputes everything chooses', () => {
    const check = (landscape: TwinLandscape) => {
      const { steps, targets, complete } = curveOf(landscape);
      const expected = twinCollusion(landscape);
      expect(steps.map(({ cause, lost }) => ({ cause, lost }))).toEqual(expected);
      const total = landscape.systems.reduce((sum, system) => sum + system.tenths, 0);
      let lost = 0;
      const shares = expected.map((step) => {
        lost += step.lost.reduce((sum, system) => sum + landscape.systems[system]!.tenths, 0);
        return lost / total;
      });
      expect(steps.map((step) => step.lostShare)).toEqual(shares.map((share) => expect.closeTo(share, 9)));
      for (const { share, causes } of targets) {
        const needed = shares.findIndex((reached) => reached >= share - 1e-12);
        expect(causes).toBe(needed === -1 ? undefined : needed + 1);
      }
      expect(complete).toBe(true);
    };
    fc.assert(fc.property(landscapes(), check), { numRuns: 400 });
    fc.assert(fc.property(landscapes({ services: 60, causes: 30, systems: 20 }), check), { numRuns: 100 });
  });

  it('is never below the least number there is, every subset tried', () => {
    fc.assert(
      fc.property(landscapes({ services: 5, causes: 6, systems: 3 }), (landscape) => {
        const { causes, systems } = landscape;
        const all = curveOf(landscape).targets.find((target) => target.share === 1)!.causes;
        const sizes = Array.from({ length: 2 ** causes.length }, (_, set) =>
          [...causes.keys()].filter((cause) => set & (1 << cause)),
        )
          .filter((set) => {
            const failed = new Set(set.flatMap((cause) => causes[cause]!));
            return systems.every((_, index) => isLost(systems, index, failed));
          })
          .map((set) => set.length);
        expect(all === undefined).toBe(sizes.length === 0);
        if (all !== undefined) expect(all).toBeGreaterThanOrEqual(Math.min(...sizes));
      }),
      { numRuns: 200 },
    );
  });

  it('reaches 50, 80 and 100 %', () => {
    const causes = [[0, 1, 2, 3, 4], [4, 5, 6], [7], [8], [9]];
    const { targets, steps } = curveOf({ services: 10, tenths: Array(10).fill(10), systems: alone(10), causes });
    expect(targets.map(({ causes: needed }) => needed)).toEqual([1, 3, 5]);
    expect(steps.map((step) => [step.cause, step.services])).toEqual([
      [0, 5],
      [1, 2],
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
  });

  it('takes what hits most where no single cause adds a lost system', () => {
    const pair = { services: [0, 1, 2, 3], systems: [], need: 1, tenths: 10 };
    const causes = [[0], [0, 1], [2, 3, 4]];
    const { steps } = curveOf({ services: 5, tenths: [10, 10, 1, 1, 1], systems: [pair], causes });
    // Both newly hit two of its services (4 is in no system); the weighted reach decides.
    expect(steps.map((step) => [step.cause, step.lostShare])).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('says what no number of causes reaches', () => {
    const { targets, complete } = curveOf({ services: 3, tenths: [10, 10, 10], systems: alone(3), causes: [[0], [1]] });
    expect(targets).toEqual([
      { share: 0.5, causes: 2 },
      { share: 0.8, causes: undefined },
      { share: 1, causes: undefined },
    ]);
    expect(complete).toBe(true);
  });

  it('says that it stopped, and does not call the rest unreachable', () => {
    const causes = Array.from({ length: 50 }, (_, service) => [service]);
    const landscape = { services: 50, tenths: Array(50).fill(10), systems: alone(50), causes };
    expect(curveOf(landscape, 300)).toMatchObject({ complete: false });
    expect(curveOf(landscape, 300).steps.length).toBeLessThan(50);
    expect(curveOf({ ...landscape, causes: [], systems: [] })).toMatchObject({ steps: [], complete: true });
  });
});

describe('the measures of Zimmermann et al. 2019 over a fleet', () => {
  const lockfiles = [
    lockfile('a/package-lock.json', { '': ['left', 'right'], right: ['deep'] }),
    lockfile('b/package-lock.json', { '': ['left'] }),
    lockfile('c/package-lock.json', { '': [] }),
  ];

  it('are implicitly trusted packages per service and package reach', () => {
    const fleet = fleetOf(lockfiles);
    const { services } = servicesOf(fleet, lockfiles, [10]);
    const table = packageLayer(fleet);
    const [reach] = usesOf(fleet, services, [table], 'all').reach;
    const names = ['deep', 'left', 'right'];
    const causes = names.map((name) => table.causes.findIndex((cause) => cause.name === name));
    const trusted = trustedBy(reach!, causes, services.length);
    expect([...trusted]).toEqual([3, 1, 0]);
    expect(spreadOf(trusted)).toEqual({ mean: 4 / 3, most: 3 });
    expect([...reachSizes(reach!, causes)]).toEqual([1, 2, 1]);
    expect(spreadOf([])).toEqual({ mean: 0, most: 0 });
  });

  it('do not count that a service is its own code', () => {
    const reach = { ...reachFrom([[0, 1]]), bits: Uint8Array.of(USE.runtime, USE.runtime | USE.own) };
    expect([[...trustedBy(reach, [0], 2)], [...reachSizes(reach, [0])]]).toEqual([[1, 0], [1]]);
  });
});
