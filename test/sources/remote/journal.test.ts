import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Journal } from '../../../src/sources/remote/journal.ts';
import { scratch } from '../../cli/harness.ts';

const COMMIT = 'c'.repeat(40);
const NOW = Date.parse('2026-06-01T12:00:00Z');
const DAY = 24 * 60 * 60 * 1000;

const open = (directory: string, isResumed: boolean, now = NOW, question = 'q') =>
  Journal.open(directory, question, isResumed, now)!;
const filesOf = (directory: string): string[] => readdirSync(directory).map((name) => join(directory, name));

describe('a journal', () => {
  it('says what was read, and when that began, whoever goes on from it', () => {
    const directory = scratch();
    const first = open(directory, false);
    first.add('git.example/a', { commit: COMMIT });
    first.add('git.example/b', 'empty');
    first.close(false);
    const second = open(directory, true, NOW + 1000);
    expect([second.size, second.began]).toEqual([2, NOW]);
    expect(second.done('git.example/a')).toEqual({ commit: COMMIT });
    expect(second.done('git.example/b')).toBe('empty');
    expect(second.done('__proto__')).toBeUndefined();
    second.add('git.example/c', { commit: COMMIT });
    // Not closed: it was killed.
    expect(open(directory, true, NOW + 2000).size).toBe(3);
  });

  it('is begun anew, is of one question, and is gone once all is read', () => {
    const directory = scratch();
    open(directory, false).add('a', 'empty');
    expect(open(directory, true, NOW, 'other').size).toBe(0);
    expect(open(directory, false).size).toBe(0);
    const last = open(directory, true);
    expect(last.size).toBe(0);
    last.close(true);
    expect(filesOf(directory)).toHaveLength(1);
  });

  it('is not taken for today after a day, nor from tomorrow', () => {
    for (const now of [NOW + DAY + 1, NOW - 1]) {
      const directory = scratch();
      open(directory, false).add('a', 'empty');
      expect(open(directory, true, now).size).toBe(0);
    }
  });

  it('of a run is not removed by another that had the same question', () => {
    const directory = scratch();
    const first = open(directory, false);
    const second = open(directory, false);
    second.add('a', 'empty');
    first.close(true);
    expect(open(directory, true).size).toBe(1);
  });

  it('may be cut, or hold anything', () => {
    const directory = scratch();
    open(directory, false).add('a', { commit: COMMIT });
    const [file] = filesOf(directory);
    appendFileSync(file!, '{"place":"b","commit":"../.."}\n{"place":7}\n[]\n{"place":"c","com');
    const journal = open(directory, true);
    expect([journal.size, journal.done('b'), journal.done('c')]).toEqual([1, undefined, undefined]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        writeFileSync(file!, text);
        expect(open(directory, true).size).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('is not needed: where it cannot be written there is none', () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    expect(Journal.open(join(file, 'journals'), 'q', false)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});
