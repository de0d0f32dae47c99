import { describe, expect, it } from 'vitest';
import { lowerBudget } from '../../src/hosts/limits.ts';

const told = (remaining: number | undefined, at = 0, resetIn = 60_000) => ({ limit: 600, remaining, resetIn, at });
const open = (remaining: number, at: number) => ({ ...told(remaining, at), resetIn: undefined });

describe('what is left of a budget', () => {
  it('is the lower number of one window, in whatever order the answers come', () => {
    expect(lowerBudget(told(5), told(7, 400, 60_600))).toEqual(told(5));
    expect(lowerBudget(told(7, 400, 60_600), told(5))).toEqual(told(5));
  });

  it('is the new number once the window is another', () => {
    expect(lowerBudget(told(5), told(600, 61_000))).toEqual(told(600, 61_000));
  });

  it('is the latest where nobody says when it is full again, and what is known where an answer says nothing', () => {
    expect(lowerBudget(open(5, 0), open(7, 1))).toEqual(open(7, 1));
    expect(lowerBudget(told(5), told(undefined))).toEqual(told(5));
    expect(lowerBudget(undefined, told(3))).toEqual(told(3));
  });
});
