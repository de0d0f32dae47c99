import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiOptions } from '../../../src/sources/api/repositories.ts';
import { type GithubSource, githubRepositories } from '../../../src/sources/github/index.ts';
import { parseGithubSource } from '../../../src/sources/github/source.ts';
import { bytesOf } from '../../../src/sources/tree.ts';
import { Cache, outcomeOf, project } from '../api/fleet.ts';
import { FakeClock, startLoopback } from '../api/http.ts';
import { objectId } from '../api/objects.ts';
import { error, Github } from './server.ts';

const TOKEN = 'ghp_planted0secret0token';
let clock: FakeClock;
let github: Github;
let cache: Cache;

beforeEach(async () => {
  clock = new FakeClock();
  github = new Github(clock);
  github.tokens.set(TOKEN, 'me');
  github.organisations.add('acme');
  await github.start();
  cache = new Cache();
});

afterEach(async () => {
  expect(github.violations).toEqual([]);
  await github.loopback.close();
  cache.remove();
});

function sourceOf(text: string): GithubSource {
  const parsed = parseGithubSource(text);
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  return parsed;
}

function scan(sources: readonly string[], more: Partial<ApiOptions> = {}) {
  const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN };
  return outcomeOf(githubRepositories, sources.map(sourceOf), cache, { env, clock, ...more });
}

/** Name of a repository in reports. */
function named(path: string): string {
  return `${new URL(github.url).host}/${path}`;
}

function codes(diagnostics: readonly { code: string; severity: string; file: string }[]): string[] {
  return diagnostics.map(({ code, severity, file }) => `${severity} ${code} ${file.replace(/^[^/]*\//, '')}`).sort();
}

function pathsOf(requests: readonly { path: string }[]): string[] {
  return requests.map(({ path }) => path.replace('/api/v3/', '')).sort();
}

describe('an organisation', () => {
  it('is read over all pages: one tree for each repository, and the files that matter', async () => {
    for (const name of ['api', 'web', 'pay', 'ops', 'lib']) github.add(`acme/${name}`, project(name));
    github.perPage = 2;
    const { lockfiles, diagnostics, listed } = await scan(['github:acme']);
    expect(diagnostics).toEqual([]);
    expect(lockfiles.map(({ path }) => path)).toEqual(
      ['api', 'lib', 'ops', 'pay', 'web'].map((name) => named(`acme/${name}/package-lock.json`)),
    );
    for (const lockfile of lockfiles) {
      const name = lockfile.path.split('/').at(-2) ?? '';
      expect(Buffer.from(bytesOf(lockfile)).toString()).toBe(project(name)['package-lock.json']);
    }
    // 3 pages, and of each repository a tree, package.json and package-lock.json.
    expect(listed.stats()).toMatchObject({ requests: 3 + 5 * 3, retried: 0, limit: 5000, remaining: 5000 - 18 });
  });

  it('leaves archived, forked, disabled and unwanted ones out, and says so', async () => {
    github.add('acme/api', project('api'));
    github.add('acme/old', project('old'), { archived: true });
    github.add('acme/fork', project('fork'), { fork: true });
    github.add('acme/off', project('off'), { disabled: true });
    const plain = await scan(['github:acme']);
    expect(plain.read).toEqual([named('acme/api')]);
    expect(codes(plain.diagnostics)).toEqual(['notice REPOSITORIES_LEFT_OUT acme']);
    expect(plain.diagnostics[0]?.message).toBe('3 of its repositories are left out: 1 archived, 1 a fork, 1 disabled');
    const more = await scan(['github:acme'], { selection: { include: 'archived,forks' } });
    expect(more.read).toEqual([named('acme/api'), named('acme/fork'), named('acme/old')]);
    // One that is named is wanted.
    expect((await scan(['github:acme/old'])).read).toEqual([named('acme/old')]);
  });

  it('takes a filter by topic, language, name and last push', async () => {
    github.add('acme/pay-api', project('a'), { topics: ['checkout'], language: 'TypeScript' });
    github.add('acme/pay-web', project('b'), { language: 'TypeScript', pushed_at: '2024-01-01T00:00:00Z' });
    github.add('acme/ops', project('c'), { language: null, topics: ['checkout', 'infra'] });
    const of = async (selection: NonNullable<ApiOptions['selection']>) =>
      (await scan(['github:acme'], { selection })).read.map((name) => name.split('/').at(-1));
    expect(await of({ topics: ['Checkout'] })).toEqual(['ops', 'pay-api']);
    expect(await of({ languages: ['typescript'] })).toEqual(['pay-api', 'pay-web']);
    expect(await of({ repositories: ['pay-*'] })).toEqual(['pay-api', 'pay-web']);
    expect(await of({ repositories: ['acme/{ops,none}'] })).toEqual(['ops']);
    expect(await of({ pushedSince: '2026-01-01', repositories: ['pay-*'] })).toEqual(['pay-api']);
  });

  it('is listed as far as the token sees: an App by what it is installed on', async () => {
    github.add('acme/api', project('api'));
    github.add('other/api', project('api'));
    github.tokens.set('ghs_app', undefined);
    github.faults = [({ path }) => (path.includes('/orgs/') ? error(403, 'Resource not accessible') : undefined)];
    const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'ghs_app' };
    expect((await scan(['github:acme'], { env })).read).toEqual([named('acme/api')]);
    // Who is no App is refused.
    const refused = await scan(['github:acme']);
    expect(codes(refused.diagnostics)).toEqual(['incomplete REPOSITORY_DENIED acme']);
    expect(refused.unread).toEqual([named('acme/?')]);
  });

  it('may be a user, and with their own token all of theirs', async () => {
    github.users.add('me').add('you');
    github.add('me/dotfiles', project('d'));
    github.add('you/site', project('s'));
    expect((await scan(['github:you'])).read).toEqual([named('you/site')]);
    github.loopback.taken();
    expect((await scan(['github:Me'])).read).toEqual([named('me/dotfiles')]);
    expect(pathsOf(github.loopback.taken())).toContain('user/repos');
    const { diagnostics } = await scan(['github:nobody']);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_NOT_FOUND nobody']);
    expect(diagnostics[0]?.next).toContain('GITHUB_TOKEN');
  });
});

describe('a second run', () => {
  it('asks for nothing but the list where nothing was pushed', async () => {
    for (let at = 0; at < 20; at++) github.add(`acme/r${at}`, project(`r${at}`));
    const cold = await scan(['github:acme']);
    github.loopback.taken();
    const warm = await scan(['github:acme']);
    expect(pathsOf(github.loopback.taken())).toEqual(['orgs/acme/repos']);
    expect(warm.listed.stats()).toMatchObject({ requests: 1, unchanged: 1 });
    expect(warm.lockfiles.map(({ path }) => path)).toEqual(cold.lockfiles.map(({ path }) => path));
  });

  it('asks once for what was pushed just before, and it costs nothing where it is the same', async () => {
    for (let at = 0; at < 10; at++) {
      github.add(`acme/r${at}`, project(`r${at}`), { pushed_at: new Date(clock.time - 30_000).toISOString() });
    }
    await scan(['github:acme']);
    const { remaining } = github;
    github.loopback.taken();
    const warm = await scan(['github:acme']);
    expect(github.loopback.taken()).toHaveLength(11);
    expect(warm.listed.stats()).toMatchObject({ requests: 11, unchanged: 11 });
    expect(github.remaining).toBe(remaining);
    // An hour later it is settled, which one more look finds out.
    clock.time += 3_600_000;
    await scan(['github:acme']);
    github.loopback.taken();
    await scan(['github:acme']);
    expect(github.loopback.taken()).toHaveLength(1);
  });

  it('asks for what was pushed, and of its blobs for the new ones', async () => {
    for (const name of ['api', 'web', 'pay']) github.add(`acme/${name}`, project(name));
    await scan(['github:acme']);
    github.push(github.repositories[1]!, {
      ...project('web'),
      'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
    });
    github.loopback.taken();
    const { lockfiles } = await scan(['github:acme']);
    const blob = objectId('blob', Buffer.from('{"lockfileVersion":3,"packages":{}}'));
    expect(pathsOf(github.loopback.taken())).toEqual([
      'orgs/acme/repos',
      `repos/acme/web/git/blobs/${blob}`,
      'repos/acme/web/git/trees/main',
    ]);
    expect(Buffer.from(bytesOf(lockfiles[2]!)).toString()).toBe('{"lockfileVersion":3,"packages":{}}');
  });

  it('never asks for a blob that another repository had', async () => {
    github.add('acme/api', project('same'));
    await scan(['github:acme']);
    github.add('acme/copy', project('same'));
    github.loopback.taken();
    const { read } = await scan(['github:acme']);
    expect(read).toHaveLength(2);
    expect(pathsOf(github.loopback.taken())).toEqual(['orgs/acme/repos', 'repos/acme/copy/git/trees/main']);
  });

  it('without the network has what the first one had', async () => {
    for (const name of ['api', 'web']) github.add(`acme/${name}`, project(name));
    github.users.add('you');
    github.add('you/site', project('s'));
    const sources = ['github:acme', 'github:you', 'github:acme/api@main'];
    const cold = await scan(sources);
    expect(cold.read).toHaveLength(4);
    github.loopback.taken();
    const warm = await scan(sources, { offline: true });
    expect(github.loopback.taken()).toEqual([]);
    expect(warm.lockfiles.map(({ path }) => path)).toEqual(cold.lockfiles.map(({ path }) => path));
    const none = await scan(['github:elsewhere', 'github:acme/none'], { offline: true });
    expect(codes(none.diagnostics)).toEqual([
      'incomplete REPOSITORY_NOT_CACHED acme/none',
      'incomplete REPOSITORY_NOT_CACHED elsewhere',
    ]);
  });

  it('does not trust what is kept: a corrupt checkout is fetched again', async () => {
    github.add('acme/api', project('api'));
    const { lockfiles } = await scan(['github:acme']);
    const { writeFileSync } = await import('node:fs');
    const { join } = await import('node:path');
    writeFileSync(join(lockfiles[0]!.tree.root, 'package-lock.json'), 'no longer what it was');
    const again = await scan(['github:acme']);
    expect(again.diagnostics).toEqual([]);
    expect(Buffer.from(bytesOf(again.lockfiles[0]!)).toString()).toBe(project('api')['package-lock.json']);
  });
});

describe('one repository', () => {
  it('is read at a branch, a tag or a commit', async () => {
    const made = github.add('acme/api', project('api', '1.0.0'));
    github.push(made, project('api', '2.0.0'), 'feature/two');
    const first = made.refs.get('main')!;
    github.push(made, project('api', '3.0.0'));
    const versionAt = async (ref: string) => {
      const { lockfiles, diagnostics } = await scan([`github:acme/api${ref}`]);
      expect(diagnostics).toEqual([]);
      expect(lockfiles[0]?.path).toBe(named(`acme/api${ref}/package-lock.json`));
      return /"left":"(.*?)"/.exec(Buffer.from(bytesOf(lockfiles[0]!)).toString())?.[1];
    };
    expect(await versionAt('')).toBe('3.0.0');
    expect(await versionAt('@feature/two')).toBe('2.0.0');
    expect(await versionAt(`@${first.id}`)).toBe('1.0.0');
    const none = await scan(['github:acme/api@nowhere']);
    expect(codes(none.diagnostics)).toEqual(['incomplete REPOSITORY_REF_UNKNOWN acme/api@nowhere']);
  });

  it('counts once, also where its owner is named too', async () => {
    github.add('acme/api', project('api'));
    expect((await scan(['github:acme', 'github:acme/api', 'github:ACME/API'])).read).toEqual([named('acme/api')]);
  });

  it('is followed where it was renamed', async () => {
    const made = github.add('acme/api', project('api'));
    github.rename(made, 'acme/gateway');
    const { read, diagnostics } = await scan(['github:acme/api']);
    expect(read).toEqual([named('acme/gateway')]);
    expect(codes(diagnostics)).toEqual(['notice REPOSITORY_RENAMED acme/api']);
  });

  it('is followed where it is renamed between the list and its tree', async () => {
    const made = github.add('acme/api', project('api'));
    github.faults = [
      ({ path }) => {
        if (path.includes('/git/trees/') && made.full_name === 'acme/api') github.rename(made, 'acme/gateway');
        return undefined;
      },
    ];
    const { read, diagnostics, unread } = await scan(['github:acme']);
    expect(read).toEqual([named('acme/api')]);
    expect(codes(diagnostics)).toEqual(['notice REPOSITORY_RENAMED acme/api']);
    expect(unread).toEqual([]);
  });

  it('is missing where it is deleted between the list and its tree, and the others are read', async () => {
    const made = github.add('acme/api', project('api'));
    github.add('acme/web', project('web'));
    github.faults = [
      ({ path }) => {
        if (path.includes('/acme/api/git/trees/') && github.repositories.includes(made)) github.remove(made);
        return undefined;
      },
    ];
    const { read, diagnostics, unread } = await scan(['github:acme']);
    expect(read).toEqual([named('acme/web')]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_NOT_FOUND acme/api']);
    expect(unread).toEqual([named('acme/api/?')]);
  });

  it('may be empty, or withheld', async () => {
    github.add('acme/empty', undefined);
    github.add('acme/gone', project('gone'));
    github.faults = [({ path }) => (path.includes('/acme/gone/git') ? error(451, 'Unavailable') : undefined)];
    const { diagnostics, unread } = await scan(['github:acme']);
    expect(codes(diagnostics)).toEqual([
      'incomplete REPOSITORY_UNREACHABLE acme/gone',
      'notice REPOSITORY_EMPTY acme/empty',
    ]);
    expect(diagnostics.map(({ message }) => message).join()).toContain('451, withheld for legal reasons');
    expect(unread).toEqual([named('acme/gone/?')]);
  });
});

describe('a large tree', () => {
  it('is walked where GitHub does not send it whole, without what does not matter', async () => {
    const files = {
      ...project('root'),
      'node_modules/left/package.json': '{}',
      'apps/a/package.json': '{}',
      'apps/a/yarn.lock': '# yarn lockfile v1\n',
      'apps/a/src/deep/er/x.js': '',
      ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`docs/${at}.md`, `${at}`])),
      'docs/site/package-lock.json': '{"lockfileVersion":3,"packages":{}}',
    };
    github.add('acme/mono', files);
    github.mostEntries = 12;
    const { lockfiles, diagnostics } = await scan(['github:acme']);
    expect(diagnostics).toEqual([]);
    expect(lockfiles.map(({ path }) => path.replace(named('acme/mono/'), ''))).toEqual([
      'apps/a/yarn.lock',
      'docs/site/package-lock.json',
      'package-lock.json',
    ]);
    const trees = github.loopback.requests.filter(({ path }) => path.includes('/git/trees/'));
    // Whole; the root; apps, src, docs whole, docs alone, docs/site whole. Never node_modules.
    expect(trees).toHaveLength(7);
    const modules = github.objects.trees
      .get(github.repositories[0]!.refs.get('main')!.tree)
      ?.find((each) => each.path === 'node_modules');
    expect(trees.some(({ path }) => path.endsWith(modules!.sha))).toBe(false);
    github.loopback.taken();
    await scan(['github:acme']);
    expect(github.loopback.taken()).toHaveLength(1);
  });

  it('that is said to go on for ever ends', async () => {
    github.add('acme/loop', project('loop'));
    const id = 'a'.repeat(40);
    github.faults = [
      ({ path }) =>
        path.includes('/git/trees/')
          ? {
              status: 200,
              body: {
                sha: id,
                truncated: path.endsWith('main'),
                tree: [{ path: 'again', mode: '040000', type: 'tree', sha: id }],
              },
            }
          : undefined,
    ];
    expect((await scan(['github:acme'])).read).toEqual([named('acme/loop')]);
    github.faults = [
      ({ path, query }) =>
        path.includes('/git/trees/')
          ? {
              status: 200,
              body: {
                sha: 'b'.repeat(40),
                truncated: query.has('recursive'),
                tree: [{ path: 'again', mode: '040000', type: 'tree', sha: id }],
              },
            }
          : undefined,
    ];
    cache.remove();
    const { diagnostics } = await scan(['github:acme']);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_TOO_LARGE acme/loop']);
  });

  it('with a lockfile that is too large says so, and asks for none of it', async () => {
    github.add('acme/api', project('api'));
    github.faults = [
      ({ path }) => {
        if (!path.includes('/git/trees/')) return undefined;
        const tree = [{ path: 'package-lock.json', mode: '100644', type: 'blob', sha: 'c'.repeat(40), size: 2 ** 31 }];
        return { status: 200, body: { sha: 'd'.repeat(40), truncated: false, tree } };
      },
    ];
    const { diagnostics, unread } = await scan(['github:acme']);
    expect(codes(diagnostics)).toEqual(['incomplete LOCKFILE_TOO_LARGE acme/api/package-lock.json']);
    expect(unread).toEqual([named('acme/api/package-lock.json')]);
    expect(github.loopback.requests.some(({ path }) => path.includes('/git/blobs/'))).toBe(false);
  });

  it('has links and submodules told apart from files', async () => {
    github.add('acme/api', {
      ...project('api'),
      'sub/package-lock.json': { link: '../package-lock.json' },
      'away/package-lock.json': { link: '../../elsewhere.json' },
      vendor: { module: 'e'.repeat(40) },
    });
    const { lockfiles, diagnostics } = await scan(['github:acme']);
    expect(lockfiles).toHaveLength(1);
    expect(codes(diagnostics)).toEqual([
      'incomplete LINK_SKIPPED acme/api/away/package-lock.json',
      'notice LINK_SKIPPED acme/api/sub/package-lock.json',
      'notice SUBMODULE_SKIPPED acme/api',
    ]);
  });
});

describe('limits', () => {
  it('of the hour are waited for before the first refusal', async () => {
    for (let at = 0; at < 4; at++) github.add(`acme/r${at}`, project(`r${at}`));
    github.remaining = 6;
    github.reset = Math.floor(clock.time / 1000) + 1800;
    const waits: number[] = [];
    const { read, diagnostics } = await scan(['github:acme'], {
      concurrency: 1,
      onWait: (milliseconds) => waits.push(milliseconds),
    });
    expect(read).toHaveLength(4);
    expect(diagnostics).toEqual([]);
    expect(waits).toEqual([1_801_000]);
    expect(github.loopback.requests).toHaveLength(13);
  });

  it('of the hour that others use up are waited for after it', async () => {
    github.add('acme/api', project('api'));
    github.reset = Math.floor(clock.time / 1000) + 600;
    github.faults = [
      ({ path }) => {
        if (path.includes('/git/trees/') && clock.sleeps.length === 0) github.remaining = 0;
        return undefined;
      },
    ];
    const { read, listed } = await scan(['github:acme']);
    expect(read).toHaveLength(1);
    expect(clock.sleeps).toEqual([601_000]);
    expect(listed.stats()).toMatchObject({ requests: 5, retried: 1 });
  });

  it('of the second kind are waited for as long as GitHub asks', async () => {
    github.add('acme/api', project('api'));
    let refused = 0;
    github.faults = [
      ({ path }) =>
        path.includes('/git/trees/') && refused++ === 0
          ? { ...error(403, 'You have exceeded a secondary rate limit.'), headers: { 'retry-after': '90' } }
          : undefined,
    ];
    expect((await scan(['github:acme'])).read).toHaveLength(1);
    expect(clock.sleeps).toEqual([90_000]);
  });

  it.each([
    [403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'],
    [429, 'Too many requests'],
  ])('of the second kind without a header are waited for longer each time (%i)', async (status, message) => {
    github.add('acme/api', project('api'));
    let refused = 0;
    github.faults = [
      ({ path }) => (path.includes('/git/trees/') && refused++ < 3 ? error(status, message) : undefined),
    ];
    expect((await scan(['github:acme'])).read).toHaveLength(1);
    expect(clock.sleeps).toEqual([60_000, 120_000, 240_000]);
  });

  it('hold all requests once, not once for each', async () => {
    for (let at = 0; at < 8; at++) github.add(`acme/r${at}`, project(`r${at}`));
    const start = clock.time;
    github.faults = [
      ({ path }) => (path.includes('/git/') && clock.time < start + 60_000 ? error(429, 'slow down') : undefined),
    ];
    const waits: number[] = [];
    const { read } = await scan(['github:acme'], { onWait: (milliseconds) => waits.push(milliseconds) });
    expect(read).toHaveLength(8);
    expect(waits).toEqual([60_000]);
  });

  it('that ask for more than a run waits are told, without another request', async () => {
    for (let at = 0; at < 20; at++) github.add(`acme/r${at}`, project(`r${at}`));
    github.faults = [
      ({ path }) => (path.includes('/git/') ? { ...error(429, 'no'), headers: { 'retry-after': '86400' } } : undefined),
    ];
    const { read, diagnostics } = await scan(['github:acme'], { concurrency: 2 });
    expect(read).toEqual([]);
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(['REPOSITORY_RATE_LIMITED']));
    expect(diagnostics).toHaveLength(20);
    expect(clock.sleeps).toEqual([]);
    expect(github.loopback.requests.length).toBeLessThan(5);
  });

  it('are not waited for without a token, which is what is missing', async () => {
    github.add('acme/api', project('api'));
    github.remaining = 2;
    github.reset = Math.floor(clock.time / 1000) + 1800;
    const { diagnostics } = await scan(['github:acme'], { env: { GITHUB_API_URL: github.url } });
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_RATE_LIMITED acme/api']);
    expect(diagnostics[0]?.next).toContain('a token that may ask more');
    expect(clock.sleeps).toEqual([]);
  });

  it('are no excuse for a refusal that is for good', async () => {
    github.add('acme/api', project('api'));
    github.faults = [
      ({ path }) => (path.includes('/git/') ? error(403, 'Resource not accessible by token') : undefined),
    ];
    const { diagnostics } = await scan(['github:acme']);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_DENIED acme/api']);
    expect(clock.sleeps).toEqual([]);
  });
});

describe('a server that fails', () => {
  it.each([
    ['502', { status: 502, body: '<html>bad gateway</html>' }],
    ['503 with a time', { status: 503, headers: { 'retry-after': '3' } }],
    ['a connection that breaks', { status: 200, body: { sha: 'x' }, fault: 'cut' as const }],
    ['no answer', { status: 200, fault: 'reset' as const }],
  ])('is asked again: %s', async (_, reply) => {
    github.add('acme/api', project('api'));
    const failed = new Map<string, number>();
    github.faults = [
      ({ path }) => {
        const times = failed.get(path) ?? 0;
        failed.set(path, times + 1);
        return times < 1 ? reply : undefined;
      },
    ];
    const { read, diagnostics, listed } = await scan(['github:acme']);
    expect(read).toEqual([named('acme/api')]);
    expect(diagnostics).toEqual([]);
    expect(listed.stats()).toMatchObject({ requests: 8, retried: 4 });
  });

  it('for good is told of the repository it is for', async () => {
    github.add('acme/api', project('api'));
    github.add('acme/web', project('web'));
    github.faults = [({ path }) => (path.includes('/acme/api/git/') ? { status: 502 } : undefined)];
    const { read, diagnostics } = await scan(['github:acme']);
    expect(read).toEqual([named('acme/web')]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
    expect(diagnostics[0]?.message).toContain('the server answered 502');
  });

  it('in the middle of the list gives what it gave, and says that there is more', async () => {
    for (const name of ['api', 'web', 'pay']) github.add(`acme/${name}`, project(name));
    github.perPage = 2;
    github.faults = [({ query }) => (query.get('page') === '2' ? { status: 500 } : undefined)];
    const { read, diagnostics, unread } = await scan(['github:acme']);
    expect(read).toEqual([named('acme/api'), named('acme/web')]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme']);
    expect(diagnostics[0]?.message).toContain('ends after 2 repositories');
    expect(unread).toEqual([named('acme/?')]);
  });

  it('before the end leaves what was fetched to the next run', async () => {
    for (let at = 0; at < 12; at++) github.add(`acme/r${at}`, project(`r${at}`));
    let answered = 0;
    github.faults = [() => (answered++ < 20 ? undefined : { status: 200, fault: 'reset' })];
    const broken = await scan(['github:acme']);
    expect(broken.read.length).toBeLessThan(12);
    const got = github.loopback.requests.slice(0, 20).filter(({ path }) => path.includes('/git/blobs/'));
    expect(got.length).toBeGreaterThan(3);
    github.loopback.taken();
    github.faults = [];
    const { read, diagnostics } = await scan(['github:acme']);
    expect(read).toHaveLength(12);
    expect(diagnostics).toEqual([]);
    const again = pathsOf(github.loopback.taken());
    for (const path of pathsOf(got)) expect(again).not.toContain(path);
  });

  it('altogether is given up soon', async () => {
    for (let at = 0; at < 60; at++) github.add(`acme/r${at}`, project(`r${at}`));
    github.faults = [({ path }) => (path.includes('/git/') ? { status: 500 } : undefined)];
    const { diagnostics, unread } = await scan(['github:acme']);
    expect(diagnostics).toHaveLength(60);
    expect(unread).toHaveLength(60);
    expect(github.loopback.requests.length).toBeLessThan(100);
  });
});

describe('a hostile server', () => {
  const page = (body: unknown) => {
    github.faults = [({ path }) => (path.includes('/orgs/') ? { status: 200, body } : undefined)];
  };

  it('has no way into paths or addresses by a name', async () => {
    github.add('acme/api', project('api'));
    const [good] = [{ full_name: 'acme/api', default_branch: 'main' }];
    const names = [
      '../../etc',
      'acme/..',
      'acme/.git',
      'acme/a/b',
      'acme',
      '',
      'acme/a?b=c',
      'acme/a%2Fb',
      'acme/\u0000',
      '__proto__/x y',
      7,
      null,
    ];
    page([good, ...names.map((full_name) => ({ full_name, default_branch: 'main' })), null, 'text', []]);
    const { read, diagnostics, unread } = await scan(['github:acme']);
    expect(read).toEqual([named('acme/api')]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme']);
    expect(diagnostics[0]?.message).toContain('15 of the repositories');
    expect(unread).toEqual([named('acme/?')]);
    for (const { path } of github.loopback.requests)
      expect(path).toMatch(/^\/api\/v3\/(?:orgs\/acme\/repos$|repos\/acme\/api\/)/);
  });

  it.each([['not json'], ['{"a":'], [{ repositories: {} }], [null], ['']])('that lists %j is told', async (body) => {
    page(body);
    const { diagnostics } = await scan(['github:acme']);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme']);
  });

  const id = 'a'.repeat(40);
  const entry = { path: 'package-lock.json', mode: '100644', type: 'blob', sha: id };
  it.each([
    [{ sha: id, truncated: false, tree: {} }],
    [{ sha: 'main', truncated: false, tree: [] }],
    [{ sha: id, tree: [] }],
    [{ sha: id, truncated: 'no', tree: [] }],
    [{ sha: id, truncated: false, tree: [null] }],
    [{ sha: id, truncated: false, tree: [{ ...entry, sha: '../..' }] }],
    [{ sha: id, truncated: false, tree: [{ ...entry, path: 7 }] }],
    [{ sha: id, truncated: false, tree: [{ ...entry, mode: null }] }],
    [[]],
    ['garbage'],
  ])('that sends the tree %j is told', async (body) => {
    github.add('acme/api', project('api'));
    github.faults = [({ path }) => (path.includes('/git/trees/') ? { status: 200, body } : undefined)];
    const { diagnostics, read } = await scan(['github:acme']);
    expect(read).toEqual([]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
  });

  it('cannot have other content taken for a blob', async () => {
    github.add('acme/api', project('api'));
    github.faults = [
      ({ path }) => (path.includes('/git/blobs/') ? { status: 200, body: 'something else' } : undefined),
    ];
    const { diagnostics, read } = await scan(['github:acme']);
    expect(read).toEqual([]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
    expect(diagnostics[0]?.message).toContain('not what its object id stands for');
  });

  it('cannot have a path written that leads out', async () => {
    github.add('acme/api', project('api'));
    const sha = github.objects
      .all(github.repositories[0]!.refs.get('main')!.tree)
      .find(({ path }) => path === 'package-lock.json')!.sha;
    const tree = [
      '../package-lock.json',
      '/abs/package-lock.json',
      'a/../../package-lock.json',
      '.git/package-lock.json',
      'x\u0000/package-lock.json',
      'ok/package-lock.json',
    ].map((path) => ({ path, mode: '100644', type: 'blob', sha }));
    github.faults = [
      ({ path }) =>
        path.includes('/git/trees/') ? { status: 200, body: { sha: id, truncated: false, tree } } : undefined,
    ];
    const { lockfiles, diagnostics } = await scan(['github:acme']);
    expect(lockfiles.map(({ path }) => path)).toEqual([named('acme/api/ok/package-lock.json')]);
    expect(codes(diagnostics)).toEqual(['incomplete PATH_SKIPPED acme/api']);
  });

  it('cannot make a list without an end', async () => {
    github.add('acme/api', project('api'));
    github.faults = [
      ({ path }) =>
        path.includes('/orgs/')
          ? { status: 200, body: [], headers: { link: `<${github.url}/orgs/acme/repos?page=2>; rel="next"` } }
          : undefined,
    ];
    const { diagnostics } = await scan(['github:acme']);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_TOO_LARGE acme']);
  });
});

describe('the token', () => {
  it('is sent to the interface alone: redirects and pages elsewhere are refused', async () => {
    const elsewhere = await startLoopback(() => ({ status: 200, body: [] }));
    try {
      github.add('acme/api', project('api'));
      github.add('acme/web', project('web'));
      const away = { location: `${elsewhere.origin}/api/v3/repos/acme/api/git/trees/main` };
      const up = { location: `${github.loopback.origin}/other/repos` };
      github.faults = [
        ({ path }) => (path.includes('/acme/api/git/') ? { status: 302, headers: away } : undefined),
        ({ path }) => (path.includes('/acme/web/git/') ? { status: 301, headers: up } : undefined),
      ];
      const first = await scan(['github:acme']);
      expect(codes(first.diagnostics)).toEqual([
        'incomplete REPOSITORY_UNREACHABLE acme/api',
        'incomplete REPOSITORY_UNREACHABLE acme/web',
      ]);
      github.faults = [
        ({ path }) =>
          path.includes('/orgs/')
            ? {
                status: 200,
                body: [],
                headers: { link: `<${elsewhere.origin}/api/v3/orgs/acme/repos?page=2>; rel="next"` },
              }
            : undefined,
      ];
      cache.remove();
      const second = await scan(['github:acme']);
      expect(codes(second.diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme']);
      expect(second.diagnostics[0]?.message).toContain('the next page is elsewhere');
      expect(elsewhere.requests).toEqual([]);
      expect(github.loopback.requests.every(({ path }) => path.startsWith('/api/v3/'))).toBe(true);
    } finally {
      await elsewhere.close();
    }
  });

  it('is in nothing that is written or said, whatever happens', async () => {
    for (const name of ['api', 'web', 'gone', 'bad', 'moved']) github.add(`acme/${name}`, project(name));
    github.rename(github.repositories[4]!, 'acme/now');
    github.faults = [
      ({ path, headers }) => {
        // A server that repeats what it was sent.
        if (path.includes('/acme/bad/')) return { status: 500, body: { message: headers.authorization } };
        if (path.includes('/acme/gone/')) return { status: 404, body: { message: headers.authorization } };
        return undefined;
      },
    ];
    const said = await scan(['github:acme', 'github:acme/moved', 'github:none', 'github:acme/api@no']);
    expect(said.read.length).toBeGreaterThan(1);
    expect(github.loopback.requests.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
    expect(github.loopback.requests.some(({ path, query }) => `${path}${query}`.includes(TOKEN))).toBe(false);
    const told = JSON.stringify([
      said.diagnostics,
      said.unread,
      said.lockfiles,
      said.listed.stats(),
      said.listed.repositories.map(({ place, repository }) => [place, repository?.name, repository?.key]),
    ]);
    expect(told).not.toContain(TOKEN);
    expect(cache.everything()).toContain('acme/api');
    for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64'), encodeURIComponent(TOKEN)]) {
      expect(cache.everything()).not.toContain(form);
    }
  });

  it('that is not accepted is told without it', async () => {
    const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: 'ghp_wrong' };
    const { diagnostics } = await scan(['github:acme', 'github:acme/api'], { env });
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_DENIED acme', 'incomplete REPOSITORY_DENIED acme/api']);
    expect(JSON.stringify(diagnostics)).not.toContain('ghp_wrong');
  });

  it('goes through a proxy only where one is configured', async () => {
    const proxy = await startLoopback(() => ({ status: 200, body: [] }));
    try {
      await scan(['github:acme'], { network: { proxy: proxy.origin } });
      expect(pathsOf(proxy.requests)).toEqual(['orgs/acme/repos']);
      expect(github.loopback.requests).toEqual([]);
      await scan(['github:acme'], { network: { proxy: proxy.origin, noProxy: '127.0.0.1' } });
      expect(github.loopback.requests).toHaveLength(1);
    } finally {
      await proxy.close();
    }
  });

  it('is not needed for what is open', async () => {
    github.add('acme/api', project('api'));
    expect((await scan(['github:acme'], { env: { GITHUB_API_URL: github.url } })).read).toEqual([named('acme/api')]);
    expect(github.loopback.requests.some(({ headers }) => 'authorization' in headers)).toBe(false);
  });
});
