import { describe, expect, it } from 'vitest';
import { run } from '../../src/run.ts';
import { tree } from '../cli/harness.ts';
import { ask, query } from './engine.ts';
import { expectSame, keyOf, ofAudit, snapshotOf } from './same-numbers.ts';

const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;

describe('the shipped SQL, in DuckDB', () => {
  it.each(['all', 'runtime', 'build'] as const)('gives the numbers of the audit on acme, scope %s', async (scope) => {
    expect(await expectSame(await run({ sources: [ACME], verify: false, scope }))).toBeGreaterThan(500);
  });

  it('gives those of every layer where registries were asked', async () => {
    const evidence = new URL('../../fixtures/acme-evidence', import.meta.url).pathname;
    const options = {
      offline: true,
      evidence,
      trustedRoot: `${evidence}/trusted_root.json`,
      keys: `${evidence}/keys.json`,
    };
    const ran = await run({ sources: [ACME], verify: { ...options, env: {} } });
    expect(ran.audit.layers.filter(({ all }) => all.length > 0).length).toBeGreaterThan(8);
    await expectSame(ran);
  });

  it('judges systems in systems, one of them over shared members', async () => {
    const lock = (name: string, dependency: string) =>
      JSON.stringify({
        name,
        lockfileVersion: 3,
        packages: {
          '': { name, dependencies: { [dependency]: '1.0.0', common: '1.0.0' } },
          [`node_modules/${dependency}`]: { version: '1.0.0' },
          'node_modules/common': { version: '1.0.0' },
        },
      });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const files = names.map(
      (name, at) => [`${name}/package-lock.json`, lock(name, at < 3 ? 'left' : 'right')] as const,
    );
    const config = {
      services: { a: { weight: 0.1 }, b: { weight: 0.2 } },
      systems: {
        pair: { members: ['a', 'b'], need: 1, weight: 0.7 },
        trio: { members: ['pair', 'c', 'd'], need: 2, weight: 3 },
        shared: { members: ['pair', 'a', 'e'], need: 2 },
        all: { members: ['trio', 'shared', 'pair'], need: 2, weight: 1.1 },
        top: { members: ['all', 'e'], need: 1 },
      },
    };
    const root = tree({ ...Object.fromEntries(files), 'spof-deps.json': JSON.stringify(config) });
    const ran = await run({ sources: [root], verify: false });
    expect(await expectSame(ran)).toBeGreaterThan(5);
    const levels = await ask(snapshotOf(ran), "SELECT name, level FROM systems WHERE origin = 'declared'");
    expect(levels.map(({ level }) => level)).toEqual([0, 1, 1, 2, 3]);
  });

  it('says nothing where systems are nested deeper than it goes', async () => {
    const lock = JSON.stringify({
      lockfileVersion: 3,
      packages: { '': { dependencies: { x: '1' } }, 'node_modules/x': { version: '1.0.0' } },
    });
    const depth = Array.from({ length: 6 }, (_, at) => [`s${at}`, { members: [at === 0 ? 'a' : `s${at - 1}`] }]);
    const root = tree({
      'a/package-lock.json': lock,
      'spof-deps.json': JSON.stringify({ systems: Object.fromEntries(depth) }),
    });
    const rows = await query(snapshotOf(await run({ sources: [root], verify: false })), 'blast_radius');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ blast_radius: null, lost: null });
  });

  it('has what the audit says as columns of causes', async () => {
    const ran = await run({ sources: [ACME], verify: false });
    const rows = await ask(snapshotOf(ran), 'SELECT * FROM causes WHERE reach IS NOT NULL');
    const expected = ofAudit(ran.audit);
    expect(rows.length).toBe(expected.size);
    for (const row of rows) {
      const { blastRadius, load, lost, reach } = expected.get(keyOf(row))!;
      expect(row).toMatchObject({ blast_radius: blastRadius, load, lost, reach });
    }
  });
});
