import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRef, parseGitSource } from '../../../src/sources/git/address.ts';

function parsed(source: string) {
  const address = parseGitSource(source);
  if ('wrong' in address) throw new Error(address.wrong);
  return address;
}

describe('the address of a repository', () => {
  it.each([
    ['git+https://git.example/acme/pay.git', 'git.example/acme/pay'],
    ['git+https://git.example/acme/pay/', 'git.example/acme/pay'],
    ['git+https://GIT.example:8443/acme/pay.git#v2', 'git.example:8443/acme/pay@v2'],
    ['git+ssh://git@git.example/acme/pay.git', 'git.example/acme/pay'],
    ['git+ssh://git@git.example:2222/~me/pay#feature/x', 'git.example:2222/~me/pay@feature/x'],
    ['git+git://git.example/pay', 'git.example/pay'],
    ['git+file:///srv/git/pay.git', 'srv/git/pay'],
    ['git+file:///srv/pay/.git', 'srv/pay'],
    ['git+ssh://git@git.example//srv//pay', 'git.example/srv/pay'],
    ['git+https://[::1]:8443/pay', '[::1]:8443/pay'],
    ['git+https://u:p@git.example/a/../b', 'git.example/b'],
  ])('%s is called %s', (source, name) => {
    expect(parsed(source).name).toBe(name);
  });

  it('is without the credentials of a web server, and with the user that ssh needs', () => {
    expect(parsed('git+https://al%40ice:p%3Aw@git.example/a')).toMatchObject({
      url: 'https://git.example/a',
      credentials: { username: 'al@ice', password: 'p:w' },
    });
    expect(parsed('git+https://:secret@git.example/a').credentials).toEqual({ username: '', password: 'secret' });
    expect(parsed('git+https://alice@git.example/a').credentials).toEqual({ username: 'alice', password: undefined });
    expect(parsed('git+ssh://git:secret@git.example/a')).toMatchObject({
      url: 'ssh://git@git.example/a',
      credentials: undefined,
    });
  });

  it.each([
    'git+',
    'git+pay',
    'git+/srv/git/pay',
    'git+git@git.example:acme/pay',
    'git+ext::sh -c x',
    'git+ftp://git.example/a',
    'git+https://git.example/',
    'git+https://git.example/.git',
    'git+https://git.example/a/...git',
    'git+https://git.example/a?private_token=x',
    'git+git://../a',
    'git+ssh://./a',
    'git+file://host/a',
    'git+https:///a',
    'git+https://git.example/a b',
    'git+https://git.example/a\nb',
    'git+https://git.example/a#',
    'git+https://git.example/a#-x',
    'git+https://git.example/a#a..b',
    'git+ssh://-oProxyCommand=x/a',
    'git+ssh://-oProxyCommand=x@git.example/a',
    'git+ssh://git.example/-x',
    'git+https://u:%0a@git.example/a',
    'git+https://u:%ff@git.example/a',
    `git+https://git.example/${'a'.repeat(3000)}`,
  ])('is not %s', (source) => {
    expect(parseGitSource(source)).toHaveProperty('wrong');
  });

  it('never throws, never names a password, and is the same when it is parsed again', () => {
    const part = fc.oneof(
      fc.constantFrom('git.example', '/', '..', '@', ':', '#', 'ssh://', 'git://', 'https://', '%2e', '-', '.git', '~'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const address = parseGitSource(`git+${parts.join('')}`);
        if ('wrong' in address) return;
        expect(address.name.split('/')).not.toContain('..');
        expect(posix.join('top', address.name)).toBe(`top/${address.name}`);
        expect(address.url).toMatch(/^(?:https?|ssh|git|file):\/\//);
        const again = parseGitSource(`git+${address.url}${address.ref === undefined ? '' : `#${address.ref}`}`);
        expect(again).toMatchObject({ name: address.name, url: address.url });
      }),
      { numRuns: 3000 },
    );
  });

  it('never says what password it holds', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{12}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom('https', 'http', 'ssh', 'git', 'file', 'ftp'), (password, protocol) => {
        const address = parseGitSource(`git+${protocol}://user:${password}@git.example/a/b#main`);
        const { credentials: _, ...rest } = 'wrong' in address ? { ...address, credentials: undefined } : address;
        expect(JSON.stringify(rest)).not.toContain(password);
      }),
    );
  });
});

describe('the name of a ref', () => {
  it.each(['main', 'feature/x', 'v1.0', 'refs/heads/a', 'a@b', 'HEAD', '日本'])('may be %s', (ref) => {
    expect(isRef(ref)).toBe(true);
  });
  it.each([
    '',
    '-x',
    '/a',
    'a/',
    'a.',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a*',
    'a[b',
    'a\\b',
    '@',
    'a@{1}',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a\u0000',
  ])('may not be %j', (ref) => {
    expect(isRef(ref)).toBe(false);
  });
});
