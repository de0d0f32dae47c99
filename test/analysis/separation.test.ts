import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Separation, separationOf } from '../../src/analysis/separation.ts';
import { usesOf } from '../../src/analysis/uses.ts';
import { artifactLayer } from '../../src/causes/artifact.ts';
import { type CauseTable, layerOfServices, outsideCause } from '../../src/causes/layer.ts';
import { packageLayer, packageName } from '../../src/causes/package.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { SCOPES, type Scope } from '../../src/graph/closure.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { NODE_FLAGS } from '../../src/graph/model.ts';
import { defaultServices, type Service } from '../../src/graph/services.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { dev, fleetOf, lockfile, membersOf, servicesOf } from '../described.ts';
import { keyOf, type TwinLockfile, type TwinService, twinComponents, twinLoad } from '../twin.ts';

const LAYERS = { artifact: artifactLayer, package: packageLayer };
type Layer = keyof typeof LAYERS;

interface Asked {
  readonly layer?: Layer;
  readonly scope?: Scope;
  /** Names of the causes wanted. */
  readonly wanted?: readonly string[];
}

function separated(lockfiles: readonly TwinLockfile[], { layer = 'package', scope = 'all', wanted }: Asked = {}) {
  const fleet = fleetOf(lockfiles);
  const { services } = servicesOf(fleet, lockfiles, [10]);
  return separatedIn(fleet, services, LAYERS[layer](fleet), scope, wanted);
}

function separatedIn(
  fleet: Fleet,
  services: readonly Service[],
  table: CauseTable,
  scope: Scope,
  wanted?: readonly string[],
): Separation & { readonly names: readonly string[]; readonly steps: readonly string[] } {
  const reach = usesOf(fleet, services, [table], scope).reach[0]!;
  const chosen = wanted && [...table.causes.keys()].filter((cause) => wanted.includes(table.causes[cause]!.name));
  const found = separationOf({ fleet, services, table, reach, scope }, [...services.keys()], chosen);
  const steps = found.changes.map(
    ({ service, packages }) =>
      `${service}: ${packages.map(({ action, package: name, versions }) => `${action} ${name}@${versions.join(',')}`).join(' + ')}`,
  );
  return { ...found, names: found.causes.map((cause) => table.causes[cause]!.name).sort(), steps };
}

// Both stand on ms: a by two ways, b by one.
const pair = [
  lockfile('a/package-lock.json', { '': ['x', 'y', 'own-a'], x: ['ms'], y: ['deep'], deep: ['ms'], 'own-a': [] }),
  lockfile('b/package-lock.json', { '': ['z'], z: ['mid'], mid: ['ms', 'more'] }),
];

describe('separationOf', () => {
  it('changes the service that needs the fewest packages changed, and computes what that does', () => {
    const found = separated(pair);
    expect(found.names).toEqual(['ms']);
    // In a two ways lead to ms, so nothing nearer than ms itself is one package; in b all stands behind z.
    expect(found.steps).toEqual(['0: drop npm/ms@1.0.0', '1: drop npm/z@1.0.0']);
    expect(found.changes[0]).toMatchObject({
      least: 1,
      packages: [{ shared: true }],
      effect: {
        shared: { before: 1, after: 0 },
        components: { before: 5, after: 4 },
        load: { before: 3 / 5, after: 0 },
      },
    });
    expect(found.changes[1]!.effect).toEqual({
      shared: { before: 1, after: 0 },
      components: { before: 4, after: 0 },
      load: { before: 2 / 4, after: 0 },
    });
  });

  it('moves what is shared itself where another version is another cause, and drops it where it is not', () => {
    expect(separated(pair, { layer: 'artifact' }).steps).toEqual(['0: move npm/ms@1.0.0', '1: move npm/ms@1.0.0']);
    const direct = ['a', 'b'].map((name) =>
      lockfile(`${name}/package-lock.json`, { '': ['debug'], debug: ['ms'], ms: [] }),
    );
    // Another debug might still need the ms that both hold: to drop one package is less than to move two.
    expect(separated(direct, { layer: 'artifact' }).steps).toEqual([
      '0: drop npm/debug@1.0.0',
      '1: drop npm/debug@1.0.0',
    ]);
    expect(separated(direct, { layer: 'artifact', wanted: ['debug@1.0.0'] }).steps[0]).toBe('0: move npm/debug@1.0.0');
    expect(separated(direct, { layer: 'artifact', wanted: ['debug@1.0.0'] }).changes[0]!.effect).toEqual({
      shared: { before: 2, after: 1 },
      components: { before: 2, after: 2 },
      // debug stays, is no longer shared, and stands on ms, which is.
      load: { before: 0, after: 1 / 2 },
    });
    expect(separated(direct, { layer: 'package', wanted: ['debug'] }).steps[0]).toBe('0: drop npm/debug@1.0.0');
  });

  it("never moves one's own code, and separates from it only when asked", () => {
    const monorepo = lockfile('package-lock.json', { './a': ['./lib'], './b': ['./lib', 'left'], './lib': ['left'] });
    expect(separated([monorepo]).names).toEqual(['left']);
    expect(separated([monorepo]).steps).toEqual(['1: drop npm/left@1.0.0', '0: drop first-party/lib@0.0.0']);
    expect(separated([monorepo]).changes[0]!.effect.shared).toEqual({ before: 2, after: 1 });
    expect(separated([monorepo]).changes[1]!.effect.shared).toEqual({ before: 2, after: 0 });
    const own = separated([monorepo], { layer: 'artifact', wanted: ['./lib@0.0.0'] });
    expect(own.steps).toEqual(['1: drop first-party/lib@0.0.0', '0: drop first-party/lib@0.0.0']);
  });

  it('leaves what is needed at run time alone in build scope', () => {
    const lockfiles = [
      lockfile('a/package-lock.json', {
        '': ['run', dev('tool'), dev('run@2.0.0')],
        tool: ['shared'],
        'run@2.0.0': ['shared'],
      }),
      lockfile('b/package-lock.json', { '': [dev('shared')] }),
    ];
    expect(separated(lockfiles, { scope: 'build' }).steps).toEqual([
      '0: drop npm/shared@1.0.0',
      '1: drop npm/shared@1.0.0',
    ]);
    expect(separated(lockfiles, { scope: 'runtime' })).toMatchObject({ causes: [], steps: ['0: ', '1: '] });
  });

  it('cannot set a service apart from its own code, nor from what it stands on as a whole', () => {
    const cycle = lockfile('package-lock.json', { './a': ['./b'], './b': ['./a'] });
    const found = separated([cycle], { wanted: ['./a'] });
    expect([found.names, found.steps, found.impossible]).toEqual([['./a'], ['1: drop first-party/a@0.0.0'], [0]]);

    const fleet = fleetOf(pair);
    const { services } = servicesOf(fleet, pair, [10]);
    const table = layerOfServices('registry', fleet, services, () => [outsideCause('registry', 'node')]);
    expect(separatedIn(fleet, services, table, 'all')).toMatchObject({
      names: ['node'],
      changes: [],
      impossible: [0, 1],
    });
  });

  it('knows that a service without a copy of its own code still is that code, but for building', () => {
    const link = (resolved: string) => ({ self: { name: 'a', version: '9.0.0', source: 'link' as const, resolved } });
    const lockfiles = (needs: Readonly<Record<string, readonly ReturnType<typeof dev>[]>>) => [
      lockfile('a/package-lock.json', needs, link('.')),
      lockfile('b/package-lock.json', needs, link('../a')),
    ];
    const running = separated(lockfiles({ '': ['p'], p: ['self'] }));
    expect(running.changes.map(({ service, effect }) => [service, effect.shared])).toEqual([
      [0, { before: 2, after: 1 }],
      [1, { before: 2, after: 0 }],
    ]);
    const building = separated(lockfiles({ '': [dev('self')] }), { scope: 'build', wanted: ['', 'a'] });
    expect(building).toMatchObject({
      steps: ['0: drop first-party/a@9.0.0', '1: drop first-party/a@9.0.0'],
      impossible: [],
    });
  });

  it('does not count what stood on a shared package only by one that is dropped', () => {
    const found = separated(
      [
        lockfile('a/package-lock.json', { '': ['x', 'y', 's'], x: ['d'], y: ['d'], d: ['s', 't'] }),
        lockfile('b/package-lock.json', { '': ['s', 't', 'more', 'last'] }),
      ],
      { wanted: ['t'] },
    );
    const change = found.changes.find(({ service }) => service === 0)!;
    expect(change).toMatchObject({
      packages: [{ package: 'npm/d', shared: false }],
      effect: { components: { before: 5, after: 3 }, load: { before: 3 / 5, after: 0 } },
    });
  });

  it('puts the change with fewer packages to drop first, whatever is lost with them', () => {
    const found = separated(
      [
        lockfile('a/package-lock.json', { '': ['m', 's2'], m: ['s1'], s2: ['u'] }),
        lockfile('b/package-lock.json', { '': ['m', 'big'], big: ['s1', 's2', 'u', 'e1', 'e2'] }),
      ],
      { layer: 'artifact' },
    );
    expect(found.steps).toEqual([
      '1: drop npm/big@1.0.0 + move npm/m@1.0.0',
      '0: drop npm/m@1.0.0 + drop npm/s2@1.0.0',
    ]);
  });

  it('says which services it knows nothing of', () => {
    const fleet = fleetOf(pair.slice(0, 1));
    fleet.addUnread('broken/package-lock.json');
    const services = fleet.lockfiles.flatMap((file, index) =>
      defaultServices(fleet, file).map((project) => ({ name: file.path, lockfile: index, project, weight: 1 })),
    );
    expect(separatedIn(fleet, services, packageLayer(fleet), 'all')).toMatchObject({
      causes: [],
      steps: ['0: '],
      unread: [1],
    });
  });

  it('cuts what ships inside another package with that package, and what one bundles oneself by itself', () => {
    const fleet = new Fleet();
    const add = (path: string, bundler: 'foreign' | 'own') => {
      const builder = new GraphBuilder('npm', '3');
      const node = (name: string, flags: number) =>
        builder.node({ key: name, ecosystem: 'npm', name, version: '1.0.0', source: 'registry', flags });
      const root = builder.node({
        key: '',
        ecosystem: 'npm',
        name: path,
        version: '1.0.0',
        source: 'workspace',
        resolved: '',
      });
      const big = node(`big-${path}`, bundler === 'own' ? NODE_FLAGS.bundled : 0);
      const ms = node('ms', NODE_FLAGS.bundled);
      builder.edge(root, big, 'prod', 'big', '1');
      builder.edge(big, ms, 'prod', 'ms', '1');
      builder.project(root, '', path);
      fleet.add(`${path}/package-lock.json`, builder.build());
    };
    add('a', 'foreign');
    add('b', 'own');
    const services = [0, 1].map((index) => ({ name: `${index}`, lockfile: index, project: 0, weight: 1 }));
    const found = separatedIn(fleet, services, artifactLayer(fleet), 'all');
    expect(found.steps).toEqual(['1: move npm/ms@1.0.0', '0: drop npm/big-a@1.0.0']);
  });

  it('sets one of several services apart from all others', () => {
    const third = lockfile('c/package-lock.json', { '': ['more', 'ms', 'own-a'] });
    const found = separated([...pair, third]);
    expect(found.names).toEqual(['more', 'ms', 'own-a']);
    expect(found.steps).toEqual([
      '1: drop npm/z@1.0.0',
      '0: drop npm/ms@1.0.0 + drop npm/own-a@1.0.0',
      '2: drop npm/more@1.0.0 + drop npm/ms@1.0.0 + drop npm/own-a@1.0.0',
    ]);
  });

  it('leaves nothing shared, with the fewest packages of all that would, and with the effect it says', () => {
    fc.assert(
      fc.property(
        fleetArbitrary,
        fc.constantFrom<Layer>('artifact', 'package'),
        fc.constantFrom(...SCOPES),
        fc.boolean(),
        ({ lockfiles }, layer, scope, own) => {
          const fleet = fleetOf(lockfiles);
          const { services, twins } = servicesOf(fleet, lockfiles, [10]);
          const table = LAYERS[layer](fleet);
          const reach = usesOf(fleet, services, [table], scope).reach[0]!;
          const members = [...services.keys()].slice(0, 3);
          const wanted = own ? [...table.causes.keys()] : undefined;
          const found = separationOf({ fleet, services, table, reach, scope }, members, wanted);
          const causes = membersOf(fleet, table);
          expect([...found.changes.map(({ service }) => service), ...found.impossible].sort()).toEqual(members);
          for (const service of members) {
            const users = (cause: number) => [...reach.service.subarray(reach.start[cause]!, reach.start[cause + 1]!)];
            const shared = [...causes.keys()].filter(
              (cause) =>
                users(cause).includes(service) && users(cause).some((u) => u !== service && members.includes(u)),
            );
            const targets = shared.filter((cause) => own || !table.causes[cause]!.firstParty);
            const twin = naive(fleet, services[service]!, twins[service]!, scope, causes);
            const change = found.changes.find((candidate) => candidate.service === service);
            if (change === undefined) {
              const everything = twin.without(twin.names, []);
              expect(targets.some((cause) => everything.holds(cause))).toBe(true);
              continue;
            }
            const named = (action: string) =>
              change.packages.flatMap((entry) => (entry.action === action ? [entry.package] : []));
            const after = twin.without(named('drop'), named('move'));
            const before = twin.without([], []);
            expect(targets.filter((cause) => after.holds(cause))).toEqual([]);
            expect(change.effect.shared).toEqual({
              before: shared.length,
              after: shared.filter((cause) => after.holds(cause)).length,
            });
            expect(change.effect.components).toEqual({ before: before.components, after: after.components });
            expect(change.effect.load.before).toBeCloseTo(before.load(shared), 9);
            expect(change.effect.load.after).toBeCloseTo(after.load(shared), 9);
            expect(change.least).toBe(change.packages.length);
            for (const fewer of subsetsBelow(twin.names, change.packages.length)) {
              const left = twin.without(fewer, []);
              expect(targets.some((cause) => left.holds(cause))).toBe(true);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** One service with packages dropped or moved, by the twin: edges to what is dropped are taken out of its lockfile. */
function naive(
  fleet: Fleet,
  service: Service,
  twin: TwinService,
  scope: Scope,
  causes: readonly ReadonlySet<string>[],
) {
  const { lockfile: file } = twin;
  const component = fleet.lockfiles[service.lockfile]!.component;
  const nameOf = (node: number) => packageName(fleet.component(component[node]!));
  const start = file.projects.find(({ path }) => path === twin.project)!.node;
  const kept = new Set([start, ...file.projects.flatMap(({ node, path }) => (path === '' ? [node] : []))]);
  if (scope === 'build') {
    const runtime = new Set([start]);
    for (const node of runtime)
      for (const { from, to, kind } of file.edges)
        if (from === node && to !== undefined && kind !== 'dev') runtime.add(to);
    for (const node of runtime) kept.add(node);
  }
  const nodes = [...file.nodes.keys()];
  const nameOfKey = new Map(nodes.map((node) => [keyOf(file, node), nameOf(node)]));
  return {
    names: [...new Set(nodes.filter((node) => !kept.has(node)).map(nameOf))],
    without(dropped: readonly string[], moved: readonly string[]) {
      const edges = file.edges.filter(({ to }) => to === undefined || kept.has(to) || !dropped.includes(nameOf(to)));
      const changed: TwinService = { ...twin, lockfile: { ...file, edges } };
      const components = twinComponents(changed)[scope];
      const held = new Set([...components].filter((key) => !moved.includes(nameOfKey.get(key)!)));
      const all = scope === 'build' ? held : new Set([...held, keyOf(file, start)]);
      return {
        components: components.size,
        holds: (cause: number) => [...causes[cause]!].some((key) => all.has(key)),
        load(shared: readonly number[]) {
          const keys = new Set(shared.flatMap((cause) => [...causes[cause]!]).filter((key) => held.has(key)));
          if (keys.size === 0) return 0;
          const { over, under } = twinLoad(keys, changed, scope);
          return Number(over) / Number(under);
        },
      };
    },
  };
}

function subsetsBelow<T>(items: readonly T[], size: number): T[][] {
  const all: T[][] = [[]];
  for (const item of items) all.push(...all.filter((set) => set.length + 1 < size).map((set) => [...set, item]));
  return size === 0 ? [] : all;
}
