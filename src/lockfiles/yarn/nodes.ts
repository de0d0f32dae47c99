/** Writes entries whose dependencies and peers are resolved as nodes and edges. */
import { LockfileError } from '../../diagnostics.ts';
import { NONE } from '../../graph/model.ts';
import { asString } from '../../json.ts';
import { LIMITS } from '../reader.ts';
import type { YarnEntry } from './entry.ts';
import { MISSING, OWN } from './instances.ts';
import type { YarnPackages } from './packages.ts';
import type { PeerTable } from './peer-table.ts';
import { GIVEN, type PeerResolver } from './peers.ts';
import type { YarnProject } from './projects.ts';
import { realName, sourceOf } from './source.ts';

/** What Yarn writes where a directory has no version of its own. */
const NO_VERSION = '0.0.0-use.local';

export class NodeWriter {
  readonly #packages: YarnPackages;
  readonly #table: PeerTable;
  readonly #peers: PeerResolver;
  readonly #file: string;
  /** Node of the graph by node of the peer resolver, and the other way round. */
  readonly #nodeOf: Int32Array;
  readonly #instances: number[] = [];
  #edges = 0;

  constructor(packages: YarnPackages, table: PeerTable, peers: PeerResolver, file: string) {
    this.#packages = packages;
    this.#table = table;
    this.#peers = peers;
    this.#file = file;
    this.#nodeOf = new Int32Array(peers.instances.nodeCount);
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
      this.#writeEdges(node);
      if (node === root) for (const index of adopted) this.#adopt(root, index);
      if (this.#edges > LIMITS.edges) throw tooComplex(this.#file);
    }
    for (const { entry, path, manifest } of projects) {
      const name =
        manifest === undefined ? this.#packages.text(this.#packages.entries[entry]!.name) : asString(manifest.name);
      this.#packages.builder.project(this.#nodeOf[entry]!, path, name);
    }
    return root;
  }

  #writeNodes(projects: readonly YarnProject[]): void {
    const { builder, entries } = this.#packages;
    const noVersion = builder.find(NO_VERSION);
    const versions = new Map<number, number>();
    for (const { entry, manifest } of projects) {
      const version = asString(manifest?.version);
      versions.set(entry, version === undefined || version === NO_VERSION ? NONE : builder.text(version));
    }
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      const version = entry.isWorkspace ? (versions.get(index) ?? entry.version) : entry.version;
      this.#writeNode(entry, index, version === noVersion ? NONE : version);
    }
    if (this.#instances.length > LIMITS.nodes) throw tooComplex(this.#file);
  }

  #writeNode(entry: YarnEntry, index: number, version: number): void {
    const { source, resolved, flags } = sourceOf(entry.reference);
    const node = {
      key: entry.key,
      name: this.#realName(entry),
      version,
      source,
      integrity: entry.checksum,
      resolved,
      flags: flags | entry.flags,
    };
    if (!this.#peers.instances.has(index)) {
      this.#nodeOf[index] = this.#packages.builder.knownNode(node);
      this.#instances.push(index);
      return;
    }
    for (const instance of this.#peers.nodesOf(index)) {
      this.#nodeOf[instance] = this.#packages.builder.knownNode(node);
      this.#instances.push(instance);
    }
  }

  #realName(entry: YarnEntry): number {
    if (!entry.reference.includes('@')) return entry.name;
    return this.#packages.builder.text(realName(this.#packages.text(entry.name), entry.reference));
  }

  #writeEdges(node: number): void {
    const { builder, descriptors, entries, needDescriptor, needKind } = this.#packages;
    const instance = this.#instances[node]!;
    const index = this.#peers.instances.packageOf(instance);
    const { firstNeed, endNeed } = entries[index]!;
    for (let need = firstNeed; need < endNeed; need++) {
      const target = this.#peers.dependency(instance, need);
      if (target === GIVEN) continue;
      const descriptor = needDescriptor[need]!;
      const to = target < 0 ? NONE : this.#nodeOf[target]!;
      builder.knownEdge(node, to, needKind[need]!, descriptors.names[descriptor]!, descriptors.ranges[descriptor]!);
      this.#edges++;
    }
    for (let peer = this.#table.first[index]!; peer < this.#table.first[index + 1]!; peer++) {
      this.#writePeer(node, peer, this.#peers.peer(instance, peer));
    }
  }

  #writePeer(node: number, peer: number, target: number): void {
    const { name, range, optional, implicit } = this.#table;
    if (target === OWN || (target === MISSING && implicit[peer])) return;
    const kind = optional[peer] ? 'peerOptional' : 'peer';
    this.#packages.builder.knownEdge(node, target < 0 ? NONE : this.#nodeOf[target]!, kind, name[peer]!, range[peer]!);
    this.#edges++;
  }

  #adopt(root: number, index: number): void {
    const name = this.#realName(this.#packages.entries[index]!);
    this.#packages.builder.knownEdge(root, this.#nodeOf[index]!, 'prod', name, NONE);
    this.#edges++;
  }
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
