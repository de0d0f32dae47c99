/** impact --history: what it says, in every format, and what it exits with. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { lock, service } from '../history/lockfiles.ts';
import { MadeHistory } from '../history/made.ts';
import { parseCsv } from '../reports/csv-parser.ts';
import { gitEnv } from '../sources/git/made.ts';
import { npmLock, spofDeps, tree } from './harness.ts';

const SCHEMAS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'schema');
const schemaOf = (name: string) => JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), 'utf8'));
const conforms = new Ajv({ strict: false }).addSchema(schemaOf('report')).compile(schemaOf('impact'));

const impact = (where: string, ...args: string[]) =>
  spofDeps(['impact', 'chalk@5.6.1', '--in', where, '--offline', ...args], { columns: 100, env: gitEnv() });

async function json(where: string, ...args: string[]) {
  const { code, stdout } = await impact(where, '--history', '--format', 'json', ...args);
  const report = JSON.parse(stdout);
  expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
  return { code, report };
}

/** Exposed on the second and third of September 2025, elsewhere on the third, where it is gone since the fourth. */
function exposed(): MadeHistory {
  const made = new MadeHistory();
  made.commit({ ...service('pay', '5.6.0'), CODEOWNERS: '/pay/ @team-pay\n' });
  made.commit(service('pay', '5.6.1'));
  made.commit(service('old', '5.6.1'));
  made.commit({ ...service('pay', '5.6.2'), old: null });
  return made.checkout();
}

describe('impact --history', () => {
  it('exits with 1 for what was locked in the time asked about, and with 0 where nothing was', async () => {
    const { root } = exposed();
    expect((await impact(root)).code).toBe(0);
    const all = await json(root);
    expect(all.code).toBe(1);
    expect(all.report.history.exposures).toMatchObject([
      { service: 'old', today: false, onHead: true, until: { time: '2025-09-04T00:00:00Z', gone: true } },
      { service: 'pay', today: true, from: { time: '2025-09-02T00:00:00Z', exact: true }, branches: ['main'] },
    ]);
    expect(all.report.locked.services).toEqual([]);
    const within = async (...args: string[]) => {
      const { code, report } = await json(root, ...args);
      return [code, report.history.exposures.length, report.history.outside];
    };
    expect(await within('--since', '2025-09-05')).toEqual([0, 0, 2]);
    expect(await within('--until', '2025-09-02')).toEqual([1, 1, 1]);
    expect(await within('--until', '2025-09-01T23:59:59Z')).toEqual([0, 0, 2]);
    expect(await within('--since', '2025-09-02T13:16+02:00', '--until', '2025-09-02T15:20')).toEqual([1, 1, 1]);
  });

  it('says it on the terminal, in Markdown and in CSV', async () => {
    const { root } = exposed();
    const { stdout } = await impact(root, '--history', '--since', '2025-09-02', '--until', '2025-09-08T15:20Z');
    expect(stdout).toContain('Exposed from 2025-09-02 00:00 to 2025-09-08 15:20 UTC: 2 services: old, pay.');
    expect(stdout).toContain("No longer among today's services: old.");
    expect(stdout).toMatch(/pay {6}chalk {4}5\.6\.1 {2}2025-09-02 00:00 [0-9a-f]{8} {2}2025-09-04 00:00 [0-9a-f]{8} /);
    expect(stdout).toContain('pay > debug@4.4.1 > chalk@5.6.1 (in pay/package-lock.json)');
    expect(stdout).toContain('Walked: 4 commits of 1 repository by the first parents of HEAD, back to 2025-09-01');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const markdown = await impact(root, '--history', '--format', 'markdown');
    expect(markdown.stdout).toContain('### Were we exposed?');
    expect(markdown.stdout).toMatch(
      /\| `old` \| `chalk` \| `5\.6\.1` \| `2025-09-03 00:00 \w{8}` \| `gone 2025-09-04 00:00 \w{8}` \|/,
    );
    expect(markdown.stdout).toContain('## Nothing bad is locked today; 2 services were exposed');
    const page = await impact(root, '--history', '--format', 'html');
    expect(page.stdout).toContain('Were we exposed?');
    expect(page.stdout).toContain('No bad version is known to be locked today; 2 services were exposed');
    const csv = await impact(root, '--history', '--format', 'csv');
    const [header, ...rows] = parseCsv(csv.stdout);
    const told = rows.map((row) => Object.fromEntries(row.map((cell, at) => [header![at], cell])));
    expect(told).toMatchObject([
      { service: 'pay', status: 'name-only', from: '' },
      { service: 'old', status: 'exposed', today: 'false', gone: 'true', until: '2025-09-04T00:00:00Z' },
      { service: 'pay', status: 'exposed', owners: "'@team-pay", fromExact: 'true', branches: 'main' },
    ]);
    const without = await impact(root, '--format', 'csv');
    expect(parseCsv(without.stdout)[0]).not.toContain('fromCommit');
  });

  it('tells what is committed from what is on disk', async () => {
    const made = new MadeHistory();
    made.commit({ ...service('fixed', '5.6.1'), ...service('bumped', '5.6.0') });
    made.checkout();
    made.write({ 'fixed/package-lock.json': lock('npm', '5.6.2'), 'bumped/package-lock.json': lock('npm', '5.6.1') });
    const { stdout, code } = await impact(made.root, '--history');
    expect(code).toBe(1);
    expect(stdout).toContain('Locked: 1 of 2 services.');
    expect(stdout).toContain('Still there in the last commit: fixed.');
    expect(stdout).toMatch(
      /the files that were read today hold it no longer, or are gone, and that is not\s+committed: fixed\./,
    );
    expect(stdout).toMatch(/Locked today, and not in the last commit: bumped\./);
  });

  it('is incomplete where there is no history, and says none is known', async () => {
    const root = tree({ 'a/package-lock.json': npmLock({ chalk: '5.6.0' }) });
    const { code, stdout } = await impact(root, '--history');
    expect(code).toBe(3);
    expect(stdout).toContain('Exposed: none known: no history was walked.');
    expect(stdout).toContain('incomplete HISTORY_ABSENT a/package-lock.json: it is in no git repository');
    expect((await impact(root, '--history', '--allow-incomplete')).code).toBe(0);
    expect((await json(root)).report).toMatchObject({ complete: false, history: { repositories: [] } });
  });

  it('refuses times that are none, and options that mean nothing without it', async () => {
    const { root } = exposed();
    for (const time of ['yesterday', '2025-02-30', '2025-09-08T25:00', '2025-9-8', '2025-09-08T13:16 CET']) {
      const { code, stderr } = await impact(root, '--history', '--since', time);
      expect([code, stderr]).toEqual([2, expect.stringContaining('expected a day or a time')]);
    }
    expect(await impact(root, '--until', '2025-09-08')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('are about --history'),
    });
    const turned = await impact(root, '--history', '--since', '2025-09-09', '--until', '2025-09-08');
    expect(turned).toMatchObject({ code: 2, stderr: expect.stringContaining('--since is after --until') });
  });

  it('makes names of commits safe, whatever branches are called', async () => {
    const made = exposed();
    made.git('branch', '%0a##(warning)\u202eowned', 'main~2');
    const { stdout } = await impact(made.root, '--history', '--all-branches');
    expect(stdout).not.toContain('::warning');
    expect(stdout).not.toContain('\u202e');
    expect(stdout).toContain('On other branches than the one that is checked out: pay.');
  });
});
