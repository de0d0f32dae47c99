import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usesOf } from '../../src/analysis/uses.ts';
import { packageLayer } from '../../src/causes/package.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { closureOf, SCOPES, type Scope } from '../../src/graph/closure.ts';
import { Fleet, type FleetLockfile } from '../../src/graph/fleet.ts';
import { EDGE_KINDS, NONE } from '../../src/graph/model.ts';
import { DependencyPaths, type PathStep } from '../../src/graph/paths.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { dev, fleetOf, lockfile, servicesOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

/** The path to a package of the first service, as text: names, with the kind of each edge that is not prod. */
function pathTo(name: string, file: TwinLockfile, project = 0, scope: Scope = 'all'): string | undefined {
  const fleet = fleetOf([file]);
  const steps = new DependencyPaths(fleet, { lockfile: 0, project }, scope).to((c) => fleet.component(c).name === name);
  return steps?.map((step) => textOf(fleet, step)).join(' > ');
}

function textOf(fleet: Fleet, { component, asked }: PathStep): string {
  const { name, version } = fleet.component(component);
  return `${asked === undefined || asked.kind === 'prod' ? '' : `${asked.kind} `}${name || '(root)'}${version === '2.0.0' ? '@2' : ''}`;
}

describe('DependencyPaths', () => {
  it('takes the shortest way, and of several the first by the names along it', () => {
    const file = lockfile('package-lock.json', {
      '': ['zeta', 'beta', 'alpha'],
      alpha: ['long'],
      long: ['ms'],
      beta: ['two', 'one'],
      zeta: ['ms'],
      two: ['deep'],
      one: ['deep'],
    });
    expect(pathTo('ms', file)).toBe('(root) > zeta > ms');
    expect(pathTo('deep', file)).toBe('(root) > beta > one > deep');
    expect(pathTo('absent', file)).toBeUndefined();
  });

  it('takes the lower of two versions, and any place of a package', () => {
    const file = lockfile('package-lock.json', {
      '': ['a@2.0.0', 'a@1.0.0'],
      'a@1.0.0': ['ms'],
      'a@2.0.0': ['ms@2.0.0'],
    });
    expect(pathTo('ms', file)).toBe('(root) > a > ms');
    expect(pathTo('a', file)).toBe('(root) > a');
  });

  it('leaves dev edges out at run time and finds only what is needed for building alone in build scope', () => {
    const file = lockfile('package-lock.json', {
      '': [dev('tool'), 'app'],
      tool: ['ms', 'only'],
      app: ['mid'],
      mid: ['ms'],
    });
    expect(pathTo('ms', file, 0, 'all')).toBe('(root) > dev tool > ms');
    expect(pathTo('ms', file, 0, 'runtime')).toBe('(root) > app > mid > ms');
    expect(pathTo('ms', file, 0, 'build')).toBeUndefined();
    expect(pathTo('only', file, 0, 'build')).toBe('(root) > dev tool > only');
    expect(pathTo('only', file, 0, 'runtime')).toBeUndefined();
  });

  it("starts at a workspace's tooling root only where the workspace does not lead there", () => {
    const file = lockfile('package-lock.json', {
      '': [dev('tsc'), 'ms'],
      './app': ['debug'],
      debug: ['ms'],
    });
    const app = fleetOf([file]).lockfiles[0]!.projects.findIndex(({ path }) => path === 'app');
    expect(pathTo('ms', file, app)).toBe('./app > debug > ms');
    expect(pathTo('tsc', file, app)).toBe('(root) > dev tsc');
    expect(pathTo('tsc', file, app, 'runtime')).toBeUndefined();
  });

  it('is the service alone where its own code is what is asked for, unless something else of it is', () => {
    const file = lockfile('package-lock.json', { './a': ['./b'], './b': ['./a'] });
    expect([pathTo('./a', file, 0), pathTo('./a', file, 0, 'build')]).toEqual(['./a', undefined]);
    expect(pathTo('./a', file, 1)).toBe('./b > ./a');
  });

  it('tells how each step is asked for: kind, alias and range, the first of several edges', () => {
    const builder = new GraphBuilder('npm', '3');
    const node = (name: string) =>
      builder.node({ key: name, ecosystem: 'npm', name, version: '1.0.0', source: 'registry' });
    const [root, ms, bare] = [node('root'), node('ms'), node('__proto__')];
    builder.project(root, '', 'root');
    builder.edge(root, ms, 'peer', 'ms', '*');
    builder.edge(root, ms, 'prod', 'time', 'npm:ms@^1.0.0');
    builder.edge(root, NONE, 'optional', 'gone', '1');
    builder.edge(ms, bare, 'optional', '__proto__', undefined);
    const fleet = new Fleet();
    fleet.add('package-lock.json', builder.build());
    const paths = new DependencyPaths(fleet, { lockfile: 0, project: 0 }, 'all');
    expect(paths.to((c) => fleet.component(c).name === '__proto__')?.map(({ asked }) => asked)).toEqual([
      undefined,
      { kind: 'prod', name: 'time', range: 'npm:ms@^1.0.0' },
      { kind: 'optional', name: '__proto__', range: undefined },
    ]);
  });

  it('follows a chain of 50,000 packages', () => {
    const count = 50_000;
    const builder = new GraphBuilder('npm', '3');
    for (let n = 0; n <= count; n++)
      builder.node({ key: '', ecosystem: 'npm', name: `p${n}`, version: '1.0.0', source: 'registry' });
    for (let n = 0; n < count; n++) builder.edge(n, n + 1, 'prod', 'asked', '*');
    builder.project(0, '', 'root');
    const fleet = new Fleet();
    fleet.add('package-lock.json', builder.build());
    const paths = new DependencyPaths(fleet, { lockfile: 0, project: 0 }, 'runtime');
    expect(paths.to((c) => fleet.component(c).name === `p${count}`)).toHaveLength(count + 1);
  });

  it('witnesses every use and no other, as short as can be, over edges that are there', () => {
    fc.assert(
      fc.property(fleetArbitrary, fc.constantFrom(...SCOPES), ({ lockfiles, tenths }, scope) => {
        const fleet = fleetOf(lockfiles);
        const { services } = servicesOf(fleet, lockfiles, tenths);
        const table = packageLayer(fleet);
        const reach = usesOf(fleet, services, [table], scope).reach[0]!;
        services.forEach((service, index) => {
          const paths = new DependencyPaths(fleet, service, scope);
          table.causes.forEach((_, cause) => {
            const isMember = (c: number) =>
              table.members.subarray(table.start[c]!, table.start[c + 1]!).includes(cause);
            const path = paths.to(isMember);
            const users = [...reach.service.subarray(reach.start[cause]!, reach.start[cause + 1]!)];
            // What only services themselves are, nobody shares: Reach leaves it out.
            if (users.length > 0 || path === undefined) expect(path !== undefined).toBe(users.includes(index));
            else expect(path).toHaveLength(1);
            if (path === undefined) return;
            expect(isMember(path.at(-1)!.component)).toBe(true);
            expectEdges(fleet, fleet.lockfiles[service.lockfile]!, path, scope);
            if (path.length > 1) {
              const file = fleet.lockfiles[service.lockfile]!;
              expect(path.length - 1).toBe(shortest(file, service.project, path[0]!.node, isMember, scope));
            }
          });
        });
      }),
      { numRuns: 120 },
    );
  });

  it('does not depend on the order of edges', () => {
    fc.assert(
      fc.property(fleetArbitrary, fc.constantFrom(...SCOPES), ({ lockfiles }, scope) => {
        const turned = lockfiles.map((file) => ({ ...file, edges: [...file.edges].reverse() }));
        const [one, other] = [fleetOf(lockfiles), fleetOf(turned)];
        one.lockfiles.forEach((file, index) => {
          file.projects.forEach((_, project) => {
            const [x, y] = [one, other].map((fleet) => new DependencyPaths(fleet, { lockfile: index, project }, scope));
            for (const c of new Set(file.component)) expect(x!.to((id) => id === c)).toEqual(y!.to((id) => id === c));
          });
        });
      }),
      { numRuns: 50 },
    );
  });
});

function expectEdges(fleet: Fleet, file: FleetLockfile, path: readonly PathStep[], scope: Scope): void {
  expect(path[0]!.asked).toBeUndefined();
  path.slice(1).forEach(({ node, asked }, at) => {
    const from = path[at]!.node;
    const edges = Array.from({ length: file.edgeStart[from + 1]! - file.edgeStart[from]! }, (_, e) => {
      const edge = file.edgeStart[from]! + e;
      return [file.edgeTo[edge], EDGE_KINDS[file.edgeKind[edge]!], fleet.strings.text(file.edgeRange[edge]!)];
    });
    expect(edges).toContainEqual([node, asked!.kind, asked!.range]);
    if (scope === 'runtime') expect(asked!.kind).not.toBe('dev');
  });
}

/** Steps from a start to the nearest node wanted in the scope, by relaxing all edges until nothing changes. */
function shortest(
  file: FleetLockfile,
  project: number,
  start: number,
  isWanted: (component: number) => boolean,
  scope: Scope,
): number {
  const { runtime, own } = closureOf(file, project);
  const steps = new Array<number>(file.component.length).fill(Number.POSITIVE_INFINITY);
  steps[start] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = 0; n < steps.length; n++) {
      for (let e = file.edgeStart[n]!; e < file.edgeStart[n + 1]!; e++) {
        const to = file.edgeTo[e]!;
        if (to < 0 || (scope === 'runtime' && file.edgeKind[e] === 1) || steps[to]! <= steps[n]! + 1) continue;
        steps[to] = steps[n]! + 1;
        changed = true;
      }
    }
  }
  const isRuntime = (c: number) => file.component.some((other, n) => other === c && runtime[n] === 1 && !own.has(n));
  const ends = [...steps.keys()].filter((n) => {
    const c = file.component[n]!;
    return !own.has(n) && isWanted(c) && !(scope === 'build' && isRuntime(c));
  });
  return Math.min(...ends.map((n) => steps[n]!));
}
