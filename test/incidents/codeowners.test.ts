/** CODEOWNERS: the examples of GitHub's and GitLab's documentation, and hostile patterns. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersOf, readCodeOwners } from '../../src/incidents/codeowners.ts';

// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
const GITHUB = `
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.org
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
!negated @nobody
[a-z].x @nobody
`;

describe('CODEOWNERS of GitHub', () => {
  const owners = readCodeOwners(GITHUB, false);
  it.each([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['src/deep/a.js', ['@js-owner']],
    ['a.go', ['docs@example.com']],
    ['a/b.txt', ['@octo-org/octocats']],
    ['build/logs/x/y.log', ['@octocat']],
    ['build/other', ['@global-owner1', '@global-owner2']],
    ['docs/a.md', ['@doctocat']],
    ['x/docs/a.md', ['@global-owner1', '@global-owner2']],
    ['x/apps/deep/a.md', ['@octocat']],
    ['scripts/a', ['@doctocat', '@octocat']],
    ['deploy/logs/today', ['@octocat']],
    ['apps/github/package-lock.json', []],
    ['apps/other/package-lock.json', ['@octocat']],
  ])('%s', (path, expected) => {
    expect(ownersOf(owners, path)).toEqual(expected);
  });

  it('counts what it does not know', () => {
    expect(owners.skipped).toBe(2);
  });

  it('has `docs/*` mean what lies in docs, and nothing below', () => {
    const only = readCodeOwners('docs/* @docs', false);
    expect([ownersOf(only, 'docs/a.md'), ownersOf(only, 'docs/a/b.md')]).toEqual([['@docs'], []]);
  });
});

describe('CODEOWNERS of GitLab', () => {
  const owners = readCodeOwners(
    [
      '* @default',
      'README.md @readers',
      '/root.md @root',
      'a\\ b.md @spaced',
      '[Documentation] @docs-team',
      'docs/',
      '*.md @writers',
      '^[Optional][2] @optional',
      '*.js',
      '!*.test.js',
      '[documentation]',
      'more/ @more',
    ].join('\n'),
    true,
  );
  it.each([
    ['x/README.md', ['@readers', '@writers']],
    ['root.md', ['@root', '@writers']],
    ['x/root.md', ['@default', '@writers']],
    ['a b.md', ['@spaced', '@writers']],
    ['x/docs/a.txt', ['@default', '@docs-team']],
    ['a.js', ['@default', '@optional']],
    ['a.test.js', ['@default']],
    ['more/a.js', ['@default', '@optional', '@more']],
  ])('%s', (path, expected) => {
    expect(ownersOf(owners, path).sort()).toEqual([...expected].sort());
  });
});

/** The same question by a regular expression, for patterns without `**`. */
function expected(pattern: string, path: string): boolean {
  const source = pattern.slice(1).replace(/[*?]/g, (mark) => (mark === '*' ? '[^/]*' : '[^/]'));
  const below = /\/\*$/.test(pattern) && pattern.split('/').length > 2 ? '' : '(?:/.*)?';
  return new RegExp(`^${source}${below}$`).test(path);
}

describe('patterns', () => {
  it('match what a regular expression would', () => {
    const piece = fc
      .array(fc.constantFrom('a', 'b', '*', '?'), { minLength: 1, maxLength: 4 })
      .map((of) => of.join(''));
    const parts = fc.array(
      piece.filter((of) => of !== '**'),
      { minLength: 1, maxLength: 3 },
    );
    const path = fc
      .array(fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
      .map((of) => of.map((part) => part.join('')).join('/'));
    fc.assert(
      fc.property(parts, path, (of, file) => {
        const pattern = `/${of.join('/')}`;
        const owned = ownersOf(readCodeOwners(`${pattern} @x`, false), file).length > 0;
        expect([pattern, file, owned]).toEqual([pattern, file, expected(pattern, file)]);
      }),
      { numRuns: 500 },
    );
  });

  it('cost little, whatever they are', () => {
    const hostile = [
      `${'*a'.repeat(400)} @x`,
      `${'**/'.repeat(300)}b @x`,
      `${'?'.repeat(900)} @x`,
      `${'\\'.repeat(900)} @x`,
    ];
    const owners = readCodeOwners(hostile.join('\n'), false);
    expect(ownersOf(owners, `${`${'a'.repeat(250)}/`.repeat(200)}c`)).toEqual([]);
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), fc.string(), (text, isGitLab, path) => {
        expect(Array.isArray(ownersOf(readCodeOwners(text, isGitLab), path))).toBe(true);
      }),
    );
  });
});
