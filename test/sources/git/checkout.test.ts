/** What the files of a `.git` say of where a checkout comes from, without git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionOfCheckout, webAddress } from '../../../src/sources/git/checkout.ts';
import { headOf } from '../../../src/sources/git/refs.ts';
import { scratch, tree } from '../../cli/harness.ts';
import { gitEnv, repository } from './made.ts';

const COMMIT = 'a'.repeat(40);
const CONFIG = '[remote "origin"]\n\turl = https://git.example/acme/pay.git\n';

describe('a checkout', () => {
  it('is at what git says it is at, packed or not, on a branch or not', () => {
    const root = scratch();
    const made = repository(root, 'acme/pay', { 'a.txt': 'a' });
    const clone = join(root, 'clone');
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', clone, ...args], { env: { ...process.env, ...gitEnv() }, encoding: 'utf8' }).trim();
    execFileSync('git', ['clone', '-q', join(root, 'acme/pay'), clone], { env: { ...process.env, ...gitEnv() } });
    git('remote', 'set-url', 'origin', 'git@git.example:acme/pay.git');
    const commit = made.git('rev-parse', 'main');
    const expected = { url: 'https://git.example/acme/pay', branch: 'main', commit, says: 'checkout' };
    expect(revisionOfCheckout(clone)).toEqual(expected);
    git('pack-refs', '--all');
    expect(revisionOfCheckout(clone)).toEqual(expected);
    git('checkout', '-q', '--detach');
    expect(revisionOfCheckout(clone)).toEqual({ ...expected, branch: undefined });
  });

  it('is not believed further than it goes', () => {
    const at = (files: Readonly<Record<string, string>>) =>
      revisionOfCheckout(tree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`.git/${name}`, text]))));
    expect(at({ config: '', HEAD: COMMIT })).toBeUndefined();
    expect(at({ config: '[remote "other"]\nurl = https://git.example/a/b\n', HEAD: COMMIT })).toBeUndefined();
    expect(
      at({ config: '[core]\n[remote "origin"]\nfetch = x\nURL="https://git.example/a/b"\n[x]\nurl = y', HEAD: COMMIT })
        ?.url,
    ).toBe('https://git.example/a/b');
    for (const head of [
      'ref: refs/heads/../../x',
      'ref: refs/tags/x',
      'ref: /etc/passwd',
      '',
      'x',
      'ref: refs/heads/a b',
    ]) {
      expect(at({ config: CONFIG, HEAD: head })).toMatchObject({ branch: undefined, commit: undefined });
    }
    expect(
      at({
        config: CONFIG,
        HEAD: 'ref: refs/heads/main',
        'refs/heads/main': 'x',
        'packed-refs': `${COMMIT} refs/heads/main2\n`,
      }),
    ).toMatchObject({ branch: 'main', commit: undefined });
    expect(revisionOfCheckout(tree({ '.git': 'gitdir: /elsewhere' }))).toBeUndefined();
    expect(revisionOfCheckout(scratch())).toBeUndefined();
  });

  it('is read without following links', () => {
    const outside = tree({ config: CONFIG, HEAD: COMMIT });
    const root = scratch();
    mkdirSync(join(root, '.git'));
    symlinkSync(join(outside, 'config'), join(root, '.git', 'config'));
    writeFileSync(join(root, '.git', 'HEAD'), COMMIT);
    expect(revisionOfCheckout(root)).toBeUndefined();
    rmSync(join(root, '.git'), { recursive: true });
    symlinkSync(outside, join(root, '.git'));
    expect(revisionOfCheckout(root)).toBeUndefined();
  });
});

describe('the address of a repository for people', () => {
  it.each([
    ['https://git.example/acme/pay.git', 'https://git.example/acme/pay'],
    ['https://user:secret@git.example:8443/acme/pay/', 'https://git.example:8443/acme/pay'],
    ['http://git.example/acme/pay', 'http://git.example/acme/pay'],
    ['ssh://git@git.example:22/acme/pay.git', 'https://git.example/acme/pay'],
    ['git@git.example:acme/pay.git', 'https://git.example/acme/pay'],
    ['git.example:acme/team/pay', 'https://git.example/acme/team/pay'],
    ['git://git.example/pay', 'https://git.example/pay'],
  ])('of %s', (address, expected) => {
    expect(webAddress(address)).toBe(expected);
  });

  it.each([
    '',
    '/srv/git/pay',
    '../pay',
    'file:///srv/pay',
    'ext::sh -c x',
    'https://',
    'https://git.example',
    'git@git.example:',
    'https://git.example/a b/c',
    'javascript:alert(1)',
  ])('is none of %s', (address) => {
    expect(webAddress(address)).toBeUndefined();
  });

  it('never holds credentials, a query or a way out', () => {
    const piece = fc.constantFrom(
      'https://',
      'ssh://',
      'user',
      ':',
      'secret',
      '@',
      'git.example',
      '/',
      'acme',
      '..',
      '?',
      '#',
      '\\',
      '.git',
      '%40',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const address = webAddress(pieces.join(''));
        if (address === undefined) return;
        const url = new URL(address);
        expect([url.href, url.username, url.password, url.search, url.hash]).toEqual([address, '', '', '', '']);
        expect(address).not.toContain('@');
      }),
    );
  });
});

describe('the branch of HEAD', () => {
  it('is what the server says, if it can be one', () => {
    expect(headOf(['ref: refs/heads/main\tHEAD', `${COMMIT}\tHEAD`])).toBe('main');
    expect(headOf([`${COMMIT}\tHEAD`])).toBeUndefined();
    expect(headOf(['ref: refs/heads/../x\tHEAD'])).toBeUndefined();
  });
});
