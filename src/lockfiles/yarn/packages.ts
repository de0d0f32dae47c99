/** The entries of a Yarn lockfile and what they ask for, over the strings of the graph that is built from them. */
import type { GraphBuilder } from '../../graph/builder.ts';
import { type EdgeKind, NODE_FLAGS, NONE } from '../../graph/model.ts';
import { isBefore, shortRange, splitName } from './descriptor.ts';
import { Descriptors } from './descriptor-table.ts';
import { NO_PEERS, type YarnEntry, type YarnPeer } from './entry.ts';

/** One dependency as text. `dev` only where a manifest says so: the lockfile lists those of a workspace alike. */
export interface YarnDependency {
  readonly name: string;
  /** As declared. */
  readonly range: string;
  readonly kind: EdgeKind;
}

/** An entry as text. */
export interface EntryText {
  readonly key: string;
  readonly name: string;
  readonly reference: string;
  readonly version?: string | undefined;
  readonly checksum?: string | undefined;
  /** Limited to an operating system, a processor or a libc. */
  readonly isLimited?: boolean;
  readonly flags?: number;
  readonly dependencies?: readonly YarnDependency[];
  readonly peers?: readonly YarnPeer[];
  readonly addsOwnTypes?: boolean;
}

export class YarnPackages {
  readonly builder: GraphBuilder;
  /** In the order of the file; what it does not hold follows. */
  readonly entries: YarnEntry[] = [];
  readonly descriptors = new Descriptors();
  /** Descriptors of keys that say more than a range of a registry's package, in the order of the file. */
  readonly oddKeys: number[] = [];
  /** What is asked for, by whom it is asked for: descriptor, kind, position of the entry it is locked to or NONE. */
  readonly needDescriptor: number[] = [];
  readonly needKind: EdgeKind[] = [];
  readonly needTo: number[] = [];

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }

  /** The text of an id. */
  text(id: number): string {
    return this.builder.string(id);
  }

  /** Appends to what the entry that is added next asks for. */
  need(descriptor: number, kind: EdgeKind): void {
    this.needDescriptor.push(descriptor);
    this.needKind.push(kind);
    this.needTo.push(NONE);
  }

  /** Appends an entry whose key has the descriptors that are given; those that are none are left out. */
  add(entry: EntryText, descriptors: readonly string[] = []): void {
    const index = this.entries.length;
    for (const descriptor of descriptors) {
      const asked = splitName(descriptor);
      if (asked === undefined) continue;
      const range = shortRange(asked.rest);
      const at = this.descriptors.id(this.builder.text(asked.name), this.builder.text(range));
      this.descriptors.entries[at] = index;
      if (range.includes(':')) this.oddKeys.push(at);
    }
    const firstNeed = this.needTo.length;
    this.#needAll(entry.dependencies ?? []);
    this.entries.push({
      key: entry.key,
      name: this.builder.text(entry.name),
      reference: entry.reference,
      isWorkspace: entry.reference.startsWith('workspace:'),
      version: entry.version === undefined ? NONE : this.builder.text(entry.version),
      checksum: entry.checksum,
      flags: (entry.flags ?? 0) | (entry.isLimited ? NODE_FLAGS.platform : 0),
      firstNeed,
      endNeed: this.needTo.length,
      isOrdered: this.#isOrdered(firstNeed),
      peers: entry.peers ?? NO_PEERS,
      addsOwnTypes: entry.addsOwnTypes ?? false,
    });
  }

  /** Appends an entry that is like another, but for some fields; it asks for the same and is not yet locked to anything. */
  addLike(index: number, changes: Partial<YarnEntry>): void {
    this.entries.push({ ...this.entries[index]!, ...this.#copyNeeds(this.entries[index]!, []), ...changes });
  }

  /** Adds to what an entry asks for. */
  extend(index: number, dependencies: readonly YarnDependency[]): void {
    this.entries[index] = { ...this.entries[index]!, ...this.#copyNeeds(this.entries[index]!, dependencies) };
  }

  /** Names of what an entry asks for. */
  needNames(entry: YarnEntry): Set<number> {
    const names = new Set<number>();
    for (let need = entry.firstNeed; need < entry.endNeed; need++) names.add(this.needName(need));
    return names;
  }

  needName(need: number): number {
    return this.descriptors.names[this.needDescriptor[need]!]!;
  }

  /** What an entry asks for is one stretch of the columns: where it grows, it moves to their end. */
  #copyNeeds(entry: YarnEntry, more: readonly YarnDependency[]) {
    const firstNeed = this.needTo.length;
    for (let need = entry.firstNeed; need < entry.endNeed; need++) {
      this.need(this.needDescriptor[need]!, this.needKind[need]!);
    }
    this.#needAll(more);
    return { firstNeed, endNeed: this.needTo.length, isOrdered: this.#isOrdered(firstNeed) };
  }

  #isOrdered(firstNeed: number): boolean {
    for (let need = firstNeed + 1; need < this.needTo.length; need++) {
      if (!isBefore(this.text(this.needName(need - 1)), this.text(this.needName(need)))) return false;
    }
    return true;
  }

  #needAll(dependencies: readonly YarnDependency[]): void {
    for (const { name, range, kind } of dependencies) {
      this.need(this.descriptors.id(this.builder.text(name), this.builder.text(range)), kind);
    }
  }
}

/**
 * Declared peers.
 *
 * @param declared names with their range
 * @param optional names that peerDependenciesMeta (or the like) holds, with whether it makes them optional
 */
export function peersOf(
  builder: GraphBuilder,
  declared: ReadonlyMap<string, string>,
  optional: ReadonlyMap<string, boolean>,
): readonly YarnPeer[] {
  if (declared.size === 0 && optional.size === 0) return NO_PEERS;
  const peers: YarnPeer[] = [];
  for (const [name, range] of declared) {
    peers.push({ name: builder.text(name), range: builder.text(range), optional: optional.get(name) === true });
  }
  for (const [name, isOptional] of optional) {
    if (!declared.has(name)) peers.push({ name: builder.text(name), range: NONE, optional: isOptional });
  }
  return peers;
}
