/** Why a service holds something: shortest dependency paths from its project, step by step. */
import { compareTexts } from '../order.ts';
import { type Closure, closureOf, type Scope } from './closure.ts';
import type { Fleet, FleetLockfile } from './fleet.ts';
import { EDGE_KINDS, type EdgeKind, isDevEdge, NONE } from './model.ts';
import type { Service } from './services.ts';

export interface PathStep {
  /** Node of the service's lockfile. */
  readonly node: number;
  /** Fleet-wide component of the node. */
  readonly component: number;
  /** How the step before asks for this one; undefined for the first step. */
  readonly asked: AskedBy | undefined;
}

export interface AskedBy {
  readonly kind: EdgeKind;
  /** The key it is depended on by: the alias where there is one. */
  readonly name: string;
  /** The declared range; undefined where neither the lockfile nor a manifest beside it has it. */
  readonly range: string | undefined;
}

/**
 * Shortest paths from one service to everything it holds in a scope. One breadth-first walk, made once, serves any number
 * of questions.
 *
 * A path starts at the service's own project, or at the root of its workspace where only the root's tooling leads there.
 * Of several shortest paths it is the first by the names along it, then by version, by place in the lockfile; of several
 * edges between two nodes the first by kind, name and range. So it does not depend on the order of edges in a file.
 */
export class DependencyPaths {
  readonly #fleet: Fleet;
  readonly #lockfile: FleetLockfile;
  readonly #scope: Scope;
  readonly #closure: Closure;
  /** Nodes reached, in order of the walk: by length of the path, then by the names along it. */
  readonly #order: number[] = [];
  /** The node before and the edge that leads here, by node; NONE for a start. */
  readonly #before: Int32Array;
  readonly #edge: Int32Array;
  readonly #service: number;
  readonly #runtime: ReadonlySet<number>;

  constructor(fleet: Fleet, service: Pick<Service, 'lockfile' | 'project'>, scope: Scope) {
    this.#fleet = fleet;
    this.#lockfile = fleet.lockfiles[service.lockfile]!;
    this.#scope = scope;
    this.#closure = closureOf(this.#lockfile, service.project);
    this.#service = this.#lockfile.projects[service.project]!.node;
    this.#before = new Int32Array(this.#lockfile.component.length).fill(NONE);
    this.#edge = new Int32Array(this.#lockfile.component.length).fill(NONE);
    this.#runtime = scope === 'build' ? runtimeComponents(this.#lockfile, this.#closure) : new Set();
    const seen = new Uint8Array(this.#lockfile.component.length);
    // Set order: the service itself comes first, so that the tooling root explains only what the service does not.
    for (const start of scope === 'runtime' ? [this.#service] : this.#closure.own) this.#walk(start, seen);
  }

  /**
   * A shortest path to any component wanted that the service holds in the scope. Where it holds none but is such a
   * component itself (its own code is in another service), the path is the service alone: Reach counts that as a use.
   *
   * @param isWanted by fleet-wide component
   * @returns undefined where the service holds nothing wanted in the scope
   */
  to(isWanted: (component: number) => boolean): PathStep[] | undefined {
    const { component } = this.#lockfile;
    const found = this.#order.find(
      (node) => !this.#closure.own.has(node) && isWanted(component[node]!) && !this.#runtime.has(component[node]!),
    );
    if (found !== undefined) return this.#pathTo(found);
    const isItself = this.#scope !== 'build' && isWanted(component[this.#service]!);
    return isItself ? this.#pathTo(this.#service) : undefined;
  }

  /**
   * A shortest path over an edge wanted that the service holds in the scope, to what it leads to.
   *
   * @param isWanted by edge of the service's lockfile
   * @returns undefined where the service holds no such edge in the scope
   */
  over(isWanted: (edge: number) => boolean): PathStep[] | undefined {
    const { edgeStart, edgeTo, edgeKind, component } = this.#lockfile;
    for (const node of this.#order) {
      const found: number[] = [];
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to === NONE || !isWanted(e) || this.#runtime.has(component[to]!)) continue;
        if (this.#scope !== 'runtime' || !isDevEdge(edgeKind[e]!)) found.push(e);
      }
      const [edge] = this.#sorted(found);
      if (edge === undefined) continue;
      const to = edgeTo[edge]!;
      return [...this.#pathTo(node), { node: to, component: component[to]!, asked: this.#askedBy(edge) }];
    }
    return undefined;
  }

  #pathTo(end: number): PathStep[] {
    const steps: PathStep[] = [];
    for (let node = end; node !== NONE; node = this.#before[node]!) {
      const edge = this.#edge[node]!;
      const asked = edge === NONE ? undefined : this.#askedBy(edge);
      steps.push({ node, component: this.#lockfile.component[node]!, asked });
    }
    return steps.reverse();
  }

  #askedBy(edge: number): AskedBy {
    const { edgeKind, edgeName, edgeRange } = this.#lockfile;
    const range = edgeRange[edge]!;
    return {
      kind: EDGE_KINDS[edgeKind[edge]!]!,
      name: this.#fleet.strings.text(edgeName[edge]!),
      range: range === NONE ? undefined : this.#fleet.strings.text(range),
    };
  }

  // A queue whose nodes each append what they lead to in order of name holds every level in the order of its paths.
  #walk(start: number, seen: Uint8Array): void {
    if (seen[start]) return;
    const { edgeStart, edgeTo, edgeKind } = this.#lockfile;
    let at = this.#order.length;
    seen[start] = 1;
    this.#order.push(start);
    for (; at < this.#order.length; at++) {
      const node = this.#order[at]!;
      const edges: number[] = [];
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const to = edgeTo[e]!;
        if (to >= 0 && !seen[to] && !(this.#scope === 'runtime' && isDevEdge(edgeKind[e]!))) edges.push(e);
      }
      for (const edge of this.#sorted(edges)) {
        const to = edgeTo[edge]!;
        if (seen[to]) continue;
        seen[to] = 1;
        this.#before[to] = node;
        this.#edge[to] = edge;
        this.#order.push(to);
      }
    }
  }

  #sorted(edges: readonly number[]): number[] {
    if (edges.length < 2) return [...edges];
    const keyed = edges.map((edge) => {
      const to = this.#lockfile.edgeTo[edge]!;
      const { name, version = '' } = this.#fleet.component(this.#lockfile.component[to]!);
      return { edge, to, name, version };
    });
    keyed.sort(
      (a, b) =>
        compareTexts(a.name, b.name) ||
        compareTexts(a.version, b.version) ||
        a.to - b.to ||
        this.#compareEdges(a.edge, b.edge),
    );
    return keyed.map(({ edge }) => edge);
  }

  #compareEdges(a: number, b: number): number {
    const { edgeKind } = this.#lockfile;
    if (edgeKind[a] !== edgeKind[b]) return edgeKind[a]! - edgeKind[b]!;
    const [x, y] = [this.#askedBy(a), this.#askedBy(b)];
    return compareTexts(x.name, y.name) || compareTexts(x.range ?? '', y.range ?? '');
  }
}

/** Components that are in runtime scope by any of their nodes: none of their nodes counts in build scope. */
function runtimeComponents(lockfile: FleetLockfile, closure: Closure): Set<number> {
  const result = new Set<number>();
  for (const node of closure.nodes) {
    if (closure.runtime[node] && !closure.own.has(node)) result.add(lockfile.component[node]!);
  }
  return result;
}
