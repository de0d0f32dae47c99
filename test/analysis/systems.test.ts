import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SystemCounter, withImplicitSystems } from '../../src/analysis/systems.ts';
import { resolveSystems } from '../arbitraries.ts';
import { systemsOf } from '../described.ts';

const services = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `s${index}`, lockfile: index, project: 0, weight: index + 1 }));

function lost(members: readonly number[], need: number, reach: readonly number[]): boolean {
  const counter = new SystemCounter(systemsOf([{ members, need, tenths: 10 }]), 5);
  return counter.lost(Int32Array.from(reach)).length === 1;
}

describe('withImplicitSystems', () => {
  it('adds a 1-of-1 with its own weight for every service in no declared system', () => {
    const declared = systemsOf([{ members: [0, 2], need: 1, tenths: 100 }]);
    expect(withImplicitSystems(declared, services(4))).toEqual([
      ...declared,
      { name: 's1', members: [1], need: 1, weight: 2, origin: 'implicit' },
      { name: 's3', members: [3], need: 1, weight: 4, origin: 'implicit' },
    ]);
  });
});

describe('SystemCounter', () => {
  it('loses a 1-of-2 system only when both members are hit', () => {
    expect([lost([0, 1], 1, [0]), lost([0, 1], 1, [1, 4]), lost([0, 1], 1, [0, 1])]).toEqual([false, false, true]);
  });

  it('loses a 2-of-3 system when two members are hit', () => {
    expect([lost([0, 1, 2], 2, [2]), lost([0, 1, 2], 2, [0, 2]), lost([0, 1, 2], 2, [0, 1, 2])]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('loses an n-of-n system with any of its members', () => {
    expect([lost([1, 3], 2, []), lost([1, 3], 2, [0, 2]), lost([1, 3], 2, [3])]).toEqual([false, false, true]);
  });

  it('equals counting from the definition, call after call', () => {
    const system = fc.record({
      members: fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
      need: fc.nat(5),
      tenths: fc.constant(10),
    });
    const reaches = fc.array(fc.uniqueArray(fc.nat(9)), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(system, { maxLength: 6 }), reaches, (raw, asked) => {
        const systems = resolveSystems(raw, 10);
        const counter = new SystemCounter(systemsOf(systems), 10);
        for (const reach of asked) {
          const expected = systems.flatMap(({ members, need }, index) =>
            members.filter((member) => !reach.includes(member)).length < need ? [index] : [],
          );
          expect(counter.lost(Int32Array.from(reach))).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});
