import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowIndex } from '../../src/graph/row-index.ts';

describe('RowIndex', () => {
  it('gives equal rows one id and new rows the next, like a Map of their texts', () => {
    const row = fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const index = new RowIndex(3);
        const twin = new Map<string, number>();
        for (const values of rows) {
          const key = values.join();
          if (!twin.has(key)) twin.set(key, twin.size);
          expect(index.id(values)).toBe(twin.get(key));
        }
        expect(index.size).toBe(twin.size);
      }),
    );
  });

  it('keeps every row as it grows', () => {
    const index = new RowIndex(2);
    for (let n = 0; n < 5000; n++) index.id([n, -n]);
    expect(index.size).toBe(5000);
    for (let n = 0; n < 5000; n++) expect(index.id([n, -n])).toBe(n);
    expect([index.at(4999, 0), index.at(4999, 1)]).toEqual([4999, -4999]);
    expect([...index.since(4998)]).toEqual([4998, -4998, 4999, -4999]);
  });
});
