import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stronglyConnected } from '../../src/graph/scc.ts';

const graph = fc.integer({ min: 1, max: 12 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    edges: fc.array(fc.tuple(fc.nat(nodes - 1), fc.integer({ min: -1, max: nodes - 1 })), { maxLength: 30 }),
  }),
);

function columns(nodes: number, edges: readonly (readonly [number, number])[]) {
  const lists = Array.from({ length: nodes }, (_, from) =>
    edges.filter((edge) => edge[0] === from).map(([, to]) => to),
  );
  const start = new Int32Array(nodes + 1);
  lists.forEach((list, node) => {
    start[node + 1] = start[node]! + list.length;
  });
  return { lists, start, target: Int32Array.from(lists.flat()) };
}

function reaches(lists: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const node of seen) for (const next of lists[node]!) if (next >= 0) seen.add(next);
  return seen.has(to);
}

describe('stronglyConnected', () => {
  it('puts two nodes in one component exactly if each reaches the other', () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const { lists, start, target } = columns(nodes, edges);
        const component = stronglyConnected(nodes, start, target);
        for (let a = 0; a < nodes; a++) {
          for (let b = 0; b < nodes; b++) {
            expect(component[a] === component[b]).toBe(reaches(lists, a, b) && reaches(lists, b, a));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('numbers components densely, an edge between two of them going from the higher to the lower', () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const { start, target } = columns(nodes, edges);
        const component = stronglyConnected(nodes, start, target);
        for (const [from, to] of edges) if (to >= 0) expect(component[from]!).toBeGreaterThanOrEqual(component[to]!);
        expect(new Set(component)).toEqual(new Set(Array.from({ length: Math.max(...component) + 1 }, (_, c) => c)));
      }),
    );
  });

  it('takes a chain of 100,000 nodes that closes to one cycle without overflowing the stack', () => {
    const nodes = 100_000;
    const start = Int32Array.from({ length: nodes + 1 }, (_, node) => node);
    const target = Int32Array.from({ length: nodes }, (_, node) => (node + 1) % nodes);
    expect(new Set(stronglyConnected(nodes, start, target))).toEqual(new Set([0]));
  });
});
