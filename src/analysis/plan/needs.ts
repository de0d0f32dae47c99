/**
 * What would have to go for a service to hold a cause no more. An entry is a name in a manifest of one's own, with the
 * third-party package behind it; a service holds a cause as long as one of the entries from which a way leads to it is there.
 * So the entries of a cause in a service are the one smallest set whose removal is enough; but where a package leads back to
 * code of one's own, fewer may be. Pure.
 */
import type { CauseTable } from '../../causes/layer.ts';
import { isOwn } from '../../causes/package.ts';
import { type Closure, closureOf, type Scope } from '../../graph/closure.ts';
import type { Fleet } from '../../graph/fleet.ts';
import { isDevEdge } from '../../graph/model.ts';
import { type ServiceGraph, serviceGraph } from '../../graph/service-graph.ts';
import type { Service } from '../../graph/services.ts';
import { Slots } from '../../graph/slots.ts';
import type { JoinedTables } from '../joined.ts';
import { distinct, FIXED, manifestsOf, projectsIn, type Rows, type Seeds, spread } from './ways.ts';

/** A name in a manifest: all edges of it, of whatever kind. */
export interface Entry {
  readonly lockfile: number;
  /** Index into the lockfile's projects. */
  readonly project: number;
  /** Id of the name it is depended on by. */
  readonly name: number;
  /** Components that it leads to. */
  readonly components: readonly number[];
}

/** The causes of a service that count, and what each needs. */
export interface ServiceNeeds {
  /** Causes, numbered over all layers; those that no entry leads to are not among them. */
  readonly causes: Int32Array;
  /** By cause: the entries that lead to it, an index into `sets`; -1 where something else does too, which cannot be dropped. */
  readonly set: Int32Array;
  /** Numbers of entries, ascending. No two are equal. */
  readonly sets: readonly Int32Array[];
  /** By cause: the one release by which it is held, as its first component (`releasesOf`); -1 where it is several. */
  readonly holder: Int32Array;
}

export interface FleetNeeds {
  readonly services: readonly ServiceNeeds[];
  readonly entries: readonly Entry[];
  /** Services whose manifests name more than is looked at: nothing of theirs is proposed. */
  readonly skipped: readonly number[];
}

/** No manifest that people write names so many; and bits that are kept for one service, by nodes and entries. */
const MOST_ENTRIES = 2000;
const MOST_BITS = 2 ** 28;
const NOTHING: ServiceNeeds = {
  causes: new Int32Array(0),
  set: new Int32Array(0),
  sets: [],
  holder: new Int32Array(0),
};

/** By component: the first one of the same name and version, where both are of npm's registries; else itself. */
export function releasesOf(fleet: Fleet): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from({ length: fleet.componentCount }, (_, c) => {
    const { ecosystem, source, name, version } = fleet.component(c);
    if (ecosystem !== 'npm' || source !== 'registry' || version === undefined) return c;
    const key = `${name}@${version}`;
    const known = first.get(key) ?? c;
    first.set(key, known);
    return known;
  });
}

export interface NeedsQuestion {
  readonly fleet: Fleet;
  readonly services: readonly Service[];
  readonly scope: Scope;
  readonly tables: readonly CauseTable[];
  readonly joined: JoinedTables;
  /** By cause over all layers: whether it counts. */
  readonly counts: (cause: number) => boolean;
  /** Whether an entry that leads to a component is to stay. */
  readonly isKept: (name: string, component: number) => boolean;
}

export function needsOf(question: NeedsQuestion): FleetNeeds {
  const finder = new Finder(question);
  const skipped: number[] = [];
  const services = question.services.map((service, index) => {
    const needs = finder.of(service);
    if (needs === undefined) skipped.push(index);
    return needs ?? NOTHING;
  });
  return { services, entries: finder.entries, skipped };
}

class Finder {
  readonly entries: Entry[] = [];
  readonly #question: NeedsQuestion;
  /** By lockfile: the numbers of its entries, by project and name; -1 for one that stays. */
  readonly #numbers: readonly Map<string, number>[];
  readonly #own: Uint8Array;
  readonly #releaseOf: Int32Array;
  readonly #components: Slots;
  readonly #causes: Slots;
  /** By lockfile, in scope build: what its services need at run time. */
  readonly #late: readonly (ReadonlySet<string> | undefined)[];

  constructor(question: NeedsQuestion) {
    const { fleet, services, scope, joined } = question;
    this.#question = question;
    this.#numbers = fleet.lockfiles.map(() => new Map());
    this.#own = Uint8Array.from({ length: fleet.componentCount }, (_, c) => (isOwn(fleet.component(c)) ? 1 : 0));
    this.#releaseOf = releasesOf(fleet);
    this.#components = new Slots(fleet.componentCount);
    this.#causes = new Slots(joined.causes);
    this.#late = scope === 'build' ? runtimeEntries(fleet, services) : [];
  }

  /** @returns undefined for what is too large to look at */
  of(service: Service): ServiceNeeds | undefined {
    const { fleet, scope } = this.#question;
    const lockfile = fleet.lockfiles[service.lockfile]!;
    const closure = closureOf(lockfile, service.project);
    const graph = serviceGraph(lockfile, closure, scope === 'runtime', this.#components);
    const isEntry = (project: number, edge: number): boolean =>
      this.#numberOf(service.lockfile, project, lockfile.edgeName[edge]!) !== -1;
    const projects = projectsIn(lockfile, graph);
    const manifests = manifestsOf(projects, closure, graph, scope, isEntry);
    const seeds = this.#seedsOf(service.lockfile, graph, projects, manifests);
    const { numbers, words } = seeds;
    if (numbers.length > MOST_ENTRIES || graph.nodes.length * words * 32 > MOST_BITS) return undefined;
    const rows = spread(graph, manifests, seeds);
    return this.#collect(service.lockfile, closure, graph, manifests, seeds, rows);
  }

  /**
   * By local edge: the bit it starts, -1 where it starts none. Projects that only packages lead to start bits too: without
   * such an entry less is reached, as without what leads there. Both are then in the set, though one would do.
   */
  #seedsOf(lockfile: number, graph: ServiceGraph, projects: Int32Array, manifests: Int32Array): Seeds {
    const { fleet } = this.#question;
    const { edgeName } = fleet.lockfiles[lockfile]!;
    const local = new Map<number, number>();
    const numbers: number[] = [];
    const bitOf = new Int32Array(graph.edgeTo.length).fill(-1);
    for (let n = 0; n < graph.nodes.length; n++) {
      const project = projects[n]!;
      if (project === -1) continue;
      for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
        if (manifests[graph.edgeTo[e]!] !== -1) continue;
        const number = this.#numberOf(lockfile, project, edgeName[graph.edges[e]!]!);
        if (number === -1) {
          if (manifests[n] !== -1) bitOf[e] = FIXED;
          continue;
        }
        const bit = local.get(number) ?? local.set(number, numbers.push(number)).size;
        bitOf[e] = bit;
      }
    }
    return { bitOf, numbers, words: (numbers.length >> 5) + 1 };
  }

  #numberOf(lockfile: number, project: number, name: number): number {
    const key = `${project}:${name}`;
    const numbers = this.#numbers[lockfile]!;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const components = this.#componentsOf(lockfile, project, name);
    const stays = components === undefined || this.#late[lockfile]?.has(key) === true;
    const number = stays ? -1 : this.entries.push({ lockfile, project, name, components }) - 1;
    numbers.set(key, number);
    return number;
  }

  /** What an entry leads to; undefined where it is one's own code, or to stay. */
  #componentsOf(lockfile: number, project: number, name: number): number[] | undefined {
    const { fleet, isKept } = this.#question;
    const { projects, edgeStart, edgeTo, edgeName, component } = fleet.lockfiles[lockfile]!;
    const { node } = projects[project]!;
    const found = new Set<number>();
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++)
      if (edgeName[e] === name && edgeTo[e]! >= 0) found.add(component[edgeTo[e]!]!);
    const components = [...found];
    const text = fleet.strings.text(name);
    return components.some((c) => this.#own[c] || isKept(text, c)) ? undefined : components;
  }

  #collect(
    at: number,
    closure: Closure,
    graph: ServiceGraph,
    manifests: Int32Array,
    seeds: Seeds,
    { rows, rowOf }: Rows,
  ): ServiceNeeds {
    const { scope, tables, joined, counts } = this.#question;
    const { words } = seeds;
    const runtime = scope === 'build' ? runtimeComponents(closure, graph) : undefined;
    const isIn = (n: number): boolean => graph.componentOf[n] !== -1 && !runtime?.[graph.componentOf[n]!];
    const merged: number[] = [];
    const holder: number[] = [];
    const add = (cause: number, component: number): number => {
      const slot = this.#causes.of(cause);
      const release = this.#releaseOf[component]!;
      if (slot === holder.length) {
        holder.push(release);
        for (let w = 0; w < words; w++) merged.push(0);
      } else if (holder[slot] !== release) holder[slot] = -1;
      return slot * words;
    };
    const addRow = (cause: number, component: number, row: number): void => {
      const to = add(cause, component);
      for (let w = 0; w < words; w++) merged[to + w]! |= rows[row + w]!;
    };
    for (let n = 0; n < graph.nodes.length; n++) {
      if (!isIn(n)) continue;
      const component = graph.components[graph.componentOf[n]!]!;
      for (let m = joined.start[component]!; m < joined.start[component + 1]!; m++) {
        const cause = joined.members[m]!;
        if (counts(cause)) addRow(cause, component, rowOf[n]! * words);
      }
    }
    for (const [layer, { ofEdges }] of tables.entries()) {
      if (!ofEdges) continue;
      for (let n = 0; n < graph.nodes.length; n++) {
        for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
          const to = graph.edgeTo[e]!;
          const cause = ofEdges.causeOf[at]![graph.edges[e]!]!;
          if (cause < 0 || !isIn(to) || !counts(joined.offsets[layer]! + cause)) continue;
          const component = graph.components[graph.componentOf[to]!]!;
          if (manifests[n] === -1) addRow(joined.offsets[layer]! + cause, component, rowOf[n]! * words);
          if (manifests[n] !== -1 || seeds.bitOf[e]! > FIXED) {
            const bit = Math.max(seeds.bitOf[e]!, FIXED);
            merged[add(joined.offsets[layer]! + cause, component) + (bit >> 5)]! |= 1 << (bit & 31);
          }
        }
      }
    }
    const causes = this.#causes.take();
    return { causes, holder: Int32Array.from(holder), ...distinct(causes.length, merged, seeds) };
  }
}

/** By position of a component: 1 where the service needs it at run time. */
function runtimeComponents({ runtime }: Closure, { nodes, componentOf, components }: ServiceGraph): Uint8Array {
  const result = new Uint8Array(components.length);
  for (const [n, node] of nodes.entries()) if (componentOf[n] !== -1 && runtime[node]) result[componentOf[n]!] = 1;
  return result;
}

/** Entries that some service needs at run time: without them it may need more for building, and never less. */
function runtimeEntries(fleet: Fleet, services: readonly Service[]): Set<string>[] {
  const late = fleet.lockfiles.map(() => new Set<string>());
  for (const service of services) {
    const { projects, edgeStart, edgeKind, edgeName } = fleet.lockfiles[service.lockfile]!;
    const { runtime } = closureOf(fleet.lockfiles[service.lockfile]!, service.project);
    projects.forEach(({ node }, project) => {
      for (let e = edgeStart[node]!; runtime[node] && e < edgeStart[node + 1]!; e++)
        if (!isDevEdge(edgeKind[e]!)) late[service.lockfile]!.add(`${project}:${edgeName[e]!}`);
    });
  }
  return late;
}
