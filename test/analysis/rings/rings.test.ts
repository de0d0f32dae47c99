import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ringGates } from '../../../src/analysis/rings/gate-lengths.ts';
import { ringsOf } from '../../../src/analysis/rings/rings.ts';
import { withImplicitSystems } from '../../../src/analysis/systems.ts';
import { systemsFrom, type TwinNested } from '../../redundancy-twin.ts';
import {
  ageGate,
  fewestRings,
  isKept,
  type Keeper,
  keptFleet,
  landscapeOf,
  orders,
  ringFleets,
  separable,
  type TwinRings,
} from './rings-twin.ts';

const npm: Keeper = { manager: 'npm' };
const DAY = 1440;

/** One lockfile a service unless told. */
function twin(services: number, systems: readonly Partial<TwinNested>[], more: Partial<TwinRings> = {}): TwinRings {
  return {
    services,
    tenths: new Array<number>(services).fill(10),
    systems: systems.map((system) => ({ services: [], systems: [], need: 1, tenths: 10, ...system })),
    causes: [],
    lockfileOf: [...Array(services).keys()],
    lockfiles: services,
    guards: [],
    ...more,
  };
}

function rings(of: TwinRings, keepers: readonly Keeper[] = new Array<Keeper>(of.lockfiles).fill(npm)) {
  return ringsOf(keptFleet(keepers), landscapeOf(of));
}

describe('ringsOf', () => {
  it('needs as few rings as trying every assignment, and keeps apart what it says', () => {
    fc.assert(
      fc.property(ringFleets, (of) => {
        const found = rings(of);
        const isAsked = separable(of).length + orders(of).length > 0;
        expect(found.rings).toBe(isAsked ? fewestRings(of) : 0);
        expect(found.least).toBe(found.rings);
        expect(isKept(of, found.ringOf)).toBe(true);
        expect(new Set(found.ringOf.filter((ring) => ring > 0)).size).toBe(found.rings);
        expect([...found.apart]).toEqual(separable(of));
        expect([...found.apart, ...found.inseparable.map(({ system }) => system)].length).toBeLessThanOrEqual(
          of.systems.length,
        );
      }),
      { numRuns: 400 },
    );
  });

  it('of a k-of-n lets n - k members share a ring', () => {
    const of = (n: number, need: number) => rings(twin(n, [{ services: [...Array(n).keys()], need }])).rings;
    expect([of(2, 1), of(3, 1), of(3, 2), of(9, 1), of(9, 5), of(9, 8)]).toEqual([2, 2, 3, 2, 3, 9]);
  });

  it('says what no ring keeps apart', () => {
    const both = twin(2, [{ services: [0, 1] }], { lockfileOf: [0, 0], lockfiles: 1 });
    expect(rings(both)).toMatchObject({
      rings: 0,
      apart: [],
      inseparable: [{ system: 0, why: 'one-lockfile', lockfile: 0 }],
    });
    expect(rings(twin(3, [{ services: [0, 1, 2], need: 3 }])).inseparable).toEqual([
      { system: 0, why: 'each-needed', lockfile: 0 },
    ]);
    const many = rings(twin(40, [{ services: [...Array(40).keys()], need: 39 }]));
    expect(many.inseparable).toEqual([{ system: 0, why: 'many-rings', lockfile: undefined }]);
    expect(rings(twin(2, [])).rings).toBe(0);
  });

  it('puts guards before what they protect, and says where they cannot be', () => {
    const guarded = (guards: TwinRings['guards'], more: Partial<TwinRings> = {}) =>
      rings(twin(4, [{ services: [0, 1] }, { services: [2] }], { guards, ...more }));
    expect([...guarded([{ service: 3, protects: [0] }]).ringOf]).toEqual([3, 2, 3, 1]);
    expect(guarded([{ service: 3, protects: [0] }])).toMatchObject({ first: [0], together: [] });
    expect([...guarded([{ service: 2, protects: [0] }]).ringOf]).toEqual([3, 2, 1, 3]);
    const circle = guarded([
      { service: 2, protects: [0] },
      { service: 0, protects: [1] },
    ]);
    expect(circle.together).toEqual([
      { guard: 0, system: 0, why: 'circle' },
      { guard: 1, system: 1, why: 'circle' },
    ]);
    const inside = guarded([{ service: 3, protects: [0] }], { lockfileOf: [0, 1, 2, 0], lockfiles: 3 });
    expect(inside).toMatchObject({ first: [], together: [{ guard: 0, system: 0, why: 'one-lockfile' }] });
  });

  it('puts who waits longest today last, and who cannot wait first', () => {
    const of = twin(2, [{ services: [0, 1] }]);
    const slow: Keeper = { manager: 'npm', gates: [ageGate('npm', 3 * DAY)] };
    expect([...rings(of, [slow, npm]).ringOf]).toEqual([2, 1]);
    expect([...rings(of, [npm, slow]).ringOf]).toEqual([1, 2]);
    expect([...rings(of, [npm, { manager: 'yarn-classic' }]).ringOf]).toEqual([2, 1]);
    expect([...rings(of, [{ manager: 'npm', major: 10 }, npm]).ringOf]).toEqual([1, 2]);
  });

  it('keeps within its bounds on a large fleet with systems that share services', () => {
    const services = 3000;
    const systems = Array.from({ length: 2000 }, (_, at) => ({
      services: [...new Set([0, 1, 2].map((i) => (at * 7 + i * (at % 13) * 31 + i) % services))].sort((a, b) => a - b),
    }));
    const of = twin(services, systems, { guards: [{ service: 2999, protects: [0, 5, 9] }] });
    const found = rings(of);
    expect(found.rings).toBeGreaterThanOrEqual(found.least);
    expect(found.rings).toBeLessThanOrEqual(4);
  });
});

describe('ringGates', () => {
  const times = { detect: DAY / 2, relock: 7 * DAY, first: 0 };
  const of = twin(3, [{ services: [0, 1, 2], need: 2 }]);

  it('waits for the ring before, its re-lock and the time to notice, in whole days', () => {
    const fleet = keptFleet([npm, npm, npm]);
    const found = ringGates(fleet, ringsOf(fleet, landscapeOf(of)), times);
    expect(found).toEqual({
      byRing: [0, 8 * DAY, 16 * DAY],
      heldBy: [undefined, undefined, undefined],
      minutes: new Map([
        [1, 8 * DAY],
        [0, 16 * DAY],
      ]),
    });
  });

  it('waits for gates that there are, and says whose', () => {
    const fleet = keptFleet([
      { manager: 'npm', gates: [ageGate('npm', 3 * DAY)] },
      { manager: 'npm', gates: [ageGate('npm', 2 * DAY)] },
      { manager: 'npm', gates: [ageGate('npm', DAY), ageGate('renovate', 30 * DAY)] },
    ]);
    const found = ringGates(fleet, ringsOf(fleet, landscapeOf(of)), times);
    expect([found.byRing, found.heldBy]).toEqual([
      [0, 9 * DAY, 17 * DAY],
      [2, undefined, undefined],
    ]);
  });

  it('is nothing where there are no rings', () => {
    const fleet = keptFleet([npm]);
    const found = ringGates(fleet, ringsOf(fleet, { services: [], systems: [], guards: [] }), times);
    expect(found).toEqual({ byRing: [], heldBy: [], minutes: new Map() });
  });
});

it('counts implicit systems for nothing', () => {
  const services = [{ name: 'a', lockfile: 0, project: 0, weight: 1 }];
  const systems = withImplicitSystems(systemsFrom({ systems: [] }), services);
  expect(ringsOf(keptFleet([npm]), { services, systems, guards: [] }).rings).toBe(0);
});
