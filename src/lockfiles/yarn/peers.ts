/**
 * Yarn's rule for peers: a package with peers exists once per set of what they resolve to. A package asked for by a
 * parent takes each peer from the parent's own dependencies (peers the parent was given included), else the parent
 * itself, else its own dependency of that name, else nothing. Instances that resolve alike are one.
 *
 * Everything is a number: nodes 0 .. packages - 1 are the packages themselves, further nodes are instances.
 */

/** No package provides the peer. */
export const MISSING = -1;
/** The peer is not provided but the package brings one of its own, which is then an ordinary dependency. */
export const OWN = -2;

/** Yarn itself gives up on more instances of a package below each other; here the rest stays as it is without peers. */
const NESTED = 2;

const NOTHING: number[] = [];
const NONE_MADE = new Map<number, number>();

/** Where the walk is with a node. */
interface Frame {
  readonly parent: number;
  /** The package it is an instance of, where it is one. */
  readonly instanceOf: number | undefined;
  readonly order: readonly number[] | undefined;
  /** Position in `order` of the dependency that is next. */
  at: number;
  /** Instances made for the node, and which of them is next; -1 until their peers are resolved. */
  batch: number[];
  next: number;
  /** The same by package. */
  made: Map<number, number>;
}

export interface PeerPackage {
  readonly name: string;
  /** In the order the file has them; `to` is a package or negative. */
  readonly dependencies: readonly { readonly name: string; readonly to: number }[];
  readonly peers: readonly { readonly name: string }[];
}

export class PeerResolver {
  readonly #packages: readonly PeerPackage[];
  readonly #limit: () => never;
  readonly #mostMerges: number;
  #merges = 0;
  readonly #most: number;
  readonly #packageOf: number[];
  readonly #forward: number[];
  /** Targets of dependencies where they are not the packages themselves. */
  readonly #children: (number[] | undefined)[] = [];
  /** What the peers of an instance resolve to, by the instance's number beyond the packages. */
  readonly #slots: number[][] = [];
  readonly #instances = new Map<number, number[]>();
  readonly #expanded: boolean[];
  readonly #nested = new Map<number, number>();
  readonly #dependents = new Map<number, Set<number>>();
  readonly #known = new Map<string, number>();
  readonly #places = new Map<number, Map<string, number>>();
  readonly #peerPlaces = new Map<number, Map<string, number>>();
  readonly #isWorkspace: (index: number) => boolean;

  /**
   * @param isWorkspace whether a package is a workspace
   * @param most number of instances that may be made
   * @param limit called when there are more; must throw
   */
  constructor(
    packages: readonly PeerPackage[],
    isWorkspace: (index: number) => boolean,
    most: number,
    limit: () => never,
  ) {
    this.#packages = packages;
    this.#most = most + packages.length;
    this.#limit = limit;
    this.#mostMerges = 16 * most;
    this.#packageOf = packages.map((_, index) => index);
    this.#forward = [...this.#packageOf];
    this.#expanded = packages.map(() => false);
    this.#isWorkspace = isWorkspace;
  }

  /** One more than the largest node. */
  get nodeCount(): number {
    return this.#forward.length;
  }

  /** Resolves the peers of everything below a package that no other package gives peers to. */
  expandRoot(root: number): void {
    this.#expand(root, root);
  }

  /** Whether a package has a place in the tree. */
  isReached(index: number): boolean {
    return this.#expanded[index]! || this.#instances.has(index);
  }

  /** The nodes of a package that is not only itself; undefined for one that is. */
  instancesOf(index: number): readonly number[] | undefined {
    const instances = this.#instances.get(index);
    if (instances === undefined) return undefined;
    const alive = instances.filter((node) => this.#forward[node] === node);
    return this.#expanded[index] ? [index, ...alive] : alive;
  }

  /** Target of the nth dependency of a node. */
  dependency(node: number, nth: number): number {
    return this.#standing(this.#child(node, nth));
  }

  /** Target of the nth peer of a node, MISSING or OWN. */
  peer(node: number, nth: number): number {
    const target = this.#slots[node - this.#packages.length]?.[nth] ?? MISSING;
    return target < 0 ? target : this.#standing(target);
  }

  /** Whether what the parent provides for a peer takes the place of the node's own dependency of that name. */
  isGiven(node: number, name: string): boolean {
    const slot = this.#slot(node, name);
    return slot !== undefined && slot >= 0;
  }

  /** Target of a node's own dependency by its name; negative where it has none. */
  own(node: number, name: string): number {
    const nth = this.#place(this.#packageOf[node]!, name);
    return nth === undefined ? MISSING : this.dependency(node, nth);
  }

  /** A package that exists only as instances is stood for by its first one. */
  #standing(node: number): number {
    if (node < 0) return node;
    const found = this.#find(node);
    if (found >= this.#packages.length || this.#expanded[found]) return found;
    const instances = this.#instances.get(found);
    return instances === undefined ? found : this.#find(instances[0]!);
  }

  #child(node: number, nth: number): number {
    const children = this.#children[node];
    return children === undefined ? this.#packages[this.#packageOf[node]!]!.dependencies[nth]!.to : children[nth]!;
  }

  /** Peers that make instances: a workspace is one node whoever needs it. */
  #hasPeers(index: number): boolean {
    return this.#packages[index]!.peers.length > 0 && !this.#isWorkspace(index);
  }

  #find(node: number): number {
    let at = node;
    while (this.#forward[at] !== at) at = this.#forward[at]!;
    return at;
  }

  /** Depth first in Yarn's order, on a stack of its own: a hostile chain is as long as it likes. */
  #expand(root: number, top: number): void {
    const stack = this.#expanded[root] ? [] : [this.#enter(root, undefined)];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = this.#step(frame, top);
      if (next !== undefined) {
        stack.push(next);
        continue;
      }
      stack.pop();
      if (frame.instanceOf !== undefined) this.#nested.set(frame.instanceOf, this.#nested.get(frame.instanceOf)! - 1);
    }
  }

  #enter(parent: number, instanceOf: number | undefined): Frame {
    this.#expanded[parent] = true;
    const { dependencies } = this.#packages[this.#packageOf[parent]!]!;
    return { parent, instanceOf, order: walkOrder(dependencies), at: 0, batch: NOTHING, next: -1, made: NONE_MADE };
  }

  /** Goes on with a node until something below it has to come first; undefined at its end. */
  #step(frame: Frame, top: number): Frame | undefined {
    const { dependencies } = this.#packages[this.#packageOf[frame.parent]!]!;
    while (frame.at < dependencies.length) {
      const nth = frame.order === undefined ? frame.at : frame.order[frame.at]!;
      frame.at++;
      const { name, to } = dependencies[nth]!;
      if (to < 0 || this.#slot(frame.parent, name) !== undefined) continue;
      if (this.#hasPeers(to)) this.#instantiate(frame, nth, to);
      else if (!this.#expanded[to]) return this.#enter(to, undefined);
    }
    if (frame.next === -1) {
      for (const instance of frame.batch) this.#provide(instance, frame.parent);
      if (frame.batch.length > 0) this.#merge(frame.batch, top);
      frame.next = 0;
    }
    while (frame.next < frame.batch.length) {
      const instance = frame.batch[frame.next++]!;
      const of = this.#packageOf[instance]!;
      const nested = this.#nested.get(of) ?? 0;
      if (this.#forward[instance] !== instance || this.#expanded[instance] || nested >= NESTED) continue;
      this.#nested.set(of, nested + 1);
      return this.#enter(instance, of);
    }
    return undefined;
  }

  /** Gives a node an instance of its own of a dependency that has peers. */
  #instantiate(frame: Frame, nth: number, to: number): void {
    const dependencies = this.#packages[this.#packageOf[frame.parent]!]!.dependencies;
    if (frame.batch.length === 0) {
      frame.batch = [];
      frame.made = new Map();
      this.#children[frame.parent] = dependencies.map((dependency) => dependency.to);
    }
    let instance = frame.made.get(to);
    if (instance === undefined) {
      instance = this.#create(to);
      frame.batch.push(instance);
      frame.made.set(to, instance);
    }
    this.#children[frame.parent]![nth] = instance;
  }

  #create(of: number): number {
    const node = this.#forward.length;
    if (node >= this.#most) this.#limit();
    this.#packageOf.push(of);
    this.#forward.push(node);
    this.#expanded.push(false);
    const known = this.#instances.get(of);
    if (known === undefined) this.#instances.set(of, [node]);
    else known.push(node);
    return node;
  }

  /** What a node was given for a peer of this name; undefined where it has no such peer or brings its own. */
  #slot(node: number, name: string): number | undefined {
    const slots = node < this.#packages.length ? undefined : this.#slots[node - this.#packages.length];
    if (slots === undefined) return undefined;
    const nth = this.#peerPlace(this.#packageOf[node]!, name);
    return nth === undefined || slots[nth] === OWN ? undefined : slots[nth];
  }

  #peerPlace(index: number, name: string): number | undefined {
    let places = this.#peerPlaces.get(index);
    if (places === undefined) {
      places = new Map(this.#packages[index]!.peers.map((peer, nth) => [peer.name, nth]));
      this.#peerPlaces.set(index, places);
    }
    return places.get(name);
  }

  /** Position of a package's own dependency by name. */
  #place(index: number, name: string): number | undefined {
    let places = this.#places.get(index);
    if (places === undefined) {
      places = new Map();
      for (const [nth, dependency] of this.#packages[index]!.dependencies.entries()) {
        if (dependency.to >= 0) places.set(dependency.name, nth);
      }
      this.#places.set(index, places);
    }
    return places.get(name);
  }

  #provided(parent: number, name: string): number {
    const given = this.#slot(parent, name);
    if (given !== undefined) return given;
    const of = this.#packageOf[parent]!;
    const nth = this.#place(of, name);
    if (nth !== undefined) return this.#child(parent, nth);
    return this.#packages[of]!.name === name ? parent : MISSING;
  }

  #provide(instance: number, parent: number): void {
    const of = this.#packageOf[instance]!;
    this.#slots[instance - this.#packages.length] = this.#packages[of]!.peers.map(({ name }) => {
      const given = this.#provided(parent, name);
      if (given === MISSING) return this.#place(of, name) === undefined ? MISSING : OWN;
      if (given >= this.#packages.length) this.#depend(this.#find(given), instance);
      return given;
    });
  }

  #depend(on: number, dependent: number): void {
    const known = this.#dependents.get(on);
    if (known === undefined) this.#dependents.set(on, new Set([dependent]));
    else known.add(dependent);
  }

  /** Makes one of instances that resolve alike; what depended on the one given up may now be alike too. */
  #merge(batch: readonly number[], top: number): void {
    const queue = new Set(batch);
    for (const instance of queue) {
      queue.delete(instance);
      if (++this.#merges > this.#mostMerges) this.#limit();
      if (this.#forward[instance] !== instance) continue;
      const identity = this.#identity(instance, top);
      const known = this.#known.get(identity);
      if (known === undefined) {
        this.#known.set(identity, instance);
        continue;
      }
      const master = this.#find(known);
      if (master === instance) continue;
      this.#forward[instance] = master;
      for (const dependent of this.#dependents.get(instance) ?? []) {
        this.#depend(master, dependent);
        queue.add(dependent);
      }
    }
  }

  #needs(of: number, top: number): boolean {
    return this.#packages[of]!.dependencies.some((dependency) => dependency.to === top);
  }

  /** What a package brings for a peer of its own: the same as if the parent had provided just that. */
  #ownTarget(of: number, nth: number): number {
    const { dependencies, peers } = this.#packages[of]!;
    return dependencies[this.#place(of, peers[nth]!.name)!]!.to;
  }

  /** Yarn keeps what resolves to the workspace at the top of the walk apart from the same workspace met below it. */
  #identity(instance: number, top: number): string {
    const of = this.#packageOf[instance]!;
    let text = String(of);
    for (const [nth, slot] of this.#slots[instance - this.#packages.length]!.entries()) {
      const target = slot === OWN ? this.#ownTarget(of, nth) : slot === MISSING ? MISSING : this.#find(slot);
      text += target === top ? ',top' : `,${target}`;
    }
    return this.#needs(of, top) ? `${text},${top}` : text;
  }
}

/**
 * Positions in the order Yarn walks them (by `name@range`), which decides which of several like instances is met
 * first; undefined where the file has them in that order, as Yarn writes them but for a few names.
 */
function walkOrder(dependencies: PeerPackage['dependencies']): number[] | undefined {
  let nth = 1;
  while (nth < dependencies.length && isBefore(dependencies[nth - 1]!.name, dependencies[nth]!.name)) nth++;
  if (nth >= dependencies.length) return undefined;
  return dependencies
    .map((_, position) => position)
    .sort((a, b) => (isBefore(dependencies[a]!.name, dependencies[b]!.name) ? -1 : 1));
}

/** Whether `a@` sorts before `b@`. */
function isBefore(a: string, b: string): boolean {
  return b.startsWith(a) ? 64 < b.charCodeAt(a.length) : a.startsWith(b) ? a.charCodeAt(b.length) < 64 : a < b;
}
