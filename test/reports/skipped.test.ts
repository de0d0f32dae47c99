import { describe, expect, it } from 'vitest';
import { bounded, type Skipped } from '../../src/reports/skipped.ts';

const made = (code: string, level: Skipped['level'], count: number): Skipped[] =>
  Array.from({ length: count }, (_, at) => ({ code, level, text: `${code} ${at}` }));

describe('remarks of a terminal report', () => {
  it('are all there while there are few', () => {
    const few = [...made('A', 'error', 2), ...made('B', 'note', 2)];
    expect(bounded(few, 2)).toEqual(few);
  });

  it('are cut by kind, each with how many more there are, what is missing first', () => {
    const all = [...made('A', 'error', 1), ...made('B', 'warning', 1203), ...made('B', 'note', 2)];
    expect(bounded(all, 1).map(({ text }) => text)).toEqual([
      'A 0',
      'B 0',
      '1,202 more B (--format json lists all)',
      'B 0',
      '1 more B (--format json lists all)',
    ]);
  });
});
