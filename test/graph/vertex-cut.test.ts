import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digraph, minimumGroupCut, minimumVertexCut, VERTEX } from '../../src/graph/vertex-cut.ts';

function digraph(lists: readonly (readonly number[])[]): Digraph {
  const start = new Int32Array(lists.length + 1);
  lists.forEach((list, v) => {
    start[v + 1] = start[v]! + list.length;
  });
  return { edgeStart: start, edgeTo: Int32Array.from(lists.flat()) };
}

function bits(count: number, ones: Iterable<number>): Uint8Array {
  const result = new Uint8Array(count);
  for (const one of ones) result[one] = 1;
  return result;
}

/** What is reached from the sources without the vertices that are gone. */
function reached(lists: readonly (readonly number[])[], sources: readonly number[], gone: (v: number) => boolean) {
  const seen = new Set(sources.filter((source) => !gone(source)));
  for (const v of seen) for (const to of lists[v]!) if (to >= 0 && !gone(to)) seen.add(to);
  return seen;
}

/** Subsets of the items, the smallest first. */
function subsets<T>(items: readonly T[]): T[][] {
  const all: T[][] = [[]];
  for (const item of items) all.push(...all.map((set) => [...set, item]));
  return all.sort((a, b) => a.length - b.length);
}

const small = fc.integer({ min: 2, max: 9 }).chain((count) =>
  fc.record({
    lists: fc.array(fc.array(fc.integer({ min: -1, max: count - 1 }), { maxLength: 4 }), {
      minLength: count,
      maxLength: count,
    }),
    sources: fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 2 }),
    targets: fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 }),
    vertices: fc.array(
      fc.constantFrom(VERTEX.cuttable, VERTEX.cuttable, VERTEX.cuttable, VERTEX.fixed, VERTEX.absent),
      {
        minLength: count,
        maxLength: count,
      },
    ),
    groupOf: fc.array(fc.integer({ min: -1, max: 4 }), { minLength: count, maxLength: count }),
  }),
);

describe('minimumVertexCut', () => {
  it('is the smallest of all cuts, the nearest and the farthest of them, and unique where it is the only one', () => {
    fc.assert(
      fc.property(small, ({ lists, sources, targets, vertices }) => {
        const inside = (cut: readonly number[]) =>
          reached(lists, sources, (v) => vertices[v] === VERTEX.absent || cut.includes(v));
        const separates = (cut: readonly number[]) => targets.every((target) => !inside(cut).has(target));
        const cuttable = [...lists.keys()].filter((v) => vertices[v] === VERTEX.cuttable && !sources.includes(v));
        const cuts = subsets(cuttable).filter(separates);
        const least = cuts.filter((cut) => cut.length === cuts[0]!.length);
        const found = minimumVertexCut(digraph(lists), {
          sources,
          targets: bits(lists.length, targets),
          vertices: Uint8Array.from(vertices),
        });
        if (found === undefined) {
          expect(cuts).toEqual([]);
          return;
        }
        expect(least).toContainEqual([...found.nearest]);
        expect(least).toContainEqual([...found.farthest]);
        expect(found.unique).toBe(least.length === 1);
        for (const cut of least) {
          const here = inside(cut);
          expect([...inside([...found.nearest])].filter((v) => !here.has(v))).toEqual([]);
          expect([...here].filter((v) => !inside([...found.farthest]).has(v))).toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the narrowest place of a graph of 5,000 vertices and 50,000 edges', () => {
    // 50 layers of 100 vertices, each leading to ten of the next layer; layer 20 is left by three of its vertices alone.
    const random = generator(3);
    const lists = Array.from({ length: 5_000 }, (_, v) => {
      const layer = Math.floor(v / 100);
      if (layer === 49 || (layer === 20 && v % 100 >= 3)) return [];
      return Array.from({ length: 11 }, (_, e) => (e === 10 ? v : (layer + 1) * 100 + random(100)));
    });
    for (let v = 1_900; v < 2_000; v++) lists[v]!.push(2_000, 2_001, 2_002);
    const found = minimumVertexCut(digraph(lists), {
      sources: Array.from({ length: 100 }, (_, v) => v),
      targets: bits(
        5_000,
        Array.from({ length: 100 }, (_, v) => 4_900 + v),
      ),
      vertices: new Uint8Array(5_000).fill(VERTEX.cuttable),
    });
    expect([[...found!.nearest], found!.unique]).toEqual([[2_000, 2_001, 2_002], true]);
  });

  it('follows a chain of 100,000 vertices and a cycle in it', () => {
    const count = 100_000;
    const lists = Array.from({ length: count }, (_, v) => (v + 1 < count ? [v + 1, Math.max(0, v - 1)] : [0]));
    const found = minimumVertexCut(digraph(lists), {
      sources: [0],
      targets: bits(count, [count - 1]),
      vertices: new Uint8Array(count).fill(VERTEX.cuttable),
    })!;
    expect([[...found.nearest], [...found.farthest], found.unique]).toEqual([[1], [count - 1], false]);
  });
});

describe('minimumGroupCut', () => {
  it('is the smallest of all sets of groups that separate, and proves it', () => {
    fc.assert(
      fc.property(small, fc.constantFrom('nearest', 'farthest'), ({ lists, sources, targets, groupOf }, side) => {
        const cuts = subsets([0, 1, 2, 3, 4]).filter((groups) => {
          const inside = reached(lists, sources, (v) => !sources.includes(v) && groups.includes(groupOf[v]!));
          return targets.every((target) => !inside.has(target));
        });
        const found = minimumGroupCut(digraph(lists), {
          sources,
          targets: bits(lists.length, targets),
          groupOf: Int32Array.from(groupOf),
          side,
        });
        expect(found === undefined).toBe(cuts.length === 0);
        if (found === undefined) return;
        expect(cuts).toContainEqual(found.groups);
        expect([found.groups.length, found.least]).toEqual([cuts[0]!.length, cuts[0]!.length]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is nearest the sources or the targets as asked', () => {
    const graph = digraph([[1], [2], [3], []]);
    const cut = (side: 'nearest' | 'farthest') =>
      minimumGroupCut(graph, { sources: [0], targets: bits(4, [3]), groupOf: Int32Array.of(-1, 10, 20, 30), side });
    expect([cut('nearest'), cut('farthest')]).toEqual([
      { groups: [10], least: 1 },
      { groups: [30], least: 1 },
    ]);
  });

  it('cuts a group at all its vertices for the price of one, where three vertices would have to go', () => {
    // 0 leads to 1, 2, 3 (one group), each to its own target by two ways.
    const lists = [[1, 2, 3], [4, 5], [6, 7], [8, 9], [10], [10], [11], [11], [12], [12], [], [], []];
    const groupOf = Int32Array.from([-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const targets = bits(13, [10, 11, 12]);
    expect(minimumGroupCut(digraph(lists), { sources: [0], targets, groupOf, side: 'farthest' })).toEqual({
      groups: [0],
      least: 1,
    });
  });

  it('says what it could prove where groups are too tangled for the effort allowed', () => {
    const random = generator(11);
    const count = 1_200;
    const lists = Array.from({ length: count }, (_, v) => {
      const layer = Math.floor(v / 100);
      return layer === 11 ? [] : Array.from({ length: 3 }, () => (layer + 1) * 100 + random(100));
    });
    const sources = Array.from({ length: 100 }, (_, v) => v);
    const targets = Array.from({ length: 100 }, (_, v) => 1_100 + v);
    const groupOf = Int32Array.from({ length: count }, () => random(250));
    const found = minimumGroupCut(digraph(lists), {
      sources,
      targets: bits(count, targets),
      groupOf,
      side: 'nearest',
    })!;
    const joined = (groups: readonly number[]) => {
      const inside = reached(lists, sources, (v) => v >= 100 && groups.includes(groupOf[v]!));
      return targets.some((target) => inside.has(target));
    };
    expect(joined(found.groups)).toBe(false);
    for (const spared of found.groups) expect(joined(found.groups.filter((group) => group !== spared))).toBe(true);
    expect(found.least).toBeGreaterThan(0);
    expect(found.least).toBeLessThan(found.groups.length);
  });
});

/** Numbers below `bound` by a linear congruential generator (Numerical Recipes constants). */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
