import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/nearest.ts';
import { npmLock, spofDeps, tree } from '../cli/harness.ts';

const schema = JSON.parse(readFileSync(new URL('../../schema/config.schema.json', import.meta.url), 'utf8'));
const conforms = new Ajv({ formats: { date: /^\d{4}-\d\d-\d\d$/ } }).compile(schema);

async function problems(text: string): Promise<UsageError['problems']> {
  const file = join(tree({ 'spof-deps.jsonc': text }), 'spof-deps.jsonc');
  return loadConfig(file).then(
    () => [],
    (error: UsageError) => error.problems,
  );
}

describe('the config is checked against the published schema', () => {
  it.each([
    ['{}', undefined],
    ['{ "services": { "a": { "weight": 5 } }, // a comment\n }', undefined],
    ['{\n  "servces": {} }', 'servces: unknown key. Did you mean "services"? at 2:3'],
    ['{ "services": { "a": { "wieght": 1 } } }', 'services.a.wieght: unknown key. Did you mean "weight"? at 1:24'],
    ['{ "services": { "a": { "weight": 0 } } }', 'services.a.weight: expected more than 0 at 1:34'],
    ['{ "services": { "a": { "weight": -2 } } }', 'services.a.weight: expected more than 0 at 1:34'],
    ['{ "services": { "a": { "weight": "5" } } }', 'services.a.weight: expected a number at 1:34'],
    ['{ "systems": { "s": { "members": [], "need": 1 } } }', 'systems.s.members: expected at least 1 item at 1:34'],
    ['{ "systems": { "s": { "members": ["a"], "need": 1.5 } } }', 'systems.s.need: expected an integer at 1:49'],
    ['{ "systems": { "s": {} } }', 'systems.s: expected a key "members" at 1:21'],
    [
      '{ "ignore": [{ "cause": "x", "expires": "2027-02-30" }] }',
      'ignore[0].expires: expected a date YYYY-MM-DD at 1:41',
    ],
    [
      '{ "failOn": { "layers": ["pakage"] } }',
      'failOn.layers[0]: expected one of artifact, package, maintainer, repository, owner, attested-repository, attested-owner, builder, key, registry, runtime. Did you mean "package"? at 1:26',
    ],
    ['{ "failOn": { "blastRadius": 2 } }', 'failOn.blastRadius: expected at most 1 at 1:30'],
    ['[]', 'the config: expected an object at 1:1'],
    [
      '{ "__proto__": 1 }',
      '__proto__: unknown key. Known keys: $schema, services, systems, guards, ignore, failOn. at 1:3',
    ],
  ])('%s', async (text, expected) => {
    const [problem] = await problems(text);
    expect(problem && `${problem.message} at ${problem.line}:${problem.column}`).toBe(expected);
    // A schema validator of repute agrees, but for dates that do not exist and for a key its parser drops.
    if (!/02-30|__proto__/.test(text)) expect(conforms(parse(text))).toBe(expected === undefined);
  });

  it('names every mistake at once, and a key given twice', async () => {
    const found = await problems('{ "a": 1, "b": 2, "guards": {}, "guards": {} }');
    expect(found.map((problem) => problem.message.split(':')[0])).toEqual(['a', 'b', 'guards']);
  });

  it('says where the syntax breaks', async () => {
    expect(await problems('{\n  "services": \n}')).toMatchObject([{ code: 'CONFIG_SYNTAX', line: 3 }]);
  });
});

describe('the config and the fleet', () => {
  const fleet = {
    'a/package-lock.json': npmLock({ debug: '4.4.3' }),
    'b/package-lock.json': npmLock({ debug: '4.4.3' }),
  };
  const outcome = (config: object, files: Record<string, string> = fleet) =>
    spofDeps([tree({ ...files, 'spof-deps.json': JSON.stringify(config) }), '--format', 'json']);
  const services = async (config: object) =>
    JSON.parse((await outcome(config)).stdout).fleet.services.map((service: { name: string; weight: number }) => [
      service.name,
      service.weight,
    ]);

  it('renames, weighs, adds and drops', async () => {
    expect(await services({ services: { a: { weight: 5 } } })).toEqual([
      ['a', 5],
      ['b', 1],
    ]);
    expect(await services({ services: { shop: { lockfile: 'a/package-lock.json', weight: 2 } } })).toEqual([
      ['b', 1],
      ['shop', 2],
    ]);
    expect(await services({ services: { a: { drop: true } } })).toEqual([['b', 1]]);
  });

  it('adds the root or a library of a workspace as a service of its own', async () => {
    const lock = JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { name: 'mono', workspaces: ['app', 'lib'] },
        app: { name: 'app', version: '1.0.0', dependencies: { lib: '1.0.0' } },
        lib: { name: 'lib', version: '1.0.0' },
        'node_modules/app': { resolved: 'app', link: true },
        'node_modules/lib': { resolved: 'lib', link: true },
      },
    });
    const config = {
      services: {
        tooling: { lockfile: 'package-lock.json', workspace: '.' },
        lib: { lockfile: 'package-lock.json', workspace: 'lib' },
      },
    };
    const report = JSON.parse((await outcome(config, { 'package-lock.json': lock })).stdout);
    expect(report.fleet.services.map((service: { name: string }) => service.name)).toEqual(['app', 'lib', 'tooling']);
  });

  it.each([
    [{ services: { c: { weight: 1 } } }, 'services.c: no such service was found.'],
    [{ services: { x: { lockfile: 'a/package-lok.json' } } }, 'Did you mean "a/package-lock.json"?'],
    [
      { services: { x: { lockfile: 'a/package-lock.json' }, y: { lockfile: 'a/package-lock.json' } } },
      'declared twice',
    ],
    [{ services: { b: { lockfile: 'a/package-lock.json' } } }, 'has this name too'],
    [{ systems: { s: { members: ['a', 'bb'] } } }, 'systems.s: no service "bb". Did you mean "b"?'],
    [{ systems: { s: { members: ['a', 'a'] } } }, '"a" is a member twice'],
    [{ systems: { s: { members: ['a', 'b'], need: 3 } } }, 'needs 3 of 2 members'],
    [{ services: { a: { workspace: 'x' } } }, 'a workspace of which lockfile?'],
    [{ failOn: { layers: ['package'] } }, 'layers alone fail nothing'],
    [{ guards: { g: { service: 'nobody', protects: ['a'] } } }, 'guards.g: no service "nobody"'],
    [{ guards: { g: { service: 'a', protects: ['moon'] } } }, 'guards.g: no system "moon"'],
  ])('%j is a contradiction', async (config, text) => {
    const { code, stderr } = await outcome(config);
    expect(code).toBe(2);
    expect(stderr).toContain('CONFIG_CONTRADICTION');
    expect(stderr).toMatch(/spof-deps\.json:1:\d+/);
    expect(stderr).toContain(text);
  });

  it('a system takes the largest weight among its members', async () => {
    const report = JSON.parse(
      (await outcome({ services: { a: { weight: 3 } }, systems: { s: { members: ['a', 'b'] } } })).stdout,
    );
    expect(report.fleet.systems).toEqual([{ name: 's', members: ['a', 'b'], need: 1, weight: 3, origin: 'declared' }]);
  });

  it('takes no config for a single file, and that of the working directory for several sources', async () => {
    const root = tree({ ...fleet, 'spof-deps.json': JSON.stringify({ services: { gone: { weight: 2 } } }) });
    expect((await spofDeps([join(root, 'a/package-lock.json')])).code).toBe(0);
    expect((await spofDeps([join(root, 'a'), join(root, 'b')])).code).toBe(0);
    expect((await spofDeps([root])).code).toBe(2);
  });

  it('refuses two configs, and reads the one in package.json', async () => {
    const manifest = { 'package.json': JSON.stringify({ name: 'x', 'spof-deps': { services: { a: { weight: 7 } } } }) };
    const read = await spofDeps([tree({ ...fleet, ...manifest }), '--format', 'json']);
    expect(JSON.parse(read.stdout).fleet.services[0].weight).toBe(7);
    const two = await spofDeps([tree({ ...fleet, ...manifest, 'spof-deps.json': '{}' })]);
    expect([two.code, two.stderr.includes('CONFIG_SEVERAL')]).toEqual([2, true]);
    const none = await spofDeps([tree({ ...fleet, 'spof-deps.json': 'broken' }), '--no-config']);
    expect(none.code).toBe(0);
  });
});

describe('nearest', () => {
  it.each([
    ['wieght', ['weight', 'need'], 'weight'],
    ['xyz', ['weight', 'need'], undefined],
    ['', [], undefined],
  ])('%s', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected));
});
