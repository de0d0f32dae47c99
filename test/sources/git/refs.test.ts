import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch } from '../../cli/harness.ts';
import { emptyRepository, type MadeRepository, repository } from './made.ts';
import { opened } from './opening.ts';
import { type GitServer, serveHttp } from './server.ts';

const root = scratch();
const version = (text: string) => ({ 'package-lock.json': npmLock({ ms: text }) });
let server: GitServer;
let pay: MadeRepository;
let first: string;
let last: string;

beforeAll(async () => {
  pay = emptyRepository(root, 'acme/pay.git', { branch: 'trunk' });
  first = pay.commit(version('1.0.0'));
  pay.git('tag', 'v1', first);
  pay.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'x', 'v1-annotated', first);
  pay.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'tag', '-a', '-m', 'x', 'v1-nested', 'v1-annotated');
  pay.git('update-ref', 'refs/pull/7/head', first);
  last = pay.commit(version('2.0.0'));
  pay.commit(version('3.0.0'), 'feature/new');
  pay.commit(version('4.0.0'), 'v1');
  pay.git('tag', 'of-a-tree', `${last}^{tree}`);
  server = await serveHttp(root, {});
});
afterAll(() => server.close());

/** The version that is locked at a ref. */
async function locked(ref: string | undefined): Promise<unknown> {
  const hash = ref === undefined ? '' : `#${ref}`;
  const seen = await opened([`git+${server.url}/acme/pay.git${hash}`], { retries: 0 });
  const [lockfile] = seen.lockfiles;
  if (lockfile === undefined) return seen.incomplete.map((each) => each.split(' ')[0]).join();
  expect(lockfile).toBe(`${server.host}/acme/pay${ref === undefined ? '' : `@${ref}`}/package-lock.json`);
  return JSON.parse(seen.read(lockfile)).packages['node_modules/ms'].version;
}

describe('a ref', () => {
  it.each([
    ['none: the default branch, whatever it is called', undefined, '2.0.0'],
    ['HEAD', 'HEAD', '2.0.0'],
    ['a branch', 'feature/new', '3.0.0'],
    ['a branch before a tag of its name', 'v1', '4.0.0'],
    ['a tag by its full name', 'refs/tags/v1', '1.0.0'],
    ['an annotated tag', 'v1-annotated', '1.0.0'],
    ['a tag of a tag', 'v1-nested', '1.0.0'],
    ['any other ref', 'refs/pull/7/head', '1.0.0'],
  ])('is %s', async (_, ref, expected) => {
    expect(await locked(ref)).toBe(expected);
  });

  it('is a commit, by its whole id, on a branch or behind it', async () => {
    expect(await locked(last)).toBe('2.0.0');
    expect(await locked(first)).toBe('1.0.0');
  });

  it('that is not there is told', async () => {
    expect(await locked('nope')).toBe('REPOSITORY_REF_UNKNOWN');
    expect(await locked('new')).toBe('REPOSITORY_REF_UNKNOWN');
    expect(await locked('1'.repeat(40))).toBe('REPOSITORY_REF_UNKNOWN');
  });

  it('of HEAD that points at no branch is told, and is not taken for an empty repository', async () => {
    const odd = repository(root, 'acme/odd.git', version('1.0.0'));
    odd.git('symbolic-ref', 'HEAD', 'refs/heads/gone');
    const seen = await opened([`git+${server.url}/acme/odd.git`]);
    expect(seen.incomplete).toEqual([`REPOSITORY_REF_UNKNOWN ${server.host}/acme/odd`]);
  });

  it('is in the name: one repository at two refs is two', async () => {
    const base = `git+${server.url}/acme/pay.git`;
    const seen = await opened([base, `${base}#v1`, base, `git+${server.url}/acme/pay`]);
    expect(seen.lockfiles).toEqual([
      `${server.host}/acme/pay/package-lock.json`,
      `${server.host}/acme/pay@v1/package-lock.json`,
    ]);
  });

  it('that a branch was renamed from is gone, and HEAD goes along', async () => {
    const moved = repository(root, 'acme/moved.git', version('1.0.0'), { branch: 'master' });
    const base = `git+${server.url}/acme/moved.git`;
    expect((await opened([`${base}#master`])).lockfiles).toHaveLength(1);
    moved.git('branch', '-m', 'master', 'main');
    const seen = await opened([base, `${base}#master`]);
    expect(seen.lockfiles).toEqual([`${server.host}/acme/moved/package-lock.json`]);
    expect(seen.incomplete).toEqual([`REPOSITORY_REF_UNKNOWN ${server.host}/acme/moved@master`]);
  });
});
