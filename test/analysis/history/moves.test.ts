/** Which directories a commit moved, told from the files that went and came. */
import { describe, expect, it } from 'vitest';
import { movesOf } from '../../../src/analysis/history/moves.ts';
import type { FileChange } from '../../../src/sources/git/history-log.ts';

const gone = (path: string, id: string): FileChange => ({ path, before: { kind: 'file', id }, after: undefined });
const come = (path: string, id: string): FileChange => ({ path, before: undefined, after: { kind: 'file', id } });
const moves = (changes: readonly FileChange[], names: Record<string, string> = {}) =>
  movesOf(changes, (id) => names[id]).map(({ from, to }) => `${from} > ${to}`);

describe('directories that were moved', () => {
  it('are told by the same manifest, by one of the same name, and by the same lockfile', () => {
    expect(moves([gone('a/package.json', '1'), come('b/package.json', '1')])).toEqual(['a > b']);
    expect(moves([gone('package.json', '1'), come('b/package.json', '2')], { 1: 'pay', 2: 'pay' })).toEqual([' > b']);
    expect(moves([gone('a/yarn.lock', '1'), come('b/yarn.lock', '1')])).toEqual(['a > b']);
  });

  it('are none where manifests are of other packages, or only came or went', () => {
    const other = [
      gone('a/package.json', '1'),
      gone('a/yarn.lock', '3'),
      come('b/package.json', '2'),
      come('b/yarn.lock', '3'),
    ];
    expect(moves(other, { 1: 'pay', 2: 'till' })).toEqual([]);
    expect(moves([gone('a/package.json', '1'), gone('b/package.json', '1')])).toEqual([]);
    expect(moves([come('a/package.json', '1')])).toEqual([]);
    expect(moves([gone('a/package.json', '1'), come('b/package.json', '2')])).toEqual([]);
  });

  it('of several that are alike are those whose directory keeps its name, else none', () => {
    const alike = [
      ...['old/a', 'old/b'].map((directory) => gone(`${directory}/package.json`, '1')),
      ...['new/b', 'new/a'].map((directory) => come(`${directory}/package.json`, '1')),
    ];
    expect(moves(alike)).toEqual(['old/a > new/a', 'old/b > new/b']);
    expect(moves([gone('a/package.json', '1'), come('b/package.json', '1'), come('c/package.json', '1')])).toEqual([]);
    expect(moves([gone('a/package.json', '1'), come('x/a/package.json', '1'), come('y/a/package.json', '1')])).toEqual(
      [],
    );
  });
});
