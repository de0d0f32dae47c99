import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json.ts';
import { sarifFiles } from '../../src/upload/files.ts';
import { readSarif } from '../../src/upload/sarif-file.ts';
import { scratch } from '../cli/harness.ts';
import { provenance, result, run, sarifFile } from './made.ts';

const many = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

async function troubleOf(...runs: readonly JsonObject[]): Promise<string> {
  const read = await readSarif(sarifFile(scratch(), 'x.sarif', ...runs));
  return 'code' in read ? `${read.code} ${read.message}` : 'taken';
}

describe('a SARIF file', () => {
  it('is its own bytes, and what it says of itself', async () => {
    const claim = provenance('https://github.com/acme/pay', 'a'.repeat(40));
    const file = sarifFile(scratch(), 'x.sarif', run({ ...claim, results: [result(), result()] }));
    const read = await readSarif(file);
    if ('code' in read) throw new Error(read.message);
    expect(JSON.parse(gunzipSync(read.zipped).toString()).runs[0].results).toHaveLength(2);
    expect(read.facts).toEqual({
      results: 2,
      bytes: read.zipped.length,
      runs: [{ tool: 'spof-deps', category: 'spof-deps' }],
    });
    expect(read.claim).toEqual({
      url: 'https://github.com/acme/pay',
      commit: 'a'.repeat(40),
      branch: 'main',
      says: 'github',
    });
  });

  it('says nothing of where it belongs where its runs do not agree, or there are two places', async () => {
    const one = provenance('https://github.com/acme/pay', 'a'.repeat(40));
    const two = provenance('https://github.com/acme/web', 'a'.repeat(40));
    const other = { automationDetails: { id: 'other/' } };
    for (const runs of [
      [run(one), run({ ...two, ...other })],
      [run(one), run(other)],
      [run({ versionControlProvenance: [{ repositoryUri: 'a' }, { repositoryUri: 'b' }] })],
    ]) {
      const read = await readSarif(sarifFile(scratch(), 'x.sarif', ...runs));
      expect('code' in read ? read : read.claim).toBeUndefined();
    }
    const read = await readSarif(sarifFile(scratch(), 'x.sarif', run(one), run({ ...one, ...other })));
    expect('code' in read ? read : read.claim?.url).toBe('https://github.com/acme/pay');
  });

  it('is refused where GitHub would refuse it, with the limit', async () => {
    expect(await troubleOf(...many(21, 0).map((_, at) => run({ automationDetails: { id: `${at}/` } })))).toMatch(
      /^SARIF_TOO_LARGE.*21 runs, of at most 20/,
    );
    expect(await troubleOf(run({ results: many(25_001, result()) }))).toContain('25001 results, of at most 25000');
    expect(await troubleOf(run({ results: many(25_000, result()) }))).toBe('taken');
    const driver = (rules: readonly JsonObject[]) => ({ tool: { driver: { name: 'x', rules } } });
    expect(await troubleOf(run(driver(many(25_001, { id: 'a' }))))).toContain('25001 rules');
    expect(await troubleOf(run(driver([{ id: 'a', properties: { tags: many(21, 't') } }])))).toContain(
      '21 tags of a rule',
    );
    expect(await troubleOf(run({ tool: { driver: { name: 'x' }, extensions: many(101, {}) } }))).toContain(
      '101 extensions',
    );
    expect(await troubleOf(run({ results: [{ ...result(), locations: many(1001, {}) }] }))).toContain(
      '1001 locations of a result',
    );
    const codeFlows = [{ threadFlows: [{ locations: many(6000, {}) }, { locations: many(4001, {}) }] }];
    expect(await troubleOf(run({ results: [{ ...result(), codeFlows }] }))).toContain('10001 steps');
    expect(await troubleOf(run({ notes: randomBytes(11 * 1024 * 1024).toString('base64') }))).toMatch(
      /^SARIF_TOO_LARGE.*bytes compressed, of at most 10485760/,
    );
    expect(await troubleOf(run(), run())).toContain('two runs of one tool with one category');
    expect(await troubleOf(run({ results: [{ ...result(), locations: [] }] }))).toContain(
      'a result without a location',
    );
    expect(await troubleOf({ tool: { driver: { name: 'x' } } })).toContain('without results');
    expect(await troubleOf(run({ tool: {} }))).toContain('the name of its tool');
    expect(await troubleOf()).toContain('expected runs');
  });

  it('is refused where it is none', async () => {
    const directory = scratch();
    const file = join(directory, 'x.sarif');
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"version":"2.0.0","runs":[]}',
      '{"version":"2.1.0","runs":[null]}',
      '{"__proto__":{"version":"2.1.0","runs":[]}}',
      '['.repeat(1_000_000),
    ]) {
      writeFileSync(file, text);
      expect(await readSarif(file)).toMatchObject({ code: 'SARIF_INVALID' });
    }
    writeFileSync(file, '');
    truncateSync(file, 256 * 1024 * 1024 + 1);
    expect(await readSarif(file)).toMatchObject({ code: 'SARIF_TOO_LARGE' });
    expect(await readSarif(join(directory, 'none'))).toMatchObject({
      code: 'SARIF_UNREADABLE',
      message: expect.stringContaining('ENOENT'),
    });
    expect(await readSarif('/dev/null')).toMatchObject({ code: 'SARIF_UNREADABLE' });
  });
});

describe('the files that are named', () => {
  it('are those of directories by name, each once', () => {
    const directory = scratch();
    for (const name of ['b.sarif', 'a.sarif.json', 'C.SARIF', 'x.json', 'y.txt'])
      writeFileSync(join(directory, name), '');
    mkdirSync(join(directory, 'below'));
    writeFileSync(join(directory, 'below', 'd.sarif'), '');
    symlinkSync('/etc/hostname', join(directory, 'link.sarif'));
    const named = sarifFiles([directory, join(directory, 'b.sarif')]);
    expect(named.map((file) => file.slice(directory.length + 1))).toEqual([
      'C.SARIF',
      'a.sarif.json',
      'b.sarif',
      'link.sarif',
    ]);
  });

  it('are there, and some', () => {
    const directory = scratch();
    expect(() => sarifFiles([directory, join(directory, 'none')])).toThrow(/no \*\.sarif in .*; no such file/);
  });
});
