import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageLayer } from '../../src/causes/package.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { fleetOf, keysOf, lockfile, membersOf } from '../described.ts';
import { twinPackages } from '../twin.ts';

describe('packageLayer', () => {
  it('groups the same components as its naive twin, each in one cause with an id of its own', () => {
    fc.assert(
      fc.property(fleetArbitrary, ({ lockfiles }) => {
        const fleet = fleetOf(lockfiles);
        const table = packageLayer(fleet);
        const text = (members: Set<string>) => [...members].sort().join('\n');
        const expected = twinPackages(keysOf(lockfiles)).map(text);
        expect(membersOf(fleet, table).map(text).sort()).toEqual(expected.sort());
        expect(table.members).toHaveLength(fleet.componentCount);
        expect(new Set(table.causes.map((cause) => cause.id)).size).toBe(table.causes.length);
      }),
      { numRuns: 200 },
    );
  });

  it('is every version and source of a name, one ecosystem apart from another', () => {
    const fleet = fleetOf([
      lockfile('package-lock.json', { left: ['left@2.0.0', 'py'] }, { py: { ecosystem: 'pypi', name: 'left' } }),
    ]);
    expect(packageLayer(fleet).causes.map((cause) => cause.id)).toEqual(['package:npm/left', 'package:pypi/left']);
  });

  it("names code of one's own by its directory: two private utils are two, one linked library is one", () => {
    const own = { name: 'utils' };
    const fleet = fleetOf([
      lockfile(
        'a/package-lock.json',
        { './utils': ['linked'] },
        { './utils': own, linked: { source: 'link', resolved: '../lib' } },
      ),
      lockfile(
        'b/package-lock.json',
        { './utils': ['linked'] },
        { './utils': own, linked: { source: 'link', resolved: '../lib' } },
      ),
    ]);
    expect(packageLayer(fleet).causes.map(({ id, firstParty }) => ({ id, firstParty }))).toEqual([
      { id: 'package:first-party/a/utils', firstParty: true },
      { id: 'package:first-party/lib', firstParty: true },
      { id: 'package:first-party/b/utils', firstParty: true },
    ]);
  });

  it('bears the same name whichever lockfile is read first', () => {
    const called = (path: string, name: string) =>
      lockfile(path, { '': ['linked'] }, { linked: { source: 'link', resolved: '../lib', name } });
    const nameOf = (...order: readonly ReturnType<typeof called>[]) =>
      packageLayer(fleetOf(order)).causes.find((cause) => cause.id === 'package:first-party/lib')!.name;
    const [a, b] = [called('a/package-lock.json', 'zeta'), called('b/package-lock.json', 'alpha')];
    expect([nameOf(a, b), nameOf(b, a)]).toEqual(['alpha', 'alpha']);
  });
});
