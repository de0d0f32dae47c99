import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximalCliques } from '../../src/causes/cliques.ts';
import { maximalSets } from '../twin.ts';

const relation = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 28 });

describe('maximalCliques', () => {
  it('equals enumeration of all sets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), relation, (count, pairs) => {
        const items = Array.from({ length: count }, (_, index) => index);
        const fits = (a: number, b: number) => pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
        const found = maximalCliques(items, fits, 1_000)!.map(String).sort();
        expect(found).toEqual(maximalSets(items, fits).map(String).sort());
      }),
      { numRuns: 500 },
    );
  });

  it('gives up beyond its limit', () => {
    const items = Array.from({ length: 16 }, (_, index) => index);
    const fits = (a: number, b: number) => a % 2 !== b % 2;
    expect(maximalCliques(items, fits, 63)).toBeUndefined();
    expect(maximalCliques(items, fits, 64)).toHaveLength(64);
  });
});
