import { describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS } from '../../src/evidence/state.ts';
import { run } from '../../src/run.ts';
import { readHistory } from '../../src/snapshot/history.ts';
import { writeSnapshot } from '../../src/snapshot/write.ts';
import { scratch, tree } from '../cli/harness.ts';
import { ask, query, queryAll } from './engine.ts';
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

  it('gives the numbers of the whole fleet from shards that nobody has merged', async () => {
    const of = 3;
    const shards = await Promise.all(
      Array.from({ length: of }, async (_, at) =>
        snapshotOf(await run({ sources: [ACME], verify: false, shard: { index: at + 1, of } })),
      ),
    );
    const { audit } = await run({ sources: [ACME], verify: false, config: false });
    const expected = ofAudit(audit);
    const tables = { column: 'shard', prefix: 'all_', views: 'shards' };
    const reach = await queryAll(shards, tables, 'reach');
    const blast = await queryAll(shards, tables, 'blast_radius');
    // What is the same bytes, and the next patch of a line, is found out of all that the fleet holds.
    const isExact = (key: string): boolean => !/^(artifact|release) /.test(key);
    expect(new Set(reach.map(keyOf).filter(isExact))).toEqual(new Set([...expected.keys()].filter(isExact)));
    for (const row of reach.filter((one) => isExact(keyOf(one)))) {
      const { reach: services, weightedReach, runtimeReach, buildReach, direct } = expected.get(keyOf(row))!;
      expect(row).toMatchObject({ reach: services, weighted_reach: weightedReach });
      expect(row).toMatchObject({ runtime_reach: runtimeReach, build_reach: buildReach, direct });
    }
    for (const row of blast.filter((one) => isExact(keyOf(one)))) {
      const { blastRadius, lost } = expected.get(keyOf(row))!;
      expect(row).toMatchObject({ blast_radius: blastRadius, lost });
    }
  });

  it('gives the numbers of the trend over several snapshots', async () => {
    const folder = scratch();
    const evidence = new URL('../../fixtures/acme-evidence', import.meta.url).pathname;
    const verify = {
      ...{ offline: true, evidence, env: {} },
      ...{ trustedRoot: `${evidence}/trusted_root.json`, keys: `${evidence}/keys.json` },
    };
    const runs = [
      await run({ sources: [ACME], verify: false }),
      await run({ sources: [ACME], verify }),
      await run({ sources: [ACME], verify, scope: 'runtime', layers: ['package', 'owner'] }),
    ];
    const directories = runs.map((ran, at) => {
      const directory = `${folder}/${at}`;
      const readAt = `2026-01-0${at + 1}T00:00:00.000Z`;
      writeSnapshot(`${directory}/`, { ...ran, origin: { ...ran.origin, readAt } });
      return directory;
    });
    const trend = readHistory([folder], { top: 100 });
    const rows = await queryAll(directories, { column: 'snapshot' }, 'trend');
    const byKey = new Map(
      rows.map(({ snapshot, about, layer, name, value }) => [`${snapshot} ${about} ${layer} ${name}`, value]),
    );
    expect(byKey.size).toBe(rows.length);
    let compared = 0;
    const same = (values: readonly (number | undefined)[], key: string): void => {
      if (!trend.runs.some((_, at) => byKey.has(`${at + 1} ${key}`))) return;
      compared += values.filter((value) => value !== undefined).length;
      expect(trend.runs.map((_, at) => byKey.get(`${at + 1} ${key}`))).toEqual(values);
    };
    for (const { layer, causes } of trend.layers) {
      for (const { id, values } of causes)
        same(
          values.map((value) => value?.blastRadius),
          `cause ${layer} ${id}`,
        );
    }
    for (const { name, layers } of trend.systems) {
      for (const { layer, values } of layers) {
        same(
          values.map((value) => value?.effectiveMembers),
          `system ${layer} ${name}`,
        );
      }
    }
    for (const kind of EVIDENCE_KINDS) {
      const shares = trend.runs.map(({ evidence: told }) => told && told[kind].verified / told[kind].of);
      same(shares, `evidence  ${kind}`);
    }
    expect(compared).toBe(rows.length);
  });
});
