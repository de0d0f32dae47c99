import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { everyKind } from '../../src/evidence/evidence.ts';
import { type RunOptions, run } from '../../src/run.ts';
import { joinSnapshots } from '../../src/snapshot/merge.ts';
import { readSnapshot } from '../../src/snapshot/read.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import type { Origin } from '../../src/sources/origin.ts';
import { isInShard } from '../../src/sources/shard.ts';
import { fleetArbitrary } from '../arbitraries.ts';
import { scratch, tree } from '../cli/harness.ts';
import { fleetOf } from '../described.ts';
import { apart, audited, joined, originOf, reportOf, stored } from './fleets.ts';

const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;
const EVIDENCE = new URL('../../fixtures/acme-evidence', import.meta.url).pathname;
const OFFLINE = {
  offline: true,
  evidence: EVIDENCE,
  trustedRoot: `${EVIDENCE}/trusted_root.json`,
  keys: `${EVIDENCE}/keys.json`,
  env: {},
};

afterEach(() => {
  vi.useRealTimers();
});

/** Writes every shard of a scan to a file of its own. */
async function shardsOf(source: string, of: number, options: RunOptions = { verify: false }): Promise<string[]> {
  const place = scratch();
  const files: string[] = [];
  for (let index = 1; index <= of; index++) {
    const file = `${place}/${index}.spof`;
    writeSnapshot(file, await run({ ...options, sources: [source], shard: { index, of } }));
    files.push(file);
  }
  return files;
}

const problemsOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
};

describe('isInShard', () => {
  it('puts every file into exactly one shard, with those beside it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 50 }), (directory, of) => {
        const shards = Array.from({ length: of }, (_, at) => ({ index: at + 1, of }));
        const holding = (file: string) => shards.filter((shard) => isInShard(file, shard));
        expect(holding(`${directory}/yarn.lock`)).toHaveLength(1);
        expect(holding(`${directory}/yarn.lock`)).toEqual(holding(`${directory}/package-lock.json`));
      }),
    );
  });

  it('is the same for ever: shards of different days and versions are joined', () => {
    const names = ['package-lock.json', 'web/yarn.lock', 'a/b/c/pnpm-lock.yaml', '__proto__/bun.lock'];
    const shards = names.map((name) => [1, 2, 3, 4, 5].find((index) => isInShard(name, { index, of: 5 })));
    expect(shards).toEqual(SHARDS);
  });
});

// sha256 of the directory, its first six bytes as a number, modulo 5, from 1.
const SHARDS: readonly number[] = [5, 5, 2, 5];

describe('shards joined', () => {
  it.each([1, 2, 7])('are the run of all of acme, %i shards in any order', async (of) => {
    const whole = await run({ sources: [ACME], verify: false });
    const files = await shardsOf(ACME, of);
    const config = `${ACME}/spof-deps.json`;
    const report = reportOf(whole);
    expect(reportOf(await run({ sources: files, verify: false, config, joined: true }))).toBe(report);
    expect(reportOf(await run({ sources: files.toReversed(), verify: false, config, joined: true }))).toBe(report);
  });

  it('know what the run of all knows of evidence', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-02-03T04:05:06Z') });
    const whole = await run({ sources: [ACME], verify: OFFLINE });
    const files = await shardsOf(ACME, 2, { verify: OFFLINE });
    const again = await run({ sources: files, verify: false, config: `${ACME}/spof-deps.json` });
    expect(reportOf(again)).toBe(reportOf(whole));
  });

  it('keep lockfiles that are not read, and every remark in its place', async () => {
    const lock = JSON.stringify({ lockfileVersion: 3, packages: { '': {}, 'node_modules/x': { version: '1.0.0' } } });
    const root = tree({
      'a/package-lock.json': lock,
      'b/package-lock.json': '{',
      'b/yarn.lock': '',
      'c/bun.lockb': 'x',
      'd/bun.lockb': 'x',
      'e/package-lock.json': '<<<<<<< a',
    });
    const whole = await run({ sources: [root], verify: false });
    expect(whole.audit.diagnostics.length).toBeGreaterThan(4);
    expect(reportOf(await run({ sources: await shardsOf(root, 3), verify: false }))).toBe(reportOf(whole));
  });

  it('are the fleet that was split, however it was split', () => {
    fc.assert(
      fc.property(fleetArbitrary, fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }), ({ lockfiles }, split) => {
        const found = apart(lockfiles);
        const whole = audited(fleetOf(found));
        const report = reportOf(whole);
        const parts = [0, 1, 2].map((part) => {
          const fleet = fleetOf(found.filter((_, at) => split[at] === part));
          const positions = [...found.keys()].filter((at) => split[at] === part);
          const shards = { of: 3, have: [part + 1], joined: false, mixed: false };
          const origin: Origin = { ...originOf(whole.audit.fleet), shards, positions };
          return stored(audited(fleet, origin));
        });
        expect(reportOf(joined(parts))).toBe(report);
      }),
      { numRuns: 40 },
    );
  });

  it('written and read once more are still the run of all', async () => {
    const [first, ...others] = await shardsOf(ACME, 3);
    const some = await run({ sources: others, verify: false, config: false });
    const file = `${scratch()}/some.spof`;
    writeSnapshot(file, some);
    expect(some.audit.diagnostics).toMatchObject([{ code: 'SHARD', severity: 'incomplete' }]);
    const all = await run({ sources: [first!, file], verify: false, config: `${ACME}/spof-deps.json` });
    expect(reportOf(all)).toBe(reportOf(await run({ sources: [ACME], verify: false })));
  });
});

describe('what is not the whole', () => {
  it('says so: a shard of its own, and one that is missing', async () => {
    const files = await shardsOf(ACME, 3);
    const one = await run({ sources: [files[0]!], verify: false });
    expect(one.audit.diagnostics).toMatchObject([{ code: 'SHARD', severity: 'notice' }]);
    const two = await run({ sources: files.slice(1), verify: false, config: false });
    expect(two.audit.diagnostics).toMatchObject([{ code: 'SHARD', severity: 'incomplete' }]);
    expect(two.audit.diagnostics[0]!.message).toContain('1 of 3 shards is missing (1)');
    const alone = await run({ sources: [files[0]!], verify: false, config: false, joined: true });
    expect(alone.audit.diagnostics[0]!.severity).toBe('incomplete');
  });

  it('never counts shards of one scan for those of another', async () => {
    const lock = JSON.stringify({ lockfileVersion: 3, packages: { '': {}, 'node_modules/x': { version: '1.0.0' } } });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const before = tree(Object.fromEntries(names.map((name) => [`${name}/package-lock.json`, lock])));
    const after = tree(Object.fromEntries([...names, 'g'].map((name) => [`${name}/package-lock.json`, lock])));
    const [first] = await shardsOf(before, 2);
    const [, second] = await shardsOf(after, 2);
    const mixed = await run({ sources: [first!, second!], verify: false, config: false });
    expect(mixed.audit.diagnostics).toMatchObject([{ code: 'SHARD', severity: 'incomplete' }]);
  });

  it('is not the same shard twice', async () => {
    const [first] = await shardsOf(ACME, 2);
    const twice = [readSnapshot(first!), readSnapshot(first!)];
    expect(problemsOf(() => joinSnapshots(twice))[0]).toMatch(/ is in .* too$/);
  });

  it('is not split again', async () => {
    const [file] = await shardsOf(ACME, 1);
    await expect(run({ sources: [file!], verify: false, shard: { index: 1, of: 2 } })).rejects.toThrow(
      'not split again',
    );
  });
});

describe('snapshots of different scans', () => {
  it('are one fleet by the paths of their lockfiles, in any order', () => {
    fc.assert(
      fc.property(fleetArbitrary, ({ lockfiles }) => {
        const found = apart(lockfiles);
        const parts = () => [0, 1].map((part) => stored(audited(fleetOf(found.filter((_, at) => at % 2 === part)))));
        const report = reportOf(joined(parts()));
        expect(reportOf(joined(parts().toReversed()))).toBe(report);
        const whole = reportOf(audited(fleetOf(found)));
        expect(report).toBe(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('believe the weaker of two findings', () => {
    const fleet = () => fleetOf([{ path: 'a/package-lock.json', nodes: NODES, edges: [], projects: PROJECTS }]);
    const other = () => fleetOf([{ path: 'b/package-lock.json', nodes: NODES, edges: [], projects: PROJECTS }]);
    const evidence = (reason: 'verified' | 'bad-signature') => ({
      mode: 'online' as const,
      components: [everyKind('first-party'), everyKind(reason)],
      trust: { clock: reason, root: undefined, registries: [] },
      requests: 2,
      diagnostics: [],
    });
    const good = audited(fleet(), undefined, undefined, evidence('verified'));
    const bad = audited(other(), undefined, undefined, evidence('bad-signature'));
    for (const order of [
      [good, bad],
      [bad, good],
    ]) {
      const { evidence: both } = joinSnapshots(order.map(stored));
      expect(both).toMatchObject({ requests: 4, trust: { clock: 'bad-signature' } });
      expect(both.components.map(({ verdicts }) => verdicts.signature.reason)).toContain('bad-signature');
      expect(both.components.map(({ verdicts }) => verdicts.signature.reason)).not.toContain('verified');
    }
  });
});

const NODES = [
  { ecosystem: 'npm', name: '', version: '0.0.0', source: 'workspace', resolved: '' },
  {
    ecosystem: 'npm',
    name: 'left',
    version: '1.0.0',
    source: 'registry',
    integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
    resolved: undefined,
  },
] as const;
const PROJECTS = [{ node: 0, path: '' }];
