import { describe, expect, it } from 'vitest';
import { usesOf } from '../../src/analysis/uses.ts';
import { LAYER_BUILDERS } from '../../src/causes/index.ts';
import { LAYERS } from '../../src/causes/layer.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import { closureOf } from '../../src/graph/closure.ts';
import { dependents } from '../../src/graph/load.ts';
import { serviceGraph } from '../../src/graph/service-graph.ts';
import { Slots } from '../../src/graph/slots.ts';
import { dev, fleetOf, lockfile, type Question, rankingOf, servicesOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

/** The numbers of one cause of layer package, by its name. */
function numbersOf(lockfiles: readonly TwinLockfile[], name: string, question: Question = {}) {
  const {
    index: _,
    cause: __,
    ...numbers
  } = rankingOf(lockfiles, question).ranked.find(({ cause }) => cause.name === name)!;
  return numbers;
}

const monorepo = lockfile('package-lock.json', {
  '': [dev('tsc')],
  './app': ['./lib', 'express'],
  './cli': ['./lib'],
  './lib': ['shared', dev('tester')],
  express: ['shared'],
  tester: ['shared', 'express'],
});

describe('usesOf', () => {
  it('counts a library workspace and all it brings in the reach of both apps', () => {
    expect(numbersOf([monorepo], './lib')).toMatchObject({ reach: 2, runtimeReach: 2, buildReach: 0, direct: 2 });
    expect(numbersOf([monorepo], 'shared')).toMatchObject({ reach: 2, runtimeReach: 2, buildReach: 0, direct: 2 });
    expect(numbersOf([monorepo], 'tester')).toMatchObject({ reach: 2, runtimeReach: 0, buildReach: 2, direct: 2 });
  });

  it('counts what the root depends on in build scope for both apps', () => {
    expect(numbersOf([monorepo], 'tsc')).toMatchObject({
      reach: 2,
      runtimeReach: 0,
      buildReach: 2,
      direct: 2,
      load: 0,
    });
  });

  it('counts a package at run time for one service and for building in another', () => {
    const numbers = numbersOf([monorepo], 'express');
    expect(numbers).toMatchObject({ reach: 2, runtimeReach: 1, buildReach: 1, direct: 1 });
  });

  it('is the mean share of components that depend on it, directly or not', () => {
    // app holds lib, express, shared, tester, tsc: all but tsc stand on shared. cli holds the same five.
    expect(numbersOf([monorepo], 'shared').load).toBeCloseTo(3 / 5, 9);
    // At run time app holds lib, express, shared; cli holds lib and shared.
    expect(numbersOf([monorepo], 'shared', { scope: 'runtime' }).load).toBeCloseTo((2 / 3 + 1 / 2) / 2, 9);
    // For building app holds tester and tsc, of which none depends on the other.
    expect(numbersOf([monorepo], 'tester', { scope: 'build' }).load).toBe(0);
    // For building cli holds tester, tsc and express, on which tester stands.
    expect(numbersOf([monorepo], 'express', { scope: 'build' })).toMatchObject({
      reach: 1,
      load: expect.closeTo(1 / 3, 9),
    });
  });

  it('counts a package in both scopes of one service that holds two versions of it', () => {
    const service = lockfile('package-lock.json', { '': ['left@1.0.0', dev('tool')], tool: ['left@2.0.0'] });
    expect(numbersOf([service], 'left')).toMatchObject({ reach: 1, runtimeReach: 1, buildReach: 1 });
  });

  it('counts one component at two places once, at run time if either is', () => {
    const service = lockfile(
      'package-lock.json',
      { '': ['left', dev('tool')], tool: ['again'] },
      { again: { name: 'left', version: '1.0.0' } },
    );
    expect(numbersOf([service], 'left')).toMatchObject({
      runtimeReach: 1,
      buildReach: 0,
      load: expect.closeTo(1 / 2, 9),
    });
  });

  it('follows a cycle of packages once', () => {
    const service = lockfile('package-lock.json', { '': ['a'], a: ['b'], b: ['c'], c: ['a', 'd'] });
    expect(numbersOf([service], 'a').load).toBeCloseTo(2 / 4, 9);
    expect(numbersOf([service], 'd').load).toBeCloseTo(3 / 4, 9);
  });

  it('gives each layer what it would get alone', () => {
    const lockfiles = [monorepo, lockfile('b/package-lock.json', { '': ['shared', 'left@2.0.0'] })];
    const fleet = fleetOf(lockfiles);
    const { services } = servicesOf(fleet, lockfiles, [10]);
    const tables = LAYERS.map((layer) => LAYER_BUILDERS[layer](fleet, notAsked(fleet.componentCount), services));
    const together = usesOf(fleet, services, tables, 'all');
    tables.forEach((table, layer) => {
      expect(together.reach[layer]).toEqual(usesOf(fleet, services, [table], 'all').reach[0]);
    });
  });

  it('marks the components that a service holds within the scope', () => {
    const service = lockfile('package-lock.json', { '': ['prod', dev('tool')], unused: [] });
    const fleet = fleetOf([service]);
    const { services } = servicesOf(fleet, [service], [10]);
    const held = (scope: 'all' | 'runtime' | 'build') =>
      [...usesOf(fleet, services, [], scope).held].flatMap((bit, c) => (bit ? [fleet.component(c).name] : []));
    expect([held('all'), held('runtime'), held('build')]).toEqual([['prod', 'tool'], ['prod'], ['tool']]);
  });

  it('gives a service without components no use', () => {
    const { ranked, services } = rankingOf([lockfile('package-lock.json', { '': [] })]);
    expect([ranked, services.length]).toEqual([[], 1]);
  });

  it('takes a chain of 30,000 packages, many blocks of load', () => {
    const count = 30_000;
    const { ranked } = rankingOf([chain(count)]);
    expect(ranked[0]).toMatchObject({ load: expect.closeTo((count - 1) / count, 8), cause: { name: `p${count - 1}` } });
    expect(ranked.at(-1)).toMatchObject({ load: 0, cause: { name: '__proto__' } });
  });

  it('takes a chain of 100,000 packages without overflowing the stack', () => {
    const count = 100_000;
    const lockfiles = [chain(count, 'dev')];
    expect(rankingOf(lockfiles, { scope: 'runtime' }).ranked).toEqual([]);
    const fleet = fleetOf(lockfiles);
    const closure = closureOf(fleet.lockfiles[0]!, 0);
    const graph = serviceGraph(fleet.lockfiles[0]!, closure, false, new Slots(fleet.componentCount));
    const last = { start: Int32Array.of(0, 1), nodes: Int32Array.of(count) };
    expect([...dependents(graph, last, new Uint8Array(count).fill(1))]).toEqual([count - 1]);
  });
});

/** A root that needs a package that needs the next one, and so on. */
function chain(count: number, first: 'prod' | 'dev' = 'prod'): TwinLockfile {
  return {
    path: 'package-lock.json',
    nodes: [
      { ecosystem: 'npm', name: '', source: 'workspace', resolved: '' },
      ...Array.from({ length: count }, (_, n) => ({
        ecosystem: 'npm',
        name: n === 0 ? '__proto__' : `p${n}`,
        source: 'registry' as const,
      })),
    ],
    edges: Array.from({ length: count }, (_, n) => ({ from: n, to: n + 1, kind: n === 0 ? first : 'prod' })),
    projects: [{ node: 0, path: '' }],
  };
}
