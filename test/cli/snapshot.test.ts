import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TABLE_NAMES } from '../../src/snapshot/tables.ts';
import { scratch, spofDeps, tree } from './harness.ts';

const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;
const CONFIG = `${ACME}/spof-deps.json`;
const ALL = ['--format', 'json', '--top', 'all'];

const START = process.cwd();
afterEach(() => {
  process.chdir(START);
});

describe('--out', () => {
  it('keeps a run as a file and as a directory of tables, which are sources too', async () => {
    const place = scratch();
    const outputs = ['run.spof', 'tables/', 'report.json'].flatMap((name) => ['--out', `${place}/${name}`]);
    const { code, stdout } = await spofDeps([ACME, ...ALL, ...outputs]);
    expect(code).toBe(0);
    expect(readdirSync(join(place, 'tables')).sort()).toEqual(TABLE_NAMES.map((name) => `${name}.parquet`).sort());
    expect(readFileSync(join(place, 'report.json'), 'utf8')).toBe(stdout);
    for (const source of ['run.spof', 'tables', 'tables/']) {
      expect((await spofDeps([join(place, source), ...ALL])).stdout).toBe(stdout);
    }
    const compared = await spofDeps(['compare', 'pay-a', 'pay-b', '--in', join(place, 'run.spof'), '--no-verify']);
    expect(compared.stdout).toBe((await spofDeps(['compare', 'pay-a', 'pay-b', '--in', ACME, '--no-verify'])).stdout);
  });

  it('takes a config in the place of the one it was made with, or none', async () => {
    const file = join(scratch(), 'run.spof');
    await spofDeps([ACME, '--out', file]);
    const none = await spofDeps([file, ...ALL, '--no-config']);
    expect(none.stdout).toBe((await spofDeps([ACME, ...ALL, '--no-config'])).stdout);
    const one = await spofDeps([file, ...ALL, '--config', CONFIG]);
    expect(one.stdout).toBe((await spofDeps([ACME, ...ALL])).stdout);
  });

  it('is audited with nothing of where it is read', async () => {
    const file = join(scratch(), 'run.spof');
    const { stdout } = await spofDeps([ACME, ...ALL, '--out', file]);
    process.chdir(tree({ 'spof-deps.json': '{ "unknown": 1 }' }));
    expect((await spofDeps(['merge', file])).stderr).toContain('CONFIG_INVALID');
    expect(await spofDeps([file, ...ALL])).toMatchObject({ code: 0, stdout });
  });

  it('never takes over a directory that holds something else', async () => {
    const root = tree({ 'src/index.ts': '' });
    const { code, stderr } = await spofDeps([ACME, '--out', `${root}/`]);
    expect(code).toBe(2);
    expect(stderr).toContain('OUTPUT_FAILED');
    expect(stderr).toContain('holds something else than a snapshot');
    expect(readdirSync(root)).toEqual(['src']);
  });

  it('replaces an older snapshot, and leaves nothing beside it', async () => {
    const place = scratch();
    for (const target of [`${place}/tables/`, `${place}/run.spof`]) {
      await spofDeps([`${ACME}/web`, '--out', target]);
      const { stdout } = await spofDeps([ACME, ...ALL, '--no-config', '--out', target]);
      expect((await spofDeps([target, ...ALL])).stdout).toBe(stdout);
    }
    expect(readdirSync(place).sort()).toEqual(['run.spof', 'tables']);
  });

  it('says where it cannot write', async () => {
    const { code, stderr } = await spofDeps([ACME, '--out', join(scratch(), 'none', 'run.spof')]);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be written (ENOENT)');
  });
});

describe('--shard and merge', () => {
  it('give the report of the whole, with the config of the fleet', async () => {
    const place = scratch();
    const shards = [1, 2, 3].map((index) => join(place, `${index}.spof`));
    for (const [at, file] of shards.entries()) {
      const { code, stdout } = await spofDeps([ACME, '--shard', `${at + 1}/3`, '--out', file, ...ALL]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).notices).toMatchObject([{ code: 'SHARD' }]);
    }
    const out = ['--out', join(place, 'fleet.spof')];
    const merged = await spofDeps(['merge', ...shards, '--config', CONFIG, ...ALL, ...out, '--no-color']);
    const whole = await spofDeps([ACME, ...ALL]);
    expect(merged).toMatchObject({ code: 0, stdout: whole.stdout });
    expect((await spofDeps([join(place, 'fleet.spof'), ...ALL])).stdout).toBe(whole.stdout);
  });

  it('say which shard is missing', async () => {
    const file = join(scratch(), '1.spof');
    await spofDeps([ACME, '--shard', '1/3', '--out', file]);
    const { code, stdout } = await spofDeps(['merge', file, '--no-config', '--format', 'json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).incomplete[0].message).toContain('2 of 3 shards are missing (2, 3)');
    const allowed = await spofDeps(['merge', file, '--no-config', '--allow-incomplete']);
    expect(allowed.code).toBe(0);
  });

  it.each([
    [['--shard', '0/3'], 'expected a part'],
    [['--shard', '4/3'], 'expected a part'],
    [['--shard', '1'], 'expected a part'],
    [['--shard', '1/2', '--config', CONFIG], '--config is not applied to a shard'],
  ])('refuse %j', async (options, message) => {
    const { code, stderr } = await spofDeps([ACME, ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuse what is no snapshot, and a snapshot among other sources', async () => {
    const file = join(scratch(), 'run.spof');
    await spofDeps([ACME, '--out', file]);
    const other = await spofDeps(['merge', ACME, '--no-config']);
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('is no snapshot');
    const mixed = await spofDeps([ACME, file]);
    expect(mixed).toMatchObject({ code: 2 });
    expect(mixed.stderr).toContain('it stands alone, or with other snapshots');
  });

  it('do not pass a gate on a layer of which nothing is known', async () => {
    const file = join(scratch(), 'run.spof');
    await spofDeps([ACME, '--out', file]);
    const { code, stderr } = await spofDeps(['merge', file, '--no-config', '--fail-on', 'maintainer=0.5']);
    expect(code).toBe(2);
    expect(stderr).toContain('only registries know of');
  });

  it('refuse a damaged snapshot with its table', async () => {
    const place = scratch();
    await spofDeps([ACME, '--out', `${place}/tables/`]);
    writeFileSync(join(place, 'tables', 'nodes.parquet'), 'PAR1');
    const { code, stderr } = await spofDeps([join(place, 'tables')]);
    expect(code).toBe(2);
    expect(stderr).toContain('SNAPSHOT_INVALID');
    expect(stderr).toContain('table nodes: not the bytes that were written');
  });
});
