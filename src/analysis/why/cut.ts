/** The ways to something that a service holds, as a graph in which packages can be taken out. Pure. */
import type { Digraph } from '../../graph/vertex-cut.ts';
import { append } from '../../lists.ts';
import { isBundled, type LeadingGraph, packageOf } from './graph.ts';

/**
 * The graph of the ways, with one vertex more for each wanted package that a manifest names: manifests lead to that one, and
 * it is an end. So what is wanted can be taken out of the manifests without being gone from what else needs it.
 */
export interface Ways extends Digraph {
  readonly starts: readonly number[];
  /** 1 where ways end. */
  readonly ends: Uint8Array;
  /** The package each vertex goes with, a position in `names`; -1 for manifests, for what is wanted itself, and for what ships inside another package. */
  readonly groupOf: Int32Array;
  readonly names: readonly string[];
  /** The group that a dependency of a manifest goes with. */
  readonly groupOfBringer: (vertex: number) => number;
  /** The vertices of the leading graph that go with each group. */
  readonly members: ReadonlyMap<number, readonly number[]>;
}

/**
 * @param manifests vertices of one's own manifests
 * @param bringers vertices that manifests lead to
 */
export function waysWithout(graph: LeadingGraph, manifests: ReadonlySet<number>, bringers: ReadonlySet<number>): Ways {
  const { edgeStart, edgeTo, targets, starts } = graph;
  const count = targets.length;
  const names: string[] = [];
  const lines = new Map<string, number>();
  for (const vertex of bringers) {
    const name = packageOf(graph, vertex);
    if (targets[vertex] && !lines.has(name)) lines.set(name, names.push(name) - 1);
  }
  const lineOf = (vertex: number): number => lines.get(packageOf(graph, vertex))!;
  const known = new Map<string, number>();
  const groupOf = new Int32Array(count + lines.size);
  for (let vertex = 0; vertex < count; vertex++) {
    const isFixed = targets[vertex] || manifests.has(vertex) || (isBundled(graph, vertex) && !bringers.has(vertex));
    groupOf[vertex] = -1;
    if (isFixed) continue;
    const name = packageOf(graph, vertex);
    const group = known.get(name) ?? names.push(name) - 1;
    known.set(name, group);
    groupOf[vertex] = group;
  }
  const members = new Map<number, number[]>();
  for (let vertex = 0; vertex < count; vertex++) {
    const group = targets[vertex] && bringers.has(vertex) ? lineOf(vertex) : groupOf[vertex]!;
    if (group !== -1) append(members, group, vertex);
  }
  for (let line = 0; line < lines.size; line++) groupOf[count + line] = line;
  const start = new Int32Array(groupOf.length + 1);
  const to = new Int32Array(edgeTo.length);
  for (let vertex = 0; vertex < count; vertex++) {
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) {
      const isLine = manifests.has(vertex) && targets[edgeTo[e]!] === 1;
      to[e] = isLine ? count + lineOf(edgeTo[e]!) : edgeTo[e]!;
    }
    start[vertex + 1] = edgeStart[vertex + 1]!;
  }
  start.fill(edgeTo.length, count);
  return {
    edgeStart: start,
    edgeTo: to,
    starts,
    ends: Uint8Array.from(groupOf, (_, vertex) => (vertex < count ? targets[vertex]! : 1)),
    groupOf,
    names,
    groupOfBringer: (vertex) => (targets[vertex] ? lineOf(vertex) : groupOf[vertex]!),
    members,
  };
}

/** Whether no way is left once a group is taken out. */
export function isGoneWithout({ edgeStart, edgeTo, starts, ends, groupOf }: Ways, group: number): boolean {
  const seen = new Uint8Array(ends.length);
  const queue = [...starts];
  for (const start of starts) seen[start] = 1;
  for (let at = 0; at < queue.length; at++) {
    const vertex = queue[at]!;
    if (ends[vertex]) return false;
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) {
      const to = edgeTo[e]!;
      if (seen[to] || groupOf[to] === group) continue;
      seen[to] = 1;
      queue.push(to);
    }
  }
  return true;
}
