/**
 * Who holds which cause: for every layer the uses (service, cause) with scope, directness and dependents, turned around so
 * that each cause has its reach. Typed arrays throughout: a fleet of 10,000 services has ten million uses.
 */
import { type CauseTable, UNKNOWN } from '../causes/layer.ts';
import { type Closure, closureOf, type Scope } from '../graph/closure.ts';
import type { Fleet, FleetLockfile } from '../graph/fleet.ts';
import { dependents } from '../graph/load.ts';
import { type ServiceGraph, serviceGraph } from '../graph/service-graph.ts';
import type { Service } from '../graph/services.ts';
import { Slots } from '../graph/slots.ts';
import { type CauseNodes, Grouping } from './grouping.ts';
import { GrowingBytes, GrowingInts } from './growing.ts';
import { type JoinedTables, joinTables } from './joined.ts';

/**
 * Bits of a use. A cause may be in both scopes of one service, by different components. `own`: the service is itself the
 * code of the cause.
 */
export const USE = { runtime: 1, build: 2, direct: 4, own: 8 } as const;

/** The uses of one layer grouped by cause: those of cause c are at start[c] .. start[c + 1], services ascending. */
export interface Reach {
  readonly start: Int32Array;
  readonly service: Int32Array;
  /** Bits of USE. */
  readonly bits: Uint8Array;
  /** How many of the service's components in scope depend on the cause. */
  readonly dependents: Int32Array;
}

/** Counts of one service, in the chosen scope for `components`. */
export interface ServiceSize {
  readonly components: number;
  readonly runtime: number;
  readonly build: number;
}

export interface Uses {
  /** Per layer, in the order of the tables given. */
  readonly reach: readonly Reach[];
  readonly sizes: readonly ServiceSize[];
  /** By component of the fleet: 1 if some service holds it within the scope. */
  readonly held: Uint8Array;
  /** By lockfile: how many of its nodes no service reaches in any scope, projects left out. */
  readonly unreached: Int32Array;
  /** By service: how many of its components in scope are of each class. */
  readonly tallies: readonly Int32Array[];
  /** By service: 1 where it is not known of some dependency in scope whether it has a cause (`CauseTable.ofEdges`). */
  readonly unknownEdges: Uint8Array;
}

/** A class for each component of the fleet, from 0 to count - 1. */
export interface Classing {
  readonly of: Int32Array;
  readonly count: number;
}

/** Computes the uses of every cause of the given layers over all services, within a scope. */
export function usesOf(
  fleet: Fleet,
  services: readonly Service[],
  tables: readonly CauseTable[],
  scope: Scope,
  classing: Classing = { of: new Int32Array(fleet.componentCount), count: 1 },
): Uses {
  const joined = joinTables(tables, fleet.componentCount);
  const components = new Slots(fleet.componentCount);
  const grouping = new Grouping(joined.causes);
  const uses: Columns = { cause: new GrowingInts(), bits: new GrowingBytes(), dependents: new GrowingInts() };
  const starts = [0];
  const sizes: ServiceSize[] = [];
  const tallies: Int32Array[] = [];
  const held = new Uint8Array(fleet.componentCount);
  const unknownEdges = new Uint8Array(services.length);
  const reached = fleet.lockfiles.map((lockfile) => new Uint8Array(lockfile.component.length));
  for (const service of services) {
    const lockfile = fleet.lockfiles[service.lockfile]!;
    const closure = closureOf(lockfile, service.project);
    for (const node of closure.nodes) reached[service.lockfile]![node] = 1;
    const view = viewOf(lockfile, closure, scope, components);
    addNodes(view, joined, grouping);
    if (addEdges(view, service.lockfile, tables, joined, grouping)) unknownEdges[starts.length - 1] = 1;
    const groups = grouping.take();
    addUses(uses, view, groups);
    const own = lockfile.component[lockfile.projects[service.project]!.node]!;
    if (scope !== 'build') addOwnUses(uses, own, joined, groups);
    addServiceUses(uses, starts.length - 1, tables, joined, scope, view.size);
    starts.push(uses.cause.length);
    sizes.push(view.size);
    const tally = new Int32Array(classing.count);
    for (let c = 0; c < view.inScope.length; c++) {
      if (!view.inScope[c]) continue;
      const component = view.graph.components[c]!;
      held[component] = 1;
      tally[classing.of[component]!]!++;
    }
    tallies.push(tally);
  }
  const reach = byCause(joined.causes, starts, uses);
  return {
    reach: tables.map((_, layer) => part(reach, joined.offsets[layer]!, joined.offsets[layer + 1]!)),
    sizes,
    held,
    unreached: Int32Array.from(fleet.lockfiles, (lockfile, at) => unreachedOf(lockfile, reached[at]!)),
    tallies,
    unknownEdges,
  };
}

function unreachedOf(lockfile: FleetLockfile, reached: Uint8Array): number {
  let count = reached.length;
  for (const bit of reached) count -= bit;
  for (const { node } of lockfile.projects) if (!reached[node]) count--;
  return count;
}

interface View {
  readonly graph: ServiceGraph;
  /** USE bits of each local node; 0 for nodes that are no component in scope. */
  readonly bits: Uint8Array;
  /** By component position: 1 if it is in the scope. */
  readonly inScope: Uint8Array;
  readonly size: ServiceSize;
}

function viewOf(lockfile: FleetLockfile, closure: Closure, scope: Scope, slots: Slots): View {
  const graph = serviceGraph(lockfile, closure, scope === 'runtime', slots);
  const { nodes, componentOf } = graph;
  const count = graph.components.length;
  const isRuntime = new Uint8Array(count);
  for (let n = 0; n < nodes.length; n++) {
    if (componentOf[n] !== -1 && closure.runtime[nodes[n]!]) isRuntime[componentOf[n]!] = 1;
  }
  let runtime = 0;
  for (const bit of isRuntime) runtime += bit;
  const inScope = scope === 'build' ? isRuntime.map((bit) => 1 - bit) : new Uint8Array(count).fill(1);
  const direct = directNodes(lockfile, closure.reached);
  const bits = new Uint8Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const component = componentOf[n]!;
    if (component === -1 || !inScope[component]) continue;
    bits[n] = (isRuntime[component] ? USE.runtime : USE.build) | (direct[nodes[n]!] ? USE.direct : 0);
  }
  const build = count - runtime;
  return { graph, bits, inScope, size: { components: scope === 'build' ? build : count, runtime, build } };
}

/** Marks the nodes that a manifest of one's own names: the service's, its workspace libraries', the tooling root's. */
function directNodes(lockfile: FleetLockfile, reached: Uint8Array): Uint8Array {
  const direct = new Uint8Array(reached.length);
  for (const { node } of lockfile.projects) {
    if (!reached[node]) continue;
    for (let e = lockfile.edgeStart[node]!; e < lockfile.edgeStart[node + 1]!; e++) {
      const to = lockfile.edgeTo[e]!;
      if (to >= 0) direct[to] = 1;
    }
  }
  return direct;
}

/** Collects the local nodes of every cause that has one in scope. */
function addNodes({ graph, bits }: View, { start, members }: JoinedTables, grouping: Grouping): void {
  for (let n = 0; n < bits.length; n++) {
    if (bits[n] === 0) continue;
    const component = graph.components[graph.componentOf[n]!]!;
    for (let m = start[component]!; m < start[component + 1]!; m++) grouping.add(members[m]!, n);
  }
}

/** The same for causes that hang on edges: the nodes that such edges lead to. Whether it is unknown of some edge. */
function addEdges(
  { graph, bits }: View,
  lockfile: number,
  tables: readonly CauseTable[],
  { offsets }: JoinedTables,
  grouping: Grouping,
): boolean {
  let unknown = false;
  for (const [layer, { ofEdges }] of tables.entries()) {
    if (!ofEdges) continue;
    const causeOf = ofEdges.causeOf[lockfile]!;
    for (const [at, to] of graph.edgeTo.entries()) {
      const cause = causeOf[graph.edges[at]!]!;
      if (bits[to] === 0) continue;
      if (cause >= 0) grouping.add(offsets[layer]! + cause, to);
      else if (cause === UNKNOWN) unknown = true;
    }
  }
  return unknown;
}

interface Columns {
  readonly cause: GrowingInts;
  readonly bits: GrowingBytes;
  readonly dependents: GrowingInts;
}

function addUses(uses: Columns, view: View, groups: CauseNodes): void {
  const { start, nodes, cause } = groups;
  const counts = dependents(view.graph, groups, view.inScope);
  for (let at = 0; at < counts.length; at++) {
    let bits = 0;
    for (let n = start[at]!; n < start[at + 1]!; n++) bits |= view.bits[nodes[n]!]!;
    uses.cause.push(cause[at]!);
    uses.bits.push(bits);
    uses.dependents.push(counts[at]!);
  }
}

/** The service fails with a cause that is its own code, where that code is in other services too. */
function addOwnUses(uses: Columns, component: number, { start, members }: JoinedTables, groups: CauseNodes): void {
  for (let m = start[component]!; m < start[component + 1]!; m++) {
    if (groups.cause.includes(members[m]!)) continue;
    uses.cause.push(members[m]!);
    uses.bits.push(USE.runtime | USE.own);
    uses.dependents.push(0);
  }
}

/** Everything a service is made of stands on what the service itself stands on. */
function addServiceUses(
  uses: Columns,
  service: number,
  tables: readonly CauseTable[],
  { offsets }: JoinedTables,
  scope: Scope,
  { components }: ServiceSize,
): void {
  for (const [layer, { ofServices }] of tables.entries()) {
    if (!ofServices) continue;
    for (let m = ofServices.start[service]!; m < ofServices.start[service + 1]!; m++) {
      uses.cause.push(offsets[layer]! + ofServices.members[m]!);
      uses.bits.push(scope === 'build' ? USE.build : USE.runtime);
      uses.dependents.push(components);
    }
  }
}

/**
 * Turns the uses around: those of service s are at starts[s] .. starts[s + 1]. What only the service itself is, nobody
 * shares: it is left out.
 */
function byCause(causes: number, starts: readonly number[], uses: Columns): Reach {
  const shared = new Uint8Array(causes);
  for (let u = 0; u < uses.cause.length; u++) if (!(uses.bits.at(u) & USE.own)) shared[uses.cause.at(u)] = 1;
  const start = new Int32Array(causes + 1);
  for (let u = 0; u < uses.cause.length; u++) if (shared[uses.cause.at(u)]) start[uses.cause.at(u) + 1]!++;
  for (let c = 0; c < causes; c++) start[c + 1]! += start[c]!;
  const total = start[causes]!;
  const next = start.slice(0, causes);
  const service = new Int32Array(total);
  const bits = new Uint8Array(total);
  const dependents = new Int32Array(total);
  for (let s = 0; s + 1 < starts.length; s++) {
    for (let u = starts[s]!; u < starts[s + 1]!; u++) {
      if (!shared[uses.cause.at(u)]) continue;
      const at = next[uses.cause.at(u)]!++;
      service[at] = s;
      bits[at] = uses.bits.at(u);
      dependents[at] = uses.dependents.at(u);
    }
  }
  return { start, service, bits, dependents };
}

/** The uses of causes from .. to, renumbered from 0. */
function part({ start, service, bits, dependents }: Reach, from: number, to: number): Reach {
  const first = start[from]!;
  const last = start[to]!;
  return {
    start: start.slice(from, to + 1).map((at) => at - first),
    service: service.subarray(first, last),
    bits: bits.subarray(first, last),
    dependents: dependents.subarray(first, last),
  };
}
