import { join, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWritable } from '../../../src/sources/remote/paths.ts';

describe('a path of a repository', () => {
  it.each([
    'a',
    'a/b/c.json',
    '.github/x',
    '.gitlab/x',
    '.gitignore',
    'a b/[id]/(x)',
    '日本/é',
    '..a/b..',
    'git~',
    'a:b',
    'aux',
  ])('may be written: %s', (path) => {
    expect(isWritable(path, 'linux')).toBe(true);
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '..',
    '../a',
    'a/../b',
    './a',
    'a/.',
    '.git/config',
    'a/.GIT/x',
    '.git ',
    '.git./x',
    '.git::$INDEX_ALLOCATION/x',
    'GIT~1/x',
    '.g\u200cit/x',
    'a\\..\\b',
    'a\u0000b',
    'a\nb',
    'a\u001b[2J',
    'a\u009bb',
    'a\ufffdb',
    'x'.repeat(256),
    'x/'.repeat(101),
    `${'x'.repeat(200)}/`.repeat(6),
  ])('may not: %j', (path) => {
    expect(isWritable(path, 'linux')).toBe(false);
  });

  it.each(['a:b', 'aux', 'con.txt', 'a/nul', 'a.', 'a ', 'a?', 'a*b', 'LPT1'])('may not on Windows: %s', (path) => {
    expect(isWritable(path, 'win32')).toBe(false);
  });

  it('never leads out', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', '/', '.git', 'a', '\\', '..\\'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom('', '/'), (parts, glue) => {
        const path = parts.join(glue);
        if (!isWritable(path)) return;
        expect(join(`${sep}root`, path).startsWith(`${sep}root${sep}`)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
