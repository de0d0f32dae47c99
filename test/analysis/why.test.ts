/** Why a package is here: against all simple paths on tiny graphs, and by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServiceWhy, serviceWhy } from '../../src/analysis/why/service.ts';
import { whyOf } from '../../src/analysis/why/why.ts';
import { packageName } from '../../src/causes/package.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { closureOf, SCOPES, type Scope } from '../../src/graph/closure.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { isDevEdge, NODE_FLAGS } from '../../src/graph/model.ts';
import type { Service } from '../../src/graph/services.ts';
import { isAskedFor, parsePackageSpec } from '../../src/package-spec.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { dev, fleetOf, lockfile, servicesOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

function specOf(text: string) {
  const spec = parsePackageSpec(text);
  if (typeof spec === 'string') throw new Error(spec);
  return spec;
}

function asked(lockfiles: readonly TwinLockfile[], text: string, scope: Scope = 'all') {
  const fleet = fleetOf(lockfiles);
  const { services } = servicesOf(fleet, lockfiles, [10]);
  return { fleet, why: whyOf({ fleet, services, scope }, specOf(text)) };
}

function told(fleet: Fleet, found: ServiceWhy) {
  const name = (component: number) => fleet.component(component).name;
  return {
    ways: found.bringers.map(({ path }) => path.map(({ component }) => name(component) || '(root)').join(' > ')),
    single: found.single,
    cut: found.cut?.packages.map((one) => one.package),
    dominators: found.dominators.map(({ component }) => name(component) || '(root)'),
  };
}

describe('why', () => {
  it('tells the ways by what starts them, and the dependency that alone brings it in', () => {
    const file = lockfile('package-lock.json', {
      '': ['express', 'other'],
      express: ['debug', 'send'],
      send: ['debug'],
      debug: ['ms'],
      other: [],
    });
    const { fleet, why } = asked([file], 'ms');
    expect(told(fleet, why.services[0]!)).toEqual({
      ways: ['(root) > express > debug > ms'],
      single: { package: 'npm/express', alone: true },
      cut: undefined,
      dominators: ['(root)', 'express', 'debug', 'ms'],
    });
    expect(why.bringers).toEqual([{ package: 'npm/express', alone: [0], all: [], among: [] }]);
  });

  it('finds the smallest cut where several bring it in, and that another needs the one on all ways', () => {
    const several = lockfile('a/package-lock.json', { '': ['x', 'y'], x: ['mid'], y: ['mid'], mid: ['ms'] });
    const shared = lockfile('b/package-lock.json', { '': ['x', 'y'], x: ['y'], y: ['ms'] });
    const { fleet, why } = asked([several, shared], 'ms');
    expect(why.services.map((found) => told(fleet, found))).toEqual([
      {
        ways: ['(root) > x > mid > ms', '(root) > y > mid > ms'],
        single: undefined,
        cut: ['npm/mid'],
        dominators: ['(root)', 'mid', 'ms'],
      },
      {
        ways: ['(root) > y > ms', '(root) > x > y > ms'],
        single: { package: 'npm/y', alone: false },
        cut: undefined,
        dominators: ['(root)', 'y', 'ms'],
      },
    ]);
    expect(why.bringers).toEqual([
      { package: 'npm/y', alone: [], all: [1], among: [0] },
      { package: 'npm/x', alone: [], all: [], among: [0, 1] },
    ]);
  });

  it('never takes out the package itself, but for its line in a manifest', () => {
    const file = lockfile('package-lock.json', { '': ['ms', 'x'], x: ['ms'] });
    const { why } = asked([file], 'ms');
    const [found] = why.services;
    expect([found!.single, found!.cut]).toEqual([
      undefined,
      {
        packages: [
          { package: 'npm/ms', versions: ['1.0.0'], direct: true },
          { package: 'npm/x', versions: ['1.0.0'], direct: true },
        ],
        least: 2,
      },
    ]);
    expect(found!.held).toEqual([{ package: 'npm/ms', version: '1.0.0', scope: 'runtime', direct: true }]);
    expect(found!.needs).toEqual([
      { by: undefined, manifest: '', kind: 'prod', name: 'asked', range: '*' },
      { by: { package: 'npm/x', version: '1.0.0' }, manifest: undefined, kind: 'prod', name: 'asked', range: '*' },
    ]);
  });

  it('counts a workspace library as a manifest of its own, and the tooling root for building', () => {
    const file = lockfile('package-lock.json', {
      '': [dev('tool')],
      './app': ['./lib'],
      './lib': ['x'],
      x: ['ms'],
      tool: ['ms'],
    });
    const { fleet, why } = asked([file], 'ms');
    expect(told(fleet, why.services[0]!)).toMatchObject({
      ways: ['(root) > tool > ms', './app > ./lib > x > ms'],
      cut: ['npm/tool', 'npm/x'],
    });
    expect(
      why.services[0]!.bringers.map(({ package: name, scope, named }) => [name, scope, named[0]!.manifest]),
    ).toEqual([
      ['npm/tool', 'build', ''],
      ['npm/x', 'runtime', 'lib'],
    ]);
    expect(told(fleet, asked([file], 'ms', 'runtime').why.services[0]!).single).toEqual({
      package: 'npm/x',
      alone: true,
    });
  });

  it('leads through a library as through a package where its own manifests name that for building alone', () => {
    const file = lockfile('package-lock.json', { './app': [dev('./lib'), 'x'], './lib': ['ms'], x: ['./lib'] });
    const { fleet, why } = asked([file], 'ms', 'runtime');
    expect(told(fleet, why.services[0]!)).toMatchObject({
      ways: ['./app > x > ./lib > ms'],
      single: { package: 'npm/x', alone: true },
    });
  });

  it('does not take out what ships inside another package', () => {
    const builder = new GraphBuilder('npm', '3');
    const node = (name: string, flags = 0) =>
      builder.node({ key: name, ecosystem: 'npm', name, version: '1.0.0', source: 'registry', flags });
    const [root, a, b] = [node('root'), node('a'), node('b')];
    const [inside, ms] = [node('inside', NODE_FLAGS.bundled), node('ms', NODE_FLAGS.bundled)];
    builder.project(root, '', 'root');
    for (const [from, to] of [
      [root, a],
      [root, b],
      [a, inside],
      [b, inside],
      [inside, ms],
    ] as const) {
      builder.edge(from, to, 'prod', 'x', '*');
    }
    const fleet = new Fleet();
    fleet.add('package-lock.json', builder.build());
    const found = serviceWhy(fleet, 0, { lockfile: 0, project: 0 }, 'all', (c) => fleet.component(c).name === 'ms')!;
    expect(told(fleet, found)).toMatchObject({ cut: ['npm/a', 'npm/b'], dominators: ['root', 'inside', 'ms'] });
  });

  it('tells versions asked about from the others, and those that it cannot judge', () => {
    const file = lockfile(
      'package-lock.json',
      { '': ['ms@5.6.1', 'ms@5.6.12', 'ms@7.0.0-rc.1', 'ms@odd'] },
      { 'ms@odd': { version: '2024b' } },
    );
    const versions = (list: readonly { readonly version: string | undefined }[]) => list.map(({ version }) => version);
    const seen = (text: string) => {
      const { why } = asked([file], text);
      return [versions(why.versions), versions(why.outside), versions(why.unjudged)];
    };
    expect(seen('ms@5.6.1')).toEqual([['5.6.1'], ['5.6.12', '7.0.0-rc.1'], ['2024b']]);
    expect(seen('ms@>=5.6.12')).toEqual([['5.6.12', '7.0.0-rc.1'], ['5.6.1'], ['2024b']]);
    expect(seen('ms')).toEqual([['2024b', '5.6.1', '5.6.12', '7.0.0-rc.1'], [], []]);
  });

  it('suggests names where there is none', () => {
    const { why } = asked([lockfile('package-lock.json', { '': ['lodash', 'lodahs1', '__proto__'] })], 'lodahs');
    expect([why.known, why.near]).toEqual([false, ['lodahs1', 'lodash']]);
    expect(asked([lockfile('package-lock.json', { '': ['__proto__'] })], '__proto__').why.services).toHaveLength(1);
    expect(asked([lockfile('package-lock.json', { '': ['ms'] })], 'npm/ms').why.services).toHaveLength(1);
  });

  it('answers on a graph with 30 to the power of 30 ways', () => {
    const [layers, width] = [30, 30];
    const at = (layer: number, place: number) => `l${layer}-${place}`;
    const layer = (n: number) => Array.from({ length: width }, (_, place) => at(n, place));
    const needs: Record<string, string[]> = { '': layer(0) };
    for (let n = 0; n < layers; n++) for (const name of layer(n)) needs[name] = n + 1 < layers ? layer(n + 1) : ['ms'];
    const { why } = asked([lockfile('package-lock.json', needs)], 'ms');
    const [found] = why.services;
    expect(found!.bringers).toHaveLength(width);
    expect(new Set(found!.bringers.map(({ length }) => length))).toEqual(new Set([layers + 1]));
    expect([found!.single, found!.cut!.packages.length, found!.cut!.least]).toEqual([undefined, width, width]);
    expect(found!.cut!.packages.every(({ direct }) => direct)).toBe(true);
    expect(found!.dominators).toHaveLength(2);
  });

  it('keeps the first steps of a way of 5,000', () => {
    const needs = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [n === 0 ? '' : `p${n}`, [`p${n + 1}`]]));
    const { why } = asked([lockfile('package-lock.json', needs)], 'p5000');
    const [bringer] = why.services[0]!.bringers;
    expect([bringer!.length, bringer!.path.length]).toEqual([5000, 251]);
    expect(why.services[0]!.dominators).toHaveLength(5001);
  });
});

interface Way {
  readonly nodes: readonly number[];
  /** Whether what the last manifest on it names, and all behind that, is needed at run time. */
  readonly runtime: boolean;
}

/** Every way without a vertex twice, up to the first thing wanted; undefined where there are too many. */
function allWays(fleet: Fleet, service: Service, scope: Scope, isWanted: (component: number) => boolean) {
  const file = fleet.lockfiles[service.lockfile]!;
  const { own, reached, runtime } = closureOf(file, service.project);
  const inScope = (node: number): boolean => {
    const nodes = [...file.component.keys()].filter((other) => file.component[other] === file.component[node]);
    const late = nodes.some((other) => runtime[other] === 1 && !own.has(other));
    return scope === 'all' || (scope === 'runtime' ? runtime[node] === 1 : !late);
  };
  const isTarget = (node: number): boolean =>
    reached[node] === 1 && !own.has(node) && isWanted(file.component[node]!) && inScope(node);
  const [home] = own;
  const starts = [...own].filter((node) => node === home || scope !== 'runtime');
  const projects = new Set(file.projects.map(({ node }) => node));
  const manifests = new Set(starts);
  const edgesOf = (node: number) =>
    [...file.edgeTo.keys()]
      .slice(file.edgeStart[node]!, file.edgeStart[node + 1]!)
      .map((e) => ({ to: file.edgeTo[e]!, isDev: isDevEdge(file.edgeKind[e]!) }))
      .filter(({ to, isDev }) => to >= 0 && !(scope === 'runtime' && isDev));
  for (const node of manifests) {
    for (const { to } of edgesOf(node)) if (projects.has(to) && !isTarget(to)) manifests.add(to);
  }
  const ways: Way[] = [];
  let steps = 0;
  const walk = (nodes: readonly number[], isRuntime: boolean): void => {
    const last = nodes.at(-1)!;
    if (++steps > 20_000) return;
    if (isTarget(last)) {
      ways.push({ nodes, runtime: isRuntime });
      return;
    }
    for (const { to, isDev } of edgesOf(last)) {
      const goesBack = manifests.has(to) && !manifests.has(last);
      const isLate = manifests.has(last) ? runtime[last] === 1 : isRuntime;
      if (!goesBack && !nodes.includes(to)) walk([...nodes, to], isLate && !isDev);
    }
  };
  for (const start of starts) walk([start], true);
  return steps > 20_000 ? undefined : { ways, manifests, home: home!, isTarget };
}

/** The answer from the list of all ways. */
function twinOf(fleet: Fleet, service: Service, scope: Scope, isWanted: (component: number) => boolean) {
  const all = allWays(fleet, service, scope, isWanted);
  if (all === undefined) return 'too many';
  const { ways, manifests, home, isTarget } = all;
  if (ways.length === 0) return undefined;
  const file = fleet.lockfiles[service.lockfile]!;
  const nameOf = (node: number): string => packageName(fleet.component(file.component[node]!));
  const firstOf = ({ nodes }: Way): number => nodes.find((node) => !manifests.has(node))!;
  const labelOf = (node: number): string => `${isTarget(node) ? 'line ' : ''}${nameOf(node)}`;
  const labels = ways.map((way) =>
    way.nodes
      .filter((node, at) => !manifests.has(node) && (!isTarget(node) || manifests.has(way.nodes[at - 1]!)))
      .map(labelOf),
  );
  const bringers = [...new Set(ways.map(firstOf))].map((first) => {
    const through = ways.filter((way) => firstOf(way) === first);
    const mine = through.filter(({ nodes }) => nodes[0] === home);
    const shortest = Math.min(...(mine.length > 0 ? mine : through).map(({ nodes }) => nodes.length - 1));
    return `${first}: ${shortest} ${through.some(({ runtime }) => runtime) ? 'runtime' : 'build'}`;
  });
  const single = [...new Set(ways.map((way) => labelOf(firstOf(way))))].filter((label) =>
    labels.every((list) => list.includes(label)),
  );
  return {
    manifests,
    bringers: bringers.sort(),
    dominators: ways[0]!.nodes.filter((node) => ways.every(({ nodes }) => nodes.includes(node))).sort((a, b) => a - b),
    single: single.length === 0 ? ['none'] : single.map((label) => label.replace('line ', '')),
    cut: smallestCut(labels),
  };
}

/** How many labels it takes to have one of every list. */
function smallestCut(lists: readonly (readonly string[])[]): number {
  const [first] = lists;
  if (first === undefined) return 0;
  return 1 + Math.min(...first.map((label) => smallestCut(lists.filter((list) => !list.includes(label)))));
}

describe('why, where everything is large', () => {
  const made = (fill: (builder: GraphBuilder, node: (name: string) => number, end: number) => void) => {
    const builder = new GraphBuilder('npm', '3');
    const node = (name: string) =>
      builder.node({ key: name, ecosystem: 'npm', name, version: '1.0.0', source: 'registry' });
    fill(builder, node, node('ms'));
    const fleet = new Fleet();
    fleet.add('package-lock.json', builder.build());
    return serviceWhy(fleet, 0, { lockfile: 0, project: 0 }, 'all', (c) => fleet.component(c).name === 'ms')!;
  };

  it('takes a chain of 20,000 packages that a manifest names each', () => {
    const found = made((builder, node, end) => {
      const root = node('root');
      builder.project(root, '', 'root');
      let last = root;
      for (let n = 0; n < 20_000; n++) {
        const next = node(`p${n}`);
        builder.edge(root, next, 'prod', 'x', '*');
        if (last !== root) builder.edge(last, next, 'prod', 'x', '*');
        last = next;
      }
      builder.edge(last, end, 'prod', 'x', '*');
    });
    expect(found.bringers).toHaveLength(20_000);
    expect([found.bringers[0]!.length, found.bringers.at(-1)!.length]).toEqual([2, 20_001]);
    expect(found.bringers.at(-1)!.path).toHaveLength(6);
    expect(found.single).toEqual({ package: 'npm/p19999', alone: false });
  });

  it('takes a chain of 2,000 workspaces, each with a dependency that leads there', () => {
    const found = made((builder, node, end) => {
      let last: number | undefined;
      for (let n = 0; n < 2000; n++) {
        const name = `w${n}`;
        const own = {
          key: name,
          ecosystem: 'npm',
          name,
          version: '1.0.0',
          source: 'workspace' as const,
          resolved: name,
        };
        const workspace = builder.node(own);
        builder.project(workspace, name, name);
        const dependency = node(`x${n}`);
        builder.edge(workspace, dependency, 'prod', 'x', '*');
        builder.edge(dependency, end, 'prod', 'x', '*');
        if (last !== undefined) builder.edge(last, workspace, 'prod', 'x', '*');
        last = workspace;
      }
    });
    expect([found.bringers.length, found.cut!.packages.length, found.cut!.least]).toEqual([2000, 2000, 2000]);
  });
});

describe('why, against all simple paths', () => {
  it('agrees on bringers, their shortest ways, the single one, dominators and the size of the cut', () => {
    let seen = 0;
    const wanted = fc.record({
      name: fc.constantFrom('left', '__proto__'),
      version: fc.constantFrom('1.0.0', undefined),
    });
    fc.assert(
      fc.property(fleetArbitrary, fc.constantFrom(...SCOPES), wanted, ({ lockfiles }, scope, { name, version }) => {
        const fleet = fleetOf(lockfiles);
        const { services } = servicesOf(fleet, lockfiles, [10]);
        const isWanted = (c: number): boolean => {
          const component = fleet.component(c);
          return component.name === name && (version === undefined || component.version === version);
        };
        for (const [index, service] of services.entries()) {
          const found = serviceWhy(fleet, index, service, scope, isWanted);
          const twin = twinOf(fleet, service, scope, isWanted);
          if (twin === 'too many') continue;
          expect(found === undefined).toBe(twin === undefined);
          if (found === undefined || twin === undefined) continue;
          seen++;
          const bringers = found.bringers.map(({ path, length, scope: needed }) => {
            expect(path.length - 1).toBe(length);
            const first = path.find(({ node }) => !twin.manifests.has(node))!;
            return `${first.node}: ${length} ${needed}`;
          });
          expect(bringers.sort()).toEqual(twin.bringers);
          expect(found.dominators.map(({ node }) => node).sort((a, b) => a - b)).toEqual(twin.dominators);
          expect(twin.single.includes(found.single?.package ?? 'none')).toBe(true);
          expect(twin.cut).toBe(found.cut?.packages.length ?? 1);
          expect(twin.cut).toBe(found.cut?.least ?? 1);
        }
      }),
      { numRuns: 600 },
    );
    expect(seen).toBeGreaterThan(150);
  });
});

describe('parsePackageSpec', () => {
  it.each([
    ['ms', 'ms', undefined],
    [' @types/node ', '@types/node', undefined],
    ['@types/node@^20', '@types/node', '^20'],
    ['ms@1.2.3', 'ms', '1.2.3'],
    ['ms@ >=1 <2 || 3.x', 'ms', '>=1 <2 || 3.x'],
    ['ms@*', 'ms', '*'],
    ['__proto__@1', '__proto__', '1'],
  ])('reads %j', (text, name, range) => {
    const spec = specOf(text);
    expect([spec.name, spec.range?.raw]).toEqual([name, range]);
  });

  it.each([
    ['', 'expected a package'],
    ['ms@', 'expected a version or a range behind "ms@"'],
    ['ms@latest', '"latest" is a tag'],
    ['ms@^x.y', '"^x.y" is no range'],
    ['ms@npm:other@1', 'is no range'],
    ['ms@https://host.example/ms.tgz', 'is no range'],
    ['@types', 'a scope needs a name'],
    ['@types@1', 'a scope needs a name'],
    ['@/x', 'a scope needs a name'],
    ['two words', 'has a space in it'],
    ['x'.repeat(600), 'at most 512'],
  ])('refuses %j with a reason', (text, reason) => {
    expect(parsePackageSpec(text)).toContain(reason);
  });

  it('never throws, and what it reads it reads again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('@', '/', 'a', '1', '.', '^', ' ', '|', '-', '\u0000') }),
        (text) => {
          const spec = parsePackageSpec(text);
          if (typeof spec === 'string') return;
          const again = specOf(spec.range === undefined ? spec.name : `${spec.name}@${spec.range.raw}`);
          expect([again.name, again.range?.range]).toEqual([spec.name, spec.range?.range]);
          expect(isAskedFor(spec, undefined)).toBe(spec.range === undefined ? true : undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
