/** Questions that are asked without a process of git, and those that are left to it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { npmLock, scratch } from '../../cli/harness.ts';
import { emptyRepository, gitEnv, repository } from './made.ts';
import { opened } from './opening.ts';
import { basic, type GitServer, type Request, serveHttp } from './server.ts';

const PASSWORD = 'alice:s3cret';
const ID = 'a'.repeat(40);
const root = scratch();
let server: GitServer;
let other: GitServer;
let seen = 0;

beforeAll(async () => {
  const lock = { 'package-lock.json': npmLock({ ms: '1.0.0' }) };
  for (const name of ['a', 'b', 'c']) repository(root, `acme/${name}`, lock);
  for (const name of ['a', 'b', 'c']) repository(root, `auth/${name}`, lock);
  for (const place of ['page', 'garbage', 'packed', 'away', 'old', 'odd', 'limited'])
    repository(root, `${place}/a`, lock);
  emptyRepository(root, 'acme/empty');
  const odd = repository(root, 'acme/odd', lock);
  odd.git('symbolic-ref', 'HEAD', 'refs/heads/gone');
  other = await serveHttp(root);
  server = await serveHttp(root, {
    auth: { password: PASSWORD },
    page: { refs: { type: 'text/html', body: '<html>' } },
    garbage: { refs: { body: '001e# service=git-upload-pack\n0000ffff' } },
    away: { moved: `${other.url}/acme` },
    old: { old: true },
    limited: { failing: 3, failure: 429 },
    odd: { refs: { body: `001e# service=git-upload-pack\n0000${'0040'}${ID} refs/heads/main\0x\n0000` } },
  });
});
beforeEach(() => {
  seen = server.requests.length;
});
afterAll(async () => {
  await Promise.all([server.close(), other.close()]);
});

const asked = (): Request[] => server.requests.slice(seen);
const isOwn = ({ agent }: Request): boolean => agent.startsWith('git/spof-deps-');
const own = (): Request[] => asked().filter(isOwn);
const url = (name: string): string => `git+${server.url}/${name}`;
const names = (place: string): string[] => ['a', 'b', 'c'].map((name) => url(`${place}/${name}`));

describe('a repository over http', () => {
  it('takes one request where nothing has changed, and git is not started', async () => {
    const cache = scratch();
    await opened(names('acme'), { cache });
    seen = server.requests.length;
    const again = await opened(names('acme'), { cache });
    expect(again.lockfiles).toHaveLength(3);
    expect(asked()).toHaveLength(3);
    expect(own()).toHaveLength(3);
  });

  it.each([
    ['empty', 'acme/empty', ['REPOSITORY_EMPTY'], 1],
    ['not there', 'acme/none', ['REPOSITORY_NOT_FOUND'], 1],
  ])('that is %s is told with one request', async (_, name, codes, requests) => {
    const { incomplete, notices } = await opened([url(name)]);
    expect([...incomplete, ...notices].map((each) => each.split(' ')[0])).toEqual(codes);
    expect(asked()).toHaveLength(requests);
  });

  it('of which HEAD leads nowhere is left to git', async () => {
    expect((await opened([url('acme/odd')])).incomplete).toEqual([`REPOSITORY_REF_UNKNOWN ${server.host}/acme/odd`]);
    expect(asked().some((request) => !isOwn(request))).toBe(true);
  });

  it.each(['page', 'garbage', 'away', 'old', 'odd'])('that answers oddly (%s) is read by git', async (place) => {
    const { lockfiles, incomplete } = await opened([url(`${place}/a`)]);
    expect([lockfiles.length, incomplete]).toEqual([1, []]);
  });

  it('that is asked too often is asked again when it says so', async () => {
    const { lockfiles, incomplete } = await opened([url('limited/a')]);
    expect([lockfiles.length, incomplete]).toEqual([1, []]);
    expect(own()).toHaveLength(4);
  });

  it('is not followed elsewhere by anything but git', async () => {
    const before = other.requests.length;
    await opened([url('away/a')]);
    expect(own()).toHaveLength(1);
    const reached = other.requests.slice(before);
    expect(reached.length).toBeGreaterThan(0);
    expect(reached.some(isOwn)).toBe(false);
  });
});

describe('credentials', () => {
  /** A helper that writes down what it is asked for. */
  function helping(password: string, key = 'credential.helper') {
    const log = join(scratch(), 'log');
    const [user, secret] = password.split(':');
    const helper = `!f() { echo "$1" >> '${log}'; test "$1" = get && echo username=${user} && echo password=${secret}; }; f`;
    const env = { ...gitEnv(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: helper };
    const gets = () => (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\n').filter((line) => line === 'get');
    return { env, gets };
  }

  it('are asked for once, and only where the server wants some', async () => {
    const { env, gets } = helping(PASSWORD);
    const cache = scratch();
    await opened([...names('acme')], { env, cache });
    expect(gets()).toEqual([]);
    expect(asked().every(({ authorization }) => authorization === undefined)).toBe(true);
    await opened(names('auth'), { env, cache });
    const before = gets().length;
    seen = server.requests.length;
    const warm = await opened(names('auth'), { env, cache });
    expect(warm.lockfiles).toHaveLength(3);
    expect(gets().length - before).toBe(1);
    expect(own().length).toBe(asked().length);
    expect(own().length).toBeLessThanOrEqual(6);
    expect(own().filter(({ authorization }) => authorization === basic(PASSWORD))).toHaveLength(3);
  });

  it('may differ by path', async () => {
    const { env, gets } = helping(PASSWORD, `credential.${server.url}/auth.helper`);
    const cache = scratch();
    await opened(names('auth'), { env, cache });
    const before = gets().length;
    expect((await opened(names('auth'), { env, cache })).lockfiles).toHaveLength(3);
    expect(gets().length - before).toBe(3);
  });

  it.each([
    ['none', gitEnv()],
    ['wrong ones', helping('alice:wrong').env],
  ])('that are %s: git has the last word', async (_, env) => {
    const { incomplete } = await opened([url('auth/a')], { env, retries: 0 });
    expect(incomplete).toEqual([`REPOSITORY_DENIED ${server.host}/auth/a`]);
    expect(asked().some((request) => !isOwn(request))).toBe(true);
  });
});

describe('a configuration that changes how a server is asked', () => {
  const configured = (key: string, value: string) => ({
    ...gitEnv(),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: value,
  });

  it.each([
    ['http.extraHeader', 'X-Token: 1'],
    ['http.proxy', ''],
    ['http.cookieFile', '/nowhere'],
    ['http.userAgent', 'mine'],
    ['protocol.http.allow', 'always'],
    ['protocol.allow', 'always'],
  ])('is left to git: %s', async (key, value) => {
    const { lockfiles } = await opened([url('acme/a')], { env: configured(key, value) });
    expect(lockfiles).toHaveLength(1);
    expect(own()).toEqual([]);
  });

  it('for this host', async () => {
    await opened([url('acme/a')], { env: configured(`http.${server.url}/.extraHeader`, 'X-Token: 1') });
    expect(own()).toEqual([]);
    await opened([url('acme/a')], { env: configured('http.https://git.example/.extraHeader', 'X-Token: 1') });
    expect(own()).toHaveLength(1);
  });

  it('for this address', async () => {
    const place = `${server.url}/short/`;
    const { lockfiles } = await opened([url('short/a')], {
      env: configured(`url.${server.url}/acme/.insteadOf`, place),
    });
    expect(lockfiles).toHaveLength(1);
    expect(own()).toEqual([]);
    await opened([url('acme/a')], { env: configured('url.ssh://git@git.example/.insteadOf', 'https://git.example/') });
    expect(own()).toHaveLength(1);
  });

  it.each(['http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'GIT_SSL_KEY', 'GIT_HTTP_USER_AGENT'])(
    'is left to git in the environment: %s',
    async (name) => {
      const set = name.endsWith('roxy') || name.endsWith('PROXY') ? server.url : 'x';
      await opened([url('acme/a')], { env: { ...gitEnv(), [name]: set, no_proxy: '127.0.0.1' } });
      expect(own()).toEqual([]);
    },
  );

  it('does nothing where it says what is not sent', async () => {
    const file = join(scratch(), 'ca.pem');
    writeFileSync(file, '');
    for (const env of [
      configured('http.postBuffer', '1000000'),
      configured('http.sslVerify', 'true'),
      configured('user.name', 'me'),
      { ...gitEnv(), GIT_SSL_CAINFO: file, SSL_CERT_DIR: '/nowhere' },
    ]) {
      seen = server.requests.length;
      await opened([url('acme/a')], { env });
      expect(own()).toHaveLength(1);
    }
  });

  it('that git cannot read is told by git', async () => {
    const file = join(scratch(), 'config');
    writeFileSync(file, '[http\n');
    const { incomplete } = await opened([url('acme/a')], { env: { ...gitEnv(), GIT_CONFIG_GLOBAL: file } });
    expect(incomplete).toEqual([`REPOSITORY_UNREACHABLE ${server.host}/acme/a`]);
    expect(asked()).toEqual([]);
  });
});
