/** What brings something into a service: dependencies of its own manifests from which a way leads there. Pure. */

import { posix } from 'node:path';
import { isDevEdge } from '../../graph/model.ts';
import type { AskedBy, PathStep } from '../../graph/paths.ts';
import { compareTexts } from '../../order.ts';
import { askOf, type LeadingGraph, packageOf, stepOf } from './graph.ts';

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
  /** That way; its first steps where there is no room for all (`stepsKept`). */
  readonly path: readonly PathStep[];
  readonly named: readonly ManifestAsk[];
}

/** Steps that are kept of one way, and of all ways of a service together. What people wrote has fewer. */
const MOST_STEPS = 250;
const MOST_OF_ALL = 100_000;

/** How many steps of each way are kept, by how many ways there are. */
export function stepsKept(ways: number): number {
  return Math.max(2, Math.min(MOST_STEPS, Math.floor(MOST_OF_ALL / ways)));
}

export interface Manifest {
  /** Steps from the start. */
  readonly depth: number;
  /** From the root of the scan; '' where that is the root. */
  readonly directory: string;
  /** The vertex before, and the edge that leads here; undefined for a start. */
  readonly before: { readonly vertex: number; readonly edge: number } | undefined;
}

/** Manifests of one's own by vertex: the service's, its workspace libraries', the tooling root's. */
export type Manifests = ReadonlyMap<number, Manifest>;

/** Those that lead to a target, in the order of the walk: from the service first, then from the tooling root. */
export function manifestsOf(graph: LeadingGraph): Map<number, Manifest> {
  const { edgeStart, edgeTo, nodes, targets } = graph;
  const projects = new Map(graph.lockfile.projects.map(({ node, path }) => [node, path]));
  const directoryOf = (vertex: number): string => directoryAt(graph.lockfile.path, projects.get(nodes[vertex]!) ?? '');
  const manifests = new Map<number, Manifest>();
  for (const start of graph.starts) {
    if (manifests.has(start)) continue;
    manifests.set(start, { depth: 0, directory: directoryOf(start), before: undefined });
    const queue = [start];
    for (const vertex of queue) {
      for (let edge = edgeStart[vertex]!; edge < edgeStart[vertex + 1]!; edge++) {
        const to = edgeTo[edge]!;
        if (targets[to] || manifests.has(to) || !projects.has(nodes[to]!)) continue;
        const depth = manifests.get(vertex)!.depth + 1;
        manifests.set(to, { depth, directory: directoryOf(to), before: { vertex, edge } });
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

/** @param most steps of its way that are kept */
export function toldBringer(
  graph: LeadingGraph,
  manifests: Manifests,
  vertex: number,
  { from, edge, named }: FoundBringer,
  most: number,
): Bringer {
  const { lockfile, closure, nodes, edges, distance } = graph;
  const isRuntime = ({ from: manifest, edge: e }: { from: number; edge: number }): boolean =>
    closure.runtime[nodes[manifest]!] === 1 && !isDevEdge(lockfile.edgeKind[edges[e]!]!);
  return {
    ...labelOf(graph, vertex),
    scope: graph.atRuntime[vertex] && named.some(isRuntime) ? 'runtime' : 'build',
    length: manifests.get(from)!.depth + 1 + distance[vertex]!,
    path: pathOf(graph, manifests, { from, edge }, most),
    named: distinct(
      named.map((each) => ({ manifest: manifests.get(each.from)!.directory, ...askAt(graph, each.edge) })),
    ),
  };
}

function pathOf(
  graph: LeadingGraph,
  manifests: Manifests,
  { from, edge: first }: Pick<FoundBringer, 'from' | 'edge'>,
  most: number,
): PathStep[] {
  const before: number[] = [];
  let start = from;
  for (let at = manifests.get(from)!.before; at !== undefined; at = manifests.get(at.vertex)!.before) {
    before.push(at.edge);
    start = at.vertex;
  }
  const edges = [...before.reverse(), first, ...wayFrom(graph, graph.edgeTo[first]!, most)];
  const steps = edges.slice(0, most).map((edge) => stepOf(graph, graph.edgeTo[edge]!, edge));
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

/** How an edge of the graph asks for what it leads to. */
export function askAt({ fleet, lockfile, edges }: LeadingGraph, edge: number): AskedBy {
  return askOf(fleet, lockfile, edges[edge]!);
}

/** The package of a vertex and its version. */
export function labelOf(graph: LeadingGraph, vertex: number): { package: string; version: string | undefined } {
  const { version } = graph.fleet.component(graph.lockfile.component[graph.nodes[vertex]!]!);
  return { package: packageOf(graph, vertex), version };
}

function directoryAt(lockfile: string, project: string): string {
  const directory = posix.join(posix.dirname(lockfile), project);
  return directory === '.' ? '' : directory;
}

/** Items that differ as JSON. */
export function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** The nearest first, then by name. */
export function compareBringers(a: Bringer, b: Bringer): number {
  return a.length - b.length || compareTexts(a.package, b.package);
}
