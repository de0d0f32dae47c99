import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import { type System, SystemCounter } from '../../src/analysis/systems.ts';
import { DependencyPaths } from '../../src/graph/paths.ts';
import { SetCoder } from '../../src/reports/html/sets.ts';
import { count, percent } from '../../src/reports/numbers.ts';
import { dev, lockfile } from '../described.ts';
import { client, dataOf, htmlOf } from './html-page.ts';
import { madeAudit } from './made-audit.ts';

const page = client();

const namesArbitrary = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 });

/** A fleet of up to six services with two systems, one of them in the other, and a guard. */
const auditArbitrary = fc
  .record({
    held: fc.array(namesArbitrary, { minLength: 4, maxLength: 6 }),
    weights: fc.array(fc.constantFrom(0.1, 0.2, 1, 7), { minLength: 6, maxLength: 6 }),
    need: fc.integer({ min: 1, max: 2 }),
    outer: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ held, weights, need, outer }) =>
    madeAudit({
      services: held.map((packages, at) => [`s${at}`, packages]),
      weights,
      systems: nested(need, outer),
      guards: [{ name: 'guard', service: 2, protects: [1] }],
      layers: ['package', 'artifact'],
    }),
  );

function nested(need: number, outer: number): System[] {
  const inner: System = { name: 'inner', members: [0, 1], need, weight: 0.3, origin: 'declared' };
  const parts = { services: [3], systems: [0] };
  return [inner, { name: 'outer', members: [0, 1, 3], parts, need: outer, weight: 5, origin: 'declared' }];
}

/** The page's data and what its script makes of it first. */
function opened(audit: Audit) {
  const data = dataOf(htmlOf(audit));
  const sets = new page.ServiceSets(page.bytesOf(data.sets), data.services.names.length);
  return { data, sets, membership: page.membershipOf(data.systems, data.services.names.length) };
}

describe('sets of services', () => {
  it('come back as they were, each once', () => {
    const setArbitrary = fc.uniqueArray(fc.integer({ min: 0, max: 699 }), { maxLength: 700 });
    fc.assert(
      fc.property(fc.array(setArbitrary, { maxLength: 8 }), (given) => {
        const lists = given.map((list) => [...list].sort((a, b) => a - b));
        const coder = new SetCoder(700);
        const ids = lists.map((list) => coder.id(list));
        const sets = new page.ServiceSets(page.bytesOf(coder.base64()), 700);
        expect(ids.map((id) => sets.list(id))).toEqual(lists);
        expect(ids.map((id) => sets.size(id))).toEqual(lists.map((list) => list.length));
        expect(sets.starts).toHaveLength(new Set(lists.map(String)).size);
        expect(lists.map((list) => coder.id(list))).toEqual(ids);
      }),
    );
  });

  it('take no more than a bit for every service', () => {
    const coder = new SetCoder(8000);
    coder.id(Array.from({ length: 8000 }, (_, at) => at));
    expect(coder.bytes).toBeLessThanOrEqual(1003);
    coder.id([5, 7999]);
    expect(coder.bytes).toBeLessThanOrEqual(1007);
  });
});

describe('numbers', () => {
  it('read as in every other report', () => {
    const edges = fc.constantFrom(0, 0.005, 0.01, 0.015, 0.985, 0.99, 0.9949, 0.995, 0.9999, 1);
    const shares = fc.oneof(edges, fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.nat(), shares, (value, share) => {
        expect(page.count(value)).toBe(count(value));
        expect(page.count(value, 'cause')).toBe(count(value, 'cause'));
        expect(page.percent(share)).toBe(percent(share));
      }),
    );
  });
});

describe('failing causes', () => {
  it('loses what the audit says each loses, for every cause of every layer', () => {
    fc.assert(
      fc.property(auditArbitrary, (audit) => {
        const { data, sets, membership } = opened(audit);
        data.layers.forEach((layer, at) => {
          const { ranked } = audit.layers[at]!;
          expect(layer.rows).toBe(ranked.length);
          for (const [row, { blastRadius, lost, reach }] of ranked.entries()) {
            const down = sets.list(layer.down.values[layer.down.at[row]!]!);
            const fallen = page.fallenBy(data, membership, [down]);
            expect([fallen.share, fallen.systems.length, fallen.services.length]).toEqual([blastRadius, lost, reach]);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('loses what the services of all of them lose together', () => {
    const reaches = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 })), { maxLength: 4 });
    fc.assert(
      fc.property(auditArbitrary, reaches, (audit, given) => {
        const { data, membership } = opened(audit);
        const services = audit.services.length;
        const each = given.map((reach) => reach.filter((service) => service < services));
        const union = [...new Set(each.flat())].sort((a, b) => a - b);
        const counter = new SystemCounter(audit.systems, services);
        const fallen = page.fallenBy(data, membership, each);
        expect([...fallen.services]).toEqual(union);
        expect([...fallen.systems]).toEqual(counter.lost(Int32Array.from(union)));
      }),
      { numRuns: 60 },
    );
  });

  it('blinds the guards that the audit calls blind', () => {
    fc.assert(
      fc.property(auditArbitrary, (audit) => {
        const { data, sets, membership } = opened(audit);
        data.layers.forEach((layer, at) => {
          const blind = audit.resilience[at]!.guards[0]!;
          const found = layer.down.at.filter((set) => {
            return page.fallenBy(data, membership, [sets.list(layer.down.values[set]!)]).guards.length > 0;
          });
          expect(found).toHaveLength(blind.touches.length);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is shown', () => {
  const audit = madeAudit({
    services: [
      ['web', ['shared', 'Debug', 'only-web']],
      ['pay-a', ['shared', 'debug']],
      ['pay-b', ['shared', 'zod']],
    ],
    forBuilding: ['zod', 'only-web'],
    systems: [{ name: 'pay', members: [1, 2], need: 1, weight: 1, origin: 'declared' }],
  });
  const { data, sets, membership } = opened(audit);
  const layer = data.layers[0]!;
  const names = (rows: readonly number[]): string[] => rows.map((row) => nameAt(row));
  const nameAt = (row: number): string => layer.columns[0]!.text.values[layer.columns[0]!.text.at[row]!]!;
  const found = (filter: object): string[] =>
    names(page.rowsThatPass(data, sets, membership, layer, { ...page.NO_FILTER, ...filter }));

  it('is everything, first rank first', () => {
    expect(found({})).toEqual(audit.layers[0]!.ranked.map(({ cause }) => audit.layers[0]!.table.causes[cause]!.name));
  });

  it.each([
    [{ text: ' DEB ' }, ['Debug', 'debug']],
    [{ text: '.' }, []],
    [{ system: 0, defeated: true }, ['shared']],
    [{ system: 0, defeated: false }, ['shared', 'debug', 'zod']],
    [{ system: 1, defeated: true }, ['shared', 'Debug', 'only-web']],
    [{ own: 'own' }, []],
    [{ scope: 'build' }, ['only-web', 'zod']],
    [{ scope: 'run' }, ['shared', 'Debug', 'debug']],
    [{ scope: 'build', own: 'others', text: 'z' }, ['zod']],
  ])('%j', (filter, expected) => expect(found(filter)).toEqual(expected));

  it('is sorted by any column, equal ones by rank', () => {
    const all = (): number[] => [...Array(layer.rows).keys()];
    const reach = layer.columns.findIndex(({ header }) => header === 'reach');
    expect(names(page.sortRows(layer, all(), { column: reach, descending: false }))[4]).toBe('shared');
    expect(names(page.sortRows(layer, all(), { column: 0, descending: false }))).toEqual([
      'Debug',
      'debug',
      'only-web',
      'shared',
      'zod',
    ]);
    expect(page.sortRows(layer, all(), { column: -1, descending: true })).toEqual(all().reverse());
  });

  it('draws every service once, by its systems', () => {
    fc.assert(
      fc.property(auditArbitrary, (made) => {
        const groups = page.groupsOf(opened(made).data);
        const drawn = groups.flatMap(({ services }) => services);
        expect([...drawn].sort((a, b) => a - b)).toEqual([...made.services.keys()]);
        expect(groups[0]!.title).toBe(`inner, ${made.systems[0]!.need} of 2`);
      }),
      { numRuns: 30 },
    );
  });
});

describe('paths', () => {
  it('are the shortest ones', () => {
    fc.assert(
      fc.property(auditArbitrary, (audit) => {
        const { data, sets } = opened(audit);
        data.layers.forEach((layer, at) => {
          const { table, ranked } = audit.layers[at]!;
          for (const [row, { cause }] of ranked.entries()) {
            for (const service of sets.list(layer.down.values[layer.down.at[row]!]!)) {
              const walk = new DependencyPaths(audit.fleet, audit.services[service]!, 'all');
              const path = walk.to((component) => {
                return table.members.subarray(table.start[component]!, table.start[component + 1]!).includes(cause);
              })!;
              const steps = path.map(({ component }) => audit.fleet.component(component));
              const words = steps.slice(1).map(({ name, version }) => `${name}@${version}`);
              const expected = [audit.services[service]!.name, ...words];
              expect([...page.pathSteps(data.paths, { layer: at, row }, service)]).toEqual(expected);
            }
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('are those that run, where there is one', () => {
    const audit = madeAudit({
      services: [['web', []]],
      lockfiles: [lockfile('web', { '': [dev('deep'), dev('tool'), 'a'], a: ['deep'], tool: ['other'] })],
    });
    const { data } = opened(audit);
    const { text } = data.layers[0]!.columns[0]!;
    const row = (name: string): number => text.at.findIndex((at) => text.values[at] === name);
    const path = (name: string): string => page.pathSteps(data.paths, { layer: 0, row: row(name) }, 0).join(' › ');
    expect(path('deep')).toBe('web › a@1.0.0 › deep@1.0.0');
    expect(path('other')).toBe('web › tool@1.0.0 (dev) › other@1.0.0');
  });
});

describe('what a service holds for building only', () => {
  it('is what it holds in no version at run time', () => {
    const audit = madeAudit({
      services: [['web', []]],
      lockfiles: [lockfile('web', { '': ['a@1.0.0', dev('a@2.0.0'), dev('b')] })],
    });
    const { data, sets, membership } = opened(audit);
    const layer = data.layers[0]!;
    const rows = page.rowsThatPass(data, sets, membership, layer, { ...page.NO_FILTER, scope: 'build' });
    expect(rows.map((row) => layer.columns[0]!.text.values[layer.columns[0]!.text.at[row]!])).toEqual(['b']);
  });
});
