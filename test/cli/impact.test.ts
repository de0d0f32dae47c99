/** The impact command on whole fleets: what it finds, says, and exits with. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../readers.ts';
import { parseCsv } from '../reports/csv-parser.ts';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

const SCHEMAS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'schema');
const schemaOf = (name: string) => JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), 'utf8'));
const conforms = new Ajv({ strict: false }).addSchema(schemaOf('report')).compile(schemaOf('impact'));

const ACME = join(FIXTURES, 'acme');

async function impact(where: string, ...args: string[]) {
  const outcome = await spofDeps(['impact', ...args, '--in', where, '--offline', '--format', 'json']);
  const report = outcome.stdout === '' ? undefined : JSON.parse(outcome.stdout);
  if (report) expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
  return { ...outcome, report };
}

function list(text: string): string {
  const file = join(scratch(), 'list');
  writeFileSync(file, text);
  return file;
}

interface JsonService {
  readonly service: string;
  readonly hits: readonly { readonly package: string; readonly status: string; readonly versions: readonly string[] }[];
}

const statuses = (report: { readonly services: readonly JsonService[] }) =>
  Object.fromEntries(report.services.map(({ service, hits }) => [service, hits.map(({ status }) => status).join()]));

describe('impact', () => {
  it('finds exactly the lockfiles of acme that have a version, and what is lost with them', async () => {
    const { code, report } = await impact(ACME, 'ms@2.1.2');
    expect(code).toBe(1);
    expect(report.locked.services).toEqual(['inventory', 'legacy']);
    expect(report.locked.lostSystems).toEqual(['inventory', 'legacy']);
    expect(report.packages).toMatchObject([{ name: 'ms', services: { locked: 2, admitted: 0, unknown: 0 } }]);
    const all = await impact(ACME, 'ms');
    expect(all.report.locked.blindGuards).toEqual([
      { guard: 'deploy-canary', touched: ['checkout'], lost: ['checkout'] },
    ]);
    expect(all.report.locked.blastRadius).toBe(1);
  });

  it('takes 5.6.1 for neither 5.6.12 nor a part of it, and names as a whole', async () => {
    const root = tree({
      'a/package-lock.json': npmLock({ chalk: '5.6.12' }),
      'b/package-lock.json': npmLock({ chalk: '5.6.1' }),
      'c/package-lock.json': npmLock({
        'chalk-cli': '5.6.1',
        'my-chalk': '5.6.1',
        '@x/chalk': '5.6.1',
        Chalk: '5.6.1',
      }),
      'd/package-lock.json': npmLock({}, { chalk: '5.6.1' }),
      'e/package-lock.json': npmLock({ chalk: '15.6.1' }),
    });
    const { code, report } = await impact(root, 'chalk@5.6.1');
    expect(code).toBe(1);
    expect(statuses(report)).toEqual({ a: 'name-only', b: 'locked', d: 'locked', e: 'name-only' });
    const [{ hits }] = report.services.filter(({ service }: JsonService) => service === 'd');
    expect(hits[0]).toMatchObject({ scope: 'build', direct: true, installScript: 'none', versions: ['5.6.1'] });
    expect(hits[0].path.map((step: { package: string }) => step.package)).toEqual(['npm/made', 'npm/chalk']);
    const runtime = await spofDeps(['impact', 'chalk@5.6.1', '--in', root, '--offline', '--scope', 'runtime']);
    expect(runtime.stdout).toContain(
      'd/package-lock.json holds chalk 5.6.1, which no service reaches in scope runtime.',
    );
    expect((await impact(root, '@x/chalk@5.6.1')).report.locked.services).toEqual(['c']);
    expect((await impact(root, 'Chalk')).report.locked.services).toEqual(['c']);
  });

  it('tells locked from admitted, watched and absent, and loses systems by the config', async () => {
    const npm = (range: string, version: string) =>
      npmLock({ axios: version }).replace(`"axios":"${version}"`, `"axios":"${range}"`);
    const root = tree({
      'a/package-lock.json': npm('^1.13.0', '1.14.1'),
      'b/package-lock.json': npm('^1.13.0', '1.13.0'),
      'c/package-lock.json': npm('~1.13.0', '1.13.0'),
      'spof-deps.json': JSON.stringify({
        services: { a: { contact: '#team-a', weight: 3 } },
        systems: { checkout: { members: ['a', 'b'], need: 1 } },
        guards: { canary: { service: 'a', protects: ['checkout'] } },
      }),
      CODEOWNERS: '* @everyone\n/b/ @team-b @acme/leads\n',
    });
    const { code, report } = await impact(root, 'axios@1.14.1');
    expect(code).toBe(1);
    expect(statuses(report)).toEqual({ a: 'locked', b: 'admitted', c: 'name-only' });
    expect(report.locked).toMatchObject({ services: ['a'], lostSystems: [], weight: 3 });
    expect(report.locked.blindGuards).toEqual([{ guard: 'canary', touched: ['checkout'], lost: [] }]);
    expect(report.lockedOrAdmitted).toMatchObject({ lostSystems: ['checkout'], blastRadius: 0.75 });
    expect(report.services.map(({ owners, contact }: Record<string, unknown>) => [contact, owners])).toEqual([
      ['#team-a', ['@everyone']],
      [null, ['@team-b', '@acme/leads']],
      [null, ['@everyone']],
    ]);
    const terminal = await spofDeps(['impact', 'axios@1.14.1', '--in', root, '--offline'], { columns: 100 });
    expect(terminal.stdout).toContain('Locked: 1 of 3 services. No system is lost');
    expect(terminal.stdout).toContain('Admitted (hypothetical): declared ranges of 1 more service would take one');
    expect(terminal.stdout).toContain('#team-a, @everyone');
    expect(terminal.stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const markdown = await spofDeps(['impact', 'axios@1.14.1', '--in', root, '--offline', '--format', 'markdown']);
    expect(markdown.stdout).toContain('## Bad versions are locked in 1 of 3 services');
    const csv = await spofDeps(['impact', 'axios@1.14.1', '--in', root, '--offline', '--format', 'csv']);
    const [header, ...rows] = parseCsv(csv.stdout);
    expect([header?.slice(0, 4), rows.map((row) => row.slice(0, 4))]).toEqual([
      ['service', 'lockfile', 'status', 'package'],
      [
        ['a', 'a/package-lock.json', 'locked', 'axios'],
        ['b', 'b/package-lock.json', 'admitted', 'axios'],
        ['c', 'c/package-lock.json', 'name-only', 'axios'],
      ],
    ]);
  });

  it('reads lists, and is incomplete where one cannot be read', async () => {
    const root = tree({ 'a/package-lock.json': npmLock({ ms: '1.0.0' }) });
    const broken = await impact(root, '--list', list('ms@2.0.0\nwhat is this\npkg:pypi/x'));
    expect(broken.code).toBe(3);
    expect(broken.report).toMatchObject({
      complete: false,
      list: { packages: 1, unreadable: 1, otherEcosystems: { pypi: 1 } },
    });
    expect(broken.report.unreadable).toEqual([{ file: expect.any(String), line: 2, reason: expect.any(String) }]);
    expect((await impact(root, '--list', list('ms@2.0.0\nwhat is this'), '--allow-incomplete')).code).toBe(0);
    expect((await impact(root, '--list', list('ms@1.0.0\nwhat is this'))).code).toBe(1);
    expect((await impact(root, '--list', list(''))).code).toBe(3);
    const wide = join(scratch(), 'wide');
    writeFileSync(wide, Buffer.from('\uFEFFms@1.0.0\r\n', 'utf16le'));
    expect((await impact(root, '--list', wide)).code).toBe(1);
    const none = await impact(root, '--list', join(scratch(), 'none'));
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('cannot be read (ENOENT)')]);
  });

  it('is incomplete where a lockfile cannot be read, and never says that nothing is there', async () => {
    const root = tree({ 'a/package-lock.json': npmLock({ ms: '1.0.0' }), 'b/package-lock.json': '{' });
    const { code, report } = await impact(root, 'ms@2.0.0');
    expect([code, report.complete, report.lockfiles]).toEqual([3, false, { read: 1, unread: ['b/package-lock.json'] }]);
    const { stdout } = await spofDeps(['impact', 'ms@2.0.0', '--in', root, '--offline']);
    expect(stdout).toContain('1 could not be read and may hold any of it: b/package-lock.json.');
    expect((await impact(root, 'ms@1.0.0')).code).toBe(1);
  });

  it('says so of packages that nobody has, with a near name', async () => {
    const { code, report, stderr } = await impact(ACME, 'expresss', '__proto__');
    expect([code, stderr]).toEqual([0, '']);
    expect(report.unknownPackages).toEqual([
      { name: 'expresss', near: 'express' },
      { name: '__proto__', near: null },
    ]);
    expect(report).toMatchObject({ complete: true, services: [], locked: { services: [] } });
    const few = await impact(ACME, '--list', list('expresss@1.0.0\nlodahs'));
    expect([few.code, few.report.unknownPackages]).toEqual([
      0,
      [
        { name: 'expresss', near: 'express' },
        { name: 'lodahs', near: 'lodash' },
      ],
    ]);
    const many = Array.from({ length: 21 }, (_, at) => `absent-${at}@1.0.0`).join('\n');
    const { stdout } = await spofDeps(['impact', '--list', list(many), '--in', ACME, '--offline']);
    expect(stdout).toContain('21 packages of the list are named by no lockfile.');
  });

  it.each([
    [[], 'impact needs packages, or a list of them'],
    [['ms@latest'], 'tag'],
    [['ms@>2 <1'], 'a range that holds no version'],
    [['ms@@@'], 'range'],
    [['ms', '--format', 'github'], 'github'],
  ])('%j is a mistake of usage', async (args, message) => {
    const { code, stderr } = await spofDeps(['impact', ...args, '--in', ACME, '--offline']);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('tells of findings of the audit only what is on the list', async () => {
    const locked = (integrity: string) =>
      JSON.stringify({
        name: 'made',
        lockfileVersion: 3,
        packages: {
          '': { name: 'made', dependencies: { ms: '1.0.0' } },
          'node_modules/ms': { version: '1.0.0', integrity: `sha512-${integrity.repeat(86)}==` },
        },
      });
    const root = tree({ 'a/package-lock.json': locked('A'), 'b/package-lock.json': locked('B') });
    const told = async (name: string) => (await spofDeps(['impact', name, '--in', root, '--offline'])).stdout;
    expect(await told('ms@1.0.0')).toContain('DIGEST_DIFFERS');
    expect(await told('axios')).not.toContain('DIGEST_DIFFERS');
  });

  it('makes names from outside safe', async () => {
    const evil = '::error::|<b>=1+1';
    const root = tree({ 'a/package-lock.json': npmLock({ [evil]: '1.0.0' }), CODEOWNERS: `* @\u001b[31m${evil}\n` });
    const file = list(JSON.stringify([{ name: evil, version: '1.0.0' }]));
    for (const format of ['terminal', 'markdown', 'csv']) {
      const { stdout, code } = await spofDeps([
        'impact',
        '--list',
        file,
        '--in',
        root,
        '--offline',
        '--format',
        format,
      ]);
      expect(code).toBe(1);
      expect(stdout).not.toContain('\u001b');
      if (format === 'markdown') expect(stdout).not.toContain('<b>');
      if (format === 'terminal') expect(stdout).not.toContain('::error::');
    }
  });

  it('takes owners from the root of the repository that a lockfile is in', async () => {
    const root = tree({
      CODEOWNERS: '* @above\n',
      'repo/.github/CODEOWNERS': '* @inside\n/apps/ @apps\n',
      'repo/package-lock.json': npmLock({ ms: '1.0.0' }),
      'repo/apps/x/package-lock.json': npmLock({ ms: '1.0.0' }),
    });
    mkdirSync(join(root, 'repo/.git'));
    const { report } = await impact(root, 'ms@1.0.0');
    expect(report.services.map(({ owners }: { owners: string[] }) => owners).sort()).toEqual([['@apps'], ['@inside']]);
    const within = await impact(join(root, 'repo/apps'), 'ms@1.0.0');
    expect(within.report.services[0].owners).toEqual(['@apps']);
  });

  it('says which CODEOWNERS it could not read, as nobody can be told by it', async () => {
    const root = tree({ 'a/package-lock.json': npmLock({ ms: '1.0.0' }) });
    mkdirSync(join(root, 'CODEOWNERS'));
    const { report } = await impact(root, 'ms@1.0.0');
    expect(report.incomplete.map(({ code, file }: { code: string; file: string }) => [code, file])).toEqual([
      ['OWNERS_UNREADABLE', 'CODEOWNERS'],
    ]);
  });
});
