/** A history of snapshots, told over time. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileOf } from '../../src/snapshot/tables.ts';
import { replace, rowsOf } from '../snapshot/tampered.ts';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';
import { historyOf, keep, PAIR, type Past } from './history.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../schema/trend.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(SCHEMA);

const APART: Past = { locks: { a: { ms: '1.0.0' }, b: { left: '1.0.0' }, c: { right: '1.0.0' } } };
const SHARED: Past = { locks: { a: { ms: '1.0.0' }, b: { ms: '1.0.0' }, c: { right: '1.0.0' } } };
const ALIKE: Past = { locks: { a: { ms: '1.0.0' }, b: { ms: '1.0.0' }, c: { ms: '1.0.0' } } };

async function trend(paths: readonly string[], ...args: string[]) {
  const { code, stdout, stderr } = await spofDeps(['trend', ...paths, '--format', 'json', ...args]);
  const report = stdout === '' ? undefined : JSON.parse(stdout);
  if (report && !validate(report)) throw new Error(JSON.stringify(validate.errors));
  return { code, report, stderr };
}

const causesOf = (report: { layers: Record<string, { causes: { id: string; blastRadius: number[] }[] }> }) =>
  Object.fromEntries(report.layers.package!.causes.map(({ id, blastRadius }) => [id, blastRadius]));

let folder = '';
beforeAll(async () => {
  folder = await historyOf({ '2026-01-01': APART, '2026-01-02': SHARED, '2026-01-03': SHARED, '2026-01-05': ALIKE });
}, 60_000);

describe('trend', () => {
  it('has every number of every run, in the order of the runs, and gaps where something is not', async () => {
    const { code, report } = await trend([folder]);
    expect(code).toBe(0);
    expect(report.runs.map(({ readAt }: { readAt: string }) => readAt.slice(0, 10))).toEqual([
      '2026-01-01',
      '2026-01-02',
      '2026-01-03',
      '2026-01-05',
    ]);
    expect(causesOf(report)).toEqual({
      'package:npm/ms': [0, 0.5, 0.5, 1],
      'package:npm/right': [0.5, 0.5, 0.5, null],
      'package:npm/left': [0, null, null, null],
    });
    const [checkout] = report.systems;
    expect(checkout.name).toBe('checkout');
    expect(checkout.layers.package.effectiveMembers).toEqual([2, 1, 1, 1]);
    expect(checkout.layers.package.survivesAnyOne).toEqual(['yes', 'no', 'no', 'no']);
    expect([report.breaks, report.unread]).toEqual([[], []]);
  });

  it('says so in words, with a line of blocks', async () => {
    const { code, stdout } = await spofDeps(['trend', folder, '--layer', 'package'], { columns: 120 });
    expect(code).toBe(0);
    expect(stdout).toContain('4 runs from 2026-01-01 to 2026-01-05; at the end 3 services, 3 lockfiles, 2 systems');
    expect(stdout).toMatch(/package +no +1\.00 +2\.00 +1\.00 +2\.00 +-1\.00 +█▁▁▁\n/);
    expect(stdout).toMatch(/ms +1 +100% +0% +0% +100% +\+100 pts +▁▅▅█\n/);
    expect(stdout).toMatch(/right +- +- +50% +50% +50% +gone 2026-01-05 +▅▅▅·\n/);
    expect(stdout).toContain('No run looked for evidence');
    const markdown = (await spofDeps(['trend', folder, '--layer', 'package', '--format', 'markdown'])).stdout;
    expect(markdown).toMatch(/^## How did it get here\?\n/);
    expect(markdown).toContain('| `ms` | 1 | 100% | 0% | 0% | 100% | \\+100 pts | `▁▅▅█` |');
  });

  it('shows as many that led earlier as lead now, and says how many more did', async () => {
    const { report } = await trend([folder], '--top', '1', '--layer', 'package');
    expect(Object.keys(causesOf(report))).toEqual(['package:npm/ms', 'package:npm/right']);
    expect(report.layers.package.notShown).toBe(0);
    expect(Object.keys(report.layers)).toEqual(['package']);
  });

  it('says which layers nothing is known of, and where no run looked', async () => {
    const of = async (layer: string) => (await spofDeps(['trend', folder, '--layer', layer], { columns: 200 })).stdout;
    expect(await of('maintainer')).toContain('Known in no run: accounts.');
    const narrow = await historyOf({ '2026-01-01': { ...SHARED, args: ['--layer', 'package'] } });
    const { stdout } = await spofDeps(['trend', narrow, '--layer', 'registry'], { columns: 200 });
    expect(stdout).toContain('No run looked at a layer that is asked for.');
  });

  it('is a row for each number as CSV', async () => {
    const { stdout } = await spofDeps(['trend', folder, '--format', 'csv']);
    const lines = stdout.split('\r\n');
    expect(lines[0]).toBe('readAt,file,complete,scope,of,layer,id,name,measure,value');
    const ms = lines.filter((line) => line.includes('"package:npm/ms","ms","blastRadius"'));
    expect(ms.map((line) => line.split(',').at(-1))).toEqual(['0', '0.5', '0.5', '1']);
    expect(lines.filter((line) => line.includes('"package:npm/left"'))).toHaveLength(4);
  });

  it('takes snapshots in any order, a run in a folder below, and one alone', async () => {
    const files = ['2026-01-05', '2026-01-01'].map((day) => join(folder, `${day}.spof`));
    const { report } = await trend(files);
    expect(report.runs.map(({ file }: { file: string }) => file)).toEqual(files.toReversed());
    const deep = scratch();
    mkdirSync(join(deep, '2026/01'), { recursive: true });
    cpSync(files[0]!, join(deep, '2026/01/05.spof'));
    symlinkSync(deep, join(deep, '2026/again'));
    writeFileSync(join(deep, 'report.html'), '');
    const one = await trend([deep]);
    expect([one.code, one.report.runs.length]).toEqual([0, 1]);
    expect((await spofDeps(['trend', deep])).stdout).toContain('There is one run alone');
  });

  it('writes files by extension, and refuses other formats', async () => {
    const place = scratch();
    const outputs = ['html', 'md', 'csv', 'json'].flatMap((extension) => ['--out', join(place, `trend.${extension}`)]);
    expect((await spofDeps(['trend', folder, ...outputs])).code).toBe(0);
    expect(readFileSync(join(place, 'trend.html'), 'utf8')).toContain('<svg role="img"');
    expect((await spofDeps(['trend', folder, '--out', join(place, 'trend.sarif')])).code).toBe(2);
  });
});

describe('a point at which runs cannot be compared', () => {
  const differencesOf = async (before: Past, after: Past, instants = ['2026-01-01', '2026-01-02']) => {
    const [first, second] = instants;
    const { report } = await trend([await historyOf({ [first!]: before, [second!]: after })]);
    expect(report.breaks.map(({ run }: { run: number }) => run)).toEqual([1]);
    return report.breaks[0].differences;
  };

  it('is one of scope', async () => {
    const after = { ...SHARED, args: ['--scope', 'runtime'] };
    expect(await differencesOf(SHARED, after)).toEqual([{ kind: 'scope', before: 'all', after: 'runtime' }]);
  });

  it('is one of layers', async () => {
    const [found] = await differencesOf(
      { ...SHARED, args: ['--layer', 'package', '--layer', 'artifact'] },
      {
        ...SHARED,
        args: ['--layer', 'package'],
      },
    );
    expect(found).toEqual({ kind: 'layers', joined: [], left: ['artifact'] });
  });

  it('is one of systems: declared otherwise, new, gone, and called by another name', async () => {
    const member = (members: string[], need = 1) => ({ members, need });
    const before = { checkout: member(['a', 'b']), old: member(['a', 'c']), same: member(['b', 'c']) };
    const after = { checkout: member(['a', 'b'], 2), renamed: member(['a', 'c']), fresh: member(['a', 'b', 'c']) };
    expect(
      await differencesOf({ ...SHARED, config: { systems: before } }, { ...SHARED, config: { systems: after } }),
    ).toEqual([
      {
        kind: 'systems',
        joined: ['fresh'],
        left: ['same'],
        changed: ['checkout'],
        renamed: [{ before: 'old', after: 'renamed' }],
      },
    ]);
  });

  it('is one of the rest of the config', async () => {
    const ignore = [{ cause: 'package:npm/ms', reason: 'x', expires: '2999-01-01' }];
    const services = { c: { weight: 3 } };
    expect(await differencesOf(SHARED, { ...SHARED, config: { ...PAIR, ignore, services } })).toEqual([
      { kind: 'config', sections: ['ignore', 'services'] },
    ]);
  });

  it('shows what an ignore took out without a rank', async () => {
    const ignore = [{ cause: 'package:npm/ms', reason: 'x', expires: '2999-01-01' }];
    const after = { ...SHARED, config: { ...PAIR, ignore } };
    const past = await historyOf({ '2026-01-01': SHARED, '2026-01-02': after });
    const { report } = await trend([past]);
    const ms = report.layers.package.causes.find(({ id }: { id: string }) => id === 'package:npm/ms');
    expect([ms.blastRadius, ms.rank]).toEqual([
      [0.5, 0.5],
      [1, null],
    ]);
    expect((await spofDeps(['trend', past])).stdout).toMatch(/ms +ignored +50%/);
  });

  it('is where registries began to be asked: what only they know of is no change of the fleet', async () => {
    const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;
    const evidence = `${ACME}-evidence`;
    const place = scratch();
    const trust = ['--keys', `${evidence}/keys.json`, '--trusted-root', `${evidence}/trusted_root.json`];
    await spofDeps([ACME, '--out', join(place, '1.spof')]);
    await spofDeps([ACME, '--out', join(place, '2.spof'), '--offline', '--evidence', evidence, ...trust]);
    const { report } = await trend([place]);
    expect(report.breaks[0].differences).toEqual([{ kind: 'evidence', before: false, after: true }]);
    expect(report.runs[0].evidence).toBeNull();
    expect(report.runs[1].evidence.signature).toEqual({ verified: 1313, invalid: 0, of: 1755 });
    const { stdout } = await spofDeps(['trend', place, '--layer', 'maintainer'], { columns: 120 });
    expect(stdout).toMatch(/maint-oak-martin +1 +100% +100% +100% +100% +0 +·█/);
    expect(stdout).toContain('1 of 2 runs did not look for evidence');
  });
});

describe('a run or snapshot that is not whole', () => {
  it('of an incomplete run is marked, a bound, and decides the exit code where it is the latest', async () => {
    const broken: Past = { locks: { ...SHARED.locks, c: 'broken' } };
    const before = await historyOf({ '2026-01-01': SHARED, '2026-01-02': broken, '2026-01-03': SHARED });
    const middle = await trend([before]);
    expect([middle.code, middle.report.complete]).toEqual([0, true]);
    expect(middle.report.runs.map(({ complete, unread }: Record<string, unknown>) => [complete, unread])).toEqual([
      [true, 0],
      [false, 1],
      [true, 0],
    ]);
    const { stdout } = await spofDeps(['trend', before], { columns: 120 });
    expect(stdout).toContain('1 run is incomplete');
    expect(stdout).toContain('Incomplete: 2026-01-02.');
    expect(stdout).toMatch(/marks +·!·/);
    const after = await historyOf({ '2026-01-01': SHARED, '2026-01-02': broken });
    expect((await trend([after])).code).toBe(3);
    expect((await trend([after], '--allow-incomplete')).code).toBe(0);
    expect((await spofDeps(['trend', after], { columns: 120 })).stdout).toMatch(/ms +1 +>=50% +50%/);
  });

  it('that cannot be read is told, and the others go on', async () => {
    const place = scratch();
    cpSync(folder, place, { recursive: true });
    truncateSync(join(place, '2026-01-02.spof'), 5000);
    writeFileSync(join(place, 'empty.spof'), '');
    await keep(`${place}/left/`, '2026-01-04T02:30:00Z', SHARED);
    rmSync(join(place, 'left', fileOf('run')));
    const { code, report } = await trend([place]);
    expect([code, report.complete, report.runs.length]).toEqual([3, false, 3]);
    const told = report.unread.map(({ file, code: of, message }: Record<string, string>) => [
      file!.slice(place.length + 1),
      of,
      message,
    ]);
    expect(told).toEqual([
      ['2026-01-02.spof', 'SNAPSHOT_INVALID', 'the archive is cut off'],
      ['empty.spof', 'SNAPSHOT_INVALID', 'the archive is cut off'],
      ['left', 'SNAPSHOT_INVALID', 'the table run is missing'],
    ]);
    expect((await trend([place], '--allow-incomplete')).code).toBe(0);
    const { stdout } = await spofDeps(['trend', place], { columns: 200 });
    expect(stdout).toContain('3 snapshots of the history are not in it');
    expect(stdout).toContain('incomplete SNAPSHOT_INVALID');
  });

  it('of another schema version is told', async () => {
    const place = scratch();
    await keep(`${place}/one/`, '2026-01-04T02:30:00Z', SHARED);
    await keep(`${place}/two/`, '2026-01-05T02:30:00Z', SHARED);
    const [row] = await rowsOf(join(place, 'one'), 'run');
    await replace(join(place, 'one'), 'run', [{ ...row!, schema_version: 7 }]);
    const { code, report } = await trend([place]);
    expect([code, report.runs.length, report.unread[0].message]).toEqual([
      3,
      1,
      'table run, row 0: schema_version 7: this program reads 2',
    ]);
  });

  it('that is a shard is no fleet, and the same run counts once', async () => {
    const place = await historyOf({ '2026-01-01': SHARED });
    cpSync(join(place, '2026-01-01.spof'), join(place, 'copy.spof'));
    const same = await trend([place]);
    expect([same.code, same.report.runs.length]).toEqual([0, 1]);
    expect(same.report.unread).toMatchObject([{ code: 'SAME_RUN' }]);
    await keep(join(place, 'part.spof'), '2026-01-02T02:30:00Z', { ...SHARED, args: ['--shard', '1/2'] });
    const { code, report } = await trend([place]);
    expect([code, report.runs.length]).toEqual([3, 1]);
    expect(report.unread).toMatchObject([
      { code: 'SAME_RUN' },
      { code: 'SHARD', message: 'shard 1 of 2 is no fleet, and not in the trend' },
    ]);
  });

  it('is an error where there is none at all', async () => {
    const none = await trend([scratch()]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('holds no snapshot')]);
    const missing = await trend([join(scratch(), 'none')]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('SOURCE_NOT_FOUND')]);
    const other = join(scratch(), 'report.json');
    writeFileSync(other, '{}');
    expect((await trend([other])).stderr).toContain('is no snapshot');
    const broken = scratch();
    writeFileSync(join(broken, 'a.spof'), 'x');
    const refused = await trend([broken]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('SNAPSHOT_INVALID')]);
  });
});

describe('time', () => {
  it('is that of reading the lockfiles, also of shards that are merged later', async () => {
    const place = scratch();
    const shards = [1, 2].map((part) => join(place, `.${part}.spof`));
    await keep(shards[0]!, '2026-03-01T23:58:00Z', { ...SHARED, args: ['--shard', '1/2'] });
    await keep(shards[1]!, '2026-03-01T23:59:00Z', { ...SHARED, args: ['--shard', '2/2'] });
    await spofDeps(['merge', ...shards, '--no-config', '--out', join(place, 'fleet.spof')]);
    const { report } = await trend([place]);
    expect(report.runs.map(({ readAt }: { readAt: string }) => readAt)).toEqual(['2026-03-01T23:58:00.000Z']);
  });

  it('tells two runs of one day apart', async () => {
    const place = await historyOf({ '2026-01-01T02:30:00': APART, '2026-01-01T14:00:00': SHARED });
    const { stdout } = await spofDeps(['trend', place], { columns: 120 });
    expect(stdout).toContain('2 runs from 2026-01-01 02:30 to 2026-01-01 14:00');
  });
});

describe('the audit with --trend', () => {
  it('tells how it got here, this run among the others where it is kept there', async () => {
    const place = await historyOf({ '2026-01-01': APART, '2026-01-02': SHARED });
    const root = tree({
      'a/package-lock.json': npmLock({ ms: '1.0.0' }),
      'b/package-lock.json': npmLock({ ms: '1.0.0' }),
    });
    const reports = scratch();
    const outputs = [`${place}/now.spof`, `${reports}/r.html`, `${reports}/r.md`].flatMap((file) => ['--out', file]);
    const { code, stdout } = await spofDeps([root, '--trend', place, '--layer', 'package', ...outputs], {
      columns: 120,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/How did it get here\?\n +3 runs from 2026-01-01 to /);
    expect(stdout).toMatch(/ms +1 +100% +0% +0% +100% +\+100 pts +▁▅█\n/);
    expect(readFileSync(`${reports}/r.md`, 'utf8')).toContain('### How did it get here?');
    const html = readFileSync(`${reports}/r.html`, 'utf8');
    expect(html).toContain('<a href="#history">History</a>');
    expect(html.match(/<figure class="chart">/g)!.length).toBeGreaterThan(1);
  });

  it('counts a snapshot that cannot be read', async () => {
    const place = await historyOf({ '2026-01-01': SHARED });
    writeFileSync(join(place, 'odd.spof'), 'x');
    const root = tree({ 'a/package-lock.json': npmLock({ ms: '1.0.0' }) });
    expect((await spofDeps([root, '--trend', place])).code).toBe(3);
    expect((await spofDeps([root, '--trend', place, '--allow-incomplete'])).code).toBe(0);
    expect((await spofDeps([root, '--trend', scratch()])).code).toBe(2);
  });

  it('does so for merged shards', async () => {
    const place = await historyOf({ '2026-01-01': SHARED });
    const shards = [1, 2].map((part) => join(scratch(), `${part}.spof`));
    for (const [at, file] of shards.entries()) {
      await keep(file, '2026-01-02T02:30:00Z', { ...ALIKE, args: ['--shard', `${at + 1}/2`] });
    }
    const args = ['merge', ...shards, '--no-config', '--out', join(place, '2.spof'), '--trend', place];
    const { code, stdout } = await spofDeps(args, { columns: 120 });
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 runs from 2026-01-01 to 2026-01-02')]);
  });
});
