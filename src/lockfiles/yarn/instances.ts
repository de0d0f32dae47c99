/** Instances of packages with peers: what each was given for its peers, and which of them are one. */
import { NONE } from '../../graph/model.ts';
import type { YarnPackages } from './packages.ts';
import type { PeerTable } from './peer-table.ts';

/** No package provides the peer. */
export const MISSING = -1;
/** The peer is not provided but the package brings one of its own, which is then an ordinary dependency. */
export const OWN = -2;

/** Stands for the package at the top of the walk in what an instance is known by. */
const TOP = -3;

export class Instances {
  readonly #packages: YarnPackages;
  readonly #peers: PeerTable;
  readonly #count: number;
  readonly #most: number;
  readonly #limit: () => never;
  #merges = 0;
  /** Columns by instance: number of the node less the number of packages. */
  readonly #packageOf: number[] = [];
  readonly #forward: number[] = [];
  readonly #firstGiven: number[] = [];
  /** The next instance of the same package. */
  readonly #next: number[] = [];
  readonly #isQueued: boolean[] = [];
  readonly #firstUse: number[] = [];
  readonly #lastUse: number[] = [];
  readonly #given: number[] = [];
  /** Chains of the instances that were given an instance. */
  readonly #user: number[] = [];
  readonly #nextUse: number[] = [];
  /** First and last instance by package, NONE where it has none. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** What instances were known by so far, one behind the other, in chains of those with the same hash. */
  readonly #identities: number[] = [];
  readonly #identified = new Map<number, number>();
  readonly #identity: number[] = [];

  constructor(packages: YarnPackages, peers: PeerTable, most: number, limit: () => never) {
    this.#packages = packages;
    this.#peers = peers;
    this.#count = packages.entries.length;
    this.#most = most;
    this.#limit = limit;
    this.#first = new Int32Array(this.#count).fill(NONE);
    this.#last = new Int32Array(this.#count).fill(NONE);
  }

  /** One more than the largest node. */
  get nodeCount(): number {
    return this.#count + this.#forward.length;
  }

  /** Makes an instance of a package. */
  create(of: number): number {
    const instance = this.#forward.length;
    if (instance >= this.#most) this.#limit();
    const node = this.#count + instance;
    this.#packageOf.push(of);
    this.#forward.push(node);
    this.#firstGiven.push(NONE);
    this.#next.push(NONE);
    this.#isQueued.push(false);
    this.#firstUse.push(NONE);
    this.#lastUse.push(NONE);
    if (this.#first[of] === NONE) this.#first[of] = node;
    else this.#next[this.#last[of]! - this.#count] = node;
    this.#last[of] = node;
    return node;
  }

  packageOf(node: number): number {
    return node < this.#count ? node : this.#packageOf[node - this.#count]!;
  }

  /** Whether a package has instances. */
  has(index: number): boolean {
    return this.#first[index] !== NONE;
  }

  /** The first instance ever made of a package. */
  first(index: number): number {
    return this.#first[index]!;
  }

  /** Instances of a package that were not merged into others. */
  of(index: number): number[] {
    const alive: number[] = [];
    for (let node = this.#first[index]!; node !== NONE; node = this.#next[node - this.#count]!) {
      if (this.isAlive(node)) alive.push(node);
    }
    return alive;
  }

  isAlive(instance: number): boolean {
    return this.#forward[instance - this.#count] === instance;
  }

  /** The node a node was merged into, or itself. */
  find(node: number): number {
    let at = node;
    while (at >= this.#count && this.#forward[at - this.#count] !== at) at = this.#forward[at - this.#count]!;
    return at;
  }

  /** Adds what an instance is given for the next of its peers: a node, MISSING or OWN. */
  give(instance: number, given: number): void {
    if (this.#firstGiven[instance - this.#count] === NONE)
      this.#firstGiven[instance - this.#count] = this.#given.length;
    this.#given.push(given);
    if (given >= this.#count) this.#use(this.find(given) - this.#count, instance);
  }

  /** What an instance was given for a peer, by the peer's place in the table. */
  given(instance: number, peer: number): number {
    const at = instance - this.#count;
    const first = this.#firstGiven[at]!;
    return first === NONE ? MISSING : this.#given[first + peer - this.#peers.first[this.#packageOf[at]!]!]!;
  }

  #use(used: number, user: number): void {
    const use = this.#user.length;
    this.#user.push(user);
    this.#nextUse.push(NONE);
    if (this.#lastUse[used] === NONE) this.#firstUse[used] = use;
    else this.#nextUse[this.#lastUse[used]!] = use;
    this.#lastUse[used] = use;
  }

  /**
   * Makes one of instances that resolve alike; what was given the one given up may now be alike too.
   *
   * @param batch instances nobody has looked at yet; grows
   * @param top the package at the top of the walk
   */
  merge(batch: number[], top: number): void {
    for (const instance of batch) this.#isQueued[instance - this.#count] = true;
    for (let nth = 0; nth < batch.length; nth++) {
      const instance = batch[nth]!;
      const at = instance - this.#count;
      this.#isQueued[at] = false;
      this.#spend();
      if (this.#forward[at] !== instance) continue;
      const master = this.find(this.#like(instance, top));
      if (master === instance) continue;
      this.#forward[at] = master;
      this.#passUses(at, master - this.#count, batch);
    }
  }

  /** Uses of an instance that is given up are uses of its master, and have to be looked at again. */
  #passUses(from: number, to: number, queue: number[]): void {
    for (let use = this.#firstUse[from]!; use !== NONE; use = this.#nextUse[use]!) {
      const user = this.#user[use]!;
      if (!this.#isQueued[user - this.#count]) queue.push(user);
      this.#isQueued[user - this.#count] = true;
    }
    if (this.#firstUse[from] === NONE) return;
    if (this.#lastUse[to] === NONE) this.#firstUse[to] = this.#firstUse[from]!;
    else this.#nextUse[this.#lastUse[to]!] = this.#firstUse[from]!;
    this.#lastUse[to] = this.#lastUse[from]!;
    this.#firstUse[from] = NONE;
    this.#lastUse[from] = NONE;
  }

  /** The instance that was the first to be known by what this one is known by: often itself. */
  #like(instance: number, top: number): number {
    const identity = this.#identify(instance, top);
    let hash = 0;
    for (let nth = 0; nth < identity.length; nth++) hash = Math.imul(hash ^ identity[nth]!, 0x9e3779b1) ^ (hash >>> 15);
    const key = hash & 0x3fffffff;
    const head = this.#identified.get(key) ?? NONE;
    const identities = this.#identities;
    for (let at = head; at !== NONE; at = identities[at]!) {
      this.#spend();
      if (identities[at + 2] === identity.length && isSame(identities, at + 3, identity)) return identities[at + 1]!;
    }
    this.#identified.set(key, identities.length);
    identities.push(head, instance, identity.length);
    for (let nth = 0; nth < identity.length; nth++) identities.push(identity[nth]!);
    return instance;
  }

  /** Yarn keeps what resolves to the workspace at the top of the walk apart from the same workspace met below it. */
  #identify(instance: number, top: number): readonly number[] {
    const of = this.#packageOf[instance - this.#count]!;
    const identity = this.#identity;
    identity.length = 0;
    identity.push(of);
    const first = this.#peers.first[of]!;
    const firstGiven = this.#firstGiven[instance - this.#count]!;
    for (let peer = first; peer < this.#peers.first[of + 1]!; peer++) {
      const given = this.#given[firstGiven + peer - first]!;
      // What the package brings itself is the same as if the parent had provided just that.
      const target =
        given === OWN ? this.#packages.needTo[this.#peers.own[peer]!]! : given < 0 ? given : this.find(given);
      identity.push(target === top ? TOP : target);
    }
    if (this.#needs(of, top)) identity.push(top);
    return identity;
  }

  #needs(of: number, top: number): boolean {
    const { needTo } = this.#packages;
    const { firstNeed, endNeed } = this.#packages.entries[of]!;
    for (let need = firstNeed; need < endNeed; need++) if (needTo[need] === top) return true;
    return false;
  }

  #spend(): void {
    if (++this.#merges > 16 * this.#most) this.#limit();
  }
}

function isSame(identities: readonly number[], at: number, identity: readonly number[]): boolean {
  for (let nth = 0; nth < identity.length; nth++) if (identities[at + nth] !== identity[nth]) return false;
  return true;
}
