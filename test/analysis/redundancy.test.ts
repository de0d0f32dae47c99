import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masksOf } from '../../src/analysis/masks.ts';
import { effectiveMembers, type Redundancy, redundancyOf, structuralBeta } from '../../src/analysis/redundancy.ts';
import { leavesOf, nestingOf, Structure } from '../../src/analysis/structure.ts';
import { SystemCounter } from '../../src/analysis/systems.ts';
import {
  flat,
  isLost,
  landscapes,
  reachFrom,
  systemsFrom,
  type TwinLandscape,
  type TwinNested,
  twinBeta,
  twinCutSets,
  twinEffective,
  twinLeaves,
  twinLost,
} from '../redundancy-twin.ts';

function redundanciesOf(landscape: TwinLandscape, unknown: readonly number[] = []): Redundancy[] {
  return masksOf(
    reachFrom(landscape.causes),
    [...landscape.causes.keys()],
    systemsFrom(landscape),
    [...landscape.systems.keys()],
    landscape.services,
  ).map((masks) => redundancyOf(masks, (service) => unknown.includes(service)));
}

function one(system: TwinNested, causes: number[][], unknown: number[] = []): Redundancy {
  const services = Math.max(...system.services) + 1;
  return redundanciesOf({ services, tenths: [], systems: [system], causes }, unknown)[0]!;
}

describe('redundancyOf', () => {
  it('equals its naive twin: cut sets, survival, beta, effective members', () => {
    fc.assert(
      fc.property(landscapes(), (landscape) => {
        redundanciesOf(landscape).forEach((found, index) => {
          const cuts = twinCutSets(landscape, index);
          const order = (n: number) => cuts.filter((set) => set.length === n);
          const beta = twinBeta(landscape, index);
          const effective = twinEffective(landscape, index);
          expect({ ...found, byHits: undefined, masks: undefined }).toEqual({
            system: index,
            leaves: twinLeaves(landscape.systems, index).length,
            unknown: [],
            byHits: undefined,
            masks: undefined,
            deadly: Int32Array.from(order(1).flat()),
            pairs: { masks: expect.any(Number), causes: order(2).length, complete: true },
            survivesAnyOne: order(1).length === 0 ? 'yes' : 'no',
            survivesAnyTwo: order(1).length + order(2).length === 0 ? 'yes' : 'no',
            beta: beta === undefined ? undefined : expect.closeTo(beta, 12),
            effectiveMembers: effective === undefined ? undefined : expect.closeTo(effective, 12),
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('k of %i fails when n - k + 1 members do (NUREG-0492, vote gate)', (n) => {
    const alone = Array.from({ length: n }, (_, member) => [member]);
    for (let k = 1; k <= n; k++) {
      const found = one(flat(n, k), alone);
      const fails = n - k + 1;
      expect([found.deadly.length, found.pairs.causes]).toEqual([
        fails === 1 ? n : 0,
        fails === 2 ? (n * (n - 1)) / 2 : 0,
      ]);
      expect([found.beta, found.effectiveMembers]).toEqual([0, n]);
    }
  });

  // The beta-factor example of fta-studio's guide "beta vs MGL": 2 of 3, p = 1e-3, beta = 5 %: b p + 3 (1 - b)^2 p^2 =
  // 5.3e-5 against 3e-6 if independent, a gain of about 19.
  it('gives the beta factor of 5 % and the failure probability of the published 2-of-3 example', () => {
    const ownOf = (member: number, count: number) => Array.from({ length: count }, () => [member]);
    const found = one(flat(3, 2), [[0, 1, 2], ...[0, 1, 2].flatMap((member) => ownOf(member, 19))]);
    expect(found.beta).toBeCloseTo(0.05, 12);
    const p = 1e-3;
    const each = p / 20;
    const failure = found.deadly.length * each + found.pairs.causes * each ** 2;
    expect(failure).toBeCloseTo(0.05 * p + 3 * 0.95 ** 2 * p ** 2, 15);
    expect(failure.toExponential(1)).toBe('5.3e-5');
    expect(Math.round(p / failure)).toBe(19);
    const independent = one(
      flat(3, 2),
      [0, 1, 2].flatMap((member) => ownOf(member, 20)),
    );
    expect([independent.beta, independent.effectiveMembers]).toEqual([0, 3]);
    expect((independent.pairs.causes * each ** 2).toExponential(1)).toBe('3.0e-6');
  });

  // Alpha factor, 2-of-3:G: Q_S = 3 Q_1^2 + 3 Q_2 + Q_3 (NUREG/CR-5485), with n_j causes of one size for the Q_j; and its
  // estimators a_k = n_k / sum n_j, beta = sum(k >= 2) k n_k / sum k n_k.
  it('has the cut sets of the alpha-factor form of 2 of 3', () => {
    const times = (count: number, hits: number[]) => Array.from({ length: count }, () => hits);
    const causes = [
      ...[0, 1, 2].flatMap((member) => times(10, [member])),
      ...[
        [0, 1],
        [0, 2],
        [1, 2],
      ].flatMap((pair) => times(2, pair)),
      ...times(1, [0, 1, 2]),
    ];
    const found = one(flat(3, 2), causes);
    expect([...found.byHits]).toEqual([0, 30, 6, 1]);
    expect([found.deadly.length, found.pairs.causes]).toEqual([3 * 2 + 1, 3 * 10 ** 2]);
    expect(found.beta).toBeCloseTo((2 * 6 + 3) / (30 + 2 * 6 + 3), 12);
    expect(found.effectiveMembers).toBeCloseTo(37 / (45 / 3), 12);
  });

  it('is 1 effective member where all are alike, and all of them where nothing is shared', () => {
    expect(
      one(flat(2, 1), [
        [0, 1],
        [0, 1],
      ]),
    ).toMatchObject({ beta: 1, effectiveMembers: 1, survivesAnyOne: 'no' });
    expect(one(flat(2, 1), [[0], [1]])).toMatchObject({ beta: 0, effectiveMembers: 2, survivesAnyOne: 'yes' });
    expect(one(flat(2, 1), [])).toMatchObject({ beta: undefined, effectiveMembers: undefined });
    expect([structuralBeta([0, 0]), effectiveMembers([0, 0])]).toEqual([undefined, undefined]);
  });

  it('never says that a system survives while something of its members is not known', () => {
    expect(one(flat(2, 1), [[0]])).toMatchObject({ survivesAnyOne: 'yes', survivesAnyTwo: 'yes' });
    expect(one(flat(2, 1), [[0]], [1])).toMatchObject({
      survivesAnyOne: 'unknown',
      survivesAnyTwo: 'unknown',
      unknown: [1],
    });
    expect(one(flat(2, 1), [[0, 1]], [1])).toMatchObject({ survivesAnyOne: 'no', survivesAnyTwo: 'no' });
    expect(one(flat(2, 1), [[0], [1]], [1])).toMatchObject({ survivesAnyOne: 'unknown', survivesAnyTwo: 'no' });
    expect(one(flat(2, 1), [[0]], [2])).toMatchObject({ survivesAnyOne: 'yes' });
  });

  it('never says that a system survives any two where not every pair was looked at', () => {
    const causes = Array.from({ length: 40 }, (_, at) => [at, (at + 1) % 40]);
    const landscape = { services: 40, tenths: [], systems: [flat(40, 37)], causes };
    const [masks] = masksOf(reachFrom(causes), [...causes.keys()], systemsFrom(landscape), [0], 40);
    const survival = (system: number, most: number) => {
      const { pairs, survivesAnyTwo } = redundancyOf({ ...masks!, system }, () => false, most);
      return [pairs.complete, survivesAnyTwo];
    };
    expect([survival(0, 10_000), survival(0, 100), survival(0, 0)]).toEqual([
      [true, 'no'],
      [false, 'no'],
      [false, 'unknown'],
    ]);
  });

  it('judges a nested system of more than 64 services', () => {
    // Both of: 2 of the services 0 to 39, and any of 40 to 69.
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
    const systems = [
      { services: [], systems: [1, 2], need: 2, tenths: 10 },
      { services: range(0, 40), systems: [], need: 2, tenths: 10 },
      { services: range(40, 70), systems: [], need: 1, tenths: 10 },
    ];
    const causes = [range(0, 38), range(0, 39), range(31, 69), range(39, 70), [69], [38]];
    const [found] = redundanciesOf({ services: 70, tenths: [], systems, causes });
    expect([...found!.deadly]).toEqual([1, 3]);
    expect([...found!.byHits].flatMap((count, hits) => (count > 0 ? [[hits, count]] : []))).toEqual([
      [1, 2],
      [31, 1],
      [38, 2],
      [39, 1],
    ]);
    // 0 with 5 (or 2, that holds 38) leaves one of the first; 2 with 4 takes all of the second.
    expect(found!.pairs).toEqual({ masks: 3, causes: 3, complete: true });
  });

  it('judges a region of databases and front ends level by level', () => {
    // shop: both of (any front end of 0, 1) and (2 of the 3 databases 2, 3, 4).
    const systems = [
      { services: [], systems: [1, 2], need: 2, tenths: 10 },
      { services: [0, 1], systems: [], need: 1, tenths: 10 },
      { services: [2, 3, 4], systems: [], need: 2, tenths: 10 },
    ];
    const causes = [[0], [1], [2], [3, 4], [0, 1], [0, 2]];
    const [shop] = redundanciesOf({ services: 5, tenths: [], systems, causes });
    expect(shop).toMatchObject({ leaves: 5, deadly: Int32Array.of(3, 4), pairs: { causes: 2, complete: true } });
  });
});

describe('nested systems', () => {
  it('are lost as their definition says, whatever was settled before', () => {
    fc.assert(
      fc.property(landscapes(), fc.uniqueArray(fc.nat(6)), (landscape, before) => {
        const { systems, services, causes } = landscape;
        const counter = new SystemCounter(systemsFrom(landscape), services);
        const down = before.filter((service) => service < services);
        expect(counter.settle(Int32Array.from(down))).toEqual(twinLost(systems, new Set(down)));
        for (const reach of causes) {
          const more = reach.filter((service) => !down.includes(service));
          const lost = twinLost(systems, new Set([...down, ...more]));
          const already = twinLost(systems, new Set(down));
          expect(counter.lost(Int32Array.from(more))).toEqual(lost.filter((system) => !already.includes(system)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have the leaves and the structure of their definition', () => {
    fc.assert(
      fc.property(landscapes({ services: 6, causes: 0, systems: 6 }), ({ systems, services }) => {
        const { order, cycles } = nestingOf(systems);
        expect([cycles, leavesOf(systems, order)]).toEqual([[], systems.map((_, index) => twinLeaves(systems, index))]);
        systems.forEach((_, index) => {
          const structure = new Structure(systemsFrom({ systems }), index);
          for (let set = 0; set < 2 ** services; set++) {
            const failed = new Set([...Array(services).keys()].filter((service) => set & (2 ** service)));
            const bits = structure.leaves.reduce((mask, leaf, at) => (failed.has(leaf) ? mask | (1 << at) : mask), 0);
            const defeats = structure.defeats(Int32Array.of(bits));
            expect(defeats).toBe(isLost(systems, index, failed));
            if (defeats) {
              const size = structure.leaves.filter((leaf) => failed.has(leaf)).length;
              expect(size).toBeGreaterThanOrEqual(structure.least);
            }
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are found where they contain themselves', () => {
    const of = (...systems: number[]) => ({ services: [], systems });
    expect(nestingOf([of(1), of(2), of(0, 1), of(3), of(0)]).cycles).toEqual([[0, 1, 2], [3]]);
    expect(nestingOf([of(1, 2), of(), of(1)])).toEqual({ order: [1, 2, 0], cycles: [] });
  });

  it('take a chain of 100,000 levels and shared parts at every level', () => {
    const levels = 100_000;
    const chain = Array.from({ length: levels }, (_, at) => ({
      services: at === levels - 1 ? [0] : [],
      systems: at === levels - 1 ? [] : [at + 1],
    }));
    const { order } = nestingOf(chain);
    const leaves = leavesOf(chain, order)!;
    const systems = chain.map((parts, at) => ({
      name: `${at}`,
      members: leaves[at]!,
      ...(parts.systems.length > 0 ? { parts } : {}),
      need: 1,
      weight: 1,
      origin: 'declared' as const,
    }));
    expect(new Structure(systems, 0).defeats(Int32Array.of(1))).toBe(true);
    expect(new SystemCounter(systems, 1).lost(Int32Array.of(0)).length).toBe(levels);
    // Two ways to each lower level: 2^100 paths.
    const diamonds = Array.from({ length: 201 }, (_, at) => {
      if (at === 200) return { services: [0], systems: [] };
      return { services: [], systems: at % 2 === 1 ? [at + 1] : at === 198 ? [199, 200] : [at + 1, at + 2] };
    });
    expect(leavesOf(diamonds, nestingOf(diamonds).order)![0]).toEqual([0]);
    const nested = diamonds.map((parts, at) => ({ ...systems[0]!, name: `${at}`, members: [0], parts, need: 1 }));
    expect(new Structure(nested, 0).defeats(Int32Array.of(1))).toBe(true);
  });

  it('are refused where their services could not be listed', () => {
    const many = { services: Array.from({ length: 10_000 }, (_, at) => at), systems: [] };
    const parts = [many, ...Array.from({ length: 300 }, (_, at) => ({ services: [], systems: [at] }))];
    expect(leavesOf(parts, nestingOf(parts).order)).toBeUndefined();
  });
});
