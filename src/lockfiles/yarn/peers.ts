/**
 * Yarn's rule for peers: a package with peers exists once per set of what they resolve to. A package asked for by a
 * parent takes each peer from the parent's own dependencies (peers the parent was given included), else the parent
 * itself, else its own dependency of that name, else nothing. Instances that resolve alike are one.
 *
 * Everything is a number: nodes 0 .. packages - 1 are the packages themselves, further nodes are instances.
 */
import { NONE } from '../../graph/model.ts';
import { isBefore } from './descriptor.ts';
import type { YarnEntry } from './entry.ts';
import { Instances, MISSING, OWN } from './instances.ts';
import type { YarnPackages } from './packages.ts';
import type { PeerTable } from './peer-table.ts';

/** A dependency that what was given for a peer of its name takes the place of. */
export const GIVEN = -3;

/** Yarn itself gives up on more instances of a package below each other; here the rest stays as it is without peers. */
const NESTED = 2;

/** Where the walk is with a node. */
interface Frame {
  readonly parent: number;
  /** The package it is an instance of, where it is one. */
  readonly instanceOf: number;
  readonly entry: YarnEntry;
  readonly order: readonly number[] | undefined;
  /** How many of the dependencies were met. */
  met: number;
  /** Instances made for the node: on top of the pile until those above them are done with. */
  readonly firstMade: number;
  /** Which of them is next; NONE until their peers are resolved. */
  next: number;
}

export class PeerResolver {
  readonly instances: Instances;
  readonly #packages: YarnPackages;
  readonly #entries: readonly YarnEntry[];
  readonly #peers: PeerTable;
  readonly #expanded: boolean[];
  /** Where the targets of a node's dependencies are in `#targets`; NONE where they are the packages themselves. */
  readonly #firstTarget: number[];
  readonly #targets: number[] = [];
  readonly #nested: Int32Array;
  /** Instances made for the nodes the walk is in. */
  readonly #made: number[] = [];
  /** For a node that depends on one package twice: its instance by package. */
  readonly #twins = new Map<number, Map<number, number>>();
  /** What the node that is looked at provides by name, and whether it is that node's: 0 or the node + 1. */
  readonly #provided: Int32Array;
  readonly #providedBy: Int32Array;
  readonly #askedBy: Int32Array;
  readonly #orders = new Map<YarnEntry, readonly number[]>();

  /**
   * @param most number of instances that may be made
   * @param limit called when there are more; must throw
   */
  constructor(packages: YarnPackages, peers: PeerTable, most: number, limit: () => never) {
    this.#packages = packages;
    this.#entries = packages.entries;
    this.#peers = peers;
    this.instances = new Instances(packages, peers, most, limit);
    this.#expanded = packages.entries.map(() => false);
    this.#firstTarget = packages.entries.map(() => NONE);
    this.#nested = new Int32Array(packages.entries.length);
    this.#provided = new Int32Array(packages.builder.stringCount);
    this.#providedBy = new Int32Array(packages.builder.stringCount);
    this.#askedBy = new Int32Array(packages.entries.length);
  }

  /** Resolves the peers of everything below a package that no other package gives peers to. */
  expandRoot(root: number): void {
    if (this.#expanded[root]) return;
    const stack = [this.#enter(root, NONE)];
    // Depth first in Yarn's order, on a stack of its own: a hostile chain is as long as it likes.
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = this.#step(frame, root);
      if (next !== undefined) {
        stack.push(next);
        continue;
      }
      stack.pop();
      this.#made.length = frame.firstMade;
      if (frame.instanceOf !== NONE) this.#nested[frame.instanceOf]!--;
    }
  }

  /** Whether a package has a place in the tree. */
  isReached(index: number): boolean {
    return this.#expanded[index]! || this.instances.has(index);
  }

  /** The nodes of a package. */
  nodesOf(index: number): readonly number[] {
    if (!this.instances.has(index)) return [index];
    const alive = this.instances.of(index);
    return this.#expanded[index] ? [index, ...alive] : alive;
  }

  /** Target of a dependency of a node; negative where there is none, GIVEN where a peer takes its place. */
  dependency(node: number, need: number): number {
    const first = this.#firstTarget[node]!;
    if (first === NONE) return this.#standing(this.#packages.needTo[need]!);
    return this.#standing(this.#targets[first + need - this.#entryOf(node).firstNeed]!);
  }

  /** Target of a peer of a node (by its place in the table), MISSING or OWN. */
  peer(node: number, peer: number): number {
    const entry = this.#entryOf(node);
    // Nobody stands above a workspace, so its peers are what it installs itself (mostly for development).
    if (entry.isWorkspace) {
      const own = this.#peers.own[peer]!;
      return own === NONE ? MISSING : this.dependency(node, own);
    }
    return node < this.#entries.length ? MISSING : this.#standing(this.instances.given(node, peer));
  }

  /** A package that exists only as instances is stood for by its first one. */
  #standing(node: number): number {
    if (node < 0) return node;
    const found = this.instances.find(node);
    if (found >= this.#entries.length || this.#expanded[found] || !this.instances.has(found)) return found;
    return this.instances.find(this.instances.first(found));
  }

  #entryOf(node: number): YarnEntry {
    return this.#entries[this.instances.packageOf(node)]!;
  }

  #enter(parent: number, instanceOf: number): Frame {
    this.#expanded[parent] = true;
    const entry = this.#entryOf(parent);
    return {
      parent,
      instanceOf,
      entry,
      order: entry.isOrdered ? undefined : this.#orderOf(entry),
      met: 0,
      firstMade: this.#made.length,
      next: NONE,
    };
  }

  /** Goes on with a node until something below it has to come first; undefined at its end. */
  #step(frame: Frame, top: number): Frame | undefined {
    return this.#nextDependency(frame) ?? this.#nextInstance(frame, top);
  }

  #nextDependency(frame: Frame): Frame | undefined {
    const { entry, parent, order } = frame;
    const { needTo } = this.#packages;
    const count = entry.endNeed - entry.firstNeed;
    while (frame.met < count) {
      const need = entry.firstNeed + (order === undefined ? frame.met : order[frame.met]!);
      frame.met++;
      const to = needTo[need]!;
      if (to === NONE || this.#isGiven(parent, entry, need)) continue;
      if (this.#makesInstances(to)) this.#instantiate(frame, need, to);
      else if (this.#expanded[to]) continue;
      else if (this.#entries[to]!.firstNeed === this.#entries[to]!.endNeed) this.#expanded[to] = true;
      else return this.#enter(to, NONE);
    }
    return undefined;
  }

  #nextInstance(frame: Frame, top: number): Frame | undefined {
    const made = this.#made;
    if (frame.next === NONE) {
      frame.next = frame.firstMade;
      if (made.length > frame.firstMade) this.#provide(frame, top);
    }
    while (frame.next < made.length) {
      const instance = made[frame.next++]!;
      const of = this.instances.packageOf(instance);
      if (!this.instances.isAlive(instance) || this.#expanded[instance] || this.#nested[of]! >= NESTED) continue;
      this.#nested[of]!++;
      return this.#enter(instance, of);
    }
    return undefined;
  }

  /** A workspace is one node whoever needs it. */
  #makesInstances(index: number): boolean {
    return this.#peers.first[index] !== this.#peers.first[index + 1] && !this.#entries[index]!.isWorkspace;
  }

  #isGiven(node: number, entry: YarnEntry, need: number): boolean {
    const first = this.#firstTarget[node]!;
    return first !== NONE && this.#targets[first + need - entry.firstNeed] === GIVEN;
  }

  /** Gives a node an instance of its own of a dependency that has peers. */
  #instantiate(frame: Frame, need: number, to: number): void {
    const { parent, entry } = frame;
    if (this.#made.length === frame.firstMade) this.#ownTargets(parent, entry, true);
    const twins = this.#twins.size === 0 ? undefined : this.#twins.get(parent);
    let instance = twins?.get(to);
    if (instance === undefined) {
      instance = this.instances.create(to);
      this.#expanded.push(false);
      this.#firstTarget.push(NONE);
      this.#made.push(instance);
      twins?.set(to, instance);
    }
    this.#targets[this.#firstTarget[parent]! + need - entry.firstNeed] = instance;
  }

  /** Gives a node targets of its own, and finds out whether two of its dependencies lead to the same package. */
  #ownTargets(node: number, entry: YarnEntry, findTwins: boolean): void {
    const { needTo } = this.#packages;
    const isNew = this.#firstTarget[node] === NONE;
    if (isNew) this.#firstTarget[node] = this.#targets.length;
    for (let need = entry.firstNeed; need < entry.endNeed; need++) {
      const to = needTo[need]!;
      if (isNew) this.#targets.push(to);
      if (!findTwins || to === NONE) continue;
      if (this.#askedBy[to] === node + 1) this.#twins.set(node, new Map());
      this.#askedBy[to] = node + 1;
    }
  }

  /** Resolves the peers of the instances made for a node. */
  #provide(frame: Frame, top: number): void {
    const { parent, entry } = frame;
    this.#gather(parent, entry);
    const instances = this.#made.slice(frame.firstMade);
    for (const instance of instances) this.#give(instance, parent);
    this.instances.merge(instances, top);
  }

  /** What a node provides: peers it was given, else its dependencies, else itself. */
  #gather(node: number, entry: YarnEntry): void {
    this.#offer(node, entry.name, node);
    const first = this.#firstTarget[node]!;
    for (let need = entry.firstNeed; need < entry.endNeed; need++) {
      if (this.#packages.needTo[need] === NONE) continue;
      this.#offer(node, this.#packages.needName(need), this.#targets[first + need - entry.firstNeed]!);
    }
    if (node < this.#entries.length) return;
    const of = this.instances.packageOf(node);
    for (let peer = this.#peers.first[of]!; peer < this.#peers.first[of + 1]!; peer++) {
      const given = this.instances.given(node, peer);
      if (given !== OWN) this.#offer(node, this.#peers.name[peer]!, given);
    }
  }

  #offer(node: number, name: number, target: number): void {
    this.#provided[name] = target;
    this.#providedBy[name] = node + 1;
  }

  #give(instance: number, parent: number): void {
    const of = this.instances.packageOf(instance);
    const { first, name, own } = this.#peers;
    let isInsteadOfOwn = false;
    for (let peer = first[of]!; peer < first[of + 1]!; peer++) {
      const id = name[peer]!;
      const given = this.#providedBy[id] === parent + 1 ? this.#provided[id]! : MISSING;
      if (given === MISSING) {
        this.instances.give(instance, own[peer] === NONE ? MISSING : OWN);
      } else {
        this.instances.give(instance, given);
        isInsteadOfOwn ||= own[peer] !== NONE;
      }
    }
    if (isInsteadOfOwn) this.#replaceOwn(instance);
  }

  /** What the parent provides for a peer takes the place of the package's own dependency of that name. */
  #replaceOwn(instance: number): void {
    const entry = this.#entryOf(instance);
    const of = this.instances.packageOf(instance);
    this.#ownTargets(instance, entry, false);
    for (let peer = this.#peers.first[of]!; peer < this.#peers.first[of + 1]!; peer++) {
      const own = this.#peers.own[peer]!;
      if (own === NONE || this.instances.given(instance, peer) === OWN) continue;
      this.#targets[this.#firstTarget[instance]! + own - entry.firstNeed] = GIVEN;
    }
  }

  /** Which of several like instances is met first depends on the order of the walk. */
  #orderOf(entry: YarnEntry): readonly number[] {
    const known = this.#orders.get(entry);
    if (known !== undefined) return known;
    const names: string[] = [];
    for (let need = entry.firstNeed; need < entry.endNeed; need++) {
      names.push(this.#packages.text(this.#packages.needName(need)));
    }
    const order = names.map((_, nth) => nth).sort((a, b) => (isBefore(names[a]!, names[b]!) ? -1 : 1));
    this.#orders.set(entry, order);
    return order;
  }
}
