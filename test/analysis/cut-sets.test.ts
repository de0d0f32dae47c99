import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPairs, deadlyCauses, deadlyPairs } from '../../src/analysis/cut-sets.ts';
import { causesOf, type Masks, masksOf, servicesOf } from '../../src/analysis/masks.ts';
import {
  flat,
  isLost,
  landscapes,
  reachFrom,
  someOrder,
  systemsFrom,
  type TwinLandscape,
  twinCutSets,
  twinLeaves,
} from '../redundancy-twin.ts';

function masksFrom(landscape: TwinLandscape): Masks[] {
  return masksOf(
    reachFrom(landscape.causes),
    someOrder(landscape.causes.length),
    systemsFrom(landscape),
    [...landscape.systems.keys()],
    landscape.services,
  );
}

/** Order 1 and 2 with their members listed, sorted. */
function cutSetsOf(masks: Masks): number[][] {
  const pairs = [...deadlyPairs(masks)].flatMap(({ a, b, causes }) => {
    const listed = [...causesOf(masks, a)].flatMap((x) => [...causesOf(masks, b)].map((y) => [x, y].sort()));
    expect(listed.length).toBe(causes);
    return listed;
  });
  const counted = countPairs(masks);
  expect(counted).toEqual({ masks: [...deadlyPairs(masks)].length, causes: pairs.length, complete: true });
  return sorted([...[...deadlyCauses(masks)].map((cause) => [cause]), ...pairs]);
}

function sorted(sets: readonly (readonly number[])[]): number[][] {
  return sets.map((set) => [...set].sort((a, b) => a - b)).sort((a, b) => (`${a}` < `${b}` ? -1 : 1));
}

describe('cut sets of one and of two causes', () => {
  it('equal those of order 1 and 2 among all minimal ones, every subset of causes enumerated', () => {
    fc.assert(
      fc.property(landscapes(), (landscape) => {
        masksFrom(landscape).forEach((masks, index) => {
          const expected = twinCutSets(landscape, index).filter((set) => set.length <= 2);
          expect(cutSetsOf(masks)).toEqual(sorted(expected));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('equal a search by sets over systems of up to 100 services', () => {
    fc.assert(
      fc.property(landscapes({ services: 100, causes: 12, systems: 3 }), (landscape) => {
        const { systems, causes } = landscape;
        masksFrom(landscape).forEach((masks, index) => {
          const deadly = (...some: number[]) => isLost(systems, index, new Set(some.flatMap((c) => causes[c]!)));
          const harmless = [...causes.keys()].filter((cause) => !deadly(cause));
          const pairs = harmless.flatMap((a) => harmless.flatMap((b) => (a < b && deadly(a, b) ? [[a, b]] : [])));
          const alone = [...causes.keys()].filter((cause) => deadly(cause)).map((cause) => [cause]);
          expect(cutSetsOf(masks)).toEqual(sorted([...alone, ...pairs]));
        });
      }),
      { numRuns: 150 },
    );
  });

  it('keep the order of the ranks, and list services and causes of a mask', () => {
    const causes = [[0], [1, 2], [0], [0, 1], [3], [2, 1]];
    const landscape = { services: 4, tenths: [10, 10, 10, 10], systems: [flat(3, 2)], causes };
    const ranked = [5, 2, 4, 3, 1, 0];
    const [masks] = masksOf(reachFrom(causes), ranked, systemsFrom(landscape), [0], 4);
    expect([...deadlyCauses(masks!)]).toEqual([5, 3, 1]);
    expect([...masks!.cause]).toEqual([5, 2, 3, 1, 0]);
    expect([servicesOf(masks!, 0), servicesOf(masks!, 1)]).toEqual([[1, 2], [0]]);
    expect([[...causesOf(masks!, 0)], [...causesOf(masks!, 1)]]).toEqual([
      [5, 1],
      [2, 0],
    ]);
  });

  it.each([
    [31, 16],
    [32, 17],
    [33, 30],
    [64, 1],
    [65, 64],
    [96, 40],
    [200, 3],
  ])('count bits beyond one and two words: %i services, need %i', (members, need) => {
    const fails = members - need + 1;
    const first = (count: number, from = 0) => Array.from({ length: count }, (_, at) => (from + at) % members);
    // Alone not enough, just enough, all; and one service short with and without the one that is missing.
    const causes = [first(fails - 1), first(fails), first(members), [fails - 1], [members - 1], first(fails - 1, 1)];
    const [masks] = masksFrom({ services: members, tenths: [], systems: [flat(members, need)], causes });
    const expected = twinCutSets({ services: members, tenths: [], systems: [flat(members, need)], causes }, 0);
    const nonEmpty = expected.filter((set) => set.length <= 2 && set.every((cause) => causes[cause]!.length > 0));
    expect(cutSetsOf(masks!)).toEqual(sorted(nonEmpty));
  });

  it('count the same by a table over all sets of leaves and mask by mask', () => {
    const dense = fc.array(fc.uniqueArray(fc.nat(6), { minLength: 1 }), { minLength: 60, maxLength: 200 });
    fc.assert(
      fc.property(dense, fc.integer({ min: 1, max: 6 }), (causes, need) => {
        const landscape = { services: 7, tenths: [], systems: [flat(7, need)], causes };
        const [masks] = masksFrom(landscape);
        const listed = [...deadlyPairs(masks!)];
        const total = listed.reduce((sum, pair) => sum + pair.causes, 0);
        expect(countPairs(masks!)).toEqual({ masks: listed.length, causes: total, complete: true });
        // With less room than a table takes: one by one, as far as it goes.
        const part = countPairs(masks!, 890);
        if (part.complete) expect(part).toEqual({ masks: listed.length, causes: total, complete: true });
        else expect(part.masks).toBeLessThanOrEqual(listed.length);
      }),
      { numRuns: 60 },
    );
  });

  it('say where counting stopped, and count no pair that is not there', () => {
    const causes = Array.from({ length: 40 }, (_, at) => [at, (at + 1) % 40, (at + 2) % 40]);
    const landscape = { services: 40, tenths: [], systems: [flat(40, 36)], causes };
    const [masks] = masksFrom(landscape);
    const whole = countPairs(masks!);
    const part = countPairs(masks!, 500);
    expect([whole.complete, part.complete]).toEqual([true, false]);
    expect(part.masks).toBeLessThan(whole.masks);
    expect(part.masks).toBeGreaterThan(0);
    expect(whole.masks).toBe([...deadlyPairs(masks!)].length);
  });

  it('need no look at any pair where the two largest are too small together', () => {
    const causes = Array.from({ length: 100 }, (_, at) => [at]);
    const [masks] = masksFrom({ services: 100, tenths: [], systems: [flat(100, 98)], causes });
    expect(countPairs(masks!, 1)).toEqual({ masks: 0, causes: 0, complete: true });
  });

  it('leave out systems that no cause touches and services that are in no system', () => {
    const causes = [[5], [6]];
    const landscape = { services: 7, tenths: [], systems: [flat(3, 1)], causes };
    const [masks] = masksFrom(landscape);
    expect([masks!.count.length, masks!.cause.length, cutSetsOf(masks!)]).toEqual([0, 0, []]);
    expect(twinLeaves(landscape.systems, 0)).toEqual([0, 1, 2]);
  });
});
