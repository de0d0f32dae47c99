import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, percent } from '../../src/reports/numbers.ts';
import { forTerminal } from '../../src/reports/safe.ts';
import { table, wrap } from '../../src/reports/table.ts';

describe('numbers', () => {
  it.each([
    [0, '0%'],
    [0.001, '<1%'],
    [0.5, '50%'],
    [0.996, '>99%'],
    [1, '100%'],
  ])('%d is %s', (share, text) => expect(percent(share)).toBe(text));

  it.each([
    [1, '1 service'],
    [0, '0 services'],
    [1234567, '1,234,567 services'],
  ])('%d', (value, text) => expect(count(value, 'service')).toBe(text));
});

describe('text for terminals', () => {
  it('holds no character that moves, colours or reorders', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(forTerminal(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  it('leaves package names alone', () => {
    expect(forTerminal('@scope/name_1.2-x')).toBe('@scope/name_1.2-x');
  });

  it('cuts what is long', () => expect(forTerminal('x'.repeat(10_000)).length).toBe(300));
});

describe('tables', () => {
  const columns = [
    { header: 'name', align: 'left', shrinkTo: 6 },
    { header: 'n', align: 'right' },
  ] as const;

  it('fits the width by cutting what may be cut', () => {
    expect(table(columns, [['a-long-name', '12']], 12)).toEqual(['name       n', 'a-long-…  12']);
  });

  it('never grows past its content', () => {
    expect(table(columns, [['ab', '1']], 80)).toEqual(['name  n', 'ab    1']);
  });
});

describe('wrapping', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrap('one two three four', 9, '  ')).toEqual(['one two', '  three', '  four']);
  });

  it('keeps every word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 8, max: 60 }),
        (words, width) => {
          expect(
            wrap(words.join(' '), width, '  ')
              .map((line) => line.trim())
              .join(' '),
          ).toBe(words.join(' '));
        },
      ),
    );
  });
});
