/** What changed between two reports. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, isWorse } from '../../src/analysis/difference.ts';
import type { EarlierCause, EarlierReport } from '../../src/analysis/earlier.ts';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

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
      { joined: [], left: [] },
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
});
