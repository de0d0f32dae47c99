import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dominatorChain, immediateDominators } from '../../src/graph/dominators.ts';
import type { Digraph } from '../../src/graph/vertex-cut.ts';

type Lists = readonly (readonly number[])[];

function digraph(lists: Lists): Digraph {
  const start = new Int32Array(lists.length + 1);
  lists.forEach((list, v) => {
    start[v + 1] = start[v]! + list.length;
  });
  return { edgeStart: start, edgeTo: Int32Array.from(lists.flat()) };
}

function reached(lists: Lists, root: number, gone: number): Set<number> {
  const seen = new Set(root === gone ? [] : [root]);
  for (const v of seen) for (const to of lists[v]!) if (to >= 0 && to !== gone) seen.add(to);
  return seen;
}

const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    root: fc.nat(count - 1),
    lists: fc.array(fc.array(fc.integer({ min: -1, max: count - 1 }), { maxLength: 4 }), {
      minLength: count,
      maxLength: count,
    }),
  }),
);

describe('immediateDominators', () => {
  it('are what no path goes round: the vertices without which the root does not reach it', () => {
    fc.assert(
      fc.property(graphs, ({ root, lists }) => {
        const dominators = immediateDominators(digraph(lists), root);
        const all = reached(lists, root, -1);
        for (const vertex of lists.keys()) {
          const passed = [...lists.keys()].filter((gone) => all.has(vertex) && !reached(lists, root, gone).has(vertex));
          const chain = dominatorChain(dominators, root, vertex);
          expect([...chain].sort((a, b) => a - b)).toEqual(passed);
          // In the order of the way: what dominates a dominator stands before it.
          chain.forEach((link, at) => {
            expect(dominatorChain(dominators, root, link)).toEqual(chain.slice(0, at + 1));
          });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('follows Lengauer and Tarjan in their own example', () => {
    const names = 'RABCDEFGHIJKL';
    const needs: Record<string, string> = {
      ...{ R: 'ABC', A: 'D', B: 'ADE', C: 'FG', D: 'L', E: 'H', F: 'I' },
      ...{ G: 'IJ', H: 'EK', I: 'K', J: 'I', K: 'IR', L: 'H' },
    };
    const lists = [...names].map((name) => [...needs[name]!].map((to) => names.indexOf(to)));
    const dominators = immediateDominators(digraph(lists), 0);
    expect(Array.from(dominators, (at) => names[at] ?? '-').join('')).toBe('-RRRRRCCRRGRD');
  });

  it('takes a ladder of 100,000 rungs', () => {
    const rungs = 100_000;
    // 0 to 2n: n squares in a row, each with two ways round, and an edge back to the start from each.
    const lists = Array.from({ length: 3 * rungs + 1 }, (_, v) => {
      if (v === 3 * rungs) return [0];
      return v % 3 === 0 ? [v + 1, v + 2, 0] : [v - (v % 3) + 3];
    });
    const dominators = immediateDominators(digraph(lists), 0);
    const chain = dominatorChain(dominators, 0, 3 * rungs);
    expect(chain).toEqual(Array.from({ length: rungs + 1 }, (_, at) => 3 * at));
  });
});
