/** The plan command: what to change, with what effect, and what nothing helps against. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from './harness.ts';

const ACME = fileURLToPath(new URL('../../fixtures/acme', import.meta.url));
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8'));
const conforms = new Ajv({ strict: false, allowUnionTypes: true })
  .addSchema(schemaOf('report'))
  .addSchema(schemaOf('rings'))
  .addSchema(schemaOf('simulation'))
  .compile(schemaOf('plan'));

/** It asks nobody, and so has no option to say so but --offline, which is of remote sources. */
function plan(root: string, ...args: string[]) {
  return spofDeps(['plan', '--in', root, '--offline', ...args], { columns: 100 });
}

async function report(root: string, ...args: string[]) {
  const { code, stdout, stderr } = await plan(root, '--format', 'json', ...args);
  expect(stderr).toBe('');
  const found = JSON.parse(stdout);
  expect(conforms(found), JSON.stringify(conforms.errors)).toBe(true);
  return { code, found };
}

/** A package-lock.json from what each package needs; '' is the root. */
function locked(needs: Readonly<Record<string, readonly string[]>>, fields: object = {}): string {
  const entries = Object.entries(needs).map(([name, list]) => {
    const ranges = Object.fromEntries(list.map((needed) => [needed, '^1.0.0']));
    const resolved = `https://registry.example/${name}/-/${name}-1.0.0.tgz`;
    return [
      name === '' ? '' : `node_modules/${name}`,
      name === ''
        ? { name: 'made', dependencies: ranges, ...fields }
        : { version: '1.0.0', resolved, dependencies: ranges },
    ];
  });
  return JSON.stringify({ name: 'made', lockfileVersion: 3, packages: Object.fromEntries(entries) });
}

const systems = (declared: object) => JSON.stringify({ systems: declared });
const CHECKOUT = systems({ checkout: { members: ['a', 'b'], need: 1, weight: 10 } });

/** Which changes a step has, in short. */
type Change = { kind: string; services: string[]; subject: string };
const shortly = ({ changes }: { changes: Change[] }) =>
  changes.map(({ kind, services, subject }) => `${kind} ${subject} in ${services.join(', ')}`);

describe('plan', () => {
  it('drops what brings most of the shared in, in one member alone, by hand', async () => {
    // jwt brings in three packages that both members share, web one; c is no member of anything.
    const root = tree({
      'spof-deps.json': CHECKOUT,
      'a/package-lock.json': locked({ '': ['jwt', 'web'], jwt: ['jws', 'ms'], jws: [], ms: [], web: [] }),
      'b/package-lock.json': locked({ '': ['jwt', 'web', 'x'], jwt: ['jws', 'ms'], jws: [], ms: [], web: [], x: [] }),
    });
    const { code, found } = await report(root, '--layer', 'package', '--budget', '1');
    expect(code).toBe(0);
    // Four packages defeat checkout, the only system: jwt, jws, ms, web; without jwt in a only web does.
    expect(found.before).toMatchObject({ objective: 4, layers: [{ layer: 'package', defeating: 4, sum: 4 }, {}] });
    expect(found.steps.map(shortly)).toEqual([['drop jwt in a']]);
    expect(found.steps[0].changes[0]).toMatchObject({ file: 'a/package.json', from: '^1.0.0', hypothetical: false });
    expect(found.after).toMatchObject({
      objective: 1,
      layers: [{ systems: [{ system: 'checkout', defeating: 1 }] }, {}],
    });
    expect(found.bound).toEqual({ most: 3, isCoverage: true });
    expect(found.beyond).toMatchObject([{ open: ['package:npm/web'], fixed: [], least: { changes: 1 } }]);
  });

  it('drops all that bring a cause in where one alone is not enough', async () => {
    const root = tree({
      'spof-deps.json': CHECKOUT,
      'a/package-lock.json': locked({ '': ['p', 'q'], p: ['ms'], q: ['ms'], ms: [] }),
      'b/package-lock.json': locked({ '': ['r', 's', 't'], r: ['ms'], s: ['ms'], t: ['ms'], ms: [] }),
    });
    const { found } = await report(root, '--layer', 'package');
    expect(found.steps.map(shortly)).toEqual([['drop p in a', 'drop q in a']]);
    expect([found.before.objective, found.after.objective, found.ended]).toEqual([1, 0, 'nothing']);
    expect(found.bound.isCoverage).toBe(false);
    const small = await report(root, '--layer', 'package', '--budget', '1');
    expect([small.found.steps, small.found.ended]).toEqual([[], 'room']);
    expect(small.found.beyond).toMatchObject([{ least: { cause: 'package:npm/ms', changes: 2 } }]);
  });

  it('changes as many members as a system must be rid of a cause in', async () => {
    const root = tree({
      'spof-deps.json': systems({ quorum: { members: ['a', 'b', 'c'], need: 2 } }),
      ...Object.fromEntries(
        ['a', 'b', 'c'].map((name) => [`${name}/package-lock.json`, locked({ '': ['ms'], ms: [] })]),
      ),
    });
    const { found } = await report(root, '--layer', 'package');
    expect(found.steps.map(shortly)).toEqual([['drop ms in a', 'drop ms in b']]);
    expect(found.after.objective).toBe(0);
  });

  it('moves a member to another line, registry and Node, and says what of it is hypothetical', async () => {
    const engines = JSON.stringify({ name: 'made', engines: { node: '20.x' } });
    const root = tree({
      'spof-deps.json': CHECKOUT,
      'a/package-lock.json': locked({ '': ['ms'], ms: [] }),
      'a/package.json': engines,
      'b/package-lock.json': locked({ '': ['ms'], ms: [] }),
      'b/package.json': engines,
    });
    const { found } = await report(
      root,
      '--keep',
      'ms',
      '--layer',
      'artifact',
      '--layer',
      'registry',
      '--layer',
      'runtime',
    );
    expect(found.steps.map(shortly).sort()).toEqual([
      ['move ms in a'],
      ['rehost registry.example in a'],
      ['replatform Node in a'],
    ]);
    const changes = found.steps.flatMap((step: { changes: object[] }) => step.changes);
    expect(changes.every(({ hypothetical }: { hypothetical: boolean }) => hypothetical)).toBe(true);
    const left = ['artifact', 'registry', 'runtime'].map(
      (name) => found.after.layers.find(({ layer }: { layer: string }) => layer === name).systems[0].defeating,
    );
    expect(left).toEqual([0, 0, 1]);
    // The package is still one, and npm is under both.
    expect(found.beyond).toMatchObject([{ layer: 'runtime', fixed: ['runtime:npm'], open: [] }]);
    const { stdout } = await plan(root, '--keep', 'ms', '--layer', 'artifact');
    expect(stdout).toContain('move ms (1.0.0, line ^1) to another release line');
    expect(stdout.replace(/\s+/g, ' ')).toContain('hypothetical: which one is open');
  });

  it('says plainly where no change of dependencies helps', async () => {
    const own = (name: string) => ({
      [`${name}/package-lock.json`]: JSON.stringify({
        ...{ name, lockfileVersion: 3 },
        packages: {
          '': { name, dependencies: { ui: 'file:../libs/ui' } },
          '../libs/ui': { name: 'ui', version: '1.0.0' },
          'node_modules/ui': { resolved: '../libs/ui', link: true },
        },
      }),
    });
    const root = tree({ 'spof-deps.json': CHECKOUT, ...own('a'), ...own('b') });
    const { code, stdout } = await plan(root, '--layer', 'package');
    expect(code).toBe(0);
    expect(stdout).toContain('No change of dependencies lowers it: isolate, or accept.');
    expect(stdout).toContain('checkout stays defeated by 1 package whatever is changed');
  });

  it('leaves alone what is to stay, and counts the systems asked for', async () => {
    const root = tree({
      'spof-deps.json': CHECKOUT,
      'a/package-lock.json': locked({ '': ['jwt', 'web'], jwt: [], web: [] }),
      'b/package-lock.json': locked({ '': ['jwt', 'web'], jwt: [], web: [] }),
      'c/package-lock.json': locked({ '': ['big'], big: ['one', 'two', 'six'], one: [], two: [], six: [] }),
    });
    const first = async (...args: string[]) => {
      const { found } = await report(root, '--layer', 'package', '--budget', '1', ...args);
      return found.steps.map(shortly)[0];
    };
    expect(await first()).toEqual(['drop jwt in a']);
    expect(await first('--keep', 'jwt')).toEqual(['drop web in a']);
    expect(await first('--keep', 'npm/jwt', '--keep', 'web')).toEqual(['drop big in c']);
    expect(await first('--system', 'c')).toEqual(['drop big in c']);
    expect(await plan(root, '--system', 'chekout')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean checkout?'),
    });
  });

  it('respects ignores, and scopes', async () => {
    const root = tree({
      'spof-deps.json': JSON.stringify({
        ignore: [{ cause: 'package:npm/web', reason: 'frozen' }],
      }),
      'a/package-lock.json': locked({ '': ['web', 'ms'], web: [], ms: [] }),
    });
    const { found } = await report(root, '--layer', 'package');
    expect(found.steps.map(shortly)).toEqual([['drop ms in a']]);
    expect((await report(root, '--layer', 'package', '--scope', 'build')).found.steps).toEqual([]);
  });

  it('tells where install scripts can be turned off, and what that does', async () => {
    const scripted = JSON.parse(locked({ '': ['ms', 'sharp'], ms: [], sharp: [] }));
    scripted.packages['node_modules/sharp'].hasInstallScript = true;
    const root = tree({
      'a/package-lock.json': JSON.stringify(scripted),
      'a/package.json': JSON.stringify({ name: 'a', packageManager: 'npm@10.9.0' }),
      'b/package-lock.json': locked({ '': ['ms'], ms: [] }),
      'b/package.json': JSON.stringify({ name: 'b', packageManager: 'npm@10.9.0' }),
    });
    const { found } = await report(root);
    expect(found.scripts).toEqual({
      untold: 0,
      before: { run: 2, unknown: 0, pairs: 3 },
      after: { run: 1, unknown: 0, pairs: 1 },
      switches: [
        { lockfile: 'a/package-lock.json', services: ['a'], allow: ['sharp'] },
        { lockfile: 'b/package-lock.json', services: ['b'], allow: [] },
      ],
    });
    expect(found.provenance).toEqual({ state: 'unavailable' });
  });

  it('plays bad releases before and after', async () => {
    const { found } = await report(ACME, '--budget', '1', '--simulate', '--bad', 'debug@^4', '--detect', '8');
    expect(found.simulation).toMatchObject({ detectMinutes: 480, scenarios: [{ kind: 'line' }] });
    expect(found.simulation.scenarios[0].after).not.toBeNull();
    expect(found.rings.rings).toBe(3);
    expect(await plan(ACME, '--bad', 'debug')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--simulate'),
    });
    expect(await plan(ACME, '--simulate', '--bad', 'debgu')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean debug'),
    });
  });

  it('has an answer for nothing, for one service, and for what could not be read', async () => {
    const empty = await plan(scratch());
    expect([empty.code, empty.stdout]).toEqual([0, expect.stringContaining('No lockfile or SBOM was found')]);
    const one = await report(tree({ 'package-lock.json': npmLock({ ms: '1.0.0' }) }), '--layer', 'package');
    expect([one.found.steps.length, one.found.after.objective]).toEqual([1, 0]);
    const bare = await report(tree({ 'package-lock.json': npmLock({}) }));
    expect([bare.code, bare.found.steps]).toEqual([0, []]);
    const broken = tree({ 'a/package-lock.json': npmLock({ ms: '1.0.0' }), 'b/package-lock.json': '{' });
    const left = await report(broken);
    expect([left.code, left.found.complete]).toEqual([3, false]);
    expect((await plan(broken, '--allow-incomplete')).code).toBe(0);
  });

  it('says what is too large to look at', async () => {
    const names = Array.from({ length: 2001 }, (_, at) => `p${at}`);
    const many = { '': names, ...Object.fromEntries(names.map((name) => [name, []])) };
    const root = tree({
      'a/package-lock.json': locked(many),
      'b/package-lock.json': locked({ '': ['ms'], ms: [] }),
    });
    const { code, found } = await report(root, '--layer', 'package');
    expect([code, found.skipped, found.steps.map(shortly)]).toEqual([3, ['a'], [['drop ms in b']]]);
    expect(found.complete).toBe(false);
    expect((await plan(root, '--allow-incomplete')).code).toBe(0);
    expect((await plan(root, '--layer', 'package')).stdout).toContain('Nothing was looked for in 1 service (a)');
  });

  it('takes what registries said along, offline, and never lets provenance lower a rank', async () => {
    const kept = fileURLToPath(new URL('../../fixtures/acme-evidence', import.meta.url));
    const args = ['--verify', '--evidence', kept, '--budget', '2', '--layer', 'maintainer', '--allow-incomplete'];
    const { code, found } = await report(ACME, ...args);
    expect(code).toBe(0);
    expect(found.provenance.state).toBe('known');
    expect(found.before.layers[0]).toMatchObject({ layer: 'maintainer' });
    expect(found.after.objective).toBeLessThan(found.before.objective);
  });

  it.each([
    ['--budget', '0'],
    ['--budget', '1001'],
    ['--budget', 'many'],
    ['--layer', 'packages'],
    ['--detect', '-1'],
    ['--relock', '0'],
    ['--noticed-from', 'never'],
  ])('%s %s is a mistake of usage', async (option, value) => {
    expect((await plan(ACME, option, value)).code).toBe(2);
  });

  it('plans the same for a snapshot as for what it was made of', async () => {
    const file = join(scratch(), 'fleet.spof');
    expect((await spofDeps([ACME, '--out', file], { columns: 100 })).code).toBe(0);
    const [read, kept] = await Promise.all([report(ACME, '--budget', '2'), report(file, '--budget', '2')]);
    expect(kept.found).toEqual(read.found);
  });

  it('makes names safe in every format', async () => {
    const evil = 'evil\u001b[31m<img src=x>|`';
    const root = tree({ 'a/package-lock.json': locked({ '': [evil], [evil]: [] }) });
    const terminal = await plan(root);
    expect(terminal.stdout).not.toContain('\u001b');
    expect(terminal.stdout).toContain('evil\\u{1b}[31m');
    for (const format of ['markdown', 'html']) {
      const { stdout } = await plan(root, '--format', format);
      expect(stdout).not.toContain('<img');
      expect(stdout).not.toContain('\u001b');
    }
  });

  it('tells the demo fleet what to change, at 100 columns', async () => {
    const { code, stdout } = await plan(ACME, '--budget', '4', '--system', 'checkout', '--scope', 'runtime');
    expect(code).toBe(0);
    const order = [
      'What failures',
      'Which matter most?',
      'What do we do',
      'What else helps',
      'no change of dependencies',
    ];
    const places = order.map((words) => stdout.indexOf(words));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
