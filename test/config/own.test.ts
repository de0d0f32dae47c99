import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';
import { emptyRepository, gitEnv, type MadeRepository } from '../sources/git/made.ts';

const lock = npmLock({ ms: '2.1.3' });
const root = scratch();
let pay: MadeRepository;
let other: MadeRepository;

beforeAll(() => {
  pay = emptyRepository(root, 'pay');
  other = emptyRepository(root, 'other');
  other.commit({ 'package-lock.json': lock });
});

interface Seen {
  readonly code: number;
  readonly services: readonly string[];
  readonly incomplete: readonly string[];
  readonly messages: string;
}

/** The services of a fleet of two repositories, P and O, with their weights, if they are not 1. */
async function fleetWith(
  own: unknown,
  fleet: unknown = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const text = typeof own === 'string' ? own : JSON.stringify(own);
  pay.commit({ 'a/package-lock.json': lock, 'b/package-lock.json': lock, 'spof-deps.json': text, ...more });
  const named = (value: string) =>
    value.replaceAll('P/', `${pay.path.slice(1)}/`).replaceAll('O/', `${other.path.slice(1)}/`);
  const config = join(tree({ 'fleet.json': named(JSON.stringify(fleet)) }), 'fleet.json');
  const outcome = await spofDeps(
    [`git+file://${pay.path}`, `git+file://${other.path}`, '--config', config, '--format', 'json'],
    { env: gitEnv() },
  );
  expect(outcome.stdout).not.toContain('repositories/v1');
  const report = JSON.parse(outcome.stdout);
  const short = (value: string) => value.replaceAll(pay.path.slice(1), 'P').replaceAll(other.path.slice(1), 'O');
  return {
    code: outcome.code,
    services: report.fleet.services
      .map(({ name, weight }: { name: string; weight: number }) =>
        weight === 1 ? short(name) : `${short(name)}=${weight}`,
      )
      .sort(),
    incomplete: report.incomplete.map(({ code, file }: { code: string; file: string }) => `${code} ${short(file)}`),
    messages: report.incomplete.map(({ message }: { message: string }) => short(message)).join('\n'),
  };
}

describe("a repository's own config", () => {
  it('names its services and weights', async () => {
    const seen = await fleetWith({
      services: { a: { weight: 5 }, checkout: { lockfile: 'b/package-lock.json', weight: 2 } },
    });
    expect(seen).toMatchObject({ code: 0, services: ['O', 'P/a=5', 'P/checkout=2'], incomplete: [] });
  });

  it('says nothing where the fleet does', async () => {
    const own = { services: { a: { weight: 5 }, checkout: { lockfile: 'b/package-lock.json', weight: 2 } } };
    const fleet = { services: { 'P/a': { weight: 7 }, till: { lockfile: 'P/b/package-lock.json' } } };
    const seen = await fleetWith(own, fleet);
    expect(seen).toMatchObject({ code: 0, services: ['O', 'P/a=7', 'till'], incomplete: [] });
  });

  it('declares no systems, guards, ignores and gates', async () => {
    const seen = await fleetWith({
      systems: { all: { members: ['a', 'b'], weight: 100 } },
      guards: { g: { service: 'a', protects: ['all'] } },
      ignore: [{ cause: 'package:npm/ms', reason: 'ours' }],
      failOn: { blastRadius: 0.01 },
    });
    expect(seen).toMatchObject({ code: 0, services: ['O', 'P/a', 'P/b'], incomplete: [] });
  });

  it('can be named in the systems of the fleet', async () => {
    const own = { services: { checkout: { lockfile: 'b/package-lock.json' } } };
    const seen = await fleetWith(own, { systems: { shop: { members: ['P/checkout', 'P/a'] } } });
    expect(seen.code).toBe(0);
  });

  it.each([
    ['drops services', { services: { a: { drop: true } } }, 'only the config of the fleet drops services'],
    ['names those of others', { services: { '../other': { weight: 9 } } }, 'outside of the repository'],
    [
      'takes the lockfile of others',
      { services: { x: { lockfile: '../other/package-lock.json' } } },
      'outside of the repository',
    ],
    ['names what is not there', { services: { nope: { weight: 2 } } }, 'no such service was found'],
    ['has an unknown key', { service: {} }, 'not used: '],
    ['is no JSON', '{', 'not valid JSON'],
  ])('that %s is told, not taken, and stops nobody', async (_, own, message) => {
    const seen = await fleetWith(own);
    expect(seen).toMatchObject({
      code: 3,
      services: ['O', 'P/a', 'P/b'],
      incomplete: ['REPOSITORY_CONFIG P/spof-deps.json'],
    });
    expect(seen.messages).toContain(message);
  });

  it('is taken but for what is wrong in it', async () => {
    const seen = await fleetWith({ services: { a: { weight: 3 }, nope: { weight: 2 }, b: { drop: true } } });
    expect(seen.services).toEqual(['O', 'P/a=3', 'P/b']);
    expect(seen.incomplete).toEqual(['REPOSITORY_CONFIG P/spof-deps.json', 'REPOSITORY_CONFIG P/spof-deps.json']);
  });

  it('may stand in a manifest, and there is one', async () => {
    const manifest = JSON.stringify({ name: 'pay', 'spof-deps': { services: { a: { weight: 4 } } } });
    const seen = await fleetWith('{}', {}, { 'package.json': manifest });
    expect(seen.incomplete).toEqual(['REPOSITORY_CONFIG P/package.json']);
  });

  it('is not looked at with --no-config', async () => {
    pay.commit({ 'package-lock.json': lock, 'spof-deps.json': '{' });
    const outcome = await spofDeps([`git+file://${pay.path}`, '--no-config'], { env: gitEnv() });
    expect(outcome.code).toBe(0);
  });
});

describe('the config of a fleet', () => {
  it('holds where a repository that it names cannot be read', async () => {
    const gone = `${root.slice(1)}/gone`;
    const fleet = {
      services: {
        pay: { lockfile: `${gone}/pay/package-lock.json`, weight: 3 },
        till: { lockfile: `${gone}/till/yarn.lock` },
      },
      systems: { shop: { members: ['pay', 'till', `${gone}/more`] }, other: { members: [other.path.slice(1)] } },
    };
    const config = join(tree({ 'fleet.json': JSON.stringify(fleet) }), 'fleet.json');
    const sources = [`git+file://${join(root, 'gone')}`, `git+file://${other.path}`];
    const outcome = await spofDeps([...sources, '--config', config, '--format', 'json'], { env: gitEnv() });
    expect(outcome.code).toBe(3);
    const report = JSON.parse(outcome.stdout);
    const names = report.fleet.services.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual([gone, `${gone}/more`, other.path.slice(1), 'pay', 'till'].sort());
  });
});
