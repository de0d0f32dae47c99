/**
 * Builds a LockGraph: nodes and edges in any order, edges grouped by node at the end. Names, versions and ranges are
 * interned; keys, digests and URLs are not, so two equal ones may have two ids.
 */
import type { Diagnostic } from '../diagnostics.ts';
import {
  EDGE_KINDS,
  type EdgeKind,
  type LockfileKind,
  type LockGraph,
  NONE,
  type Project,
  SOURCE_KINDS,
  type SourceKind,
} from './model.ts';
import { stronglyConnected } from './scc.ts';

const SOURCE_CODE = Object.fromEntries(SOURCE_KINDS.map((kind, code) => [kind, code])) as Record<SourceKind, number>;
const EDGE_CODE = Object.fromEntries(EDGE_KINDS.map((kind, code) => [kind, code])) as Record<EdgeKind, number>;

export interface NodeFields {
  /** The entry's key in the file, as written there. */
  readonly key: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly source: SourceKind;
  readonly integrity?: string | undefined;
  readonly resolved?: string | undefined;
  /** Bits of NODE_FLAGS. */
  readonly flags?: number;
}

/** A node of npm's ecosystem whose name and version are known by their ids. */
export interface KnownNode extends Pick<NodeFields, 'key' | 'source' | 'integrity' | 'resolved'> {
  readonly name: number;
  /** NONE where it has none. */
  readonly version: number;
  readonly flags: number;
}

export class GraphBuilder {
  /** As the file says it: a reader may meet it only after the first names. */
  formatVersion: string;
  readonly #kind: LockfileKind;
  readonly #strings: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #key: number[] = [];
  readonly #ecosystem: number[] = [];
  readonly #name: number[] = [];
  readonly #version: number[] = [];
  readonly #integrity: number[] = [];
  readonly #resolved: number[] = [];
  readonly #source: number[] = [];
  readonly #flags: number[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #edgeKind: number[] = [];
  readonly #edgeName: number[] = [];
  readonly #range: number[] = [];
  readonly #projects: Project[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #roots: 'declared' | 'assumed' = 'declared';
  #lastEcosystem: string | undefined;
  #lastEcosystemId = NONE;

  constructor(kind: LockfileKind, formatVersion: string) {
    this.#kind = kind;
    this.formatVersion = formatVersion;
  }

  get nodeCount(): number {
    return this.#name.length;
  }

  /** The id of a name, version or range in the string table; equal ones have equal ids. */
  text(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#strings.length;
    this.#strings.push(text);
    this.#ids.set(text, id);
    return id;
  }

  /** The id of a text that may be unknown, or NONE. */
  find(text: string): number {
    return this.#ids.get(text) ?? NONE;
  }

  /** The text of an id. */
  string(id: number): string {
    return this.#strings[id]!;
  }

  /** One more than the largest id. */
  get stringCount(): number {
    return this.#strings.length;
  }

  /** The id of a node's name, as `text` gives it. */
  nameId(node: number): number {
    return this.#name[node]!;
  }

  #optional(text: string | undefined): number {
    return text === undefined ? NONE : this.text(text);
  }

  /** Looking up a long text that hardly ever comes twice costs more than keeping it twice. */
  #unshared(text: string | undefined): number {
    return text === undefined ? NONE : this.#strings.push(text) - 1;
  }

  /** Mostly the same as for the node before. */
  #ecosystemId(ecosystem: string): number {
    if (ecosystem !== this.#lastEcosystem) {
      this.#lastEcosystem = ecosystem;
      this.#lastEcosystemId = this.text(ecosystem);
    }
    return this.#lastEcosystemId;
  }

  /** Adds a node and returns its index. */
  node(fields: NodeFields): number {
    const ecosystem = this.#ecosystemId(fields.ecosystem);
    return this.#add(fields, ecosystem, this.text(fields.name), this.#optional(fields.version));
  }

  /** Adds a node of npm's ecosystem whose name and version are known by their ids. */
  knownNode(fields: KnownNode): number {
    return this.#add(fields, this.#ecosystemId('npm'), fields.name, fields.version);
  }

  #add(fields: Omit<NodeFields, 'ecosystem' | 'name' | 'version'>, ecosystem: number, name: number, version: number) {
    const index = this.#name.length;
    this.#key.push(this.#unshared(fields.key));
    this.#ecosystem.push(ecosystem);
    this.#name.push(name);
    this.#version.push(version);
    this.#integrity.push(this.#unshared(fields.integrity));
    this.#resolved.push(this.#unshared(fields.resolved));
    this.#source.push(SOURCE_CODE[fields.source]);
    this.#flags.push(fields.flags ?? 0);
    return index;
  }

  /** Adds an edge; `to` is NONE where the lockfile holds no target for it. */
  edge(from: number, to: number, kind: EdgeKind, name: string, range: string | undefined): void {
    this.namedEdge(from, to, kind, this.text(name), range);
  }

  /** Adds an edge whose name is known by its id already: lockfiles have far more edges than names. */
  namedEdge(from: number, to: number, kind: EdgeKind, name: number, range: string | undefined): void {
    this.knownEdge(from, to, kind, name, this.#optional(range));
  }

  /** Adds an edge whose name and range (or NONE) are known by their ids. */
  knownEdge(from: number, to: number, kind: EdgeKind, name: number, range: number): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#edgeKind.push(EDGE_CODE[kind]);
    this.#edgeName.push(name);
    this.#range.push(range);
  }

  /** Declares a node to be the root (path '') or a workspace. */
  project(node: number, path: string, name: string | undefined): void {
    this.#projects.push({ node, path, name });
  }

  diagnostic(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic);
  }

  /** Hangs every node that no node outside its own cycle depends on from `root`, for files that do not say what their root needs. */
  assumeRoots(root: number): void {
    this.#roots = 'assumed';
    for (const node of sourceNodes(this.nodeCount, this.#from, this.#to)) {
      if (node !== root) this.edge(root, node, 'prod', this.#strings[this.#name[node]!]!, undefined);
    }
  }

  build(): LockGraph {
    const nodes = this.nodeCount;
    const edges = this.#from.length;
    const edgeStart = new Int32Array(nodes + 1);
    for (const from of this.#from) edgeStart[from + 1]!++;
    for (let n = 0; n < nodes; n++) edgeStart[n + 1]! += edgeStart[n]!;
    const next = edgeStart.slice(0, nodes);
    const edgeTo = new Int32Array(edges);
    const edgeKind = new Uint8Array(edges);
    const edgeName = new Int32Array(edges);
    const edgeRange = new Int32Array(edges);
    for (let e = 0; e < edges; e++) {
      const at = next[this.#from[e]!]!++;
      edgeTo[at] = this.#to[e]!;
      edgeKind[at] = this.#edgeKind[e]!;
      edgeName[at] = this.#edgeName[e]!;
      edgeRange[at] = this.#range[e]!;
    }
    return {
      kind: this.#kind,
      formatVersion: this.formatVersion,
      strings: this.#strings,
      nodeCount: nodes,
      key: new Int32Array(this.#key),
      ecosystem: new Int32Array(this.#ecosystem),
      name: new Int32Array(this.#name),
      version: new Int32Array(this.#version),
      integrity: new Int32Array(this.#integrity),
      resolved: new Int32Array(this.#resolved),
      source: new Uint8Array(this.#source),
      flags: new Uint8Array(this.#flags),
      edgeStart,
      edgeTo,
      edgeKind,
      edgeName,
      edgeRange,
      projects: this.#projects.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      roots: this.#roots,
      diagnostics: this.#diagnostics,
    };
  }
}

/** One node of every strongly connected component that no other component points at. */
function sourceNodes(nodes: number, from: readonly number[], to: readonly number[]): number[] {
  const start = new Int32Array(nodes + 1);
  for (let e = 0; e < from.length; e++) if (to[e] !== NONE) start[from[e]! + 1]!++;
  for (let n = 0; n < nodes; n++) start[n + 1]! += start[n]!;
  const next = start.slice(0, nodes);
  const target = new Int32Array(start[nodes]!);
  for (let e = 0; e < from.length; e++) if (to[e] !== NONE) target[next[from[e]!]!++] = to[e]!;
  const component = stronglyConnected(nodes, start, target);
  const count = component.reduce((most, c) => Math.max(most, c + 1), 0);
  const entered = new Uint8Array(count);
  for (let n = 0; n < nodes; n++) {
    for (let e = start[n]!; e < start[n + 1]!; e++) {
      const other = component[target[e]!]!;
      if (other !== component[n]) entered[other] = 1;
    }
  }
  const result: number[] = [];
  for (let n = 0; n < nodes; n++) {
    const c = component[n]!;
    if (entered[c]) continue;
    entered[c] = 1;
    result.push(n);
  }
  return result;
}
