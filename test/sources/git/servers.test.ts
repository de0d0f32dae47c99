import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch } from '../../cli/harness.ts';
import { emptyRepository, gitEnv, repository } from './made.ts';
import { opened } from './opening.ts';
import { basic, type GitServer, serveDaemon, serveHttp } from './server.ts';

const lock = npmLock({ ms: '2.1.3' });
const files = { 'package-lock.json': lock, 'package.json': '{}', 'src/index.js': 'code', 'web/yarn.lock': '' };
const root = scratch();
const PASSWORD = 'alice:s3cret pass';

let server: GitServer;
let other: GitServer;

beforeAll(async () => {
  for (const name of [
    'ok/pay.git',
    'auth/pay.git',
    'old/pay.git',
    'flaky/pay.git',
    'broken/pay.git',
    'silent/pay.git',
  ]) {
    repository(root, name, files);
  }
  repository(root, 'ok/unfiltered.git', files, { config: '[uploadpack]\n\tallowFilter = false\n' });
  repository(root, 'old/unfiltered.git', files, { config: '[uploadpack]\n\tallowAnySHA1InWant = false\n' });
  repository(root, 'old/any.git', files, {
    config: '[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n',
  });
  emptyRepository(root, 'ok/empty.git');
  other = await serveHttp(root, { auth: { password: 'bob:other' } });
  server = await serveHttp(root, {
    auth: { password: PASSWORD },
    gone: { status: 404 },
    forbidden: { status: 403 },
    broken: { status: 500, body: 'remote: Authentication failed' },
    flaky: { failing: 2 },
    silent: { silent: true },
    old: { old: true },
    moved: { moved: '/ok' },
    away: { moved: `${other.url}/ok` },
    trap: { moved: `${other.url}/auth` },
    file: { moved: `file://${root}/ok` },
  });
});
afterAll(async () => {
  await server.close();
  await other.close();
});

const found = (name: string) => [`${name}/package-lock.json`, `${name}/web/yarn.lock`];

describe('a repository over smart HTTP', () => {
  it('gives its lockfiles and what is read beside them, and nothing else', async () => {
    const name = `${server.host}/ok/pay`;
    const seen = await opened([`git+${server.url}/ok/pay.git`]);
    expect(seen.lockfiles).toEqual(found(name));
    expect(seen.read(`${name}/package-lock.json`)).toBe(lock);
    expect(() => seen.read(`${name}/src/index.js`)).toThrow(/ENOENT/);
    expect([...seen.incomplete, ...seen.notices]).toEqual([]);
  });

  it.each([
    ['does not filter', 'ok/unfiltered'],
    ['speaks the old protocol', 'old/pay'],
    ['speaks the old protocol and filters', 'old/any'],
    ['speaks the old protocol and neither filters nor gives commits by their id', 'old/unfiltered'],
    ['fails twice', 'flaky/pay'],
  ])('gives the same where the server %s', async (_, path) => {
    const seen = await opened([`git+${server.url}/${path}.git`]);
    expect(seen.lockfiles).toEqual(found(`${server.host}/${path}`));
    expect([...seen.incomplete, ...seen.notices]).toEqual([]);
  });

  it('that moved is followed, on this host and to another', async () => {
    const seen = await opened([`git+${server.url}/moved/pay.git`, `git+${server.url}/away/pay`]);
    expect(seen.lockfiles).toEqual([...found(`${server.host}/away/pay`), ...found(`${server.host}/moved/pay`)]);
  });

  it('is never followed to a file of this machine', async () => {
    const seen = await opened([`git+${server.url}/file/pay.git`], { retries: 0 });
    expect(seen.incomplete).toEqual([`REPOSITORY_UNREACHABLE ${server.host}/file/pay`]);
  });

  it.each([
    ['gone', 'REPOSITORY_NOT_FOUND'],
    ['auth', 'REPOSITORY_DENIED'],
    ['forbidden', 'REPOSITORY_DENIED'],
    ['broken', 'REPOSITORY_UNREACHABLE'],
    ['nowhere', 'REPOSITORY_NOT_FOUND'],
  ])('that is %s is told, counts as a service of which nothing is known, and stops no other', async (path, code) => {
    const seen = await opened([`git+${server.url}/${path}/pay.git`, `git+${server.url}/ok/pay.git`]);
    expect(seen.incomplete).toEqual([`${code} ${server.host}/${path}/pay`]);
    expect(seen.unread).toEqual([`${server.host}/${path}/pay/?`]);
    expect(seen.lockfiles).toEqual(found(`${server.host}/ok/pay`));
  });

  it('is asked again after a failure of the server, and not where that helps nothing', async () => {
    const before = server.requests.length;
    await opened([`git+${server.url}/broken/pay.git`], { retries: 2 });
    expect(server.requests.length - before).toBe(3);
    await opened([`git+${server.url}/gone/pay.git`], { retries: 2 });
    expect(server.requests.length - before).toBe(4);
  });

  it('that does not answer is given up', async () => {
    const seen = await opened([`git+${server.url}/silent/pay.git`], { timeout: 300 });
    expect(seen.incomplete).toEqual([`REPOSITORY_TIMEOUT ${server.host}/silent/pay`]);
  });

  it('on a port where nobody listens, or a host that is not, is told', async () => {
    const seen = await opened(['git+http://127.0.0.1:1/a/b', 'git+ssh://git@host.invalid/a/b'], { retries: 0 });
    expect(seen.incomplete).toEqual([
      'REPOSITORY_UNREACHABLE 127.0.0.1:1/a/b',
      'REPOSITORY_UNREACHABLE host.invalid/a/b',
    ]);
  });

  it('without a commit is a notice', async () => {
    const seen = await opened([`git+${server.url}/ok/empty.git`]);
    expect(seen.notices).toEqual([`REPOSITORY_EMPTY ${server.host}/ok/empty`]);
    expect(seen.unread).toEqual([]);
  });

  it('where git is not installed is told', async () => {
    const seen = await opened([`git+${server.url}/ok/pay.git`], { env: { ...gitEnv(), PATH: scratch() } });
    expect(seen.incomplete).toEqual([`GIT_MISSING ${server.host}/ok/pay`]);
  });

  it('whose files are more than is taken, however small they were on the way, is given up', async () => {
    repository(root, 'ok/inflated.git', { 'package-lock.json': ' '.repeat(3_000_000) });
    const seen = await opened([`git+${server.url}/ok/inflated.git`], { mostBytes: 100_000 });
    expect(seen.incomplete).toEqual([`REPOSITORY_TOO_LARGE ${server.host}/ok/inflated`]);
  });

  it('that sends more than is taken is given up', async () => {
    repository(root, 'ok/big.git', { 'package-lock.json': lock, 'noise.bin': noise(3_000_000) }, { config: '' });
    const seen = await opened([`git+${server.url}/ok/big.git`], { mostBytes: 100_000 });
    expect(seen.incomplete).toEqual([`REPOSITORY_TOO_LARGE ${server.host}/ok/big`]);
  });
});

/** Text that does not get smaller. */
function noise(length: number): string {
  const blocks = Array.from({ length: length / 64 }, (_, at) => createHash('sha256').update(`${at}`).digest('hex'));
  return blocks.join('');
}

describe('credentials of a URL', () => {
  const withPassword = (base: string) => base.replace('http://', 'git+http://alice:s3cret%20pass@');

  it('open the repository', async () => {
    const seen = await opened([`${withPassword(server.url)}/auth/pay.git`]);
    expect(seen.lockfiles).toEqual(found(`${server.host}/auth/pay`));
  });

  it('that are wrong are denied', async () => {
    const seen = await opened([`git+http://alice:wrong@${server.host}/auth/pay.git`]);
    expect(seen.incomplete).toEqual([`REPOSITORY_DENIED ${server.host}/auth/pay`]);
  });

  it('never go to another server that the first one names', async () => {
    const before = other.requests.length;
    const seen = await opened([`${withPassword(server.url)}/trap/pay.git`], { retries: 0 });
    expect(seen.incomplete).toEqual([`REPOSITORY_DENIED ${server.host}/trap/pay`]);
    const asked = other.requests.slice(before);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.map(({ authorization }) => authorization)).toEqual(asked.map(() => undefined));
  });

  it('of the user are honoured', async () => {
    const helper = `!f() { test "$1" = get && echo username=alice && echo "password=s3cret pass"; }; f`;
    const env = {
      ...gitEnv(),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `credential.${server.url}.helper`,
      GIT_CONFIG_VALUE_0: helper,
    };
    const seen = await opened([`git+${server.url}/auth/pay.git`], { env });
    expect(seen.lockfiles).toEqual(found(`${server.host}/auth/pay`));
    const named = await opened([`git+http://alice@${server.host}/auth/pay.git`], { env });
    expect(named.lockfiles).toEqual(found(`${server.host}/auth/pay`));
    expect(server.requests.at(-1)?.authorization).toBe(basic(PASSWORD));
  });
});

describe('a repository over other ways', () => {
  it('git daemon', async () => {
    const daemon = await serveDaemon(root);
    try {
      const host = daemon.url.slice('git://'.length);
      const seen = await opened([`git+${daemon.url}/ok/pay.git`, `git+${daemon.url}/ok/none.git`]);
      expect(seen.lockfiles).toEqual(found(`${host}/ok/pay`));
      expect(seen.incomplete).toEqual([`REPOSITORY_NOT_FOUND ${host}/ok/none`]);
    } finally {
      await daemon.close();
    }
  });

  it('a directory, by its URL', async () => {
    const seen = await opened([`git+file://${root}/ok/pay.git`, `git+file://${root}/ok/none.git`]);
    expect(seen.lockfiles).toEqual(found(`${root.slice(1)}/ok/pay`));
    expect(seen.incomplete).toEqual([`REPOSITORY_NOT_FOUND ${root.slice(1)}/ok/none`]);
  });

  it('ssh, by the program that the user names, which can ask nobody', async () => {
    const log = join(scratch(), 'ssh');
    const ssh = join(scratch(), 'ssh');
    // Its last argument is what the other side is to run.
    const script = `#!/bin/sh\nif (: < /dev/tty) 2>/dev/null; then echo tty >> '${log}'; fi\nfor last; do :; done\necho "$last" >> '${log}'\nexec sh -c "$last"\n`;
    writeFileSync(ssh, script, { mode: 0o755 });
    const env = { ...gitEnv(), GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'ssh' };
    const seen = await opened([`git+ssh://git@git.example${root}/ok/pay.git`], { env });
    expect(seen.lockfiles).toEqual(found(`git.example${root}/ok/pay`));
    expect(new Set(readFileSync(log, 'utf8').trim().split('\n'))).toEqual(
      new Set([`git-upload-pack '${root}/ok/pay.git'`]),
    );
  });

  it('sha256', async () => {
    repository(root, 'ok/long.git', files, { format: 'sha256' });
    const seen = await opened([`git+${server.url}/ok/long.git`]);
    expect(seen.lockfiles).toEqual(found(`${server.host}/ok/long`));
  });

  it.each(['ext::sh -c touch% x', 'git+ext::sh', 'git+fd::1', 'git+ftp://127.0.0.1/a/b', 'git+-u/a', 'git+https:/a'])(
    'not %s',
    async (source) => {
      await expect(opened([source])).rejects.toThrow();
    },
  );

  it.each([
    ['a program', 'ext::sh -c touch% MARKER% %S ', 'protocol.ext.allow'],
    ['a directory', `file://${root}/`, 'protocol.file.allow'],
  ])('never by %s that a setting puts in the place of an address', async (_, instead, key) => {
    const marker = join(scratch(), 'ran');
    const env = {
      ...gitEnv(),
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: `url.${instead.replace('MARKER', marker)}.insteadOf`,
      GIT_CONFIG_VALUE_0: `${server.url}/`,
      GIT_CONFIG_KEY_1: key,
      GIT_CONFIG_VALUE_1: 'always',
    };
    const seen = await opened([`git+${server.url}/ok/pay.git`], { env, retries: 0 });
    expect(seen.incomplete).toEqual([`REPOSITORY_UNREACHABLE ${server.host}/ok/pay`]);
    expect(seen.messages.join()).toContain('does not allow this protocol');
    expect(existsSync(marker)).toBe(false);
  });
});
