/** Shards of remote sources: what each asks for, and that they are the run of all when they are joined. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRepositoryInShard } from '../../../src/sources/shard.ts';
import { npmLock, scratch, spofDeps, tree } from '../../cli/harness.ts';
import { project } from '../api/fleet.ts';
import { FakeClock } from '../api/http.ts';
import { emptyRepository, gitEnv, repository } from '../git/made.ts';
import { type GitServer, serveHttp } from '../git/server.ts';
import { Github } from '../github/server.ts';
import { Gitlab } from '../gitlab/server.ts';

const TOKEN = 'planted0secret0token';
const root = scratch();
const ODD = {
  'package-lock.json': npmLock({ ms: '1.0.0' }),
  'b/package-lock.json': '{',
  'b/yarn.lock': '',
  'c/bun.lockb': 'x',
  'd/package-lock.json': '<<<<<<< a',
  'e/package-lock.json': { link: '../nowhere' },
};
let git: GitServer;
const clock = new FakeClock();
const github = new Github(clock);
const gitlab = new Gitlab(clock);

beforeAll(async () => {
  for (let at = 0; at < 9; at++) {
    const own = at % 4 === 1 ? { 'spof-deps.json': `{"services":{".":{"weight":${at + 2}},"nope":{}}}` } : {};
    repository(root, `acme/r${at}`, { 'package-lock.json': npmLock({ ms: `1.0.${at % 3}` }), ...own });
  }
  repository(root, 'acme/odd', ODD);
  emptyRepository(root, 'acme/empty');
  git = await serveHttp(root, { gone: { status: 404 } });
  github.organisations.add('org');
  github.tokens.set(TOKEN, 'me');
  gitlab.tokens.add(TOKEN);
  for (let at = 0; at < 7; at++) github.add(`org/r${at}`, project(`r${at}`, `1.0.${at % 2}`));
  github.add('org/old', project('old'), { archived: true });
  github.add('you/one', project('one'));
  github.add('you/two', project('two'));
  gitlab.add('other/p', project('p'));
  github.rename(github.add('you/was', project('was')), 'you/is');
  github.rename(github.add('org/before', project('before')), 'org/after');
  for (let at = 0; at < 5; at++) gitlab.add(`group/sub/r${at}`, project(`g${at}`, `1.0.${at % 2}`));
  await Promise.all([github.start(), gitlab.start()]);
});
afterAll(async () => {
  expect(github.violations).toEqual([]);
  await Promise.all([git.close(), github.loopback.close(), gitlab.loopback.close()]);
});

const env = () => ({
  ...gitEnv(),
  GITHUB_API_URL: github.url,
  GITHUB_TOKEN: TOKEN,
  CI_API_V4_URL: gitlab.url,
  GITLAB_TOKEN: TOKEN,
});

/** Everything at once: paths, repositories over git, owners, repositories by name, some that are elsewhere, or gone. */
function sources(): string[] {
  const made = tree({
    'a/package-lock.json': npmLock({ ms: '1.0.0' }),
    'b/package-lock.json': '{',
    'c/bun.lockb': 'x',
    'd/package-lock.json': npmLock({ ms: '2.0.0' }),
  });
  const names = [...Array.from({ length: 9 }, (_, at) => `acme/r${at}`), 'acme/odd', 'acme/empty', 'gone/a'];
  return [
    made,
    ...names.map((name) => `git+${git.url}/${name}`),
    ...['github:org', 'github:org/before', 'github:ORG/r1', 'github:org/old', 'github:you/one', 'github:you/was'],
    ...['github:you/none', 'github:you/two@main', 'github:nobody'],
    ...['gitlab:group', 'gitlab:group/sub/r1', 'gitlab:group/sub', 'gitlab:other/p@main'],
  ];
}

const REPORT = ['--format', 'json', '--top', 'all', '--allow-incomplete'];

async function shardsOf(given: readonly string[], of: number) {
  const place = scratch();
  const files: string[] = [];
  const asked: string[][] = [];
  for (let index = 1; index <= of; index++) {
    const file = join(place, `${index}.spof`);
    const before = [git.requests.length, github.loopback.requests.length, gitlab.loopback.requests.length] as const;
    const { code, stderr } = await spofDeps(
      [...given, '--shard', `${index}/${of}`, '--out', file, '--allow-incomplete'],
      { env: env() },
    );
    expect(stderr).not.toContain('BUG');
    expect(code).toBe(0);
    files.push(file);
    asked.push([
      ...git.requests.slice(before[0]).map(({ path }) => /^\/\w+\/\w+/.exec(path)?.[0].slice(1) ?? path),
      ...github.loopback.requests.slice(before[1]).map(({ path }) => path.replace('/api/v3/', '')),
      ...gitlab.loopback.requests.slice(before[2]).map(({ path }) => path.replace('/api/v4/', '')),
    ]);
  }
  return { files, asked };
}

describe('shards of repositories', () => {
  it.each([1, 3])('joined, in any order, are the run of all: %i', async (of) => {
    const given = sources();
    const whole = await spofDeps([...given, ...REPORT], { env: env() });
    expect(whole.code).toBe(0);
    const report = JSON.parse(whole.stdout);
    expect(report.fleet.services.length).toBeGreaterThan(30);
    expect(report.incomplete.map(({ code }: { code: string }) => code)).toContain('REPOSITORY_CONFIG');
    const { files } = await shardsOf(given, of);
    expect((await spofDeps(['merge', ...files, ...REPORT], { env: env() })).stdout).toBe(whole.stdout);
    expect((await spofDeps(['merge', ...files.toReversed(), ...REPORT], { env: env() })).stdout).toBe(whole.stdout);
    if (of === 1) return;
    const some = join(scratch(), 'some.spof');
    await spofDeps(['merge', ...files.slice(1), '--out', some, '--allow-incomplete'], { env: env() });
    expect((await spofDeps(['merge', some, files[0]!, ...REPORT], { env: env() })).stdout).toBe(whole.stdout);
  });

  it('ask for their own repositories alone, and each is asked for by one', async () => {
    const given = sources();
    const { asked } = await shardsOf(given, 3);
    const of = (paths: readonly string[]) =>
      new Set(
        paths.filter((path) => /^(?:acme|gone)\/|^repos\/[^/]+\/[^/]+|\/repository\//.test(path)).map(repositoryOf),
      );
    const each = asked.map(of);
    const all = each.flatMap((paths) => [...paths]);
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(all)).toEqual(of(await unsharded(given)));
    for (const [at, paths] of each.entries()) {
      for (const path of paths) {
        if (!path.startsWith('acme/')) continue;
        expect(isRepositoryInShard(`${git.host}/${path}`, { index: at + 1, of: 3 })).toBe(true);
      }
      expect(paths.size).toBeGreaterThan(0);
    }
  });

  it('that are not all there are incomplete, and so are those of lists that differ', async () => {
    const given = sources();
    const { files } = await shardsOf(given, 3);
    const two = await spofDeps(['merge', ...files.slice(1), ...REPORT], { env: env() });
    const messages = JSON.parse(two.stdout).incomplete.map(({ message }: { message: string }) => message);
    expect(messages).toContainEqual(expect.stringMatching(/^1 of 3 shards is missing \(1\): the others hold \d+ lock/));
    const added = github.add('org/new', project('new'));
    const other = join(scratch(), 'other.spof');
    await spofDeps([...given, '--shard', '1/3', '--out', other, '--allow-incomplete'], { env: env() });
    github.remove(added);
    const mixed = await spofDeps(['merge', other, ...files.slice(1), '--format', 'json'], { env: env() });
    expect(mixed.code).toBe(3);
    expect(mixed.stdout).toContain('shards of different scans');
  });

  it('that are all there may be joined with another fleet, some of them may not', async () => {
    const list = ['acme/r0', 'acme/r2', 'acme/r3', 'acme/r4'].map((name) => `git+${git.url}/${name}`);
    const { files } = await shardsOf(list, 2);
    const other = join(scratch(), 'other.spof');
    await spofDeps([`git+${git.url}/acme/r6`, '--out', other], { env: env() });
    expect((await spofDeps(['merge', ...files, other], { env: env() })).code).toBe(0);
    const some = await spofDeps(['merge', files[0]!, other, '--format', 'json'], { env: env() });
    expect(some).toMatchObject({ code: 3 });
    expect(some.stdout).toContain('1 of 2 shards is missing (2)');
  });

  it('with nothing in them count too, and none counts twice', async () => {
    const one = join(scratch(), 'list');
    writeFileSync(one, `git+${git.url}/acme/r0\n`);
    const { files } = await shardsOf(['--from', one], 2);
    expect((await spofDeps(['merge', ...files, '--format', 'json'], { env: env() })).code).toBe(0);
    const at = isRepositoryInShard(`${git.host}/acme/r0`, { index: 1, of: 2 }) ? 1 : 0;
    const copy = join(scratch(), 'copy.spof');
    copyFileSync(files[at]!, copy);
    const twice = await spofDeps(['merge', files[at]!, copy, '--format', 'json'], { env: env() });
    expect(twice).toMatchObject({ code: 2 });
    expect(twice.stderr).toContain(`shard ${at + 1} of 2 is in `);
  });
});

async function unsharded(given: readonly string[]): Promise<string[]> {
  const { asked } = await shardsOf(given, 1);
  return asked[0]!;
}

function repositoryOf(path: string): string {
  const [first, second, third] = path.split('/');
  if (first === 'repos') return `${second}/${third}`.toLowerCase();
  return first === 'projects' ? `projects/${second}` : `${first}/${second}`;
}
