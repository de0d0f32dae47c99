/** What brings something into a service: dependencies of its own manifests from which a way leads there. Pure. */
import { posix } from 'node:path';
import { isDevEdge } from '../graph/model.ts';
import type { AskedBy, PathStep } from '../graph/paths.ts';
import { askOf, compareTexts, type LeadingGraph, packageOf, stepOf } from './why-graph.ts';

/** Whether it is needed at run time, or for building alone. */
export type Held = 'runtime' | 'build';

/** A manifest of one's own that names a package. */
export interface ManifestAsk extends AskedBy {
  /** Its directory, from the root of the scan; '' where that is the root. */
  readonly manifest: string;
}

/** A dependency in a manifest of one's own from which a way leads there. */
export interface Bringer {
  readonly package: string;
  readonly version: string | undefined;
  readonly scope: Held;
  /** Steps of a shortest way from the service. */
  readonly length: number;
  /** That way; its first MOST_STEPS where it is longer. */
  readonly path: readonly PathStep[];
  readonly named: readonly ManifestAsk[];
}

/** Steps of a path that are kept: none that people wrote is longer. */
export const MOST_STEPS = 250;

export interface Manifest {
  /** Steps from the start. */
  readonly depth: number;
  /** The vertex before, and the edge that leads here; undefined for a start. */
  readonly before: { readonly vertex: number; readonly edge: number } | undefined;
}

/** Manifests of one's own by vertex: the service's, its workspace libraries', the tooling root's. */
export type Manifests = ReadonlyMap<number, Manifest>;

/** Those that lead to a target, in the order of the walk: from the service first, then from the tooling root. */
export function manifestsOf(graph: LeadingGraph): Map<number, Manifest> {
  const { edgeStart, edgeTo, nodes, targets } = graph;
  const projects = new Set(graph.lockfile.projects.map(({ node }) => node));
  const manifests = new Map<number, Manifest>();
  for (const start of graph.starts) {
    if (manifests.has(start)) continue;
    manifests.set(start, { depth: 0, before: undefined });
    const queue = [start];
    for (const vertex of queue) {
      for (let edge = edgeStart[vertex]!; edge < edgeStart[vertex + 1]!; edge++) {
        const to = edgeTo[edge]!;
        if (targets[to] || manifests.has(to) || !projects.has(nodes[to]!)) continue;
        manifests.set(to, { depth: manifests.get(vertex)!.depth + 1, before: { vertex, edge } });
        queue.push(to);
      }
    }
  }
  return manifests;
}

export interface FoundBringer {
  /** The edge that a shortest way takes, and the manifest it leaves. */
  readonly from: number;
  readonly edge: number;
  /** All edges of manifests that lead here, with their manifests. */
  readonly named: { readonly from: number; readonly edge: number }[];
}

/** Dependencies of manifests that lead to a target, by vertex. The walk is by depth, so the first edge is of a shortest way. */
export function bringersOf({ edgeStart, edgeTo }: LeadingGraph, manifests: Manifests) {
  const found = new Map<number, FoundBringer>();
  for (const from of manifests.keys()) {
    for (let edge = edgeStart[from]!; edge < edgeStart[from + 1]!; edge++) {
      const to = edgeTo[edge]!;
      if (manifests.has(to)) continue;
      const known = found.get(to);
      if (known) known.named.push({ from, edge });
      else found.set(to, { from, edge, named: [{ from, edge }] });
    }
  }
  return found;
}

export function toldBringer(
  graph: LeadingGraph,
  manifests: Manifests,
  vertex: number,
  { from, edge, named }: FoundBringer,
): Bringer {
  const { lockfile, closure, nodes, edges, distance } = graph;
  const isRuntime = ({ from: manifest, edge: e }: { from: number; edge: number }): boolean =>
    closure.runtime[nodes[manifest]!] === 1 && !isDevEdge(lockfile.edgeKind[edges[e]!]!);
  return {
    ...labelOf(graph, vertex),
    scope: graph.atRuntime[vertex] && named.some(isRuntime) ? 'runtime' : 'build',
    length: manifests.get(from)!.depth + 1 + distance[vertex]!,
    path: pathOf(graph, manifests, from, edge),
    named: distinct(named.map((each) => ({ manifest: directoryOf(graph, each.from), ...askAt(graph, each.edge) }))),
  };
}

function pathOf(graph: LeadingGraph, manifests: Manifests, from: number, first: number): PathStep[] {
  const before: number[] = [];
  let start = from;
  for (let at = manifests.get(from)!.before; at !== undefined; at = manifests.get(at.vertex)!.before) {
    before.push(at.edge);
    start = at.vertex;
  }
  const edges = [...before.reverse(), first, ...wayFrom(graph, graph.edgeTo[first]!, MOST_STEPS)];
  const steps = edges.slice(0, MOST_STEPS).map((edge) => stepOf(graph, graph.edgeTo[edge]!, edge));
  return [stepOf(graph, start, undefined), ...steps];
}

/** The first edges of the shortest way from a vertex to a target: of several ways the first by the names along it. */
export function wayFrom({ edgeStart, edgeTo, distance }: LeadingGraph, start: number, most: number): number[] {
  const way: number[] = [];
  for (let vertex = start; distance[vertex]! > 0 && way.length < most; ) {
    let edge = edgeStart[vertex]!;
    while (distance[edgeTo[edge]!]! !== distance[vertex]! - 1) edge++;
    way.push(edge);
    vertex = edgeTo[edge]!;
  }
  return way;
}

export function askAt({ fleet, lockfile, edges }: LeadingGraph, edge: number): AskedBy {
  return askOf(fleet, lockfile, edges[edge]!);
}

export function labelOf(graph: LeadingGraph, vertex: number): { package: string; version: string | undefined } {
  const { version } = graph.fleet.component(graph.lockfile.component[graph.nodes[vertex]!]!);
  return { package: packageOf(graph, vertex), version };
}

export function directoryOf({ lockfile, nodes }: LeadingGraph, vertex: number): string {
  const path = lockfile.projects.find(({ node }) => node === nodes[vertex])?.path ?? '';
  const directory = posix.join(posix.dirname(lockfile.path), path);
  return directory === '.' ? '' : directory;
}

export function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

export function compareBringers(a: Bringer, b: Bringer): number {
  return a.length - b.length || compareTexts(a.package, b.package);
}
