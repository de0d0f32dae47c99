import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { apiAddress, nextLink, sameApi } from '../../../src/hosts/address.ts';
import { Gate } from '../../../src/hosts/gate.ts';
import { githubHost } from '../../../src/hosts/github.ts';
import { gitlabHost } from '../../../src/hosts/gitlab.ts';
import { budgetOf, limitedBy } from '../../../src/hosts/limits.ts';
import { Pace } from '../../../src/hosts/pace.ts';
import { etagOf } from '../../../src/sources/api/ask.ts';
import { isApiSource, parseApiSource } from '../../../src/sources/api/route.ts';
import { type Candidate, selectionOf } from '../../../src/sources/api/selection.ts';
import { FakeClock } from './http.ts';

const BASE = 'https://git.example/api/v3/';
const FROM = new URL(`${BASE}orgs/acme/repos?page=1`);

describe('addresses', () => {
  it('are below the interface to the letter, or not at all', () => {
    expect(apiAddress(BASE, 'orgs/a/repos?page=2')?.href).toBe(`${BASE}orgs/a/repos?page=2`);
    for (const path of ['', '../x', 'a/../../x', 'a b', 'a\\b', 'a#b', 'a\n', 'é', 'x'.repeat(9000)]) {
      expect(apiAddress(BASE, path)).toBeUndefined();
    }
  });

  it('that a server names are followed below the same interface alone', () => {
    expect(sameApi(BASE, FROM, '/api/v3/repositories/1')?.href).toBe(`${BASE}repositories/1`);
    expect(sameApi(BASE, FROM, '?page=2')?.href).toBe(`${BASE}orgs/acme/repos?page=2`);
    // Behind a proxy that ends TLS: never in the clear.
    expect(sameApi(BASE, FROM, 'http://git.example/api/v3/x')?.href).toBe(`${BASE}x`);
    for (const location of [
      null,
      'https://evil.example/api/v3/x',
      'https://git.example/other',
      'https://git.example/api/v3/../../other',
      'https://git.example.evil.example/api/v3/x',
      'https://git.example:8443/api/v3/x',
      'https://user:pass@git.example/api/v3/x',
      'https://evil@git.example/api/v3/x',
      '//evil.example/api/v3/x',
      'file:///api/v3/x',
      'x'.repeat(9000),
    ]) {
      expect(sameApi(BASE, FROM, location)).toBeUndefined();
    }
  });

  it('never lead elsewhere, whatever is named', () => {
    const piece = fc.constantFrom(
      'http:',
      'https:',
      '/',
      '//',
      '\\',
      '@',
      '..',
      'git.example',
      'evil.example',
      '/api/v3/',
      ':8',
      '?',
      '#',
      '%2e',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const url = sameApi(BASE, FROM, pieces.join(''));
        expect(url === undefined || url.href.startsWith(BASE)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('of the next page stand in a Link header', () => {
    expect(
      nextLink('<https://a/?page=1>; rel="prev", <https://a/?page=3>; rel="next", <https://a/?page=9>; rel="last"'),
    ).toBe('https://a/?page=3');
    expect(nextLink('<https://a/?a=1,2>; rel=next')).toBe('https://a/?a=1,2');
    expect(nextLink('<https://a/>; title="x"; rel="next"')).toBe('https://a/');
    for (const header of [
      null,
      '',
      '<https://a>; rel="nextish"',
      'https://a; rel="next"',
      '<>; rel="next"',
      '<'.repeat(8000),
    ]) {
      expect(nextLink(header)).toBeUndefined();
    }
  });

  it('of entities are tags, or nothing that could be sent', () => {
    expect(etagOf('W/"abc"')).toBe('W/"abc"');
    for (const tag of [null, 'abc', '"a"b"', '"a\r\nx: y"', `"${'a'.repeat(300)}"`])
      expect(etagOf(tag)).toBeUndefined();
  });
});

describe('limits', () => {
  const now = Date.parse('2026-06-01T12:00:00Z');
  const headers = (given: Readonly<Record<string, string>>) => ({ get: (name: string) => given[name] ?? null });

  it('are read by the clock of the server', () => {
    const seen = budgetOf(
      headers({
        date: 'Mon, 01 Jun 2026 13:00:00 GMT',
        'x-ratelimit-remaining': '3',
        'x-ratelimit-reset': String(now / 1000 + 3660),
        'x-ratelimit-limit': '60',
      }),
      now,
    );
    expect(seen).toEqual({ limit: 60, remaining: 3, resetIn: 61_000 });
    expect(budgetOf(headers({ 'ratelimit-remaining': '-1', 'ratelimit-reset': '1e9' }), now)).toEqual({
      limit: undefined,
      remaining: undefined,
      resetIn: undefined,
    });
  });

  it('are told from refusals for good', () => {
    const secondary = JSON.stringify({ message: 'You have exceeded a secondary rate limit' });
    expect(limitedBy(403, headers({ 'retry-after': '7' }), '', now)).toEqual({ wait: 7000 });
    expect(
      limitedBy(403, headers({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 9) }), '', now),
    ).toEqual({ wait: 10_000 });
    expect(limitedBy(403, headers({}), secondary, now)).toEqual({ wait: undefined });
    expect(limitedBy(429, headers({}), '', now)).toEqual({ wait: undefined });
    expect(
      limitedBy(403, headers({ 'x-ratelimit-remaining': '12' }), '{"message":"Must have admin rights"}', now),
    ).toBeUndefined();
    expect(limitedBy(403, headers({}), '<html>rate limit', now)).toBeUndefined();
    expect(limitedBy(404, headers({ 'retry-after': '7' }), secondary, now)).toBeUndefined();
  });

  it('are waited for as long in total as a run is patient', async () => {
    const clock = new FakeClock();
    const gate = new Gate(clock, 100_000);
    expect(gate.hold(60_000)).toBe(true);
    // Within the same wait: nothing more.
    expect(gate.hold(30_000)).toBe(true);
    await gate.opened();
    expect(clock.sleeps).toEqual([60_000]);
    expect(gate.hold(50_000)).toBe(false);
    expect(gate.hold(40_000)).toBe(true);
    await Promise.all([gate.opened(), gate.opened()]);
    expect(clock.time).toBe(new FakeClock().time + 100_000);
    expect(gate.hold(1)).toBe(false);
  });
});

describe('the pace', () => {
  it('is at most so many requests in any minute', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, 10);
    const sent: number[] = [];
    await Promise.all(
      Array.from({ length: 3 }, async (_, worker) => {
        for (let at = 0; at < 12; at++) {
          await pace.turn();
          sent.push(clock.time);
          await clock.sleep(1000 + worker);
        }
      }),
    );
    expect(sent).toHaveLength(36);
    for (const time of sent) {
      expect(sent.filter((other) => other >= time && other < time + 60_000).length).toBeLessThanOrEqual(10);
    }
    // Nothing waits longer than it has to.
    expect(Math.max(...sent) - Math.min(...sent)).toBeLessThan(4 * 60_000);
  });

  it('is none where there is none', async () => {
    const clock = new FakeClock();
    const pace = new Pace(clock, undefined);
    for (let at = 0; at < 1000; at++) await pace.turn();
    expect(clock.sleeps).toEqual([]);
    expect(githubHost({}).perMinute).toBe(800);
    expect(githubHost({ GH_HOST: 'ghes.example' }).perMinute).toBeUndefined();
  });
});

describe('a selection', () => {
  const candidate: Candidate = {
    path: 'acme/Pay-API',
    archived: false,
    fork: false,
    disabled: false,
    empty: false,
    pushedAt: '2026-03-01T10:00:00Z',
    language: 'TypeScript',
    topics: ['checkout'],
  };

  it('is by names in any case, and does not drop what it cannot judge', () => {
    expect(selectionOf({})(candidate)).toBeUndefined();
    expect(selectionOf({ repositories: ['pay-*'] })(candidate)).toBeUndefined();
    expect(selectionOf({ repositories: ['ACME/*', 'x'] })(candidate)).toBeUndefined();
    expect(selectionOf({ repositories: ['!x'] })(candidate)).toBe('not asked for');
    expect(selectionOf({ pushedSince: '2026-03-01' })(candidate)).toBeUndefined();
    expect(selectionOf({ pushedSince: '2026-03-02' })(candidate)).toBe('not asked for');
    expect(selectionOf({ pushedSince: '2026-03-02' })({ ...candidate, pushedAt: undefined })).toBeUndefined();
    expect(selectionOf({ languages: ['go'] })({ ...candidate, language: undefined })).toBe('not asked for');
    expect(selectionOf({ include: 'archived' })({ ...candidate, archived: true, fork: true })).toBe('a fork');
  });

  it('that cannot be used is refused with all that is wrong', () => {
    const wrong = () =>
      selectionOf({ include: 'archived,froks', pushedSince: '2026-02-30', repositories: ['', 'a'.repeat(300)] });
    expect(wrong).toThrow(UsageError);
    try {
      wrong();
    } catch (error) {
      expect(error instanceof UsageError && error.problems.map(({ message }) => message)).toEqual([
        '--include "froks": expected archived, forks',
        '--repo "": expected a glob such as pay-*',
        `--repo "${'a'.repeat(80)}": expected a glob such as pay-*`,
        '--pushed-since "2026-02-30": expected a date such as 2026-01-31',
      ]);
    }
  });
});

describe('a source', () => {
  it.each([
    ['github:acme', { owner: 'acme', repository: undefined, ref: undefined }],
    ['github:acme/pay.js', { owner: 'acme', repository: 'pay.js', ref: undefined }],
    ['github:acme/pay.git@feature/x', { owner: 'acme', repository: 'pay', ref: 'feature/x' }],
    ['github:Team_acme/-', { owner: 'Team_acme', repository: '-', ref: undefined }],
    ['gitlab:acme', { path: 'acme', ref: undefined }],
    ['gitlab:acme/team/pay@v1.0', { path: 'acme/team/pay', ref: 'v1.0' }],
  ])('names what is meant: %s', (text, source) => {
    expect(isApiSource(text)).toBe(true);
    expect(parseApiSource(text)).toEqual({ host: text.split(':')[0], source });
  });

  it.each([
    'github:',
    'github:/',
    'github:acme/',
    'github:acme@main',
    'github:acme/pay/x',
    'github:acme/..',
    'github:acme/.git',
    'github:-acme',
    'github:acme/pay@',
    'github:acme/pay@-x',
    'github:acme/pay@a..b',
    'github:acme/p?y',
    'github:acme/pay@a b',
    'gitlab:',
    'gitlab:acme@main',
    'gitlab:acme//pay',
    'gitlab:../x',
    'gitlab:acme/pay@@{1}',
    'gitlab:-acme',
    `gitlab:${'a/'.repeat(30)}a`,
  ])('that cannot be one says why: %s', (text) => {
    expect(parseApiSource(text)).toEqual({ wrong: expect.stringMatching(/expected|cannot be/) });
  });

  it('is refused, or is safe in an address and in a path', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('/', '..', '.', '@', '%2f', '\\', '?', '#', 'acme', '\u0000'),
    );
    fc.assert(
      fc.property(fc.constantFrom('github:', 'gitlab:'), fc.array(part, { maxLength: 6 }), (prefix, parts) => {
        const parsed = parseApiSource(prefix + parts.join(''));
        if ('wrong' in parsed) return;
        const path =
          parsed.host === 'gitlab' ? parsed.source.path : `${parsed.source.owner}/${parsed.source.repository ?? ''}`;
        expect(path.replace(/\/$/, '')).toMatch(/^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/);
        expect(path.split('/')).not.toContain('..');
        expect(
          apiAddress(BASE, `projects/${encodeURIComponent(path)}/${encodeURIComponent(parsed.source.ref ?? 'x')}`),
        ).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the host', () => {
  const auth = (env: Readonly<Record<string, string>>) => githubHost(env).headers.authorization;

  it.each([
    [{}, 'https://api.github.com/', 'github.com'],
    [{ GITHUB_API_URL: 'https://api.github.com' }, 'https://api.github.com/', 'github.com'],
    [{ GITHUB_API_URL: 'https://ghes.example/api/v3' }, 'https://ghes.example/api/v3/', 'ghes.example'],
    [{ GH_HOST: 'ghes.example:8443' }, 'https://ghes.example:8443/api/v3/', 'ghes.example:8443'],
    [{ GH_HOST: 'github.com', GITHUB_API_URL: 'https://ghes.example/api/v3' }, 'https://api.github.com/', 'github.com'],
    [{ GH_HOST: 'acme.ghe.com' }, 'https://api.acme.ghe.com/', 'acme.ghe.com'],
    [{ GITHUB_API_URL: 'https://api.acme.ghe.com' }, 'https://api.acme.ghe.com/', 'acme.ghe.com'],
  ])('of GitHub is the one that is named: %j', (env, base, webHost) => {
    expect(githubHost(env)).toMatchObject({ base, webHost, headers: { 'x-github-api-version': '2022-11-28' } });
  });

  it('of GitHub gets the token that is for it', () => {
    const both = { GH_TOKEN: 'gh', GITHUB_TOKEN: 'workflow', GH_ENTERPRISE_TOKEN: 'enterprise' };
    const server = { GITHUB_API_URL: 'https://ghes.example/api/v3' };
    expect(auth(both)).toBe('Bearer gh');
    expect(auth({ GITHUB_TOKEN: 'workflow' })).toBe('Bearer workflow');
    expect(auth({ ...both, ...server })).toBe('Bearer enterprise');
    expect(auth({ GITHUB_TOKEN: 'workflow', ...server })).toBe('Bearer workflow');
    // What is for github.com goes to no other server, and the other way round.
    expect(auth({ GH_TOKEN: 'gh', GITHUB_TOKEN: 'workflow', GH_HOST: 'ghes.example' })).toBeUndefined();
    expect(auth({ GITHUB_TOKEN: 'workflow', ...server, GH_HOST: 'github.com' })).toBeUndefined();
    expect(auth({ GH_ENTERPRISE_TOKEN: 'enterprise' })).toBeUndefined();
    expect(auth({ GH_TOKEN: ' gh\n' })).toBe('Bearer gh');
  });

  it('of GitLab is the one that is named, with the token that is for it', () => {
    expect(gitlabHost({})).toMatchObject({ base: 'https://gitlab.com/api/v4/', webHost: 'gitlab.com', headers: {} });
    const job = { CI_API_V4_URL: 'https://ci.example/gitlab/api/v4', CI_JOB_TOKEN: 'job' };
    expect(gitlabHost(job)).toMatchObject({
      base: 'https://ci.example/gitlab/api/v4/',
      webHost: 'ci.example/gitlab',
      headers: { 'job-token': 'job' },
    });
    expect(gitlabHost({ ...job, GITLAB_TOKEN: 'own' }).headers).toEqual({ 'private-token': 'own' });
    expect(gitlabHost({ ...job, GITLAB_HOST: 'git.example' })).toMatchObject({
      base: 'https://git.example/api/v4/',
      headers: {},
    });
  });

  it.each([
    { GITHUB_API_URL: 'http://ghes.example/api/v3' },
    { GITHUB_API_URL: 'https://me:s3cret@ghes.example/api/v3' },
    { GITHUB_API_URL: 'ftp://s3cret.example' },
    { GH_HOST: 'http://s3cret.example' },
    { GH_HOST: 's3cret example' },
    { GH_TOKEN: 's3cret\r\nx: y' },
    { GH_TOKEN: 's3cret é' },
  ])('that cannot be used is refused without its value: %#', (env) => {
    expect(() => githubHost(env)).toThrow(UsageError);
    expect(() => githubHost(env)).not.toThrow(/s3cret/);
  });
});
