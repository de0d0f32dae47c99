import { describe, expect, it } from 'vitest';
import { Slots } from '../../src/graph/slots.ts';

describe('Slots', () => {
  it('numbers ids in order of first use and forgets them when taken', () => {
    const slots = new Slots(10);
    expect([slots.of(7), slots.of(2), slots.of(7), slots.of(9)]).toEqual([0, 1, 0, 2]);
    expect([...slots.take()]).toEqual([7, 2, 9]);
    expect([slots.of(9), slots.of(7)]).toEqual([0, 1]);
    expect([...slots.take()]).toEqual([9, 7]);
    expect([...slots.take()]).toEqual([]);
  });
});
