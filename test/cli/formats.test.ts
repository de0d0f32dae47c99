import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonCause } from '../../src/reports/json.ts';
import { FIXTURES } from '../readers.ts';
import { records } from '../reports/csv-parser.ts';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

const ACME = join(FIXTURES, 'acme');

/** Every format of one run. */
async function allFormats(...args: string[]) {
  const directory = scratch();
  const file = (name: string): string => join(directory, name);
  const outs = ['r.md', 'r.csv', 'r.json'].flatMap((name) => ['--out', file(name)]);
  const { code, stdout, stderr } = await spofDeps([ACME, '--format', 'github', ...outs, ...args]);
  expect([code, stderr]).toEqual([0, '']);
  const [markdown = '', csv = '', json = ''] = ['r.md', 'r.csv', 'r.json'].map((name) =>
    readFileSync(file(name), 'utf8'),
  );
  return { github: stdout, markdown, csv, json };
}

describe('the demo fleet', () => {
  const first = allFormats();

  it('fits a comment on a pull request, with lines', async () => {
    const { markdown } = await first;
    expect(markdown.length).toBeLessThan(60_000);
    expect(markdown).toMatch(/`redundancy-defeated` at `pay-a\/package-lock\.json:\d+`/);
    expect(markdown).not.toContain('**Cut**');
  });

  it('has the numbers of JSON in CSV', async () => {
    const { csv, json } = await first;
    const report: { layers: Record<string, { top: JsonCause[] }> } = JSON.parse(json);
    const expected = Object.entries(report.layers).flatMap(([layer, { top }]) =>
      top.map(({ id, blastRadius, lostSystems, reach, load }) => [layer, id, blastRadius, lostSystems, reach, load]),
    );
    const rows = records(csv);
    expect(
      rows.map(({ layer, id, blastRadius, lostSystems, reach, load }) => [
        layer,
        id,
        ...[blastRadius, lostSystems, reach, load].map(Number),
      ]),
    ).toEqual(expected);
    expect(rows.length).toBeGreaterThan(60);
  });

  it('has places in annotations', async () => {
    const { github } = await first;
    expect(github).toMatch(/^::warning file=(?:\S+\/)?pay-a\/package-lock\.json,line=\d+,col=\d+,title=critical%2C /m);
    expect(github.trimEnd().split('\n').at(-1)).toMatch(/^::notice title=spof-deps::14 services from 13 lockfiles/);
  });

  it('is the same in every run', async () => expect(await allFormats()).toEqual(await first));
});

describe('formats of the audit', () => {
  const root = tree({ 'a/package-lock.json': npmLock({ debug: '4.4.3' }), 'b/package-lock.json': '{' });

  it.each([
    ['markdown', 'r.md', /\*\*Incomplete: every number is a lower bound\.\*\*/],
    ['csv', 'r.csv', /^"package",1,"package:npm\/debug",.*,false,"4\.4\.3",/m],
  ])('%s goes to stdout, and to a file by its extension', async (format, name, incomplete) => {
    const file = join(scratch(), name);
    const { code, stdout } = await spofDeps([root, '--format', format, '--out', file]);
    expect(code).toBe(3);
    expect(stdout).toMatch(incomplete);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });

  it('github tells an incomplete run and a failed gate', async () => {
    const { code, stdout } = await spofDeps([root, '--format', 'github', '--fail-on', 'package=0.1']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error title=spof-deps::Gate failed: 1 cause has a blast radius/);
    expect(stdout).toMatch(/^::warning file=b\/package-lock\.json.*title=input-incomplete::/m);
  });

  it('verify has none of them', async () => {
    for (const format of ['markdown', 'csv', 'github']) {
      const { code, stderr } = await spofDeps(['verify', root, '--offline', '--format', format]);
      expect(code).toBe(2);
      expect(stderr).toContain('Allowed choices are terminal, json.');
    }
  });
});
