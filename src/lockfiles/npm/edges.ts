/** The edges of npm lockfile entries and manifests. */
import type { GraphBuilder } from '../../graph/builder.ts';
import { type EdgeKind, NONE } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { Tally, tooComplex, unresolvedEdges } from './diagnostics.ts';
import type { LocationTree } from './tree.ts';

/** Which missing targets of a package mean that the lockfile is not whole: all required ones, those of a run, or none. */
export type Required = 'all' | 'runtime' | 'none';

export class EdgeReader {
  readonly #tree: LocationTree;
  readonly #builder: GraphBuilder;
  readonly #input: LockfileInput;
  #edges = 0;
  readonly #missing = new Tally();

  constructor(tree: LocationTree, builder: GraphBuilder, input: LockfileInput) {
    this.#tree = tree;
    this.#builder = builder;
    this.#input = input;
  }

  /**
   * Adds the edges of one package. A name in several groups is one edge, of the group npm lets win: dev (packages with
   * a manifest of their own only), then optional, then prod, then peer.
   *
   * @throws LockfileError LOCKFILE_TOO_COMPLEX beyond LIMITS.edges
   * @throws TooDeep from the tree
   */
  read(node: number, entry: JsonObject, required: Required): void {
    const prod = group(entry.dependencies);
    const optional = group(entry.optionalDependencies);
    const peer = group(entry.peerDependencies);
    const dev = this.#tree.isChild(node) ? undefined : group(entry.devDependencies);
    if (prod) this.#group(node, prod, 'prod', required !== 'none', optional, dev);
    if (optional) this.#group(node, optional, 'optional', false, dev);
    if (peer) this.#peers(node, peer, entry, prod, optional, dev);
    if (dev) this.#group(node, dev, 'dev', required === 'all');
  }

  #group(
    node: number,
    group: JsonObject,
    kind: EdgeKind,
    required: boolean,
    winner?: JsonObject,
    otherWinner?: JsonObject,
  ): void {
    for (const name of Object.keys(group)) {
      if (winner && Object.hasOwn(winner, name)) continue;
      if (otherWinner && Object.hasOwn(otherWinner, name)) continue;
      const to = this.#edge(node, kind, name, group[name]);
      if (to === NONE && required) this.#missing.add(name);
    }
  }

  #peers(
    node: number,
    peers: JsonObject,
    entry: JsonObject,
    prod: JsonObject | undefined,
    optional: JsonObject | undefined,
    dev: JsonObject | undefined,
  ): void {
    const meta = group(entry.peerDependenciesMeta);
    for (const name of Object.keys(peers)) {
      if (prod && Object.hasOwn(prod, name)) continue;
      if (optional && Object.hasOwn(optional, name)) continue;
      if (dev && Object.hasOwn(dev, name)) continue;
      const about = meta && Object.hasOwn(meta, name) ? meta[name] : undefined;
      this.#edge(node, isObject(about) && about.optional ? 'peerOptional' : 'peer', name, peers[name]);
    }
  }

  #edge(node: number, kind: EdgeKind, name: string, range: unknown): number {
    if (++this.#edges > LIMITS.edges) throw tooComplex(this.#input, 'dependencies', LIMITS.edges);
    const id = this.#builder.text(name);
    const to = this.#tree.resolve(node, name, id);
    this.#builder.namedEdge(node, to, kind, id, asString(range));
    return to;
  }

  /** Reports the required dependencies that had no target, as one diagnostic. */
  reportMissing(): void {
    if (this.#missing.count > 0) this.#builder.diagnostic(unresolvedEdges(this.#input, this.#missing));
  }
}

function group(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
