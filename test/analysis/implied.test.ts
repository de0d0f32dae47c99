import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlyCauses } from '../../src/analysis/cut-sets.ts';
import { explain, type PackagesOf, packagesOf } from '../../src/analysis/implied.ts';
import { masksOf } from '../../src/analysis/masks.ts';
import { usesOf } from '../../src/analysis/uses.ts';
import { artifactLayer } from '../../src/causes/artifact.ts';
import { type Cause, causeTable } from '../../src/causes/layer.ts';
import { packageLayer } from '../../src/causes/package.ts';
import { fleetOf, lockfile, servicesOf, systemsOf } from '../described.ts';
import {
  flat,
  landscapes,
  reachFrom,
  someOrder,
  systemsFrom,
  type TwinLandscape,
  twinCutSets,
} from '../redundancy-twin.ts';

/** Accounts as the packages they may publish; what an account reaches is what its packages do. */
function explainedOf(landscape: TwinLandscape, accounts: readonly (readonly number[])[], index: number) {
  const { causes, services } = landscape;
  const systems = systemsFrom(landscape);
  const reaches = accounts.map((packages) => [...new Set(packages.flatMap((name) => causes[name]!))]);
  const [of] = masksOf(reachFrom(reaches), [...accounts.keys()], systems, [index], services);
  const [packages] = masksOf(reachFrom(causes), someOrder(causes.length), systems, [index], services);
  return explain(deadlyCauses(of!), listed(accounts), packages!);
}

function listed(accounts: readonly (readonly number[])[]): PackagesOf {
  const { start, service } = reachFrom(accounts);
  return { start, package: service };
}

describe('why an account defeats a system', () => {
  it('equals the enumeration of every subset of its packages', () => {
    const accounts = fc.array(fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 6 }), { maxLength: 6 });
    let [unions, implied] = [0, 0];
    fc.assert(
      fc.property(landscapes(), accounts, (landscape, raw) => {
        const known = landscape.causes.length;
        const owned = raw.map((list) => list.filter((name) => name < known).sort((a, b) => a - b));
        landscape.systems.forEach((_, index) => {
          const found = explainedOf(landscape, owned, index);
          const sets = owned.map((packages) => twinCutSets(landscape, index, packages));
          const alone = sets.map((cuts) => cuts.filter((cut) => cut.length === 1).flat());
          const accountsWhere = (is: (at: number) => boolean) => [...owned.keys()].filter(is);
          const byUnion = accountsWhere((at) => sets[at]!.length > 0 && alone[at]!.length === 0);
          const byOne = accountsWhere((at) => alone[at]!.length > 0);
          expect(found.own).toEqual([]);
          expect(found.union.map(({ cause }) => cause)).toEqual(byUnion);
          expect(found.implied.map(({ cause }) => cause)).toEqual(byOne);
          const ranked = someOrder(known);
          for (const { cause, packages } of found.implied) {
            expect(packages).toEqual(ranked.filter((name) => alone[cause]!.includes(name)));
          }
          for (const { cause, packages } of found.union) {
            expect(packages).toEqual(ranked.filter((name) => packages.includes(name)));
            expect(sets[cause]).toContainEqual([...packages].sort((a, b) => a - b));
          }
          unions += byUnion.length;
          implied += byOne.length;
        });
      }),
      { numRuns: 300, seed: 4 },
    );
    // Both kinds came up, many times.
    expect(Math.min(unions, implied)).toBeGreaterThan(50);
  });

  it('names the packages that are harmless one by one, and none that is not needed', () => {
    // 1 of 3. Package 0 takes member 0; 1 takes 1; 2 takes 0 and 1; 3 takes 2; 4 nothing of it.
    const causes = [[0], [1], [0, 1], [2], [3]];
    const landscape = { services: 4, tenths: [], systems: [flat(3, 1)], causes };
    const { union, implied, own } = explainedOf(
      landscape,
      [
        [0, 1, 2, 3, 4],
        [0, 1, 3],
        [0, 1],
      ],
      0,
    );
    expect([implied, own]).toEqual([[], []]);
    expect(union.map(({ cause, touching }) => [cause, touching])).toEqual([
      [0, 4],
      [1, 3],
    ]);
    expect(new Set(union[0]!.packages)).toEqual(new Set([2, 3]));
    expect(new Set(union[1]!.packages)).toEqual(new Set([0, 1, 3]));
  });

  it('leaves out what a later package made needless', () => {
    // 0 adds most, then 1 and 2 cover it wholly.
    const causes = [
      [1, 2, 3],
      [0, 1, 2],
      [3, 4, 5],
    ];
    const first = { services: 6, tenths: [], systems: [flat(6, 1)], causes: [[1, 2, 3, 4], ...causes.slice(1)] };
    const { union } = explainedOf(first, [[0, 1, 2]], 0);
    expect(new Set(union[0]!.packages)).toEqual(new Set([1, 2]));
  });

  it('says so where packages do not explain it', () => {
    const landscape = { services: 2, tenths: [], systems: [flat(2, 1)], causes: [[0]] };
    const systems = systemsFrom(landscape);
    const [packages] = masksOf(reachFrom(landscape.causes), [0], systems, [0], 2);
    expect(explain([0, 1], listed([[], [0]]), packages!).own).toEqual([
      { cause: 0, kind: 'own', packages: [], touching: 0 },
      { cause: 1, kind: 'own', packages: [], touching: 1 },
    ]);
    expect(explain([], listed([]), packages!)).toEqual({ union: [], own: [], implied: [] });
  });

  it('works over masks of several words', () => {
    const members = 70;
    const some = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
    const causes = [some(0, 40), some(30, 66), some(66, 70), some(0, 70)];
    const landscape = { services: members, tenths: [], systems: [flat(members, 1)], causes };
    const { union, implied } = explainedOf(
      landscape,
      [
        [0, 1, 2],
        [0, 1],
        [0, 3],
      ],
      0,
    );
    expect(union.map(({ cause, packages }) => [cause, [...packages].sort()])).toEqual([[0, [0, 1, 2]]]);
    expect(implied.map(({ cause, packages }) => [cause, packages])).toEqual([[2, [3]]]);
  });
});

describe('packagesOf', () => {
  const lockfiles = [
    lockfile('a/package-lock.json', { '': ['left@1.0.0', 'right'], right: ['left@2.0.0'] }),
    lockfile('b/package-lock.json', { '': ['left@2.0.0', 'other'] }),
  ];
  const fleet = fleetOf(lockfiles);
  const packages = packageLayer(fleet);
  const components = (...names: string[]) =>
    Array.from({ length: fleet.componentCount }, (_, c) => c).filter((c) => names.includes(fleet.component(c).name));
  const cause = (id: string): Cause => ({ id, name: id, ecosystem: 'npm', firstParty: false, identity: 'exact' });
  const table = causeTable('package', fleet.componentCount, [
    { cause: cause('ann'), components: components('right', 'left') },
    { cause: cause('bob'), components: components('other', 'left') },
    { cause: cause('nobody'), components: [] },
  ]);
  const namesOf = ({ start, package: names }: PackagesOf) =>
    table.causes.map((_, c) =>
      [...names.subarray(start[c]!, start[c + 1]!)].map((p) => packages.causes[p]!.name).sort(),
    );

  it('names each package once, however many versions an account has in the fleet', () => {
    const all = new Uint8Array(fleet.componentCount).fill(1);
    expect(namesOf(packagesOf(table, packages, all))).toEqual([['left', 'right'], ['left', 'other'], []]);
  });

  it('leaves out what no service holds within the scope', () => {
    const held = new Uint8Array(fleet.componentCount).fill(1);
    for (const c of components('right')) held[c] = 0;
    expect(namesOf(packagesOf(table, packages, held))).toEqual([['left'], ['left', 'other'], []]);
  });

  it('explains every artifact that defeats a system by its own package', () => {
    const { services } = servicesOf(fleet, lockfiles, [10]);
    const artifacts = artifactLayer(fleet);
    const { reach, held } = usesOf(fleet, services, [artifacts, packages], 'all');
    const systems = systemsOf([{ members: [0, 1], need: 1, tenths: 10 }]);
    const [ofArtifacts, ofPackages] = [artifacts, packages].map(
      ({ causes }, layer) => masksOf(reach[layer]!, [...causes.keys()], systems, [0], services.length)[0]!,
    );
    const deadly = deadlyCauses(ofArtifacts!);
    const { implied, union, own } = explain(deadly, packagesOf(artifacts, packages, held), ofPackages!);
    expect([union, own]).toEqual([[], []]);
    expect(
      implied.map(({ cause: c, packages: p }) => [artifacts.causes[c]!.name, p.map((n) => packages.causes[n]!.name)]),
    ).toEqual([['left@2.0.0', ['left']]]);
  });
});
