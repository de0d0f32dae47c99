/** Histories of remote repositories: over git in full and without the blobs that do not matter, else a plain word. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historySources } from '../../src/sources/git/history-open.ts';
import { scratch } from '../cli/harness.ts';
import { gitEnv } from '../sources/git/made.ts';
import { type GitServer, serveHttp } from '../sources/git/server.ts';
import { lock, service } from './lockfiles.ts';
import { bad, git, incomplete, MadeHistory, told, walked } from './made.ts';

const CHALK = bad('chalk@5.6.1');
const PASSWORD = 'alice:s3cret';
const root = scratch();
let server: GitServer;
let exposedAt: string;

beforeAll(async () => {
  const made = new MadeHistory();
  made.commit({ ...service('pay', '5.6.0'), 'big.bin': randomBytes(1_000_000).toString('base64') });
  exposedAt = made.commit(service('pay', '5.6.1'));
  made.commit(service('pay', '5.6.1'), { branch: 'next', from: 'main' });
  made.commit({ pay: null, ...service('till', '5.6.1'), 'big.bin': randomBytes(1_000_000).toString('base64') });
  made.commit({ 'till/package-lock.json': lock('npm', '5.6.2') });
  for (const [name, config] of [
    ['ok/pay.git', 'true'],
    ['ok/unfiltered.git', 'false'],
    ['old/pay.git', 'true'],
    ['auth/pay.git', 'true'],
  ] as const) {
    git(root, 'clone', '--quiet', '--bare', made.root, join(root, name));
    git(join(root, name), 'config', 'uploadpack.allowFilter', config);
    git(join(root, name), 'config', 'http.uploadpack', 'true');
  }
  server = await serveHttp(root, { old: { old: true }, auth: { password: PASSWORD } });
});
afterAll(() => server.close());

const sent = () => server.requests.reduce((sum, { bytes }) => sum + bytes, 0);

describe('the history of a remote repository', () => {
  it('is walked, renamed and gone services too, without the blobs that do not matter', async () => {
    const before = sent();
    const history = await walked([`git+${server.url}/ok/pay.git`], CHALK);
    const name = `${server.host}/ok/pay`;
    expect([told(history.exposures), history.diagnostics]).toEqual([
      [`${name}/pay 5.6.1 2..4 gone`, `${name}/till 5.6.1 4..5`],
      [],
    ]);
    expect(sent() - before).toBeLessThan(200_000);
    expect(history.repositories).toMatchObject([{ name, lines: [{ commits: 4, begins: { how: 'root' } }] }]);
  });

  it.each(['ok/unfiltered.git', 'old/pay.git'])('is walked where a server cannot leave blobs out: %s', async (path) => {
    const history = await walked([`git+${server.url}/${path}`], CHALK);
    expect([history.exposures.length, incomplete(history)]).toEqual([2, []]);
  });

  it('is that of the ref that was named, or of all branches', async () => {
    const source = `git+${server.url}/ok/pay.git`;
    const next = await walked([`${source}#next`], CHALK);
    expect(next.exposures.map(({ branches, until }) => [branches, until])).toEqual([[['next'], undefined]]);
    const commit = await walked([`${source}#${exposedAt}`], CHALK);
    expect(told(commit.exposures).map((each) => each.split(' ').at(-1))).toEqual(['2..']);
    const all = await walked([source], CHALK, { allBranches: true });
    expect(all.exposures.map((each) => each.branches.join())).toEqual(['main', 'next', 'main']);
  });

  it('takes credentials of the address along, and tells nobody', async () => {
    const source = `git+${server.url.replace('://', `://${PASSWORD}@`)}/auth/pay.git`;
    const history = await walked([source], CHALK);
    expect(history.exposures).toHaveLength(2);
    expect(JSON.stringify(history)).not.toContain('s3cret');
    const denied = await walked([`git+${server.url}/auth/pay.git`], CHALK);
    expect(denied.repositories).toEqual([]);
  });

  it('is told to be missing where nobody is to be asked, or only the interface of a host', async () => {
    const cache = scratch();
    const source = `git+${server.url}/ok/pay.git`;
    await walked([source], CHALK, { cache });
    const offline = await walked([source], CHALK, { cache, offline: true });
    expect(incomplete(offline)).toEqual([`HISTORY_ABSENT ${server.host}/ok/pay`]);
    const { sources, diagnostics } = await historySources(
      {
        paths: [],
        snapshots: ['fleet.spof'],
        repositories: [{ name: 'github.com/acme/pay@v2', root, revision: undefined }],
        remotes: [],
      },
      { env: gitEnv(), allBranches: false, offline: false, scratch: scratch() },
    );
    expect(sources).toEqual([]);
    expect(diagnostics.map(({ code, next }) => `${code} ${next}`)).toEqual([
      'HISTORY_ABSENT name the repositories it was made of as sources',
      "HISTORY_ABSENT name it as git+https://github.com/acme/pay#v2, which takes your own git's credentials",
    ]);
  });
});
