/** SARIF and HTML of the impact command, as files that are uploaded and passed around. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, noBrowser, openFile, overflow, violations } from '../reports/browser.ts';
import { checkedRun, type SarifResult, type SarifRun } from '../reports/sarif/check.ts';
import { npmLock, type Outcome, scratch, spofDeps, tree } from './harness.ts';

const CATEGORY = 'spof-deps/impact/';

function impact(root: string, ...args: string[]): Promise<Outcome> {
  return spofDeps(['impact', ...args, '--in', root, '--offline']);
}

async function sarif(root: string, ...args: string[]): Promise<SarifRun & { readonly code: number }> {
  const { code, stdout } = await impact(root, '--format', 'sarif', ...args);
  return { ...checkedRun(stdout, CATEGORY), code };
}

/** A lockfile in several lines, so that places are more than the first of them. */
function lock(range: string, version: string): string {
  const text = npmLock({ axios: version }).replace(`"axios":"${version}"`, `"axios":"${range}"`);
  return JSON.stringify(JSON.parse(text), null, 2);
}

const FLEET = {
  'pay-a/package-lock.json': lock('^1.13.0', '1.14.1'),
  'pay-b/package-lock.json': lock('^1.13.0', '1.13.0'),
  'web/package-lock.json': lock('~1.13.0', '1.13.0'),
  'old/yarn.lock': '# yarn lockfile v1\n\n\naxios@^1.13.0:\n  version "1.14.1"\n',
  'spof-deps.json': JSON.stringify({
    services: { 'pay-a': { contact: '#pay', weight: 3 } },
    systems: { checkout: { members: ['pay-a', 'pay-b'], need: 1, weight: 4 } },
    guards: { canary: { service: 'pay-a', protects: ['checkout'] } },
  }),
  CODEOWNERS: '* @acme/all\n/web/ @acme/web\n',
};

const placeOf = ({ locations }: SarifResult) => locations[0]!.physicalLocation;
const uriOf = (result: SarifResult): string => placeOf(result).artifactLocation.uri;
const told = ({ results }: SarifRun): string[] =>
  results.map((result) => `${result.level} ${result.ruleId} ${uriOf(result)}`);

describe('SARIF of impact', () => {
  const root = tree(FLEET);

  it('has errors for what is locked, warnings for what would be taken, notes for the rest', async () => {
    const run = await sarif(root, 'axios@1.14.1');
    expect(run.code).toBe(1);
    expect(told(run)).toEqual([
      'error bad-version-locked-low old/yarn.lock',
      'error bad-version-locked-low pay-a/package-lock.json',
      'warning bad-version-admitted-critical pay-b/package-lock.json',
      'note bad-package-watched web/package-lock.json',
    ]);
    expect(run.results[1]!.message.text).toBe(
      'axios 1.14.1 is bad and locked; services that hold it: pay-a; with all that lock it 1 of 3 systems is lost; tell #pay, @acme/all. Blast radius 17% (low): the share of all systems, by weight, that is lost. As lockfiles pin it. Next: lock a version that is not on the list, and install from the lockfile alone.',
    );
    expect(run.results[2]!.message.text).toContain('Hypothetical');
    expect(run.results[2]!.properties).toMatchObject({ subject: 'package:npm/axios', confidence: 'hypothetical' });
  });

  it('places each at the entry, with the path that leads there', async () => {
    const { results } = await sarif(root, 'axios@1.14.1');
    for (const result of results) {
      const { artifactLocation, region } = placeOf(result);
      const line = readFileSync(join(root, artifactLocation.uri), 'utf8').split('\n')[region.startLine - 1]!;
      expect(line.slice(region.startColumn! - 1)).toMatch(/^"?(?:node_modules\/)?axios/);
    }
    const steps = results.map(({ codeFlows }) =>
      codeFlows?.[0]?.threadFlows[0]?.locations.map(({ location }) => location.message!.text),
    );
    expect(steps[1]).toEqual(['service pay-a', 'axios@1.14.1 (prod ^1.13.0)']);
    expect(steps[2]).toEqual(['service pay-b', 'axios@1.13.0 (prod ^1.13.0)']);
    expect(steps[3]).toBeUndefined();
  });

  it('is known again over other versions, lines and losses, and closes when it is mended', async () => {
    const mark = ({ results }: SarifRun, uri: string) =>
      results.find((result) => uriOf(result) === uri)?.partialFingerprints.primaryLocationLineHash;
    const before = await sarif(root, 'axios@1.14.1');
    const later = tree({
      ...FLEET,
      'pay-a/package-lock.json': `\n\n${lock('^1.13.0', '1.14.2')}`,
      'pay-b/package-lock.json': lock('^1.13.0', '1.14.1'),
      'old/yarn.lock': '# yarn lockfile v1\n\n\naxios@^1.13.0:\n  version "1.15.0"\n',
    });
    const after = await sarif(later, 'axios@1.14.1', 'axios@1.14.2');
    const uri = 'pay-a/package-lock.json';
    expect(mark(after, uri)).toBe(mark(before, uri));
    expect(after.results.find((result) => uriOf(result) === uri)!.ruleId).toBe('bad-version-locked-high');
    expect(told(after).filter((words) => words.endsWith('old/yarn.lock'))).toEqual([expect.stringMatching(/^note /)]);
  });

  it('counts what no service reaches as locked', async () => {
    const stale = tree({ 'a/package-lock.json': npmLock({}, { chalk: '5.6.1' }) });
    const run = await sarif(stale, 'chalk@5.6.1', '--scope', 'runtime');
    expect(told(run)).toEqual(['error bad-version-locked a/package-lock.json']);
    expect(run.results[0]!.message.text).toContain('no service reaches it');
  });

  it('says what could not be read, of lockfiles and of lists, and is clean of nothing', async () => {
    const list = join(scratch(), 'list');
    writeFileSync(list, 'axios@9.9.9\nwhat is this\nand this');
    const broken = tree({ 'a/package-lock.json': '{', 'b/package-lock.json': lock('1', '1.0.0') });
    const run = await sarif(broken, '--list', list);
    expect([run.code, run.properties.complete, run.invocations[0]!.executionSuccessful]).toEqual([3, false, false]);
    const missing = run.results.filter(({ ruleId }) => ruleId === 'input-incomplete');
    expect(missing.map(({ message }) => message.text)).toEqual([
      expect.stringContaining('not everything of this incident list can be read'),
      expect.stringContaining('not valid JSON'),
    ]);
    expect(run.invocations[0]!.toolExecutionNotifications.map(({ descriptor }) => descriptor?.id).sort()).toEqual([
      'INCIDENT_LIST_UNREADABLE',
      'LOCKFILE_SYNTAX',
    ]);
    const empty = join(scratch(), 'empty');
    writeFileSync(empty, '');
    const nothing = await sarif(broken, '--list', empty);
    expect([nothing.code, nothing.properties.complete]).toEqual([3, false]);
  });

  it('goes to each repository with the loss of the fleet, and to those without any as well', async () => {
    const fleet = tree({ ...FLEET, 'docs/package-lock.json': npmLock({ ms: '1.0.0' }) });
    for (const name of ['pay-a', 'pay-b', 'web', 'old', 'docs']) mkdirSync(join(fleet, name, '.git'));
    const directory = join(scratch(), 'sarif');
    const { code } = await impact(fleet, 'axios@1.14.1', '--sarif-dir', directory);
    expect(code).toBe(1);
    const runs = readdirSync(directory).map((file) => [
      file,
      told(checkedRun(readFileSync(join(directory, file), 'utf8'), CATEGORY)),
    ]);
    expect(Object.fromEntries(runs)).toEqual({
      'docs.sarif': [],
      'old.sarif': ['error bad-version-locked-low yarn.lock'],
      'pay-a.sarif': ['error bad-version-locked-low package-lock.json'],
      'pay-b.sarif': ['warning bad-version-admitted-high package-lock.json'],
      'web.sarif': ['note bad-package-watched package-lock.json'],
    });
  });
});

const HOSTILE = ['"><script>alert(1)<!--', '[x](javascript:alert(1))', '{0}', '__proto__', '::error::x'];

describe('hostile names', () => {
  const evil = Object.fromEntries(HOSTILE.map((name) => [name, '1.0.0']));
  const root = tree({
    'a/package-lock.json': npmLock(evil),
    CODEOWNERS: '* @\u202e[o](http://x.example)<b>\n',
    'spof-deps.json': JSON.stringify({ services: { a: { contact: '<img src=x>[c](1)\u001b[31m' } } }),
  });
  const list = join(scratch(), 'list');
  writeFileSync(list, JSON.stringify(HOSTILE.map((name) => ({ name, version: '1.0.0' }))));

  it('are no links or placeholders in SARIF', async () => {
    const run = await sarif(root, '--list', list);
    expect(run.code).toBe(1);
    expect(run.results.map(({ properties }) => properties.subject).sort()).toEqual(
      HOSTILE.map((name) => `package:npm/${name}`).sort(),
    );
  });

  it('are text in the page', async () => {
    const file = join(scratch(), 'page.html');
    await impact(root, '--list', list, '--out', file);
    const html = readFileSync(file, 'utf8');
    for (const raw of ['<img', '<script', '<b>', '\u001b', '\u202e']) expect(html).not.toContain(raw);
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;!--');
  });
});

describe('the page of an incident', () => {
  it('says what is lost, by whom it is held, whom to tell and what was looked at', async () => {
    const { stdout, code } = await impact(tree(FLEET), 'axios@1.14.1', '--format', 'html');
    expect(code).toBe(1);
    for (const words of [
      '<h1>Bad versions are locked in 2 of 4 services</h1>',
      '1 of 3 systems lost (blast radius 17%); 1 package looked for in 4 of 4 lockfiles',
      'Guard canary fails along with what it protects: checkout.',
      '<td class="left says-no">locked</td>',
      '<th scope="row" class="left">#pay</th>',
      '4 lockfiles of 4 were looked at.',
      'pay-a &gt; axios@1.14.1',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).not.toContain('class="alert"');
  });

  it('says what could not be read before anything else, and never that nothing is there', async () => {
    const root = tree({ 'a/package-lock.json': '{', 'b/package-lock.json': lock('1', '1.0.0') });
    const { stdout, code } = await impact(root, 'axios@1.14.1', '--format', 'html');
    expect(code).toBe(3);
    expect(stdout).toContain('<h1>No bad version is known to be locked</h1>');
    const alert = stdout.indexOf('1 lockfile could not be read and may hold any of it: a/package-lock.json.');
    expect(alert).toBeGreaterThan(0);
    expect(alert).toBeLessThan(stdout.indexOf('<main'));
  });
});

describe.skipIf(noBrowser !== '')(`the page of an incident in Chromium${noBrowser}`, () => {
  let browser: Browser;
  const file = join(scratch(), 'incident.html');

  beforeAll(async () => {
    browser = await launch();
    const list = join(scratch(), 'list');
    writeFileSync(list, `axios@1.14.1\nms\nwhat is this\n${'x'.repeat(200)}\n`);
    const long = 'y'.repeat(120);
    const root = tree({
      ...FLEET,
      'b/package-lock.json': '{',
      [`${long}/package-lock.json`]: npmLock({ ms: '2.0.0' }),
    });
    await impact(root, '--list', list, '--out', file);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(file, { force: true });
  });

  const cases: readonly BrowserContextOptions[] = [400, 1600].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ colorScheme, viewport: { width, height: 900 } })),
  );
  it.each(cases)('has nothing that axe objects to, and no wider than its window: %j', async (options) => {
    const { page, odd } = await openFile(browser, file, options);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(odd).toEqual([]);
    await page.close();
  });
});
