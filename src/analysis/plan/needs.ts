/**
 * What would have to go for a service to hold a cause no more. An entry is a name in a manifest of one's own, with the
 * third-party package behind it; a service holds a cause as long as one of the entries from which a way leads to it is there.
 * So the entries of a cause in a service are the one smallest set whose removal is enough. Pure.
 */
import type { CauseTable } from '../../causes/layer.ts';
import { type Closure, closureOf, type Scope } from '../../graph/closure.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { isDevEdge } from '../../graph/model.ts';
import { RowIndex } from '../../graph/row-index.ts';
import { stronglyConnected } from '../../graph/scc.ts';
import { type ServiceGraph, serviceGraph } from '../../graph/service-graph.ts';
import type { Service } from '../../graph/services.ts';
import { Slots } from '../../graph/slots.ts';
import type { JoinedTables } from '../joined.ts';

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
  /** By cause: the one component by which it is held; -1 where it is several. */
  readonly holder: Int32Array;
}

export interface FleetNeeds {
  readonly services: readonly ServiceNeeds[];
  readonly entries: readonly Entry[];
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

/** Bit of what holds a cause and is no entry: one's own code, and what is to stay. */
const FIXED = 0;

export function needsOf(question: NeedsQuestion): FleetNeeds {
  const finder = new Finder(question);
  const services = question.services.map((service) => finder.of(service));
  return { services, entries: finder.entries };
}

class Finder {
  readonly entries: Entry[] = [];
  readonly #question: NeedsQuestion;
  /** By lockfile: the numbers of its entries, by project and name; -1 for one that stays. */
  readonly #numbers: readonly Map<string, number>[];
  readonly #own: Uint8Array;
  readonly #components: Slots;
  readonly #causes: Slots;
  /** By lockfile, in scope build: what its services need at run time. */
  readonly #late: readonly (ReadonlySet<string> | undefined)[];

  constructor(question: NeedsQuestion) {
    const { fleet, services, scope, joined } = question;
    this.#question = question;
    this.#numbers = fleet.lockfiles.map(() => new Map());
    this.#own = Uint8Array.from({ length: fleet.componentCount }, (_, c) => (isOwnAt(fleet, c) ? 1 : 0));
    this.#components = new Slots(fleet.componentCount);
    this.#causes = new Slots(joined.causes);
    this.#late = scope === 'build' ? runtimeEntries(fleet, services) : [];
  }

  of(service: Service): ServiceNeeds {
    const { fleet, scope } = this.#question;
    const lockfile = fleet.lockfiles[service.lockfile]!;
    const closure = closureOf(lockfile, service.project);
    const graph = serviceGraph(lockfile, closure, scope === 'runtime', this.#components);
    const manifests = manifestsOf(lockfile, closure, graph, scope);
    const seeds = this.#seedsOf(service.lockfile, graph, manifests);
    const rows = spread(graph, manifests, seeds);
    return this.#collect(service.lockfile, closure, graph, manifests, seeds, rows);
  }

  /** By local edge: the bit it starts, -1 where it starts none. */
  #seedsOf(lockfile: number, graph: ServiceGraph, manifests: Int32Array): Seeds {
    const { fleet } = this.#question;
    const { edgeName } = fleet.lockfiles[lockfile]!;
    const local = new Map<number, number>();
    const numbers: number[] = [];
    const bitOf = new Int32Array(graph.edgeTo.length).fill(-1);
    for (let n = 0; n < graph.nodes.length; n++) {
      const project = manifests[n]!;
      if (project === -1) continue;
      for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
        if (manifests[graph.edgeTo[e]!] !== -1) continue;
        const number = this.#numberOf(lockfile, project, edgeName[graph.edges[e]!]!);
        if (number === -1) {
          bitOf[e] = FIXED;
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
      if (slot === holder.length) {
        holder.push(component);
        for (let w = 0; w < words; w++) merged.push(0);
      } else if (holder[slot] !== component) holder[slot] = -1;
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
          else {
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

interface Seeds {
  readonly bitOf: Int32Array;
  /** Numbers of entries by their bit, from bit 1 on. */
  readonly numbers: readonly number[];
  readonly words: number;
}

interface Rows {
  readonly rows: Int32Array;
  /** Row of each local node. */
  readonly rowOf: Int32Array;
}

/** Manifests of one's own, by local node the index of the project, else -1: projects reached over projects alone. */
function manifestsOf(lockfile: FleetLockfile, closure: Closure, graph: ServiceGraph, scope: Scope): Int32Array {
  const projectOf = new Map(lockfile.projects.map(({ node }, index) => [node, index]));
  const found = new Int32Array(graph.nodes.length).fill(-1);
  const queue: number[] = [];
  const visit = (n: number): void => {
    const project = projectOf.get(graph.nodes[n]!);
    if (project === undefined || found[n] !== -1) return;
    found[n] = project;
    queue.push(n);
  };
  for (const n of graph.nodes.keys()) {
    if (closure.own.has(graph.nodes[n]!) && (n === 0 || scope !== 'runtime')) visit(n);
  }
  for (const n of queue) for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) visit(graph.edgeTo[e]!);
  return found;
}

/** The bits that lead to each node, not through manifests: what these name is theirs. */
function spread({ nodes, edgeStart, edgeTo }: ServiceGraph, manifests: Int32Array, { bitOf, words }: Seeds): Rows {
  const start = new Int32Array(nodes.length + 1);
  const to = new Int32Array(edgeTo.length);
  let edges = 0;
  for (let n = 0; n < nodes.length; n++) {
    for (let e = edgeStart[n]!; manifests[n] === -1 && e < edgeStart[n + 1]!; e++)
      if (manifests[edgeTo[e]!] === -1) to[edges++] = edgeTo[e]!;
    start[n + 1] = edges;
  }
  const rowOf = stronglyConnected(nodes.length, start, to.subarray(0, edges));
  const rows = new Int32Array(nodes.length * words);
  const order = nodes.map((_, n) => n).sort((a, b) => rowOf[b]! - rowOf[a]!);
  for (let n = 0; n < nodes.length; n++) {
    if (manifests[n] === -1) continue;
    rows[rowOf[n]! * words] = 1 << FIXED;
    for (let e = edgeStart[n]!; e < edgeStart[n + 1]!; e++) {
      const bit = bitOf[e]!;
      if (bit !== -1) rows[rowOf[edgeTo[e]!]! * words + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }
  // All members of a cycle have one row, which is whole before any of them is looked at.
  for (const n of order) {
    const from = rowOf[n]! * words;
    for (let e = start[n]!; e < start[n + 1]!; e++) {
      const row = rowOf[to[e]!]! * words;
      if (row !== from) for (let w = 0; w < words; w++) rows[row + w]! |= rows[from + w]!;
    }
  }
  return { rows, rowOf };
}

function distinct(count: number, merged: readonly number[], { numbers, words }: Seeds) {
  const index = new RowIndex(words);
  const row = new Int32Array(words);
  const set = new Int32Array(count);
  const sets: Int32Array[] = [];
  for (let at = 0; at < count; at++) {
    for (let w = 0; w < words; w++) row[w] = merged[at * words + w]!;
    if (row[0]! & (1 << FIXED)) {
      set[at] = -1;
      continue;
    }
    const id = index.id(row);
    set[at] = id;
    if (id === sets.length) sets.push(Int32Array.from(bitsOf(row), (bit) => numbers[bit - 1]!).sort());
  }
  return { set, sets };
}

function bitsOf(row: Int32Array): number[] {
  return [...row].flatMap((word, w) =>
    Array.from({ length: 32 }, (_, b) => ((word >>> b) & 1 ? [w * 32 + b] : [])).flat(),
  );
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

function isOwnAt(fleet: Fleet, component: number): boolean {
  const { source } = fleet.component(component);
  return source === 'workspace' || source === 'link' || source === 'file';
}
