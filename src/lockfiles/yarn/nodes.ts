/** Writes entries whose dependencies and peers are resolved as nodes and edges. */
import { LockfileError } from '../../diagnostics.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import { NODE_FLAGS, NONE } from '../../graph/model.ts';
import { asString } from '../json.ts';
import { LIMITS } from '../reader.ts';
import type { Descriptors } from './descriptor-table.ts';
import type { YarnDependency, YarnEntry } from './entry.ts';
import { OWN, type PeerResolver } from './peers.ts';
import type { YarnProject } from './projects.ts';
import { realName, sourceOf } from './source.ts';

/** What Yarn writes where a directory has no version of its own. */
const NO_VERSION = '0.0.0-use.local';

const NOTHING: readonly number[] = [];

export class NodeWriter {
  readonly #builder: GraphBuilder;
  readonly #entries: readonly YarnEntry[];
  readonly #peers: PeerResolver;
  readonly #file: string;
  /** Node of the graph by node of the peer resolver, and the other way round. */
  readonly #nodeOf: Int32Array;
  readonly #instances: number[] = [];
  readonly #entryOf: number[] = [];
  /** Edges as they are written, to find out afterwards what is needed by optional ones alone. */
  readonly #start: number[] = [];
  readonly #to: number[] = [];
  readonly #isRequired: boolean[] = [];
  #hasOptional = false;
  /** Ids of names and ranges in the graph's strings, by descriptor. */
  readonly #nameIds: Int32Array;
  readonly #rangeIds: Int32Array;

  constructor(
    builder: GraphBuilder,
    entries: readonly YarnEntry[],
    peers: PeerResolver,
    descriptors: Descriptors,
    file: string,
  ) {
    this.#builder = builder;
    this.#entries = entries;
    this.#peers = peers;
    this.#file = file;
    this.#nodeOf = new Int32Array(peers.nodeCount);
    this.#nameIds = new Int32Array(descriptors.names.length).fill(NONE);
    this.#rangeIds = new Int32Array(descriptors.names.length);
  }

  /**
   * @param projects the root first
   * @param adopted entries nothing asks for; they hang from the root
   * @returns the root's node
   * @throws LockfileError LOCKFILE_TOO_COMPLEX beyond LIMITS
   */
  write(projects: readonly YarnProject[], adopted: readonly number[]): number {
    this.#writeNodes(projects);
    const root = this.#nodeOf[projects[0]!.entry]!;
    for (let node = 0; node < this.#instances.length; node++) {
      this.#start.push(this.#to.length);
      this.#writeEdges(node);
      if (node === root) for (const index of adopted) this.#adopt(root, index);
      if (this.#to.length > LIMITS.edges) this.#tooComplex();
    }
    this.#start.push(this.#to.length);
    for (const { entry, path, manifest } of projects) {
      const name = manifest === undefined ? this.#entries[entry]!.name : asString(manifest.name);
      this.#builder.project(this.#nodeOf[entry]!, path, name);
    }
    if (this.#hasOptional) this.#flagOptional(projects.map((project) => this.#nodeOf[project.entry]!));
    return root;
  }

  #writeNodes(projects: readonly YarnProject[]): void {
    const projectOf = new Map(projects.map((project) => [project.entry, project]));
    for (let index = 0; index < this.#entries.length; index++) {
      const entry = this.#entries[index]!;
      const instances = this.#peers.instancesOf(index);
      if (instances === undefined) this.#writeNode(entry, index, index, projectOf.get(index));
      else for (const instance of instances) this.#writeNode(entry, index, instance, undefined);
    }
    if (this.#instances.length > LIMITS.nodes) this.#tooComplex();
  }

  #writeNode(entry: YarnEntry, index: number, instance: number, project: YarnProject | undefined): void {
    const { source, resolved, flags } = sourceOf(entry.reference);
    const version = project === undefined ? entry.version : asString(project.manifest?.version);
    this.#nodeOf[instance] = this.#builder.node({
      key: entry.key,
      ecosystem: 'npm',
      name: realName(entry.name, entry.reference),
      version: version === NO_VERSION ? undefined : version,
      source,
      integrity: entry.checksum,
      resolved,
      flags: flags | entry.flags | (entry.platform ? NODE_FLAGS.platform : 0),
    });
    this.#instances.push(instance);
    this.#entryOf.push(index);
  }

  #writeEdges(node: number): void {
    const instance = this.#instances[node]!;
    const entry = this.#entries[this.#entryOf[node]!]!;
    const targets = entry.peers.length === 0 ? NOTHING : this.#peerTargets(entry, instance);
    for (let nth = 0; nth < entry.dependencies.length; nth++) {
      const dependency = entry.dependencies[nth]!;
      if (targets.length > 0 && this.#peers.isGiven(instance, dependency.name)) continue;
      this.#writeDependency(node, dependency, this.#peers.dependency(instance, nth));
    }
    for (let nth = 0; nth < targets.length; nth++) {
      const { name, range, optional, implicit } = entry.peers[nth]!;
      const target = targets[nth]!;
      if (target === OWN || (target < 0 && implicit)) continue;
      const to = this.#nodeAt(target);
      this.#builder.edge(node, to, optional ? 'peerOptional' : 'peer', name, range);
      this.#note(to, !optional);
    }
  }

  /** Nobody stands above a workspace, so its peers are what it installs itself (mostly for development). */
  #peerTargets(entry: YarnEntry, instance: number): number[] {
    if (!isWorkspace(entry)) return entry.peers.map((_, nth) => this.#peers.peer(instance, nth));
    return entry.peers.map((peer) => this.#peers.own(instance, peer.name));
  }

  #writeDependency(from: number, { name, range, kind, descriptor }: YarnDependency, target: number): void {
    const to = this.#nodeAt(target);
    if (descriptor === NONE) {
      this.#builder.edge(from, to, kind, name, range);
    } else {
      if (this.#nameIds[descriptor] === NONE) {
        this.#nameIds[descriptor] = this.#builder.text(name);
        this.#rangeIds[descriptor] = this.#builder.text(range);
      }
      this.#builder.knownEdge(from, to, kind, this.#nameIds[descriptor]!, this.#rangeIds[descriptor]!);
    }
    this.#note(to, kind !== 'optional');
  }

  #nodeAt(target: number): number {
    return target < 0 ? NONE : this.#nodeOf[target]!;
  }

  #note(to: number, isRequired: boolean): void {
    this.#to.push(to);
    this.#isRequired.push(isRequired);
    if (!isRequired) this.#hasOptional = true;
  }

  #adopt(root: number, index: number): void {
    const entry = this.#entries[index]!;
    const node = this.#nodeOf[index]!;
    this.#builder.edge(root, node, 'prod', realName(entry.name, entry.reference), undefined);
    this.#note(node, true);
  }

  #flagOptional(projects: readonly number[]): void {
    const needed = this.#reached(projects, true);
    const all = this.#reached(projects, false);
    for (let node = 0; node < all.length; node++) {
      if (all[node] === 1 && needed[node] === 0) this.#builder.flag(node, NODE_FLAGS.optional);
    }
  }

  #reached(roots: readonly number[], requiredOnly: boolean): Uint8Array {
    const seen = new Uint8Array(this.#instances.length);
    const stack = [...roots];
    for (const root of roots) seen[root] = 1;
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (let edge = this.#start[node]!; edge < this.#start[node + 1]!; edge++) {
        const next = this.#to[edge]!;
        if (next === NONE || seen[next] === 1 || (requiredOnly && !this.#isRequired[edge])) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    return seen;
  }

  #tooComplex(): never {
    throw tooComplex(this.#file);
  }
}

export function isWorkspace(entry: YarnEntry): boolean {
  return entry.reference.startsWith('workspace:');
}

/** The error for a lockfile beyond LIMITS. */
export function tooComplex(file: string): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file,
    message: `too many packages for one lockfile: expected at most ${LIMITS.nodes} nodes and ${LIMITS.edges} edges`,
    next: 'check that this is a lockfile; if it is, split it, or report the size that is needed',
  });
}
