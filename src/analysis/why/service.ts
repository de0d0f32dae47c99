/** Why one service holds something: the ways there, what is on all of them, and the fewest packages without which it is gone. Pure. */
import type { Scope } from '../../graph/closure.ts';
import { dominatorChain, immediateDominators } from '../../graph/dominators.ts';
import type { Fleet } from '../../graph/fleet.ts';
import type { AskedBy } from '../../graph/paths.ts';
import type { Service } from '../../graph/services.ts';
import { minimumGroupCut } from '../../graph/vertex-cut.ts';
import {
  askAt,
  type Bringer,
  bringersOf,
  compareBringers,
  distinct,
  type FoundBringer,
  type Held,
  labelOf,
  type Manifests,
  manifestsOf,
  stepsKept,
  toldBringer,
  wayFrom,
} from './bringers.ts';
import { isGoneWithout, waysWithout } from './cut.ts';
import { type LeadingGraph, leadingGraph } from './graph.ts';

export interface HeldVersion {
  /** As `packageName` names it: `npm/ms`. */
  readonly package: string;
  readonly version: string | undefined;
  readonly scope: Held;
  /** Whether a manifest of one's own names it: the service's, its workspace libraries', the tooling root's. */
  readonly direct: boolean;
}

/** What needs the package itself, and how. `manifest`: a manifest of one's own; then there is no `by`. */
export interface Need extends AskedBy {
  readonly by: { readonly package: string; readonly version: string | undefined } | undefined;
  readonly manifest: string | undefined;
}

export interface CutPackage {
  readonly package: string;
  readonly versions: readonly string[];
  /** Whether a manifest of one's own names it. */
  readonly direct: boolean;
}

export interface ServiceWhy {
  /** Index into the services. */
  readonly service: number;
  readonly held: readonly HeldVersion[];
  /** The nearest first, then by name. */
  readonly bringers: readonly Bringer[];
  /**
   * The package among the bringers without which it is gone: every way leads through it. `alone`: it is the only bringer, so
   * taking it out of the manifests is enough; else other bringers need it too.
   */
  readonly single: { readonly package: string; readonly alone: boolean } | undefined;
  /** What all ways pass, from the service on: each the immediate dominator of the next, the last that of the package. */
  readonly dominators: readonly { readonly node: number; readonly component: number }[];
  /**
   * Only where no bringer is on every way: few packages without which it is gone. `least` is proved to be needed; where it
   * equals their number there is no smaller cut.
   */
  readonly cut: { readonly packages: readonly CutPackage[]; readonly least: number } | undefined;
  readonly needs: readonly Need[];
  /** The lockfile does not say what its root depends on: what nothing else depends on counts as named by it. */
  readonly assumed: boolean;
}

/**
 * Why a service holds what is wanted within a scope.
 *
 * @param index of the service, only handed on
 * @returns undefined where it holds nothing of it
 */
export function serviceWhy(
  fleet: Fleet,
  index: number,
  service: Pick<Service, 'lockfile' | 'project'>,
  scope: Scope,
  isWanted: (component: number) => boolean,
): ServiceWhy | undefined {
  const graph = leadingGraph(fleet, service, scope, isWanted);
  if (graph === undefined) return undefined;
  const manifests = manifestsOf(graph);
  const found = bringersOf(graph, manifests);
  const { single, cut } = withoutIt(graph, manifests, found);
  return {
    service: index,
    held: heldVersions(graph, new Set(found.keys())),
    bringers: [...found]
      .map(([vertex, bringer]) => toldBringer(graph, manifests, vertex, bringer, stepsKept(found.size)))
      .sort(compareBringers),
    single,
    dominators: dominatorsOf(graph),
    cut,
    needs: needsOf(graph, manifests),
    assumed: graph.lockfile.roots === 'assumed',
  };
}

/** The bringer on every way, or else the smallest cut. */
function withoutIt(
  graph: LeadingGraph,
  manifests: Manifests,
  found: ReadonlyMap<number, FoundBringer>,
): Pick<ServiceWhy, 'single' | 'cut'> {
  const ways = waysWithout(graph, new Set(manifests.keys()), new Set(found.keys()));
  // What is on every way is on a shortest one too: there its packages are few, so no more of them need be tried.
  const [nearest] = [...found.keys()].sort((a, b) => graph.distance[a]! - graph.distance[b]! || a - b);
  const direct = new Set([...found.keys()].map((vertex) => ways.groupOfBringer(vertex)));
  const behind = wayFrom(graph, nearest!, graph.nodes.length).map((edge) => ways.groupOf[graph.edgeTo[edge]!]!);
  const single = [ways.groupOfBringer(nearest!), ...behind].find(
    (group) => direct.has(group) && isGoneWithout(ways, group),
  );
  if (single !== undefined)
    return { single: { package: ways.names[single]!, alone: direct.size === 1 }, cut: undefined };
  // Nothing parts a manifest from the service, so ways may as well start at each of them: that leaves the shortest to look at.
  const cut = minimumGroupCut(ways, {
    sources: manifests.keys(),
    targets: ways.ends,
    groupOf: ways.groupOf,
    side: 'nearest',
  });
  if (cut === undefined) return { single: undefined, cut: undefined };
  const packages = cut.groups.map((group): CutPackage => {
    const vertices = ways.members.get(group) ?? [];
    const versions = vertices.map((vertex) => labelOf(graph, vertex).version ?? '?');
    return {
      package: ways.names[group]!,
      versions: [...new Set(versions)].sort(),
      direct: vertices.some((vertex) => found.has(vertex)),
    };
  });
  return { single: undefined, cut: { packages, least: cut.least } };
}

/** Dominators of all targets together: of one vertex behind them, with one before all starts as the root. */
function dominatorsOf({ nodes, lockfile, edgeStart, edgeTo, targets, starts }: LeadingGraph): ServiceWhy['dominators'] {
  const [root, behind] = [nodes.length, nodes.length + 1];
  const start = new Int32Array(nodes.length + 3);
  const to: number[] = [];
  for (let vertex = 0; vertex < nodes.length; vertex++) {
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) to.push(edgeTo[e]!);
    if (targets[vertex]) to.push(behind);
    start[vertex + 1] = to.length;
  }
  to.push(...starts);
  start.fill(to.length, root + 1);
  const found = immediateDominators({ edgeStart: start, edgeTo: Int32Array.from(to) }, root);
  return dominatorChain(found, root, behind)
    .slice(1, -1)
    .map((vertex) => ({ node: nodes[vertex]!, component: lockfile.component[nodes[vertex]!]! }));
}

function heldVersions(graph: LeadingGraph, bringers: ReadonlySet<number>): HeldVersion[] {
  const held = new Map<string, HeldVersion>();
  for (const vertex of graph.nodes.keys()) {
    if (!graph.targets[vertex]) continue;
    const label = labelOf(graph, vertex);
    const key = JSON.stringify([label.package, label.version ?? null]);
    const known = held.get(key);
    const isRuntime = known?.scope === 'runtime' || graph.closure.runtime[graph.nodes[vertex]!] === 1;
    const direct = known?.direct === true || bringers.has(vertex);
    held.set(key, { ...label, scope: isRuntime ? 'runtime' : 'build', direct });
  }
  return [...held.values()];
}

function needsOf(graph: LeadingGraph, manifests: Manifests): Need[] {
  const needs: Need[] = [];
  for (const vertex of graph.nodes.keys()) {
    for (let edge = graph.edgeStart[vertex]!; edge < graph.edgeStart[vertex + 1]!; edge++) {
      if (!graph.targets[graph.edgeTo[edge]!]) continue;
      const manifest = manifests.get(vertex)?.directory;
      needs.push({
        by: manifest === undefined ? labelOf(graph, vertex) : undefined,
        manifest,
        ...askAt(graph, edge),
      });
    }
  }
  return distinct(needs);
}
