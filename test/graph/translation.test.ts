import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../src/graph/fleet.ts';
import { Translation } from '../../src/graph/translation.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { fleetOf, graphOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

/** The fleet as it comes out when its lockfiles are read in several others and joined in their order. */
function spread(lockfiles: readonly TwinLockfile[], places: readonly number[]): Fleet {
  const others = [0, 1, 2].map(() => ({ fleet: new Fleet(), translation: new Translation() }));
  const fleet = new Fleet();
  lockfiles.forEach((lockfile, at) => {
    const other = others[places[at % places.length]!]!;
    const { strings, componentCount } = other.fleet;
    const known = strings.size;
    other.fleet.add(lockfile.path, graphOf(lockfile));
    other.translation.learn(other.fleet.dictionary(known, componentCount));
    fleet.adopt(other.fleet.lockfiles.pop()!, other.translation);
  });
  return fleet;
}

function contents(fleet: Fleet): unknown {
  return {
    lockfiles: fleet.lockfiles,
    strings: fleet.strings.since(0),
    components: Array.from({ length: fleet.componentCount }, (_, c) => fleet.component(c)),
  };
}

describe('Fleet.adopt', () => {
  it('gives the same fleet to the last id however the lockfiles were spread', () => {
    const places = fc.array(fc.nat(2), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fleetArbitrary, places, ({ lockfiles }, where) => {
        expect(contents(spread(lockfiles, where))).toEqual(contents(fleetOf(lockfiles)));
      }),
    );
  });
});
