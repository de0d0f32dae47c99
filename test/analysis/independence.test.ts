import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentsOfCauses, independenceOf } from '../../src/analysis/independence.ts';
import type { Reach } from '../../src/analysis/uses.ts';
import { usesOf } from '../../src/analysis/uses.ts';
import { artifactLayer } from '../../src/causes/artifact.ts';
import { packageLayer } from '../../src/causes/package.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { fleetOf, lockfile, rankingOf, servicesOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

const known = () => false;

function compared(lockfiles: readonly TwinLockfile[], isUnread: (service: number) => boolean = known) {
  const fleet = fleetOf(lockfiles);
  const { services } = servicesOf(fleet, lockfiles, [10]);
  const tables = [artifactLayer(fleet), packageLayer(fleet)];
  const { reach } = usesOf(fleet, services, tables, 'all');
  const layers = tables.map((table, at) => ({ table, reach: reach[at]! }));
  const found = independenceOf([...services.keys()], layers, isUnread);
  const names = (layer: 'artifact' | 'package', which: 'inAll' | 'inSome') => {
    const at = layer === 'artifact' ? 0 : 1;
    return found.layers[at]![which].map((cause) => tables[at]!.causes[cause]!.name).sort();
  };
  return { found, names, artifact: found.layers[0]!, package: found.layers[1]! };
}

const three = [
  lockfile('a/package-lock.json', { '': ['ms@1.0.0', 'left', 'up'] }),
  lockfile('b/package-lock.json', { '': ['ms@2.0.0', 'left'] }),
  lockfile('c/package-lock.json', { '': ['ms@2.0.0', 'other', 'more', 'last'] }),
];

describe('independenceOf', () => {
  it('counts what all share, what two share, and how alike each pair is, layer by layer', () => {
    const { artifact, package: packages, names } = compared(three);
    expect(packages).toMatchObject({ layer: 'package', sizes: [3, 2, 4], union: 6, effective: 6 / 3 });
    expect([names('package', 'inAll'), names('package', 'inSome')]).toEqual([['ms'], ['left', 'ms']]);
    expect(packages.pairs).toEqual([
      { a: 0, b: 1, shared: 2, jaccard: 2 / 3, aInB: 2 / 3, bInA: 1 },
      { a: 0, b: 2, shared: 1, jaccard: 1 / 6, aInB: 1 / 3, bInA: 1 / 4 },
      { a: 1, b: 2, shared: 1, jaccard: 1 / 5, aInB: 1 / 2, bInA: 1 / 4 },
    ]);
    expect(artifact).toMatchObject({ sizes: [3, 2, 4], union: 7, effective: 7 / 3 });
    expect([names('artifact', 'inAll'), names('artifact', 'inSome')]).toEqual([[], ['left@1.0.0', 'ms@2.0.0']]);
  });

  it('is 1 for services that are all alike and their number for services that share nothing', () => {
    const alike = ['a', 'b', 'c'].map((name) => lockfile(`${name}/package-lock.json`, { '': ['left', 'up'] }));
    expect(compared(alike).package).toMatchObject({ effective: 1, pairs: [{ jaccard: 1 }, {}, {}] });
    const apart = ['a', 'b', 'c'].map((name) => lockfile(`${name}/package-lock.json`, { '': [`${name}-only`] }));
    expect(compared(apart).package).toMatchObject({
      effective: 3,
      inSome: [],
      pairs: [{ jaccard: 0, aInB: 0 }, {}, {}],
    });
  });

  it('calls nothing independent of which nothing is known', () => {
    const { found, package: packages } = compared(three, (service) => service === 1);
    expect(found.unread).toEqual([1]);
    expect(packages.effective).toBeUndefined();
    expect(packages.pairs.map(({ jaccard }) => jaccard)).toEqual([undefined, 1 / 6, undefined]);
    const empty = compared([three[0]!, lockfile('e/package-lock.json', { '': [] })]).package;
    expect(empty).toMatchObject({ sizes: [3, 0], effective: undefined });
    expect(empty.pairs).toEqual([{ a: 0, b: 1, shared: 0, jaccard: undefined, aInB: undefined, bInA: undefined }]);
  });

  it('takes a service named twice once, and one or none for nothing to compare', () => {
    const reach: Reach = {
      start: Int32Array.of(0, 2),
      service: Int32Array.of(0, 1),
      bits: new Uint8Array(2),
      dependents: new Int32Array(2),
    };
    const layer = { table: { layer: 'package' as const, causes: [] }, reach };
    const of = (services: number[]) => independenceOf(services, [layer], known);
    expect(of([1, 1])).toMatchObject({ services: [1], layers: [{ inAll: [], inSome: [], pairs: [], effective: 1 }] });
    expect(of([])).toMatchObject({ services: [], layers: [{ inAll: [], union: 0, pairs: [], effective: undefined }] });
    expect(of([1, 0, 1])).toMatchObject({ services: [1, 0], layers: [{ inAll: [0] }] });
  });

  it('equals sets of causes by service', () => {
    fc.assert(
      fc.property(
        fleetArbitrary,
        fc.constantFrom('artifact' as const, 'package' as const),
        fc.array(fc.nat(20), { maxLength: 4 }),
        ({ lockfiles }, layer, picks) => {
          const { table, reach, fleet, services } = rankingOf(lockfiles, { layer });
          const chosen = [...new Set(picks.map((pick) => pick % Math.max(1, services.length)))].filter(
            (service) => service < services.length,
          );
          const uses = usesOf(fleet, services, [table], 'all').reach[0]!;
          const found = independenceOf(chosen, [{ table, reach: uses }], known).layers[0]!;
          const sets = chosen.map(
            (service) => new Set(reach.flatMap((users, c) => (users.includes(service) ? [c] : []))),
          );
          const all = new Set(sets.flatMap((set) => [...set]));
          const holding = (count: number) =>
            [...all].filter((c) => sets.filter((set) => set.has(c)).length >= count).sort((a, b) => a - b);
          expect(found.sizes).toEqual(sets.map((set) => set.size));
          expect(found.union).toBe(all.size);
          expect(found.inSome).toEqual(holding(2));
          expect(found.inAll).toEqual(chosen.length < 2 ? [] : holding(chosen.length));
          for (const { a, b, shared, jaccard, aInB, bInA } of found.pairs) {
            const [x, y] = [sets[chosen.indexOf(a)]!, sets[chosen.indexOf(b)]!];
            const both = [...x].filter((c) => y.has(c)).length;
            expect(shared).toBe(both);
            if (x.size === 0 || y.size === 0) expect([jaccard, aInB, bInA]).toEqual([undefined, undefined, undefined]);
            else {
              expect(jaccard).toBeCloseTo(both / new Set([...x, ...y]).size, 9);
              expect([aInB, bInA]).toEqual([both / x.size, both / y.size]);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('componentsOfCauses', () => {
  it('marks the components of any of the causes', () => {
    const fleet = fleetOf(three);
    const table = packageLayer(fleet);
    const wanted = table.causes.flatMap(({ name }, cause) => (name === 'ms' || name === 'up' ? [cause] : []));
    const marked = [...componentsOfCauses(table, wanted)].flatMap((bit, c) => (bit ? [fleet.component(c)] : []));
    expect(marked.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([
      'ms@1.0.0',
      'ms@2.0.0',
      'up@1.0.0',
    ]);
  });
});
