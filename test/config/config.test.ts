import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { applyConfig } from '../../src/config/apply.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/nearest.ts';
import { npmLock, spofDeps, tree } from '../cli/harness.ts';
import { fleetOf, lockfile } from '../described.ts';

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
      'failOn.layers[0]: expected one of artifact, release, package, maintainer, repository, owner, attested-repository, attested-owner, builder, key, registry, runtime. Did you mean "package"? at 1:26',
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
    [{ systems: { s: { members: ['a', 'bb'] } } }, 'systems.s: no service or system "bb". Did you mean "b"?'],
    [
      { systems: { shop: { members: ['a'] }, s: { members: ['shp'] } } },
      'no service or system "shp". Did you mean "shop"?',
    ],
    [{ systems: { s: { members: ['a', 't'], need: 3 }, t: { members: ['b'] } } }, 'needs 3 of 2 members'],
    [{ systems: { s: { members: ['t', 't'] }, t: { members: ['b'] } } }, 'systems.s: "t" is a member twice'],
    [{ systems: { s: { members: ['a', 's'] } } }, 'systems.s: contains itself\n'],
    [
      {
        systems: {
          r: { members: ['s'] },
          s: { members: ['a', 't'] },
          t: { members: ['u'] },
          u: { members: ['s', 't'] },
        },
      },
      'systems.s: contains itself through t, u\n',
    ],
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
    const members = ['a', 'b'];
    expect(report.fleet.systems).toEqual([
      { name: 's', members, services: members, need: 1, weight: 3, origin: 'declared' },
    ]);
  });

  it('says where a system contains itself', async () => {
    const text = '{\n "systems": {\n  "s": { "members": ["a",\n   "t"] },\n  "t": { "members": ["s"] }\n } }';
    const { code, stderr } = await spofDeps([tree({ ...fleet, 'spof-deps.json': text })]);
    expect([code, stderr.match(/spof-deps\.json:\S+/g)]).toEqual([2, ['spof-deps.json:4:4:']]);
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

describe('systems in systems', () => {
  const fleet = fleetOf(['a', 'b', 'c'].map((name) => lockfile(`${name}/package-lock.json`, { '': ['debug'] })));
  const landscape = async (config: object) =>
    applyConfig(fleet, await loadConfig(join(tree({ 'spof-deps.json': JSON.stringify(config) }), 'spof-deps.json')));

  it('stand on all services below them, take the largest weight among their members, and stay systems', async () => {
    const { systems } = await landscape({
      services: { a: { weight: 3 }, c: { weight: 2 } },
      systems: {
        all: { members: ['pay', 'c'], need: 2 },
        pay: { members: ['b', 'a'] },
        light: { members: ['pay'], weight: 0.5 },
        heavy: { members: ['light', 'all'] },
      },
    });
    const declared = { origin: 'declared', need: 1 };
    expect(systems).toEqual([
      { ...declared, name: 'all', members: [0, 1, 2], parts: { services: [2], systems: [1] }, need: 2, weight: 3 },
      { ...declared, name: 'pay', members: [0, 1], weight: 3 },
      { ...declared, name: 'light', members: [0, 1], parts: { services: [], systems: [1] }, weight: 0.5 },
      { ...declared, name: 'heavy', members: [0, 1, 2], parts: { services: [], systems: [0, 2] }, weight: 3 },
    ]);
  });

  it('leave a system of their own to services in none of them', async () => {
    const { systems } = await landscape({ systems: { outer: { members: ['inner'] }, inner: { members: ['b'] } } });
    expect(systems.map(({ name, origin }) => `${name} ${origin}`)).toEqual([
      'outer declared',
      'inner declared',
      'a implicit',
      'c implicit',
    ]);
  });

  it('mean the service where a system of it alone has its name', async () => {
    const { systems } = await landscape({
      systems: { a: { members: ['a'], weight: 9 }, both: { members: ['a', 'b'] }, __proto__2: { members: ['both'] } },
    });
    expect(systems.slice(0, 2)).toMatchObject([
      { name: 'a', members: [0], weight: 9 },
      { name: 'both', members: [0, 1], weight: 1 },
    ]);
    expect(systems[1]).not.toHaveProperty('parts');
  });

  it('may be called like a property of every object', async () => {
    const text = '{ "systems": { "__proto__": { "members": ["constructor"] }, "constructor": { "members": ["c"] } } }';
    const config = await loadConfig(join(tree({ 'spof-deps.json': text }), 'spof-deps.json'));
    expect(applyConfig(fleet, config).systems.slice(0, 2)).toMatchObject([
      { name: '__proto__', members: [2], parts: { services: [], systems: [1] } },
      { name: 'constructor', members: [2] },
    ]);
  });

  it('are refused where they are nested too far to be listed', async () => {
    const many = fleetOf(Array.from({ length: 1000 }, (_, at) => lockfile(`s${at}/package-lock.json`, { '': [] })));
    const names = Array.from({ length: 1000 }, (_, at) => `s${at}`);
    const chain = Array.from({ length: 2100 }, (_, at) => [`n${at}`, { members: at === 0 ? names : [`n${at - 1}`] }]);
    const text = JSON.stringify({ systems: Object.fromEntries(chain) });
    const config = await loadConfig(join(tree({ 'spof-deps.json': text }), 'spof-deps.json'));
    expect(() => applyConfig(many, config)).toThrow('nested too far');
  });

  it('are no services of a lockfile that could not be read', async () => {
    const config = { systems: { outer: { members: ['inner', 'web'] }, inner: { members: ['api'] } } };
    const files = { 'package-lock.json': 'broken', 'spof-deps.json': JSON.stringify(config) };
    const { code, stdout } = await spofDeps([tree(files), '--format', 'json']);
    expect(code).toBe(3);
    const names = JSON.parse(stdout).fleet.services.map((service: { name: string }) => service.name);
    expect(names).toEqual(expect.arrayContaining(['api', 'web']));
    expect(names).not.toContain('inner');
  });
});

describe('nearest', () => {
  it.each([
    ['wieght', ['weight', 'need'], 'weight'],
    ['xyz', ['weight', 'need'], undefined],
    ['', [], undefined],
  ])('%s', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected));
});
