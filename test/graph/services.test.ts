import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultServices } from '../../src/graph/services.ts';
import { lockfileArbitrary } from '../arbitraries.ts';
import { dev, fleetOf, lockfile } from '../described.ts';
import { type TwinLockfile, twinServices } from '../twin.ts';

function servicePaths(described: TwinLockfile): string[] {
  const fleet = fleetOf([described]);
  const [read] = fleet.lockfiles;
  return defaultServices(fleet, read!).map((project) => read!.projects[project]!.path);
}

describe('defaultServices', () => {
  it('equals the naive twin', () => {
    fc.assert(
      fc.property(lockfileArbitrary, (described) => {
        expect(new Set(servicePaths(described))).toEqual(twinServices(described));
      }),
      { numRuns: 500 },
    );
  });

  it('is the root where there is no workspace', () => {
    expect(servicePaths(lockfile('package-lock.json', { '': ['express'] }))).toEqual(['']);
  });

  it('is every workspace that no other depends on, not the root', () => {
    const monorepo = lockfile('package-lock.json', {
      '': ['tsc'],
      './app': ['./lib'],
      './cli': ['./lib'],
      './lib': [],
    });
    expect(servicePaths(monorepo)).toEqual(['app', 'cli']);
  });

  it('takes a copy of a workspace for the workspace', () => {
    const injected = lockfile(
      'pnpm-lock.yaml',
      { './app': ['lib@file'], './lib': [], 'lib@file': [] },
      { 'lib@file': { source: 'file', resolved: 'lib' } },
    );
    expect(servicePaths(injected)).toEqual(['app']);
  });

  it('counts a dev edge between workspaces like any other', () => {
    expect(servicePaths(lockfile('package-lock.json', { './app': [dev('./kit')], './kit': [] }))).toEqual(['app']);
  });

  it('leaves a workspace a service though the root depends on it, or it on itself', () => {
    expect(servicePaths(lockfile('package-lock.json', { '': ['./app'], './app': ['./app'] }))).toEqual(['app']);
  });

  it('is each member of a cycle with nothing above it', () => {
    const cycle = lockfile('package-lock.json', {
      './a': ['./b'],
      './b': [dev('./c')],
      './c': ['./a', './d'],
      './d': [],
    });
    expect(servicePaths(cycle)).toEqual(['a', 'b', 'c']);
  });

  it('is only what stands above a cycle', () => {
    const cycle = lockfile('package-lock.json', { './a': ['./b'], './b': ['./a'], './top': ['./b'] });
    expect(servicePaths(cycle)).toEqual(['top']);
  });

  it('is nothing where the lockfile has no project', () => {
    expect(servicePaths({ path: 'package-lock.json', nodes: [], edges: [], projects: [] })).toEqual([]);
  });

  it('takes a chain of 100,000 workspaces', () => {
    const count = 100_000;
    const deep: TwinLockfile = {
      path: 'pnpm-lock.yaml',
      nodes: Array.from({ length: count }, (_, n) => ({
        ecosystem: 'npm',
        name: '',
        source: 'workspace',
        resolved: `w${n}`,
      })),
      edges: Array.from({ length: count - 1 }, (_, n) => ({ from: n, to: n + 1, kind: 'prod' })),
      projects: Array.from({ length: count }, (_, n) => ({ node: n, path: `w${n}` })),
    };
    expect(servicePaths(deep)).toEqual(['w0']);
  });
});
