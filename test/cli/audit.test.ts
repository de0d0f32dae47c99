import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { JsonCause } from '../../src/reports/json.ts';
import { FIXTURES } from '../readers.ts';
import { npmLock, spofDeps, tree } from './harness.ts';

const ACME = join(FIXTURES, 'acme');
const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'));
const conforms = new Ajv({ strict: false }).compile(schema);

interface JsonReport {
  readonly complete: boolean;
  readonly fleet: {
    readonly lockfiles: readonly { readonly path: string; readonly kind: string }[];
    readonly services: readonly { readonly name: string; readonly read: boolean; readonly components: number }[];
    readonly systems: readonly { readonly name: string; readonly weight: number; readonly origin: string }[];
  };
  readonly layers: Record<
    string,
    { readonly causes: number; readonly defeating: number; readonly top: readonly JsonCause[] }
  >;
  readonly gates: readonly { readonly over: readonly string[] }[];
  readonly findings: readonly { readonly code: string; readonly line?: number; readonly message: string }[];
  readonly incomplete: readonly { readonly code: string; readonly file: string; readonly line?: number }[];
  readonly notices: readonly { readonly code: string; readonly file: string }[];
}

async function audit(root: string, ...args: string[]): Promise<JsonReport & { readonly code: number }> {
  const outcome = await spofDeps([root, '--format', 'json', '--top', 'all', ...args]);
  expect(outcome.stderr).toBe('');
  const report = JSON.parse(outcome.stdout) as JsonReport;
  expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
  return { ...report, code: outcome.code };
}

const debugShared = {
  'a/package-lock.json': npmLock({ debug: '4.4.3', left: '1.0.0' }),
  'b/package-lock.json': npmLock({ debug: '4.4.3' }),
};

describe('audit of a fleet', () => {
  it('ranks what every service shares first', async () => {
    const report = await audit(tree(debugShared));
    expect(report.code).toBe(0);
    expect(report.layers.package!.top.map(({ id, blastRadius, reach }) => [id, blastRadius, reach])).toEqual([
      ['package:npm/debug', 1, 2],
      ['package:npm/left', 0.5, 1],
    ]);
  });

  it('gives the same JSON for the same input', async () => {
    const root = tree(debugShared);
    const [first, second] = [await spofDeps([root, '--format', 'json']), await spofDeps([root, '--format', 'json'])];
    expect(first.stdout).toBe(second.stdout);
  });

  it('keeps runtime and build apart and filters by scope', async () => {
    const root = tree({ 'a/package-lock.json': npmLock({ run: '1.0.0' }, { tool: '1.0.0' }) });
    const ids = async (scope: string) =>
      (await audit(root, '--scope', scope)).layers.package!.top.map((cause) => [
        cause.name,
        cause.runtimeReach,
        cause.buildReach,
      ]);
    expect(await ids('all')).toEqual([
      ['run', 1, 0],
      ['tool', 0, 1],
    ]);
    expect(await ids('runtime')).toEqual([['run', 1, 0]]);
    expect(await ids('build')).toEqual([['tool', 0, 1]]);
  });

  it('reports one name and version with two digests as two artifacts', async () => {
    const digest = (letter: string) => `sha512-${letter.repeat(86)}==`;
    const report = await audit(
      tree({
        'a/package-lock.json': npmLock({ debug: `4.4.3#${digest('A')}` }),
        'b/package-lock.json': npmLock({ debug: `4.4.3#${digest('B')}` }),
      }),
    );
    expect(report.layers.artifact!.top.map((cause) => [cause.reach, cause.versions])).toEqual([
      [1, ['4.4.3']],
      [1, ['4.4.3']],
    ]);
    expect(report.findings.map((finding) => finding.code)).toEqual(['DIGEST_DIFFERS']);
    expect(report.layers.package!.top[0]!.sameBytes.share).toBe(0.5);
  });

  it('says that a lone service ranks by load', async () => {
    const { code, stdout } = await spofDeps([tree({ 'package-lock.json': npmLock({ debug: '4.4.3' }) })]);
    expect(code).toBe(0);
    expect(stdout).toContain('load ranks them');
  });

  it('says so when there is nothing to audit, and fails only if asked', async () => {
    const root = tree({ 'README.md': '' });
    const outcome = await spofDeps([root]);
    expect([outcome.code, outcome.stderr]).toEqual([0, 'spof-deps: no lockfile found; nothing was audited\n']);
    expect((await spofDeps([root, '--fail-on-empty'])).code).toBe(3);
  });
});

describe('the demo fleet', () => {
  it('shows that the payment fallback shares nearly everything with what it falls back for', async () => {
    const report = await audit(ACME, '--scope', 'runtime');
    expect(report.code).toBe(0);
    const held = (name: string) => report.layers.artifact!.top.filter((cause) => cause.services.includes(name));
    const both = held('pay-a').filter((cause) => cause.services.includes('pay-b'));
    expect(both.length / held('pay-a').length).toBeGreaterThan(0.85);
    const debug = report.layers.package!.top.find((cause) => cause.id === 'package:npm/debug')!;
    expect(debug.lostSystemNames).toContain('checkout');
  });

  it('holds every kind of lockfile', async () => {
    const kinds = new Set((await audit(ACME)).fleet.lockfiles.map((lockfile) => lockfile.kind));
    expect([...kinds].sort()).toEqual(['bun', 'cyclonedx', 'npm', 'pnpm', 'yarn-berry', 'yarn-classic']);
  });
});

describe('gates', () => {
  it.each([
    [['--fail-on', '0.9'], 1],
    [['--fail-on', 'package=1'], 1],
    [['--fail-on', 'artifact=1', '--layer', 'artifact'], 1],
    [['--fail-on', 'artifact=0.5', '--layer', 'package'], 2],
    [['--fail-on', 'runtime=0.9'], 1],
    [['--fail-on', 'attested-owner=0.5'], 2],
    [['--fail-on', 'no-such=0.5'], 2],
    [['--fail-on', 'never'], 0],
  ])('%j exits with %i', async (args, code) => {
    expect((await spofDeps([tree(debugShared), ...args])).code).toBe(code);
  });

  it('takes them from the config, and an ignore takes a cause out of them', async () => {
    const config = (ignore: object) =>
      JSON.stringify({ failOn: { blastRadius: 0.9, layers: ['package'] }, ignore: [ignore] });
    const cause = 'package:npm/debug';
    const holds = tree({ ...debugShared, 'spof-deps.json': config({ cause, reason: 'known', expires: '2999-01-01' }) });
    expect((await spofDeps([holds])).code).toBe(0);
    const expired = tree({
      ...debugShared,
      'spof-deps.json': config({ cause, reason: 'known', expires: '2001-01-01' }),
    });
    const report = await audit(expired);
    expect(report.code).toBe(1);
    expect(report.gates[0]!.over).toEqual([cause]);
    expect(report.findings).toMatchObject([{ code: 'IGNORE_EXPIRED', line: 1 }]);
  });
});

describe('bad input', () => {
  it('audits the others, counts the broken one as a service, and exits with 3', async () => {
    const report = await audit(
      tree({ ...debugShared, 'c/package-lock.json': '{"lockfileVersion": 3,\n "packages": {' }),
    );
    expect(report.code).toBe(3);
    expect(report.complete).toBe(false);
    expect(report.incomplete).toMatchObject([{ code: 'LOCKFILE_SYNTAX', file: 'c/package-lock.json', line: 2 }]);
    expect(report.fleet.services.map(({ name, read }) => [name, read])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
    expect(report.layers.package!.top[0]).toMatchObject({ id: 'package:npm/debug', reach: 2, lostSystems: 2 });
  });

  it('exits with 0 on request', async () => {
    const root = tree({ 'c/package-lock.json': '{' });
    expect((await spofDeps([root, '--allow-incomplete'])).code).toBe(0);
  });

  it('does not call a system safe when a member could not be read', async () => {
    const root = tree({
      ...debugShared,
      'b/package-lock.json': '<<<<<<< ours\n=======\n>>>>>>> theirs\n',
      'spof-deps.json': JSON.stringify({ systems: { pair: { members: ['a', 'b'] } } }),
    });
    const outcome = await spofDeps([root]);
    expect(outcome.code).toBe(3);
    expect(outcome.stdout).toContain('cannot be judged');
    expect(outcome.stdout).toContain('LOCKFILE_CONFLICT b/package-lock.json:1');
  });

  it('keeps the services a config names in a lockfile that could not be read', async () => {
    const root = tree({
      ...debugShared,
      'mono/pnpm-lock.yaml': 'lockfileVersion: [',
      'spof-deps.json': JSON.stringify({
        services: {
          'mono/apps/x': { weight: 2 },
          shop: { lockfile: 'mono/pnpm-lock.yaml', workspace: 'apps/shop', weight: 3 },
        },
        systems: { both: { members: ['mono/apps/x', 'mono/apps/y'] }, one: { members: ['shop', 'a'] } },
      }),
    });
    const report = await audit(root);
    expect(report.code).toBe(3);
    expect(report.fleet.services.map(({ name, read }) => [name, read])).toEqual([
      ['a', true],
      ['b', true],
      ['mono', false],
      ['mono/apps/x', false],
      ['mono/apps/y', false],
      ['shop', false],
    ]);
  });

  it('shows names with terminal escapes as text', async () => {
    const root = tree({ 'a/package-lock.json': npmLock({ 'evil\u001b]0;owned\u0007\u202e': '1.0.0\u001b[31m' }) });
    const { stdout } = await spofDeps([root], { columns: 160 });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stdout).toContain('evil\\u{1b}');
  });

  it('takes __proto__ and friends for ordinary names', async () => {
    const lock = npmLock({ constructor: '1.0.0', toString: '1.0.0' }).replaceAll('toString', '__proto__');
    const report = await audit(tree({ 'a/package-lock.json': lock }));
    expect(report.layers.package!.top.map((cause) => cause.id).sort()).toEqual([
      'package:npm/__proto__',
      'package:npm/constructor',
    ]);
  });
});

describe('reading well', () => {
  it.each([80, 160])('fits %i columns', async (columns) => {
    const { stdout } = await spofDeps([ACME], { columns });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('colours on a terminal, not in a pipe, and says the same', async () => {
    const plain = await spofDeps([ACME], { columns: 100 });
    const coloured = await spofDeps([ACME], { columns: 100, isTTY: true, env: { CI: '1' } });
    expect(coloured.stdout).toContain('\u001b[1m');
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
    expect((await spofDeps([ACME], { isTTY: true, env: { CI: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
  });
});
