/** Spellings of a repository that manifests use, and what hostile ones must not do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repositoryOf, sameRepository } from '../../src/registry/repository.ts';

describe('a repository on a known host', () => {
  it.each([
    'https://github.com/Owner/name',
    'https://github.com/Owner/name/',
    'https://github.com/Owner/name.git',
    'https://github.com/Owner/name.git/',
    'http://github.com/Owner/name',
    'git+https://github.com/Owner/name.git',
    'git+http://github.com/Owner/name.git',
    'git://github.com/Owner/name.git#main',
    'git+https://git@github.com/Owner/name.git',
    'https://user:secret@GitHub.com/Owner/name?token=secret#readme',
    'https://www.github.com/Owner/name',
    'https://github.com./Owner/name',
    'https://github.com/Owner/name/tree/main/packages/@scope/part',
    'https://github.com/Owner/name/blob/main/README.md',
    'https://github.com/Owner/name#readme',
    'https://github.com:Owner/name.git',
    'ssh://git@github.com/Owner/name.git',
    'ssh://git@github.com:22/Owner/name.git',
    'ssh://git@github.com:Owner/name.git',
    'git+ssh://git@github.com:Owner/name.git',
    'git@github.com:Owner/name.git',
    'git@github.com:Owner/name.git#name@1.0.0',
    'git@github.com/Owner/name',
    'github.com:Owner/name',
    'github.com/Owner/name',
    'github:Owner/name',
    'github:Owner/name#semver:^1',
    'Owner/name',
    'Owner/name/',
    ' Owner/name\n',
  ])('%s', (text) => expect(repositoryOf(text)).toBe('https://github.com/Owner/name'));

  it.each([
    ['gitlab:group/name', 'https://gitlab.com/group/name'],
    ['https://gitlab.com/group/sub/name/-/tree/main/src', 'https://gitlab.com/group/sub/name'],
    ['https://gitlab.com/group/name/tree/main', 'https://gitlab.com/group/name'],
    ['git@gitlab.com:group/sub/name.git', 'https://gitlab.com/group/sub/name'],
    ['bitbucket:owner/name', 'https://bitbucket.org/owner/name'],
    ['http://bitbucket.org/owner/name/src/master/', 'https://bitbucket.org/owner/name'],
    ['https://git.sr.ht/~owner/name', 'https://git.sr.ht/~owner/name'],
  ])('%s', (text, url) => expect(repositoryOf(text)).toBe(url));
});

describe('a repository elsewhere', () => {
  it.each([
    ['https://Git.Example/Owner/Name.git', 'https://git.example/Owner/Name'],
    ['git@git.example:owner/name.git', 'https://git.example/owner/name'],
    ['ssh://git@git.example:2222/owner/name', 'https://git.example/owner/name'],
    ['http://git.example:80/owner/name', 'https://git.example/owner/name'],
    ['http://git.example:8080/owner/name', 'https://git.example:8080/owner/name'],
    ['https://git.example:8443/owner/name', 'https://git.example:8443/owner/name'],
    ['https://[::1]:8443/owner/name', 'https://[::1]:8443/owner/name'],
    ['https://git.example/group/sub/name/-/tree/main/packages/@scope/part', 'https://git.example/group/sub/name'],
    ['https://codeberg.org/owner/name/', 'https://codeberg.org/owner/name'],
    ['https://github.com@git.example/owner/name', 'https://git.example/owner/name'],
    ['https://github.com.git.example/owner/name', 'https://github.com.git.example/owner/name'],
  ])('%s', (text, url) => expect(repositoryOf(text)).toBe(url));
});

describe('no repository', () => {
  it.each([
    '',
    'name',
    '@scope/name',
    './owner/name',
    '../owner/name',
    '/owner/name',
    'file:///owner/name',
    'svn://github.com/owner/name',
    'javascript:owner/name',
    'constructor:owner/name',
    '__proto__:owner/name',
    'https://git.example',
    'https://git.example/@owner/name',
    'https://half/token@git.example/owner/name',
    'https://user:half/password@git.example/owner/name',
    'https://git.example/.git',
    'https://github.com/owner',
    'https://github.com/owner/.git',
    'https://github.com/owner/..',
    'github:owner/..',
    'github:owner/name/more',
    'https://github.com/owner%2Fname/more',
    'https://github.com/%E0%A4%A/name',
    'https://github.com\\@git.example/owner/name',
    'https://github.com/owner/na me',
    'https://github.com/owner/na\u001b[2Jme',
    'gist:0123456789',
    'https://gist.github.com/owner/0123456789',
    'git@gist.github.com:0123456789.git',
    `https://git.example/owner/${'n'.repeat(4096)}`,
  ])('%j', (text) => expect(repositoryOf(text)).toBeUndefined());
});

describe('sameRepository', () => {
  it.each([
    ['git+https://github.com/Owner/Name.git', 'owner/name', true],
    ['https://gitlab.com/Group/name', 'gitlab:group/Name', true],
    ['https://git.example/Owner/name', 'https://git.example/owner/name', false],
    ['https://git.example/owner/name', 'git@GIT.example:owner/name.git', true],
    ['owner/name', 'gitlab:owner/name', false],
    ['owner/name', 'owner/other', false],
    ['owner/name', 'nothing', undefined],
    [undefined, 'owner/name', undefined],
    [undefined, undefined, undefined],
  ])('%s, %s: %s', (a, b, same) => {
    expect(sameRepository(a, b)).toBe(same);
    expect(sameRepository(b, a)).toBe(same);
  });
});

const piece = fc.constantFrom(
  ...[
    'git+',
    'https:',
    'ssh:',
    'github:',
    'gitlab:',
    '//',
    '/',
    ':',
    '@',
    '#',
    '?',
    '.git',
    'github.com',
    'www.',
    '..',
  ],
  ...['gitlab.com', 'git.example', 'owner', 'Name', 'tree', '-', '%2F', '%', '\\', ' ', '\0', '[', ']', '22', '\u202e'],
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

describe('for all texts', () => {
  it('is undefined or its own canonical https URL', () => {
    fc.assert(
      fc.property(text, (written) => {
        const url = repositoryOf(written);
        if (url === undefined) return;
        const { protocol, username, password, search, hash, host, pathname } = new URL(url);
        expect({ protocol, username, password, search, hash }).toEqual({
          ...{ protocol: 'https:', username: '', password: '', search: '', hash: '' },
        });
        expect(`https://${host}${pathname}`).toBe(url);
        expect(repositoryOf(url)).toBe(url);
        expect(sameRepository(written, url)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('never shows a password, not even one that is not escaped', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'S3/#?:@.%'), minLength: 3, maxLength: 12 });
    const before = fc.constantFrom('https://', 'git+ssh://', 'ssh://', 'git://', '');
    const after = fc.constantFrom('github.com/owner/name', 'github.com:owner/name', 'git.example/owner/name.git');
    fc.assert(
      fc.property(before, fc.constantFrom('user', 'user.name', ''), secret, after, (scheme, user, hidden, address) => {
        expect(repositoryOf(`${scheme}${user}:${hidden}@${address}`) ?? '').not.toMatch(/[S3]/);
      }),
      { numRuns: 5000 },
    );
  });

  it('a text as long as allowed is read without backtracking', () => {
    for (const part of ['/', 'a/', '@', ':', 'a.', '.git', '.git/', 'a@', '//', '%', 'a:', '-/']) {
      const long = part.repeat(4096 / part.length);
      for (const prefix of ['', 'https://', 'git@a:', 'github:', 'https://git.example/']) {
        expect(typeof repositoryOf(`${prefix}${long}`.slice(0, 4096))).toMatch(/string|undefined/);
      }
    }
  });
});
