/** What changed between two reports. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, isWorse } from '../../src/analysis/difference.ts';
import type { EarlierCause, EarlierReport } from '../../src/analysis/earlier.ts';
import { DIFF_REPORTS } from '../../src/reports/index.ts';
import { copyOf, npmLock, scratch, spofDeps, tree } from './harness.ts';

const LAYOUT = { width: 200, color: false };

type Locks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const STEADY: Locks = { a: { ms: '1.0.0', left: '1.0.0' }, b: { ms: '1.0.0' }, c: { right: '1.0.0' } };

async function reportOf(locks: Locks, ...args: string[]): Promise<string> {
  const root = tree({
    ...Object.fromEntries(Object.entries(locks).map(([name, held]) => [`${name}/package-lock.json`, npmLock(held)])),
    'spof-deps.json': JSON.stringify({ systems: { checkout: { members: ['a', 'b'], need: 1 } } }),
  });
  const file = join(scratch(), 'report.json');
  const chosen = args.length > 0 ? args : ['--top', 'all'];
  writeFileSync(file, (await spofDeps([root, '--format', 'json', '--layer', 'package', ...chosen])).stdout);
  return file;
}

async function diff(before: Locks, after: Locks, ...args: string[]) {
  const files = [await reportOf(before), await reportOf(after)];
  const { code, stdout, stderr } = await spofDeps(['diff', ...files, '--format', 'json', ...args]);
  return { code, stderr, report: stdout === '' ? undefined : JSON.parse(stdout), files };
}

describe('diff', () => {
  it('of a report and itself is nothing', async () => {
    const { code, report } = await diff(STEADY, STEADY, '--fail-on', 'worse');
    expect(code).toBe(0);
    expect(report).toMatchObject({ worse: false, redundancies: [], causes: [], weakened: [], unknown: [] });
    expect([report.services, report.systems]).toEqual([
      { joined: [], left: [] },
      { joined: [], left: [], changed: [] },
    ]);
  });

  it('tells of redundancies, causes, and who joined and left', async () => {
    const after = { a: STEADY.a!, b: { ms: '2.0.0', left: '1.0.0' }, d: { ms: '1.0.0' } };
    const { code, report, files } = await diff(STEADY, after, '--fail-on', 'worse');
    expect(code).toBe(1);
    expect(report.redundancies).toEqual([{ system: 'checkout', layer: 'package', before: 1, after: 2 }]);
    expect(report.services).toEqual({ joined: ['d'], left: ['c'] });
    expect(report.causes.map(({ cause, worse }: { cause: string; worse: boolean }) => [cause, worse])).toEqual([
      ['package:npm/left', true],
      ['package:npm/ms', false],
    ]);
    const schema = JSON.parse(readFileSync(new URL('../../schema/diff.schema.json', import.meta.url), 'utf8'));
    expect(new Ajv({ strict: false }).validate(schema, report)).toBe(true);
    const terminal = await spofDeps(['diff', ...files], { columns: 100 });
    expect(terminal.code).toBe(0);
    expect(terminal.stdout).toContain('package:npm/left  worse');
    const markdown = await spofDeps(['diff', ...files, '--format', 'markdown']);
    expect(markdown.stdout).toContain('## The fleet is worse than before');
    expect(markdown.stdout).toContain('| `package:npm/left` | worse |');
  });

  it('is incomplete where a report is, or lists the first causes alone', async () => {
    const [whole, cut] = [await reportOf(STEADY), await reportOf(STEADY, '--top', '1')];
    expect((await spofDeps(['diff', whole, cut])).code).toBe(3);
    expect((await spofDeps(['diff', whole, cut, '--allow-incomplete'])).code).toBe(0);
    const broken = await spofDeps(['diff', whole, join(scratch(), 'none.json')]);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('REPORT_INVALID')]);
    expect((await spofDeps(['diff', whole, whole, '--format', 'html'])).code).toBe(2);
  });
});

/** The report and the snapshots of one run: a file, and a directory of tables. */
async function runOf(root: string, ...args: string[]): Promise<{ report: string; file: string; tables: string }> {
  const place = scratch();
  const [file, tables, report] = [join(place, 'run.spof'), join(place, 'tables'), join(place, 'report.json')];
  const outputs = [file, `${tables}/`, report].flatMap((out) => ['--out', out]);
  await spofDeps([root, ...(args.includes('--top') ? args : [...args, '--top', 'all']), ...outputs]);
  return { report, file, tables };
}

const diffJson = async (before: string, after: string, ...args: string[]) => {
  const { code, stdout, stderr } = await spofDeps(['diff', before, after, '--format', 'json', ...args]);
  return { code, stdout, stderr };
};

const rootOf = (locks: Locks, config: object = { systems: { checkout: { members: ['a', 'b'] } } }) =>
  tree({
    ...Object.fromEntries(Object.entries(locks).map(([name, held]) => [`${name}/package-lock.json`, npmLock(held)])),
    'spof-deps.json': JSON.stringify(config),
  });

describe('diff of snapshots', () => {
  const ACME = new URL('../../fixtures/acme', import.meta.url).pathname;
  const EVIDENCE = `${ACME}-evidence`;
  const VERIFIED = [
    ...['--offline', '--evidence', EVIDENCE, '--keys', `${EVIDENCE}/keys.json`],
    ...['--trusted-root', `${EVIDENCE}/trusted_root.json`],
  ];

  it('says to the byte what that of the JSON reports of the same runs says, one of each too', async () => {
    const before = await runOf(ACME, ...VERIFIED);
    const other = copyOf(ACME);
    cpSync(join(ACME, 'web'), join(other, 'more'), { recursive: true });
    writeFileSync(join(other, 'legacy/package-lock.json'), npmLock({ ms: '2.1.3', debug: '4.4.3' }));
    const after = await runOf(other, ...VERIFIED);
    const expected = await diffJson(before.report, after.report);
    expect(JSON.parse(expected.stdout).causes.length).toBeGreaterThan(100);
    for (const pair of [
      [before.file, after.tables],
      [before.tables, after.report],
    ] as const) {
      expect(await diffJson(...pair)).toEqual(expected);
    }
  });

  it.each([['all'], ['runtime'], ['build']])(
    'says the same of made fleets, scope %s, with ignores, layers and what was not read',
    async (scope) => {
      const packages = ['ms', 'left', 'right', '__proto__', 'constructor'];
      const held = fc.dictionary(fc.constantFrom(...packages), fc.constantFrom('1.0.0', '2.0.0#sha512-AA=='));
      const fleet = fc.record({ a: held, b: held, c: held }, { requiredKeys: ['a', 'b'] });
      const layers = fc.constantFrom([], ['--layer', 'package'], ['--layer', 'release', '--layer', 'artifact']);
      await fc.assert(
        fc.asyncProperty(fleet, fleet, layers, fc.boolean(), async (one, other, chosen, isBroken) => {
          const ignore = [{ cause: 'package:npm/ms', reason: 'x', expires: '2999-01-01' }];
          const config = { systems: { pair: { members: ['a', 'b'] } }, ignore };
          const before = await runOf(rootOf(one), ...chosen, '--scope', scope);
          const root = rootOf(other, config);
          if (isBroken) writeFileSync(join(root, 'b/package-lock.json'), '{');
          const after = await runOf(root, ...chosen, '--scope', scope);
          const expected = await diffJson(before.report, after.report, '--fail-on', 'worse');
          expect(await diffJson(before.file, after.file, '--fail-on', 'worse')).toEqual(expected);
          expect(expected.code).toBeLessThan(isBroken ? 4 : 2);
        }),
        { numRuns: 12 },
      );
    },
  );

  it('is not of the fleet where one is a shard alone, as report and as snapshot', async () => {
    const root = rootOf(STEADY);
    const whole = await runOf(root, '--no-config');
    const shard = await runOf(root, '--shard', '1/2');
    const expected = await diffJson(whole.report, shard.report);
    expect(expected.code).toBe(3);
    expect(JSON.parse(expected.stdout).complete).toEqual({ before: true, after: false });
    expect(await diffJson(whole.file, shard.file)).toEqual(expected);
  });

  it('refuses other scopes, and what is no run', async () => {
    const one = await runOf(rootOf(STEADY));
    const other = await runOf(rootOf(STEADY), '--scope', 'runtime');
    for (const after of [other.file, other.report]) {
      const { code, stderr } = await diffJson(one.file, after);
      expect([code, stderr]).toEqual([2, expect.stringContaining('one is of scope all, the other of scope runtime')]);
    }
    const refused = await spofDeps([rootOf(STEADY), '--baseline', other.file]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--baseline: one is of scope runtime')]);
    writeFileSync(one.file, 'PAR1');
    const broken = await diffJson(one.file, other.file);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('SNAPSHOT_INVALID')]);
    const directory = await diffJson(scratch(), other.file);
    expect([directory.code, directory.stderr]).toEqual([2, expect.stringContaining('or a snapshot')]);
  });

  it('compares layers that both have, and says which not', async () => {
    const one = await runOf(rootOf(STEADY));
    const other = await runOf(rootOf(STEADY), '--layer', 'package');
    const { code, stdout } = await diffJson(one.file, other.file);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).unknown).toContain('artifact');
    expect(JSON.parse(stdout).unknown).not.toContain('package');
  });

  it('does not take what nobody looked for as gone or weaker', async () => {
    const before = await runOf(ACME, ...VERIFIED);
    const after = await runOf(ACME);
    for (const kind of ['report', 'file'] as const) {
      const there = await diffJson(before[kind], after[kind]);
      const difference = JSON.parse(there.stdout);
      expect(there.code).toBe(3);
      expect(difference).toMatchObject({ worse: false, causes: [], weakened: [] });
      expect(difference.evidenceAsked).toEqual({ before: true, after: false });
      expect(difference.unknown).toContain('maintainer');
    }
    const { stdout } = await spofDeps(['diff', before.file, after.file], { columns: 200 });
    expect(stdout).toContain('The run after did not look for evidence: none is compared.');
  });

  it('can be a baseline, and the fleet', async () => {
    const { file } = await runOf(rootOf(STEADY), '--layer', 'package');
    const worse = { ...STEADY, b: { ms: '1.0.0', left: '1.0.0' } };
    const args = ['--layer', 'package', '--format', 'json', '--baseline', file, '--fleet', file, '--fail-on', 'new'];
    const { code, stdout } = await spofDeps([rootOf(worse), ...args]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).changes.worse).toMatchObject([{ cause: 'package:npm/left', kind: 'defeats' }]);
    expect(JSON.parse(stdout).inFleet.known).toEqual(['a', 'b', 'c']);
    expect((await spofDeps([rootOf(STEADY), ...args])).code).toBe(0);
  });
});

describe('what a redundancy lost', () => {
  const declared = (checkout: object) => ({ systems: { checkout } });

  it('is worse where it is declared so, and only there', async () => {
    const pair = await runOf(rootOf(STEADY, declared({ members: ['a', 'b'], need: 1 })));
    const both = await runOf(rootOf(STEADY, declared({ members: ['a', 'b'], need: 2, weight: 7 })));
    const there = await diffJson(pair.file, both.file, '--fail-on', 'worse');
    expect(there.code).toBe(1);
    expect(JSON.parse(there.stdout).systems.changed).toEqual([
      {
        system: 'checkout',
        before: { need: 1, weight: 1, members: ['a', 'b'] },
        after: { need: 2, weight: 7, members: ['a', 'b'] },
        tolerates: { before: 1, after: 0 },
      },
    ]);
    expect((await diffJson(both.file, pair.file, '--fail-on', 'worse')).code).toBe(0);
    const text = (await spofDeps(['diff', pair.file, both.file], { columns: 200 })).stdout;
    expect(text).toContain(
      'checkout is declared as 2 of 2 (a, b), weight 7, and was 1 of 2 (a, b), weight 1: it tolerates no failure, and tolerated 1 failure.',
    );
  });

  it('shows where a cause came to defeat one system instead of another of the same weight', async () => {
    const systems = { one: { members: ['a', 'b'] }, two: { members: ['c', 'd'] } };
    const held = { ms: '1.0.0' };
    const other = { right: '1.0.0' };
    const before = await runOf(rootOf({ a: held, b: held, c: other, d: other }, { systems }), '--layer', 'package');
    const after = await runOf(rootOf({ a: other, b: other, c: held, d: held }, { systems }), '--layer', 'package');
    const { code, stdout } = await diffJson(before.file, after.file, '--fail-on', 'worse');
    expect(code).toBe(1);
    expect(
      JSON.parse(stdout).causes.map(({ cause, gain, worse }: Record<string, unknown>) => [cause, gain, worse]),
    ).toEqual([
      ['package:npm/ms', 0, true],
      ['package:npm/right', 0, true],
    ]);
  });
});

describe('the difference', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), { minLength: 1 });
  const cause: fc.Arbitrary<EarlierCause> = fc.record({
    blastRadius: fc.constantFrom(0, 0.25, 0.5, 1),
    lostSystems: names.map((all) => new Set(all)),
    services: names.map((all) => new Set(all)),
    evidence: fc.constantFrom('none', 'signed', 'attested'),
  });
  const report: fc.Arbitrary<EarlierReport> = fc
    .record({ services: names, causes: fc.dictionary(fc.constantFrom('x', 'y', 'z', '__proto__'), cause) })
    .map(({ services, causes }) => ({
      complete: true,
      scope: 'all' as const,
      asked: true,
      coverage: new Map(),
      services: new Set(services),
      systems: services.map((name) => ({ name, need: 1, weight: 1, members: [name, 'other'] })),
      layers: new Map([['package', new Map(Object.entries(causes))]]),
      cut: [],
    }));

  it('is the opposite the other way round, and nothing with itself', () => {
    fc.assert(
      fc.property(report, report, (one, other) => {
        const [there, back] = [differenceOf(one, other), differenceOf(other, one)];
        expect(back.services).toEqual({ joined: there.services.left, left: there.services.joined });
        expect(new Map(back.causes.map(({ cause: id, gain }) => [id, 0 - gain]))).toEqual(
          new Map(there.causes.map(({ cause: id, gain }) => [id, 0 + gain])),
        );
        const itself = differenceOf(one, one);
        expect([itself.causes, itself.redundancies, isWorse(itself)]).toEqual([[], [], false]);
      }),
    );
  });

  it('says where more or less is known than before', () => {
    const known = (share: number): EarlierReport => ({
      ...{ complete: true, scope: 'all', asked: true, services: new Set(['a']), systems: [], cut: [] },
      layers: new Map([['maintainer', new Map()]]),
      coverage: new Map([['maintainer', { known: share, of: 100 }]]),
    });
    const words = (before: number, after: number): string =>
      [...DIFF_REPORTS.terminal({ difference: differenceOf(known(before), known(after)), top: 5, ...LAYOUT })].join('');
    expect(words(90, 40)).toContain('what is not shows as gone: accounts (40 of 100, before 90 of 100).');
    expect(words(40, 90)).toContain('what was not shows as new: accounts (90 of 100, before 40 of 100).');
    expect(words(40, 40)).not.toContain('accounts');
  });
});
