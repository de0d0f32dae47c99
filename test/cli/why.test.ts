/** The why command: what brings a package in, and what would remove it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { npmLock, spofDeps, tree } from './harness.ts';

const ACME = fileURLToPath(new URL('../../fixtures/acme', import.meta.url));
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8'));
const conforms = new Ajv({ strict: false, allowUnionTypes: true })
  .addSchema(schemaOf('report'))
  .compile(schemaOf('why'));

/** It asks nobody, and so has no option to say so but --offline, which is of remote sources. */
function why(wanted: string, root: string, ...args: string[]) {
  return spofDeps(['why', wanted, '--in', root, '--offline', ...args], { columns: 100 });
}

async function report(wanted: string, root: string, ...args: string[]) {
  const { code, stdout } = await why(wanted, root, '--format', 'json', ...args);
  const found = JSON.parse(stdout);
  expect(conforms(found), JSON.stringify(conforms.errors)).toBe(true);
  return { code, found };
}

/** A package-lock.json from what each package needs; '' is the root. */
function locked(needs: Readonly<Record<string, readonly string[]>>): string {
  const entries = Object.entries(needs).map(([name, list]) => {
    const ranges = Object.fromEntries(list.map((needed) => [needed, '^1.0.0']));
    return [
      name === '' ? '' : `node_modules/${name}`,
      name === '' ? { name: 'made', dependencies: ranges } : { version: '1.0.0', dependencies: ranges },
    ];
  });
  return JSON.stringify({ name: 'made', lockfileVersion: 3, packages: Object.fromEntries(entries) });
}

describe('why', () => {
  it('tells of each service of a fleet', async () => {
    const root = tree({
      'a/package-lock.json': locked({ '': ['web'], web: ['log'], log: ['ms'], ms: [] }),
      'b/package-lock.json': locked({ '': ['web', 'ms'], web: ['ms'], ms: [] }),
      'c/package-lock.json': locked({ '': ['other'], other: [] }),
    });
    const { code, found } = await report('ms@^1', root);
    expect(code).toBe(0);
    expect(found).toMatchObject({ package: 'ms', range: '^1', complete: true, known: true, of: 3 });
    expect(found.bringers).toEqual([
      { package: 'npm/web', alone: ['a'], all: [], among: ['b'] },
      { package: 'npm/ms', alone: [], all: [], among: ['b'] },
    ]);
    const [a, b] = found.services;
    expect(a).toMatchObject({ service: 'a', single: { package: 'npm/web', alone: true }, cut: null });
    expect(a.bringers[0]).toMatchObject({
      length: 3,
      named: [{ manifest: 'a', kind: 'prod', name: 'web', range: '^1.0.0' }],
      path: [{ package: 'first-party/a' }, { package: 'npm/web' }, { package: 'npm/log' }, { package: 'npm/ms' }],
    });
    expect(a.dominators.map(({ package: name }: { package: string }) => name)).toEqual([
      'first-party/a',
      'npm/web',
      'npm/log',
      'npm/ms',
    ]);
    expect(b.single).toBeNull();
    expect(b.cut).toMatchObject({ packages: [{ package: 'npm/ms', direct: true }, { package: 'npm/web' }], least: 2 });
    expect(b.needs).toEqual([
      { by: null, manifest: 'b', kind: 'prod', name: 'ms', range: '^1.0.0' },
      { by: { package: 'npm/web', version: '1.0.0' }, manifest: null, kind: 'prod', name: 'ms', range: '^1.0.0' },
    ]);
  });

  it('explains ms in the demo fleet, at 100 columns', async () => {
    const { code, stdout } = await why('ms', ACME, '--top', '30');
    expect(code).toBe(0);
    expect(stdout).toContain('14 of 14 services hold it');
    expect(stdout).toContain(
      '  - axios@1.21.1 (^1.7.9) > https-proxy-agent@5.0.1 (^5.0.1) > debug@4.4.3 (4) > ms@2.1.3',
    );
    expect(stdout).toContain('Every way leads through debug; ');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const old = await why('ms@<2.1', ACME);
    expect(old.stdout).toContain('express alone brings it in: without express it is gone.');
    expect(old.stdout).toContain('Not asked about: ms@2.1.3 in 14 services, ms@2.1.2 in 2 services.');
    const tool = await why('eslint', ACME, '--scope', 'build');
    expect(tool.stdout).toContain('  - eslint@9.39.5 (dev ^9.18.0) [tooling of its workspace, build only]');
  });

  it('conforms to its schema for all that the demo fleet holds', async () => {
    for (const name of ['ms', 'axios', 'requests']) {
      const { code, found } = await report(name, ACME);
      expect([code, found.services.length > 0]).toEqual([0, true]);
    }
  });

  it('says so where nothing is held, and suggests what was perhaps meant', async () => {
    const { code, stdout } = await why('axois', ACME);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('The lockfiles have no package of that name. Did you mean axios'),
    ]);
    expect((await why('axios@^99', ACME)).stdout).toContain('No service holds axios@^99.');
    expect((await why('axios', ACME, '--scope', 'build')).stdout).toContain('One may in another scope');
    expect((await report('axois', ACME)).found).toMatchObject({ known: false, services: [], of: 14 });
    expect((await report('__proto__', ACME)).found).toMatchObject({ known: false, services: [] });
  });

  it.each([
    ['ms@latest', 'is a tag'],
    ['ms@>>1', 'is no range of versions: expected one as package.json has them'],
    ['@scope', 'a scope needs a name'],
    ['', 'expected a package'],
  ])('%j is a mistake of usage', async (wanted, message) => {
    const { code, stdout, stderr } = await why(wanted, ACME);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });

  it('is incomplete where a service could not be read, or a version could not be judged', async () => {
    const broken = tree({ 'a/package-lock.json': npmLock({ ms: '1.0.0' }), 'b/package-lock.json': '{' });
    const { code, stdout } = await why('ms', broken);
    expect([code, stdout]).toEqual([3, expect.stringContaining('What b may hold could not be read.')]);
    expect((await why('ms', broken, '--allow-incomplete')).code).toBe(0);
    const odd = tree({ 'a/package-lock.json': npmLock({ ms: 'odd' }) });
    const judged = await report('ms@^1', odd);
    expect(judged.code).toBe(3);
    expect(judged.found).toMatchObject({ complete: false, unjudged: [{ version: 'odd', runtime: ['a'] }] });
    expect((await why('ms@^1', odd)).stdout).toContain('cannot be told whether they are in the range: ms@odd in a');
    expect((await why('ms@^1', odd, '--allow-incomplete')).code).toBe(0);
    expect((await why('ms', odd)).code).toBe(0);
  });

  it('makes names safe, for a terminal and for Markdown', async () => {
    const evil = 'evil\u001b[31m<img src=x>|`';
    const root = tree({ 'a/package-lock.json': locked({ '': [evil], [evil]: ['ms'], ms: [] }) });
    const terminal = await why('ms', root);
    expect(terminal.stdout).not.toContain('\u001b');
    expect(terminal.stdout).toContain('evil\\u{1b}[31m');
    const markdown = await why('ms', root, '--format', 'markdown');
    expect(markdown.stdout).toContain('## Why is ms here?');
    expect(markdown.stdout).not.toContain('<img');
    expect(markdown.stdout).not.toContain('\u001b');
  });
});
