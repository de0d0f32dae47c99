import { describe, expect, it } from 'vitest';
import { type RankedCause, rank } from '../../src/analysis/rank.ts';
import { withImplicitSystems } from '../../src/analysis/systems.ts';
import { USE } from '../../src/analysis/uses.ts';
import { STRENGTHS, type Strength } from '../../src/evidence/evidence.ts';
import { dev, lockfile, rankingOf } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';

/** A service of one package. */
function service(name: string, ...needs: readonly string[]): TwinLockfile {
  return lockfile(`${name}/package-lock.json`, { '': needs });
}

function ids(lockfiles: readonly TwinLockfile[], question: Parameters<typeof rankingOf>[1] = {}): string[] {
  return rankingOf(lockfiles, question).ranked.map(({ cause }) => cause.id.replace('package:npm/', ''));
}

/** Ranks causes given by name and id over services of ten components, with or without dependents in each service listed. */
function rankRaw(
  causes: readonly {
    name: string;
    id: string;
    services: readonly number[];
    dependents?: readonly number[];
    evidence?: Strength;
  }[],
  weights: readonly number[],
): RankedCause[] {
  const services = weights.map((weight, index) => ({ name: `s${index}`, lockfile: index, project: 0, weight }));
  const start = [0];
  for (const cause of causes) start.push(start.at(-1)! + cause.services.length);
  return rank(
    {
      layer: 'package',
      causes: causes.map(({ name, id }) => ({ name, id, ecosystem: 'npm', firstParty: false, identity: 'exact' })),
      start: new Int32Array(1),
      members: new Int32Array(0),
    },
    {
      start: Int32Array.from(start),
      service: Int32Array.from(causes.flatMap((cause) => cause.services)),
      bits: new Uint8Array(start.at(-1)!).fill(USE.runtime),
      dependents: Int32Array.from(causes.flatMap((cause) => cause.dependents ?? cause.services.map(() => 0))),
    },
    services.map(() => ({ components: 10, runtime: 10, build: 0 })),
    services,
    withImplicitSystems([], services),
    Uint8Array.from(causes, ({ evidence = 'none' }) => STRENGTHS.indexOf(evidence)),
  );
}

describe('rank', () => {
  it('puts weaker evidence first among equals, and never before a larger blast radius, reach or load', () => {
    const equal = (['attested', 'signed', 'none', 'invalid'] as const).map((evidence) => ({
      name: `a-${evidence}`,
      id: evidence,
      services: [0],
      evidence,
    }));
    const wide = { name: 'wide', id: 'wide', services: [0, 1], evidence: 'attested' } as const;
    const loaded = { name: 'loaded', id: 'loaded', services: [0], dependents: [3], evidence: 'attested' } as const;
    const causes = [...equal, loaded, wide];
    expect(rankRaw(causes, [1, 1]).map(({ cause }) => causes[cause]!.id)).toEqual([
      'wide',
      'loaded',
      'invalid',
      'none',
      'signed',
      'attested',
    ]);
  });

  it('puts what loses a redundant system before what takes down as many services of none', () => {
    const fleet = [service('a', 'in-both', 'in-a'), service('b', 'in-both'), service('c', 'in-c')];
    const systems = () => [{ members: [0, 1], need: 1, tenths: 20 }];
    const { ranked } = rankingOf(fleet, { systems });
    expect(ranked.map(({ cause, blastRadius, lost, reach }) => [cause.name, blastRadius, lost, reach])).toEqual([
      ['in-both', expect.closeTo(2 / 3, 9), 1, 2],
      ['in-c', expect.closeTo(1 / 3, 9), 1, 1],
      ['in-a', 0, 0, 1],
    ]);
  });

  it('lets weighted reach decide between equal blast radii', () => {
    const fleet = [service('a', 'light'), service('b', 'heavy')];
    const systems = () => [{ members: [0, 1], need: 1, tenths: 10 }];
    expect(ids(fleet, { tenths: [10, 20], systems })).toEqual(['heavy', 'light']);
  });

  it('lets load decide between equal reaches', () => {
    const fleet = [lockfile('a/package-lock.json', { '': ['top'], top: ['aside', 'below'], aside: ['below'] })];
    expect(ids(fleet)).toEqual(['below', 'aside', 'top']);
  });

  it('lets the name decide then, and the id after it', () => {
    const services = [0];
    const ranked = rankRaw(
      [
        { name: 'same', id: 'package:pypi/same', services },
        { name: 'zoo', id: 'package:npm/a', services },
        { name: 'same', id: 'package:npm/same', services },
      ],
      [1],
    );
    expect(ranked.map(({ cause }) => cause)).toEqual([2, 0, 1]);
  });

  it('is not decided by the last bits of sums in another order', () => {
    const weights = [0.1, 0.2, 0.3, 0.3, 0.2, 0.1];
    expect(0.1 + 0.2 + 0.3).not.toBe(0.3 + 0.2 + 0.1);
    const ranked = rankRaw(
      [
        { name: 'b', id: 'b', services: [0, 1, 2], dependents: [1, 2, 3] },
        { name: 'a', id: 'a', services: [3, 4, 5], dependents: [3, 2, 1] },
      ],
      weights,
    );
    expect(ranked.map(({ cause }) => cause)).toEqual([1, 0]);
    expect(ranked.map(({ blastRadius, weightedReach, load }) => [blastRadius, weightedReach, load])).toEqual([
      [0.5, 0.6, 0.2],
      [0.5, 0.6, 0.2],
    ]);
  });

  it('keeps weights that are too large for nine decimals as they are', () => {
    const [first] = rankRaw([{ name: 'a', id: 'a', services: [0, 1] }], [123_456_789.25, 1e300]);
    expect(first).toMatchObject({ weightedReach: 1e300 + 123_456_789.25, blastRadius: 1 });
  });

  it('leaves out what reaches nobody in the scope', () => {
    const fleet = [lockfile('a/package-lock.json', { '': ['prod', dev('tool')], unused: [] })];
    expect([ids(fleet), ids(fleet, { scope: 'runtime' }), ids(fleet, { scope: 'build' })]).toEqual([
      ['prod', 'tool'],
      ['prod'],
      ['tool'],
    ]);
  });
});
