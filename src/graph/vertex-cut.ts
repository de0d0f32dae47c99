/**
 * The fewest vertices that separate targets from sources in a directed graph: a minimum vertex cut, equal to the most
 * vertex-disjoint paths (Menger 1927). Maximum flow by Dinic's algorithm (1970) over split vertices: each vertex is an arc
 * from its entry to its exit that carries one unit, so a graph of V vertices and E edges takes O(E * sqrt(V)).
 */
import { append } from '../lists.ts';

/** Targets of the edges of vertex v: edgeTo[edgeStart[v]] .. edgeTo[edgeStart[v + 1]]; negative ones are skipped. */
export interface Digraph {
  readonly edgeStart: Int32Array;
  readonly edgeTo: Int32Array;
}

/** What may be done with a vertex: it is not there at all, it can be cut, or it cannot be cut. */
export const VERTEX = { absent: 0, cuttable: 1, fixed: 2 } as const;

export interface CutQuestion {
  /** Vertices paths start at. They are never cut. */
  readonly sources: Iterable<number>;
  /** By vertex: 1 where paths end. A target can be cut like any other vertex, unless it is fixed. */
  readonly targets: Uint8Array;
  /** By vertex: one of VERTEX. */
  readonly vertices: Uint8Array;
}

/** Two minimum cuts, ascending. They have the same size; if they are equal there is no other minimum cut. */
export interface VertexCut {
  /** The one nearest the sources: what every minimum cut lies on or behind. */
  readonly nearest: Int32Array;
  /** The one nearest the targets. */
  readonly farthest: Int32Array;
  readonly unique: boolean;
}

/**
 * A minimum vertex cut between sources and targets.
 *
 * @returns undefined where no cut exists: a source is a target, or a path leads there over fixed vertices alone
 */
export function minimumVertexCut(graph: Digraph, question: CutQuestion): VertexCut | undefined {
  const network = new Network(graph, question);
  if (network.isJoinedByFixed()) return undefined;
  while (network.level()) while (network.augment());
  return network.cut();
}

/** More than any flow: a cut of all vertices would carry less. */
const UNBOUNDED = 2 ** 30;

/**
 * Entry of vertex v is 2v, its exit 2v + 1; one node before all sources and one behind all targets. Arcs come in pairs, an
 * arc and its reverse: a and a ^ 1.
 */
class Network {
  readonly #vertices: number;
  readonly #source: number;
  readonly #sink: number;
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #head: Int32Array;
  readonly #room: Int32Array;
  readonly #level: Int32Array;
  readonly #cursor: Int32Array;
  #arcs = 0;

  constructor({ edgeStart, edgeTo }: Digraph, { sources, targets, vertices }: CutQuestion) {
    const count = edgeStart.length - 1;
    const starts = new Set([...sources].filter((source) => vertices[source] !== VERTEX.absent));
    this.#vertices = count;
    this.#source = 2 * count;
    this.#sink = 2 * count + 1;
    const most = 2 * (2 * count + edgeTo.length + starts.size);
    this.#first = new Int32Array(2 * count + 2).fill(-1);
    this.#next = new Int32Array(most);
    this.#head = new Int32Array(most);
    this.#room = new Int32Array(most);
    this.#level = new Int32Array(2 * count + 2);
    this.#cursor = new Int32Array(2 * count + 2);
    for (let v = 0; v < count; v++) {
      if (vertices[v] === VERTEX.absent) continue;
      this.#arc(2 * v, 2 * v + 1, vertices[v] === VERTEX.fixed || starts.has(v) ? UNBOUNDED : 1);
      if (targets[v]) this.#arc(2 * v + 1, this.#sink, UNBOUNDED);
      for (let e = edgeStart[v]!; e < edgeStart[v + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to >= 0 && to !== v && vertices[to] !== VERTEX.absent) this.#arc(2 * v + 1, 2 * to, UNBOUNDED);
      }
    }
    for (const start of starts) this.#arc(this.#source, 2 * start, UNBOUNDED);
  }

  #arc(from: number, to: number, room: number): void {
    this.#half(from, to, room);
    this.#half(to, from, 0);
  }

  #half(from: number, to: number, room: number): void {
    const arc = this.#arcs++;
    this.#head[arc] = to;
    this.#room[arc] = room;
    this.#next[arc] = this.#first[from]!;
    this.#first[from] = arc;
  }

  isJoinedByFixed(): boolean {
    return this.#reached(this.#source, (arc) => this.#room[arc] === UNBOUNDED)[this.#sink] === 1;
  }

  /** Numbers the nodes by their distance from the source; false where the sink is out of reach. */
  level(): boolean {
    this.#level.fill(-1);
    this.#cursor.set(this.#first);
    this.#level[this.#source] = 0;
    const queue = [this.#source];
    for (let at = 0; at < queue.length; at++) {
      const node = queue[at]!;
      for (let arc = this.#first[node]!; arc !== -1; arc = this.#next[arc]!) {
        const to = this.#head[arc]!;
        if (this.#room[arc] === 0 || this.#level[to] !== -1) continue;
        this.#level[to] = this.#level[node]! + 1;
        queue.push(to);
      }
    }
    return this.#level[this.#sink] !== -1;
  }

  /** Sends one unit along a path of rising levels; false where there is none left. A loop, for chains of any length. */
  augment(): boolean {
    const path: number[] = [];
    let node = this.#source;
    while (node !== this.#sink) {
      const arc = this.#cursor[node]!;
      if (arc === -1) {
        const back = path.pop();
        if (back === undefined) return false;
        node = this.#head[back ^ 1]!;
        this.#cursor[node] = this.#next[this.#cursor[node]!]!;
      } else if (this.#room[arc]! > 0 && this.#level[this.#head[arc]!] === this.#level[node]! + 1) {
        path.push(arc);
        node = this.#head[arc]!;
      } else {
        this.#cursor[node] = this.#next[arc]!;
      }
    }
    for (const arc of path) {
      this.#room[arc]!--;
      this.#room[arc ^ 1]!++;
    }
    return true;
  }

  /** The vertices whose arc leaves what the source still reaches, and those whose arc enters what still reaches the sink. */
  cut(): VertexCut {
    const before = this.#reached(this.#source, (arc) => this.#room[arc]! > 0);
    const behind = this.#reached(this.#sink, (arc) => this.#room[arc ^ 1]! > 0);
    const nearest: number[] = [];
    const farthest: number[] = [];
    for (let v = 0; v < this.#vertices; v++) {
      if (before[2 * v] && !before[2 * v + 1]) nearest.push(v);
      if (!behind[2 * v] && behind[2 * v + 1]) farthest.push(v);
    }
    return {
      nearest: Int32Array.from(nearest),
      farthest: Int32Array.from(farthest),
      unique: nearest.every((vertex, at) => vertex === farthest[at]),
    };
  }

  #reached(start: number, isOpen: (arc: number) => boolean): Uint8Array {
    const seen = new Uint8Array(this.#first.length);
    const queue = [start];
    seen[start] = 1;
    for (let at = 0; at < queue.length; at++) {
      for (let arc = this.#first[queue[at]!]!; arc !== -1; arc = this.#next[arc]!) {
        const to = this.#head[arc]!;
        if (seen[to] || !isOpen(arc)) continue;
        seen[to] = 1;
        queue.push(to);
      }
    }
    return seen;
  }
}

export interface GroupCutQuestion {
  readonly sources: Iterable<number>;
  /** By vertex: 1 where paths end. */
  readonly targets: Uint8Array;
  /** By vertex: the group it is cut with, from 0; negative where it cannot be cut. */
  readonly groupOf: Int32Array;
  /** Which of several smallest cuts: the one nearest the sources or the one nearest the targets. */
  readonly side: 'nearest' | 'farthest';
}

export interface GroupCut {
  /** Ascending. */
  readonly groups: readonly number[];
  /** Proved: no fewer groups separate them. Where it equals the number of groups, the cut is a smallest one. */
  readonly least: number;
}

/**
 * Few groups of vertices whose removal separates targets from sources: a package has a vertex at each of its places and is
 * dropped at all of them. The fewest such groups (a minimum label cut) are NP-hard to find, so this gives a cut, which it
 * always is, and a bound that is proved:
 *
 * - above: the minimum cut of the graph in which each group is one vertex, and that of the single vertices; whatever such
 *   a cut does not need is left out of it;
 * - below: the minimum cut of the graph with only one vertex of each group, since a part needs no more than the whole;
 * - between the two a search whose effort is bounded: some group of a path must go, so each of them is tried in turn.
 *
 * Where no group has two vertices on the way, the first bounds meet and the answer is exact.
 *
 * @returns undefined where a path leads to a target over vertices that cannot be cut
 */
export function minimumGroupCut(graph: Digraph, question: GroupCutQuestion): GroupCut | undefined {
  return new GroupCutter(graph, question).solve();
}

/** Vertices and edges that the search for a smaller cut may look at. */
const SEARCH_EFFORT = 3_000_000;
/** What a search does with a group: not decided, cut, or kept. */
const OPEN = 0;
const CUT = 1;
const KEPT = 2;

class GroupCutter {
  readonly #part: Part;
  readonly #side: 'nearest' | 'farthest';
  readonly #state: Uint8Array;
  #effort = SEARCH_EFFORT;

  constructor(graph: Digraph, question: GroupCutQuestion) {
    this.#part = partBetween(graph, question);
    this.#side = question.side;
    this.#state = new Uint8Array(this.#part.groups.length);
  }

  solve(): GroupCut | undefined {
    const forced = this.#forced();
    if (forced === undefined) return undefined;
    for (const group of forced) this.#state[group] = CUT;
    const rest = this.#best();
    if (rest === undefined) return undefined;
    const groups = [...forced, ...rest.groups].map((group) => this.#part.groups[group]!);
    return { groups: groups.sort((a, b) => a - b), least: forced.length + rest.least };
  }

  #best(): GroupCut | undefined {
    const merged = this.#merged();
    const least = this.#bound();
    if (merged === undefined || least === undefined) return undefined;
    if (merged.length === least) return { groups: merged, least };
    const single = this.#single();
    const [first, second] = [this.#needed(merged), this.#needed(single)];
    const found = second.length < first.length ? second : first;
    for (let size = least; size < found.length; size++) {
      const smaller = this.#search(size);
      if (smaller === undefined) return { groups: found, least: size };
      if (smaller !== 'none') return { groups: smaller, least: size };
    }
    return { groups: found, least: found.length };
  }

  /** Groups of targets that fixed vertices alone lead to: every cut holds them. undefined where such a target is fixed. */
  #forced(): number[] | undefined {
    const { groupOf, targets } = this.#part;
    const met = this.#walk((vertex) => groupOf[vertex] === -1).order;
    if (met.some((vertex) => groupOf[vertex] === -1 && targets[vertex])) return undefined;
    return [...new Set(met.flatMap((vertex) => (targets[vertex] ? [groupOf[vertex]!] : [])))];
  }

  /** A minimum cut of the graph in which each group is one vertex. */
  #merged(): number[] | undefined {
    const { groups, groupOf, sources, targets, edgeStart, edgeTo } = this.#part;
    const count = groups.length + groupOf.length;
    const idOf = (vertex: number) => (groupOf[vertex] === -1 ? groups.length + vertex : groupOf[vertex]!);
    const start = new Int32Array(count + 1);
    const ends = new Uint8Array(count);
    for (let v = 0; v < groupOf.length; v++) {
      start[idOf(v) + 1]! += edgeStart[v + 1]! - edgeStart[v]!;
      if (targets[v]) ends[idOf(v)] = 1;
    }
    for (let id = 0; id < count; id++) start[id + 1]! += start[id]!;
    const next = start.slice(0, count);
    const to = new Int32Array(edgeTo.length);
    for (let v = 0; v < groupOf.length; v++) {
      for (let e = edgeStart[v]!; e < edgeStart[v + 1]!; e++) to[next[idOf(v)]!++] = idOf(edgeTo[e]!);
    }
    const vertices = new Uint8Array(count).fill(VERTEX.fixed);
    for (let g = 0; g < groups.length; g++) vertices[g] = this.#state[g] === CUT ? VERTEX.absent : VERTEX.cuttable;
    const cut = minimumVertexCut(
      { edgeStart: start, edgeTo: to },
      { sources: sources.map(idOf), targets: ends, vertices },
    );
    return cut === undefined ? undefined : [...cut[this.#side]];
  }

  /** The groups of a minimum cut of single vertices. */
  #single(): number[] {
    const { groupOf } = this.#part;
    const vertices = Uint8Array.from(groupOf, (group) => (group === -1 ? VERTEX.fixed : VERTEX.cuttable));
    for (const [v, group] of groupOf.entries()) if (this.#state[group] === CUT) vertices[v] = VERTEX.absent;
    const cut = minimumVertexCut(this.#part, { ...this.#part, vertices });
    return [...new Set(Array.from(cut?.[this.#side] ?? [], (vertex) => groupOf[vertex]!))];
  }

  /**
   * How many more groups must go at the least: a minimum cut of the part with one vertex of each open group, the one
   * nearest the sources. undefined where no cut exists.
   */
  #bound(): number | undefined {
    const { groupOf } = this.#part;
    const vertices = new Uint8Array(groupOf.length).fill(VERTEX.absent);
    const taken = new Uint8Array(this.#part.groups.length);
    for (const vertex of this.#walk((v) => this.#stateOf(v) !== CUT).order) {
      const state = this.#stateOf(vertex);
      if (state === CUT || (state === OPEN && taken[groupOf[vertex]!])) continue;
      if (state === OPEN) taken[groupOf[vertex]!] = 1;
      vertices[vertex] = state === KEPT ? VERTEX.fixed : VERTEX.cuttable;
    }
    return minimumVertexCut(this.#part, { ...this.#part, vertices })?.nearest.length;
  }

  /** The groups without those that the others make needless. */
  #needed(groups: readonly number[]): number[] {
    for (const group of groups) this.#state[group] = CUT;
    const needed = groups.filter((group) => {
      this.#state[group] = OPEN;
      if (this.#path() === undefined) return false;
      this.#state[group] = CUT;
      return true;
    });
    for (const group of groups) this.#state[group] = OPEN;
    return needed;
  }

  /** A cut of `size` more groups, 'none' where there is none, undefined where the effort ran out before that was known. */
  #search(size: number): number[] | 'none' | undefined {
    const path = this.#path();
    if (path === undefined) return [];
    this.#effort -= this.#part.groupOf.length + this.#part.edgeTo.length;
    if (this.#effort < 0) return undefined;
    const bound = size === 0 ? undefined : this.#bound();
    if (bound === undefined || bound > size) return 'none';
    const tried: number[] = [];
    let result: number[] | 'none' | undefined = 'none';
    for (const group of path) {
      this.#state[group] = CUT;
      const rest = this.#search(size - 1);
      this.#state[group] = KEPT;
      tried.push(group);
      result = Array.isArray(rest) ? [group, ...rest] : rest;
      if (result !== 'none') break;
    }
    for (const group of tried) this.#state[group] = OPEN;
    return result;
  }

  /** The open groups on a shortest path to a target, or undefined where there is no path. */
  #path(): number[] | undefined {
    const { groupOf, targets } = this.#part;
    const { order, before } = this.#walk((vertex) => this.#stateOf(vertex) !== CUT);
    const end = order.find((vertex) => targets[vertex] && this.#stateOf(vertex) !== CUT);
    if (end === undefined) return undefined;
    const groups = new Set<number>();
    for (let v = end; v !== -1; v = before[v]!) if (this.#stateOf(v) === OPEN) groups.add(groupOf[v]!);
    return [...groups].reverse();
  }

  #stateOf(vertex: number): number {
    const group = this.#part.groupOf[vertex]!;
    return group === -1 ? KEPT : this.#state[group]!;
  }

  /** Breadth-first from the sources; vertices that are not to be passed are met but not left. */
  #walk(mayPass: (vertex: number) => boolean): { readonly order: number[]; readonly before: Int32Array } {
    const { sources, edgeStart, edgeTo, groupOf } = this.#part;
    const before = new Int32Array(groupOf.length).fill(-1);
    const seen = new Uint8Array(groupOf.length);
    const order = [...sources];
    for (const source of sources) seen[source] = 1;
    for (let at = 0; at < order.length; at++) {
      const vertex = order[at]!;
      if (!mayPass(vertex)) continue;
      for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) {
        const to = edgeTo[e]!;
        if (seen[to]) continue;
        seen[to] = 1;
        before[to] = vertex;
        order.push(to);
      }
    }
    return { order, before };
  }
}

/** A graph of the vertices that lie between sources and targets, renumbered; no edge leaves a target. */
interface Part extends Digraph {
  readonly sources: readonly number[];
  readonly targets: Uint8Array;
  /** Position in `groups`, -1 where the vertex cannot be cut. */
  readonly groupOf: Int32Array;
  readonly groups: readonly number[];
}

// A path that goes on behind a target has reached one already, so edges out of targets decide nothing.
function partBetween({ edgeStart, edgeTo }: Digraph, { sources, targets, groupOf }: GroupCutQuestion): Part {
  const starts = new Set(sources);
  const reached = new Set(starts);
  const users = new Map<number, number[]>();
  for (const vertex of reached) {
    if (targets[vertex]) continue;
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to < 0) continue;
      reached.add(to);
      append(users, to, vertex);
    }
  }
  const leading = new Set([...reached].filter((vertex) => targets[vertex]));
  for (const vertex of leading) for (const user of users.get(vertex) ?? []) leading.add(user);

  const kept = [...reached].filter((vertex) => leading.has(vertex));
  const local = new Map(kept.map((vertex, at) => [vertex, at]));
  const groups = [...new Set(kept.map((vertex) => groupOf[vertex]!))].filter((group) => group >= 0);
  const position = new Map(groups.map((group, at) => [group, at]));
  const start = new Int32Array(kept.length + 1);
  const to: number[] = [];
  kept.forEach((vertex, at) => {
    for (let e = edgeStart[vertex]!; e < edgeStart[vertex + 1]! && !targets[vertex]; e++) {
      const end = local.get(edgeTo[e]!);
      if (end !== undefined) to.push(end);
    }
    start[at + 1] = to.length;
  });
  return {
    edgeStart: start,
    edgeTo: Int32Array.from(to),
    sources: [...starts].flatMap((vertex) => local.get(vertex) ?? []),
    targets: Uint8Array.from(kept, (vertex) => targets[vertex]!),
    // A source cannot be cut, whatever its group.
    groupOf: Int32Array.from(kept, (vertex) => (starts.has(vertex) ? -1 : (position.get(groupOf[vertex]!) ?? -1))),
    groups,
  };
}
