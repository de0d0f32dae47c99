import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiOptions } from '../../../src/sources/api/repositories.ts';
import { type GitlabSource, gitlabRepositories } from '../../../src/sources/gitlab/index.ts';
import { parseGitlabSource } from '../../../src/sources/gitlab/source.ts';
import { bytesOf } from '../../../src/sources/tree.ts';
import { Cache, outcomeOf, project } from '../api/fleet.ts';
import { FakeClock, startLoopback } from '../api/http.ts';
import { objectId } from '../api/objects.ts';
import { Gitlab } from './server.ts';

const TOKEN = 'glpat-planted0secret0token';
let clock: FakeClock;
let gitlab: Gitlab;
let cache: Cache;

beforeEach(async () => {
  clock = new FakeClock();
  gitlab = new Gitlab(clock);
  gitlab.tokens.add(TOKEN);
  await gitlab.start();
  cache = new Cache();
});

afterEach(async () => {
  await gitlab.loopback.close();
  cache.remove();
});

function sourceOf(text: string): GitlabSource {
  const parsed = parseGitlabSource(text);
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  return parsed;
}

function scan(sources: readonly string[], more: Partial<ApiOptions> = {}) {
  const env = { CI_API_V4_URL: gitlab.url, GITLAB_TOKEN: TOKEN };
  return outcomeOf(gitlabRepositories, sources.map(sourceOf), cache, { env, clock, ...more });
}

function named(path: string): string {
  return `${new URL(gitlab.url).host}/${path}`;
}

function codes(diagnostics: readonly { code: string; severity: string; file: string }[]): string[] {
  return diagnostics.map(({ code, severity, file }) => `${severity} ${code} ${file.replace(/^[^/]*\//, '')}`).sort();
}

function pathsOf(requests: readonly { path: string }[]): string[] {
  return requests.map(({ path }) => path.replace('/api/v4/', '')).sort();
}

describe('a group', () => {
  it.each([false, true])('is read with the groups in it, over all pages (keyset: %s)', async (isKeyset) => {
    gitlab.isKeyset = isKeyset;
    gitlab.perPage = 2;
    for (const path of ['acme/api', 'acme/team/web', 'acme/team/deep/pay', 'acme/ops', 'acme/lib'])
      gitlab.add(path, project(path));
    const { lockfiles, diagnostics, listed } = await scan(['gitlab:acme']);
    expect(diagnostics).toEqual([]);
    expect(lockfiles.map(({ path }) => path)).toEqual(
      ['acme/api', 'acme/lib', 'acme/ops', 'acme/team/deep/pay', 'acme/team/web'].map((path) =>
        named(`${path}/package-lock.json`),
      ),
    );
    expect(Buffer.from(bytesOf(lockfiles[4]!)).toString()).toBe(project('acme/team/web')['package-lock.json']);
    // 3 pages; of each a commit, 5 entries on 3 pages, 2 blobs.
    expect(listed.stats()).toMatchObject({ requests: 3 + 5 * 6, limit: 600, remaining: 600 - 33 });
    expect((await scan(['gitlab:acme/team'])).read).toEqual([named('acme/team/deep/pay'), named('acme/team/web')]);
  });

  it('leaves archived, forked, disabled and empty projects out, and says so', async () => {
    gitlab.add('acme/api', project('api'));
    gitlab.add('acme/old', project('old'), { archived: true });
    gitlab.add('acme/fork', project('fork'), { forked_from_project: { id: 1 } });
    gitlab.add('acme/off', project('off'), { repository_access_level: 'disabled' });
    gitlab.add('acme/new', undefined);
    const plain = await scan(['gitlab:acme']);
    expect(plain.read).toEqual([named('acme/api')]);
    expect(plain.diagnostics[0]?.message).toBe(
      '4 of its repositories are left out: 1 archived, 1 a fork, 1 disabled, 1 empty',
    );
    const more = await scan(['gitlab:acme'], { selection: { include: 'forks, archived' } });
    expect(more.read).toEqual([named('acme/api'), named('acme/fork'), named('acme/old')]);
    const empty = await scan(['gitlab:acme/new']);
    expect(codes(empty.diagnostics)).toEqual(['notice REPOSITORY_EMPTY acme/new']);
  });

  it('takes a filter by topic, language, name and last activity', async () => {
    gitlab.add('acme/pay-api', project('a'), { topics: ['checkout'], languages: { TypeScript: 90, Shell: 10 } });
    gitlab.add('acme/pay-web', project('b'), { last_activity_at: '2024-01-01T00:00:00.000Z' });
    gitlab.add('acme/ops', project('c'), { topics: ['infra'] });
    const of = async (selection: NonNullable<ApiOptions['selection']>) =>
      (await scan(['gitlab:acme'], { selection })).read.map((name) => name.split('/').at(-1));
    expect(await of({ topics: ['checkout', 'infra'] })).toEqual(['ops', 'pay-api']);
    expect(await of({ languages: ['typescript'] })).toEqual(['pay-api']);
    expect(await of({ repositories: ['pay-*'], pushedSince: '2026-01-01' })).toEqual(['pay-api']);
  });

  it('may be a user, or nothing', async () => {
    gitlab.users.add('you');
    gitlab.add('you/site', project('s'));
    expect((await scan(['gitlab:you'])).read).toEqual([named('you/site')]);
    const none = await scan(['gitlab:nobody', 'gitlab:no/body', 'gitlab:no/body@main']);
    expect(codes(none.diagnostics)).toEqual([
      'incomplete REPOSITORY_NOT_FOUND no/body',
      'incomplete REPOSITORY_NOT_FOUND no/body@main',
      'incomplete REPOSITORY_NOT_FOUND nobody',
    ]);
  });
});

describe('a second run', () => {
  it('asks once for each project where nothing was pushed, and for what is new where something was', async () => {
    for (let at = 0; at < 10; at++) gitlab.add(`acme/r${at}`, project(`r${at}`));
    const cold = await scan(['gitlab:acme']);
    gitlab.loopback.taken();
    const warm = await scan(['gitlab:acme']);
    expect(warm.listed.stats()).toMatchObject({ requests: 11, unchanged: 11 });
    expect(warm.lockfiles.map(({ path }) => path)).toEqual(cold.lockfiles.map(({ path }) => path));
    const lockfile = '{"lockfileVersion":3,"packages":{}}';
    gitlab.push(gitlab.projects[3]!, { ...project('r3'), 'package-lock.json': lockfile });
    gitlab.loopback.taken();
    await scan(['gitlab:acme']);
    const asked = pathsOf(gitlab.loopback.taken()).filter(
      (path) => !path.includes('/commits/') && !path.startsWith('groups/'),
    );
    expect(asked).toEqual([
      `projects/503/repository/blobs/${objectId('blob', Buffer.from(lockfile))}/raw`,
      'projects/503/repository/tree',
    ]);
  });

  it('without the network has what the first one had', async () => {
    for (const path of ['acme/api', 'acme/team/web']) gitlab.add(path, project(path));
    gitlab.users.add('you');
    gitlab.add('you/site', project('s'));
    const sources = ['gitlab:acme', 'gitlab:acme/team', 'gitlab:you', 'gitlab:acme/api@main'];
    const cold = await scan(sources);
    expect(cold.read).toHaveLength(4);
    gitlab.loopback.taken();
    const warm = await scan(sources, { offline: true });
    expect(gitlab.loopback.taken()).toEqual([]);
    expect(warm.diagnostics).toEqual(cold.diagnostics);
    expect(warm.lockfiles.map(({ path }) => path)).toEqual(cold.lockfiles.map(({ path }) => path));
    expect(codes((await scan(['gitlab:none', 'gitlab:no/ne'], { offline: true })).diagnostics)).toEqual([
      'incomplete REPOSITORY_NOT_CACHED no/ne',
      'incomplete REPOSITORY_NOT_CACHED none',
    ]);
  });
});

describe('one project', () => {
  it('is read at a branch, a tag or a commit', async () => {
    const made = gitlab.add('acme/api', project('api', '1.0.0'));
    const first = made.refs.get('main')!;
    gitlab.push(made, project('api', '2.0.0'), 'feature/two');
    gitlab.push(made, project('api', '3.0.0'));
    const versionAt = async (ref: string) => {
      const { lockfiles } = await scan([`gitlab:acme/api${ref}`]);
      expect(lockfiles[0]?.path).toBe(named(`acme/api${ref}/package-lock.json`));
      return /"left":"(.*?)"/.exec(Buffer.from(bytesOf(lockfiles[0]!)).toString())?.[1];
    };
    expect(await versionAt('')).toBe('3.0.0');
    expect(await versionAt('@feature/two')).toBe('2.0.0');
    expect(await versionAt(`@${first.id}`)).toBe('1.0.0');
    expect(codes((await scan(['gitlab:acme/api@nowhere'])).diagnostics)).toEqual([
      'incomplete REPOSITORY_REF_UNKNOWN acme/api@nowhere',
    ]);
  });

  it('is followed where it has moved, and missing where it is deleted meanwhile', async () => {
    const made = gitlab.add('acme/api', project('api'));
    gitlab.move(made, 'acme/gateway');
    const moved = await scan(['gitlab:acme/api']);
    expect(moved.read).toEqual([named('acme/gateway')]);
    expect(codes(moved.diagnostics)).toEqual(['notice REPOSITORY_RENAMED acme/api']);
    const web = gitlab.add('acme/web', project('web'));
    gitlab.faults = [
      ({ path }) => {
        if (path.includes(`/projects/${web.id}/repository`) && gitlab.projects.includes(web)) gitlab.remove(web);
        return undefined;
      },
    ];
    const deleted = await scan(['gitlab:acme']);
    expect(deleted.read).toEqual([named('acme/gateway')]);
    expect(codes(deleted.diagnostics)).toEqual(['incomplete REPOSITORY_NOT_FOUND acme/web']);
    expect(deleted.unread).toEqual([named('acme/web/?')]);
  });

  it('has links and submodules told apart from files', async () => {
    gitlab.add('acme/api', {
      ...project('api'),
      'sub/package-lock.json': { link: '../package-lock.json' },
      vendor: { module: 'e'.repeat(40) },
    });
    const { lockfiles, diagnostics } = await scan(['gitlab:acme']);
    expect(lockfiles).toHaveLength(1);
    expect(codes(diagnostics)).toEqual([
      'notice LINK_SKIPPED acme/api/sub/package-lock.json',
      'notice SUBMODULE_SKIPPED acme/api',
    ]);
  });
});

describe('limits', () => {
  it('are waited for by the headers, before and after a refusal', async () => {
    for (let at = 0; at < 4; at++) gitlab.add(`acme/r${at}`, project(`r${at}`));
    gitlab.remaining = 6;
    gitlab.reset = Math.floor(clock.time / 1000) + 45;
    const { read, diagnostics } = await scan(['gitlab:acme'], { concurrency: 1 });
    expect(read).toHaveLength(4);
    expect(diagnostics).toEqual([]);
    expect(clock.sleeps).toEqual([46_000]);
    clock.sleeps.length = 0;
    gitlab.remaining = 0;
    gitlab.reset = Math.floor(clock.time / 1000) + 20;
    expect((await scan(['gitlab:acme'])).read).toHaveLength(4);
    expect(clock.sleeps[0]).toBe(20_000);
  });

  it('without a header are waited for longer each time, as long as a run is patient', async () => {
    gitlab.add('acme/api', project('api'));
    gitlab.faults = [({ path }) => (path.includes('/commits/') ? { status: 429, body: 'Retry later' } : undefined)];
    const { diagnostics } = await scan(['gitlab:acme'], { patience: 600_000 });
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_RATE_LIMITED acme/api']);
    expect(clock.sleeps).toEqual([60_000, 120_000, 240_000]);
  });
});

describe('a server that fails', () => {
  it('is asked again, and told of the project it is for', async () => {
    const [api] = ['acme/api', 'acme/web'].map((path) => gitlab.add(path, project(path)));
    const failed = new Set<string>();
    gitlab.faults = [
      ({ path }) => {
        if (path.includes(`/projects/${api!.id}/repository/tree`)) return { status: 502 };
        if (failed.has(path)) return undefined;
        failed.add(path);
        return { status: 502, body: '<html>' };
      },
    ];
    const { read, diagnostics } = await scan(['gitlab:acme']);
    expect(read).toEqual([named('acme/web')]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
  });

  it('in the middle of a tree leaves nothing half read', async () => {
    gitlab.add('acme/api', project('api'));
    gitlab.perPage = 3;
    gitlab.faults = [({ query }) => (query.has('page_token') ? { status: 500 } : undefined)];
    const { read, diagnostics } = await scan(['gitlab:acme']);
    expect(read).toEqual([]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
  });
});

describe('a hostile server', () => {
  const id = 'a'.repeat(40);
  const entry = { id, name: 'x', type: 'blob', path: 'package-lock.json', mode: '100644' };

  it('has no way into paths or addresses', async () => {
    gitlab.add('acme/api', project('api'));
    const paths = [
      '../../etc',
      'acme/..',
      'acme/.',
      'acme/x.git',
      '/acme/x',
      'acme//x',
      '',
      'acme/a?b',
      'acme/-x',
      7,
      null,
    ];
    gitlab.faults = [
      ({ path }) =>
        path.includes('/groups/')
          ? {
              status: 200,
              body: [
                { id: 500, path_with_namespace: 'acme/api', default_branch: 'main' },
                ...paths.map((path_with_namespace) => ({ id: 500, path_with_namespace, default_branch: 'main' })),
                ...['1', 1.5, -1, 2 ** 60, null].map((number) => ({ id: number, path_with_namespace: 'acme/x' })),
              ],
            }
          : undefined,
    ];
    const { read, diagnostics, unread } = await scan(['gitlab:acme']);
    expect(read).toEqual([named('acme/api')]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme']);
    expect(diagnostics[0]?.message).toContain('16 of the repositories');
    expect(unread).toEqual([named('acme/?')]);
  });

  it.each([
    [{}],
    [[null]],
    [[{ ...entry, id: 'main' }]],
    [[{ ...entry, path: 1 }]],
    [[{ ...entry, mode: 1 }]],
    ['<html>'],
  ])('that sends the tree %j is told', async (body) => {
    gitlab.add('acme/api', project('api'));
    gitlab.faults = [({ path }) => (path.endsWith('/tree') ? { status: 200, body } : undefined)];
    const { read, diagnostics } = await scan(['gitlab:acme']);
    expect(read).toEqual([]);
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
  });

  it('cannot have other content taken for a blob, nor a path written that leads out', async () => {
    const made = gitlab.add('acme/api', project('api'));
    gitlab.faults = [({ path }) => (path.includes('/blobs/') ? { status: 200, body: 'something else' } : undefined)];
    const other = await scan(['gitlab:acme']);
    expect(codes(other.diagnostics)).toEqual(['incomplete REPOSITORY_UNREACHABLE acme/api']);
    const { sha } = gitlab.objects.all(made.refs.get('main')!.tree).find(({ path }) => path === 'package-lock.json')!;
    const tree = ['../package-lock.json', '.git/package-lock.json', 'ok/package-lock.json'].map((path) => ({
      ...entry,
      id: sha,
      path,
    }));
    gitlab.faults = [({ path }) => (path.endsWith('/tree') ? { status: 200, body: tree } : undefined)];
    const out = await scan(['gitlab:acme']);
    expect(out.lockfiles.map(({ path }) => path)).toEqual([named('acme/api/ok/package-lock.json')]);
    expect(codes(out.diagnostics)).toEqual(['incomplete PATH_SKIPPED acme/api']);
  });
});

describe('the token', () => {
  it('is sent to the interface alone, and is in nothing that is written or said', async () => {
    const elsewhere = await startLoopback(() => ({ status: 200, body: [] }));
    try {
      for (const path of ['acme/api', 'acme/web', 'acme/bad']) gitlab.add(path, project(path));
      gitlab.faults = [
        ({ path, headers }) => {
          if (path.includes('/projects/501/'))
            return { status: 302, headers: { location: `${elsewhere.origin}${path}` } };
          if (path.includes('/projects/502/')) return { status: 404, body: { message: headers['private-token'] } };
          return undefined;
        },
      ];
      const said = await scan(['gitlab:acme', 'gitlab:none']);
      expect(said.read).toEqual([named('acme/api')]);
      expect(elsewhere.requests).toEqual([]);
      expect(gitlab.loopback.requests.every(({ headers }) => headers['private-token'] === TOKEN)).toBe(true);
      expect(JSON.stringify([said.diagnostics, said.unread, said.lockfiles, said.listed.stats()])).not.toContain(TOKEN);
      expect(cache.everything()).toContain('acme/api');
      expect(cache.everything()).not.toContain(TOKEN);
    } finally {
      await elsewhere.close();
    }
  });

  it('of a job is for the server of the job', async () => {
    gitlab.jobTokens.add('job-token');
    gitlab.add('acme/api', project('api'));
    const env = { CI_API_V4_URL: gitlab.url, CI_JOB_TOKEN: 'job-token' };
    expect((await scan(['gitlab:acme/api'], { env })).read).toEqual([named('acme/api')]);
    expect(gitlab.loopback.requests.every(({ headers }) => headers['job-token'] === 'job-token')).toBe(true);
    gitlab.loopback.taken();
    await scan(['gitlab:acme/api'], {
      env: { ...env, CI_API_V4_URL: 'https://ci.example/api/v4', GITLAB_HOST: gitlab.loopback.origin },
    });
    expect(gitlab.loopback.taken().every(({ headers }) => !('job-token' in headers))).toBe(true);
  });

  it('that is not accepted is told without it', async () => {
    const { diagnostics } = await scan(['gitlab:acme', 'gitlab:acme/api'], {
      env: { CI_API_V4_URL: gitlab.url, GITLAB_TOKEN: 'glpat-wrong' },
    });
    expect(codes(diagnostics)).toEqual(['incomplete REPOSITORY_DENIED acme', 'incomplete REPOSITORY_DENIED acme/api']);
    expect(JSON.stringify(diagnostics)).not.toContain('glpat-wrong');
  });
});
