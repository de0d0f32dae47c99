import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependents, type Groups } from '../../src/graph/load.ts';
import type { ServiceGraph } from '../../src/graph/service-graph.ts';

/** A service graph from target lists; `componentOf` gives each node's component, -1 for the service itself. */
function graphOf(lists: readonly (readonly number[])[], componentOf: readonly number[]): ServiceGraph {
  const edgeStart = new Int32Array(lists.length + 1);
  lists.forEach((list, node) => {
    edgeStart[node + 1] = edgeStart[node]! + list.length;
  });
  return {
    components: Int32Array.from({ length: Math.max(-1, ...new Set(componentOf)) + 1 }, (_, component) => component),
    componentOf: Int32Array.from(componentOf),
    edgeStart,
    edgeTo: Int32Array.from(lists.flat()),
    edges: Int32Array.from(lists.flat().keys()),
    nodes: Int32Array.from(lists.keys()),
  };
}

function groupsOf(groups: readonly (readonly number[])[]): Groups {
  const start = new Int32Array(groups.length + 1);
  groups.forEach((group, g) => {
    start[g + 1] = start[g]! + group.length;
  });
  return { start, nodes: Int32Array.from(groups.flat()) };
}

/** Turns the edges around and walks up from the group. */
function naive(lists: readonly (readonly number[])[], componentOf: readonly number[], counted: readonly number[]) {
  const users: number[][] = lists.map(() => []);
  lists.forEach((list, from) => {
    for (const to of list) users[to]!.push(from);
  });
  return (group: readonly number[]): number => {
    const above = new Set(group);
    for (const node of above) for (const user of users[node]!) above.add(user);
    const own = new Set(group.map((node) => componentOf[node]));
    const components = new Set([...above].map((node) => componentOf[node]!));
    return [...components].filter((component) => component >= 0 && counted[component] && !own.has(component)).length;
  };
}

const small = fc.integer({ min: 1, max: 14 }).chain((nodes) =>
  fc.record({
    lists: fc.array(fc.array(fc.nat(nodes - 1), { maxLength: 4 }), { minLength: nodes, maxLength: nodes }),
    raw: fc.array(fc.integer({ min: -1, max: nodes - 1 }), { minLength: nodes, maxLength: nodes }),
    counted: fc.array(fc.constantFrom(0, 1, 1), { minLength: nodes, maxLength: nodes }),
    picks: fc.array(fc.uniqueArray(fc.nat(nodes - 1), { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
  }),
);

describe('dependents', () => {
  it('equals a walk up from every group', () => {
    fc.assert(
      fc.property(small, ({ lists, raw, counted, picks }) => {
        // Components are numbered in the order of their nodes, -1 is the service itself.
        const numbers = [...new Set(raw.filter((component) => component >= 0))];
        const componentOf = raw.map((component) => numbers.indexOf(component));
        const groups = picks
          .map((pick) => pick.filter((node) => componentOf[node]! >= 0))
          .filter((pick) => pick.length > 0);
        const count = naive(lists, componentOf, counted);
        const found = dependents(graphOf(lists, componentOf), groupsOf(groups), Uint8Array.from(counted));
        expect([...found]).toEqual(groups.map(count));
      }),
      { numRuns: 500 },
    );
  });

  it('counts in a chain of 5,000 components every one above, across the borders of blocks', () => {
    const nodes = 5_000;
    const lists = Array.from({ length: nodes }, (_, node) => (node + 1 < nodes ? [node + 1] : []));
    const every = [...lists.keys()];
    const found = dependents(
      graphOf(lists, every),
      groupsOf(every.map((node) => [node])),
      new Uint8Array(nodes).fill(1),
    );
    expect([...found]).toEqual(every);
  });

  it('equals a naive count in a dense graph of 6,000 nodes with cycles and components at several nodes', () => {
    const nodes = 6_000;
    const random = generator(7);
    const lists = Array.from({ length: nodes }, (_, node) =>
      Array.from({ length: 6 }, () => Math.min(nodes - 1, Math.max(0, node - 2 + random(600)))),
    );
    const componentOf = [...lists.keys()].map((node) => (node < 5_000 ? node : random(5_000)));
    const counted = Array.from({ length: 5_000 }, (_, component) => (component % 7 === 0 ? 0 : 1));
    const groups = Array.from({ length: 150 }, (_, g) => Array.from({ length: 1 + (g % 3) }, () => random(nodes)));
    const count = naive(lists, componentOf, counted);
    const found = dependents(graphOf(lists, componentOf), groupsOf(groups), Uint8Array.from(counted));
    expect([...found]).toEqual(groups.map(count));
  });

  it('lets the members of a cycle stand on each other, not on themselves', () => {
    const lists = [[1], [2], [1, 3], [3]];
    const groups = groupsOf([[0], [1], [2], [3], [1, 2]]);
    expect([...dependents(graphOf(lists, [0, 1, 2, 3]), groups, new Uint8Array(4).fill(1))]).toEqual([0, 2, 2, 3, 1]);
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
