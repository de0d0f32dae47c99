/** The routes over the interfaces of hosts from the command line, and beside the one over git. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratch, spofDeps } from '../../cli/harness.ts';
import { gitEnv, repository } from '../git/made.ts';
import { Github } from '../github/server.ts';
import { Gitlab } from '../gitlab/server.ts';
import { project } from './fleet.ts';
import { FakeClock } from './http.ts';

const TOKEN = 'planted0secret0token';
let github: Github;
let gitlab: Gitlab;

beforeEach(async () => {
  const clock = new FakeClock();
  github = new Github(clock);
  gitlab = new Gitlab(clock);
  github.organisations.add('acme');
  github.tokens.set(TOKEN, 'me');
  gitlab.tokens.add(TOKEN);
  await Promise.all([github.start(), gitlab.start()]);
});

afterEach(async () => {
  expect(github.violations).toEqual([]);
  await Promise.all([github.loopback.close(), gitlab.loopback.close()]);
});

function env(): Record<string, string> {
  return {
    ...gitEnv(),
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: TOKEN,
    CI_API_V4_URL: gitlab.url,
    GITLAB_TOKEN: TOKEN,
  };
}

describe('the command line', () => {
  it('takes owners and groups beside paths, and keeps the token to itself', async () => {
    github.add('acme/api', project('api', '1.0.0'));
    github.add('acme/old', project('old', '1.0.0'), { archived: true });
    gitlab.add('acme/team/web', project('web', '1.0.0'));
    const directory = scratch();
    const own = project('own', '1.0.0')['package-lock.json'];
    writeFileSync(join(directory, 'package-lock.json'), String(own));
    const cache = scratch();
    const sources = ['github:acme', 'gitlab:acme', directory];
    const args = ['--format', 'json', '--cache-dir', cache, '--include', 'archived'];
    const cold = await spofDeps([...sources, ...args], { env: env() });
    expect(cold.code).toBe(0);
    const report = JSON.parse(cold.stdout);
    expect(report.fleet.services).toHaveLength(4);
    expect(cold.stdout).toContain(`${new URL(github.url).host}/acme/old`);
    expect(cold.stdout).toContain(`${new URL(gitlab.url).host}/acme/team/web`);
    expect(cold.stdout + cold.stderr).not.toContain(TOKEN);
    expect(cold.stderr).toContain(
      'spof-deps: github: 7 requests, 0 of them answered with nothing new; 4993 of 5000 left',
    );
    const warm = await spofDeps([...sources, ...args, '--offline'], { env: env() });
    expect(JSON.parse(warm.stdout).fleet.services).toEqual(report.fleet.services);
  });

  it('says what is wrong with a source, and where in a list it stands', async () => {
    const list = join(scratch(), 'sources.txt');
    writeFileSync(list, '# ours\ngithub:acme\n\ngithub:acme/api/x\ngitlab:acme@main\n');
    const { code, stderr } = await spofDeps(['--from', list], { env: env() });
    expect(code).toBe(2);
    expect(stderr).toContain(`${list}:4`);
    expect(stderr).toContain('expected github:OWNER or github:OWNER/REPOSITORY[@REF]');
    expect(stderr).toContain(`${list}:5`);
    expect(github.loopback.requests).toEqual([]);
    const wrong = await spofDeps(['github:acme', '--include', 'froks', '--pushed-since', 'today'], { env: env() });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--include "froks": expected archived, forks');
    const clear = await spofDeps(['github:acme'], { env: { ...env(), GITHUB_API_URL: `http://${TOKEN}.example` } });
    expect(clear.code).toBe(2);
    expect(clear.stderr).toContain('GITHUB_API_URL is no https address');
    expect(clear.stderr).not.toContain(TOKEN);
  });

  it('is incomplete where a repository cannot be read, and not without one', async () => {
    github.add('acme/api', project('api'));
    github.add('acme/off', project('off'));
    github.faults = [({ path }) => (path.includes('/acme/off/git/') ? { status: 404, body: {} } : undefined)];
    const { code, stderr, stdout } = await spofDeps(['github:acme'], { env: env() });
    expect(code).toBe(3);
    expect(stdout + stderr).toContain('REPOSITORY_NOT_FOUND');
  });
});

describe('the three routes', () => {
  it('give the same fleet', async () => {
    const files = {
      ...project('api', '1.2.3'),
      'apps/a/package.json': '{"name":"a","dependencies":{"left":"^1.0.0"}}',
      'apps/a/yarn.lock': '# yarn lockfile v1\n\n\nleft@^1.0.0:\n  version "1.0.0"\n',
      'apps/a/.nvmrc': '22',
      'linked/package-lock.json': { link: '../package-lock.json' },
      vendor: { module: 'e'.repeat(40) },
      'src/x.js': '1',
    } as const;
    github.add('acme/api', files);
    gitlab.add('acme/api', files);
    // Git itself says which ids these files have.
    const root = scratch();
    const made = repository(
      root,
      'acme/api',
      Object.fromEntries(Object.entries(files).map(([path, file]) => [path, file instanceof Uint8Array ? '' : file])),
    );
    const tree = made.git('rev-parse', 'main^{tree}');
    expect(github.objects.trees.has(tree)).toBe(true);
    expect(gitlab.objects.trees.has(tree)).toBe(true);
    const reportOf = async (source: string, place: string) => {
      const { stdout, code } = await spofDeps([source, '--format', 'json', '--top', 'all'], { env: env() });
      expect(code).toBe(0);
      return stdout.replaceAll(place, 'host');
    };
    const byGithub = await reportOf('github:acme', new URL(github.url).host);
    const byGitlab = await reportOf('gitlab:acme', new URL(gitlab.url).host);
    const byGit = await reportOf(`git+file://${root}/acme/api`, root.slice(1));
    expect(JSON.parse(byGithub).fleet.services).toHaveLength(2);
    expect(byGithub).toBe(byGitlab);
    expect(byGithub).toBe(byGit);
  });
});
