import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { type LockGraph, NONE } from '../../src/graph/model.ts';

function builderWith(nodes: number): GraphBuilder {
  const builder = new GraphBuilder('spdx', '2.3');
  for (let n = 0; n < nodes; n++) {
    builder.node({ key: `${n}`, ecosystem: 'npm', name: `n${n}`, version: undefined, source: 'registry' });
  }
  return builder;
}

function targets(graph: LockGraph, node: number): number[] {
  return [...graph.edgeTo.subarray(graph.edgeStart[node]!, graph.edgeStart[node + 1]!)];
}

function reached(graph: LockGraph, from: number): Set<number> {
  const seen = new Set([from]);
  for (const node of seen) for (const to of targets(graph, node)) if (to !== NONE) seen.add(to);
  return seen;
}

describe('GraphBuilder', () => {
  it('groups edges by node and keeps their order', () => {
    const builder = builderWith(3);
    builder.edge(2, 0, 'dev', 'first', '^1');
    builder.edge(0, 1, 'prod', 'second', undefined);
    builder.edge(2, NONE, 'peerOptional', 'third', '*');
    const graph = builder.build();
    expect([targets(graph, 0), targets(graph, 1), targets(graph, 2)]).toEqual([[1], [], [0, NONE]]);
    expect([...graph.edgeName].map((id) => graph.strings[id])).toEqual(['second', 'first', 'third']);
    expect(graph.edgeRange[0]).toBe(NONE);
  });

  it('sorts projects by path, the root first', () => {
    const builder = builderWith(3);
    builder.project(0, 'b', undefined);
    builder.project(1, '', undefined);
    builder.project(2, 'a', undefined);
    expect(builder.build().projects.map((project) => project.path)).toEqual(['', 'a', 'b']);
  });

  it('assumes no more roots than it takes for every node to hang from the root', () => {
    const edge = fc.tuple(fc.nat(7), fc.integer({ min: NONE, max: 7 }));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 12 }), (edges) => {
        const builder = builderWith(8);
        for (const [from, to] of edges) builder.edge(from, to, 'prod', 'x', undefined);
        builder.assumeRoots(0);
        const graph = builder.build();
        expect(graph.roots).toBe('assumed');
        expect(reached(graph, 0).size).toBe(8);
        const before = edges.filter(([from]) => from === 0).length;
        const assumed = targets(graph, 0).slice(before);
        for (const root of assumed) {
          const others = builderWith(8);
          for (const [from, to] of edges) others.edge(from, to, 'prod', 'x', undefined);
          for (const other of assumed) if (other !== root) others.edge(0, other, 'prod', 'x', undefined);
          expect(reached(others.build(), 0).has(root)).toBe(false);
        }
      }),
    );
  });
});
