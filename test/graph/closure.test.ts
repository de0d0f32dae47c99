import { describe, expect, it } from 'vitest';
import { closureOf } from '../../src/graph/closure.ts';
import { dev, fleetOf, lockfile } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

/** Names a project holds, by scope, sorted. */
function holdings(described: TwinLockfile, project: string): { runtime: string[]; build: string[] } {
  const fleet = fleetOf([described]);
  const read = fleet.lockfiles[0]!;
  const closure = closureOf(
    read,
    read.projects.findIndex(({ path }) => path === project),
  );
  const held = [...closure.nodes].filter((node) => !closure.own.has(node));
  const names = (runtime: number) =>
    held
      .filter((node) => closure.runtime[node] === runtime)
      .map((node) => fleet.component(read.component[node]!).name)
      .sort();
  return { runtime: names(1), build: names(0) };
}

describe('closureOf', () => {
  it('follows dependencies, optional ones and peers at run time, dev dependencies and what they need for building', () => {
    const service = lockfile('package-lock.json', {
      '': ['prod', dev('dev'), { to: 'optional', kind: 'optional' }, { to: 'peer', kind: 'peer' }],
      prod: [{ to: 'peer-optional', kind: 'peerOptional' }],
      dev: ['below-dev', 'prod'],
    });
    expect(holdings(service, '')).toEqual({
      runtime: ['optional', 'peer', 'peer-optional', 'prod'],
      build: ['below-dev', 'dev'],
    });
  });

  it('makes a library workspace with its dependencies part of each app that depends on it', () => {
    const monorepo = lockfile('package-lock.json', {
      './app': ['./lib'],
      './cli': [dev('./lib')],
      './lib': ['shared', dev('tester')],
    });
    expect(holdings(monorepo, 'app')).toEqual({ runtime: ['./lib', 'shared'], build: ['tester'] });
    expect(holdings(monorepo, 'cli')).toEqual({ runtime: [], build: ['./lib', 'shared', 'tester'] });
  });

  it('counts all that the root depends on in build scope for every workspace', () => {
    const monorepo = lockfile('package-lock.json', {
      '': ['runner', dev('tsc')],
      './app': ['express'],
      './cli': ['runner'],
      runner: ['spawn'],
    });
    expect(holdings(monorepo, 'app')).toEqual({ runtime: ['express'], build: ['runner', 'spawn', 'tsc'] });
    expect(holdings(monorepo, 'cli')).toEqual({ runtime: ['runner', 'spawn'], build: ['tsc'] });
  });

  it('keeps what only another workspace depends on out', () => {
    const monorepo = lockfile('package-lock.json', { '': [], './app': ['express'], './cli': ['yargs'] });
    expect(holdings(monorepo, 'app')).toEqual({ runtime: ['express'], build: [] });
  });

  it('holds the other members of a cycle of workspaces', () => {
    const monorepo = lockfile('package-lock.json', { './a': ['./b', 'left'], './b': ['./a', 'right'] });
    expect(holdings(monorepo, 'a')).toEqual({ runtime: ['./b', 'left', 'right'], build: [] });
    expect(holdings(monorepo, 'b')).toEqual({ runtime: ['./a', 'left', 'right'], build: [] });
  });
});
