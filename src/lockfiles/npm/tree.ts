/**
 * The directory tree that the keys of an npm lockfile describe, and the lookup of a name from a place in it: the
 * node_modules of the place itself, then of each directory above (https://nodejs.org/api/modules.html#loading-from-node_modules-folders).
 */
import type { GraphBuilder } from '../../graph/builder.ts';
import { NONE } from '../../graph/model.ts';
import { LIMITS } from '../reader.ts';

const MODULES = 'node_modules/';
const AT = 64;
/** Names that folding leaves as they are. */
const PLAIN = /^[^A-Z\x80-\uffff]*$/;

/** The places of one name. Nearly all names have one place, in the root's node_modules. */
interface Slot {
  readonly name: string;
  hoisted: number;
  nested: Map<number, number> | undefined;
}

export class TooDeep extends Error {}

export class LocationTree {
  readonly #builder: GraphBuilder;
  readonly #root: number;
  readonly #nodes = new Map<string, number>();
  /** By the id of the name in the builder's string table. */
  readonly #slots = new Map<number, Slot>();
  #folded: Map<string, Slot> | undefined;
  /** The directory above that is a package, or NONE, by node. */
  readonly #up: number[] = [];
  /** Whether the node lies in the node_modules of the package above it, by node. */
  readonly #child: boolean[] = [];

  constructor(builder: GraphBuilder, root: number) {
    this.#builder = builder;
    this.#root = root;
    this.#nodes.set('', root);
    this.#up[root] = NONE;
    this.#child[root] = false;
  }

  /** Declares that `node` is at `location`. All nodes come before the first `place`. */
  add(location: string, node: number): void {
    this.#nodes.set(location, node);
  }

  at(location: string): number | undefined {
    return this.#nodes.get(location);
  }

  /**
   * Puts what is at `location` below the nearest package above it.
   *
   * @param child the name it has in a node_modules (childName), or undefined where it is in none
   * @param node what the location leads to: its own node, or the target of a link
   * @throws TooDeep where the path has more segments than any tree
   */
  place(location: string, child: string | undefined, node: number): void {
    const parent = child === undefined ? undefined : this.#parent(location, child);
    if (parent !== undefined) this.#fill(child!, parent, node);
    if (this.#nodes.get(location) !== node) return;
    this.#up[node] = parent ?? this.#walkUp(location);
    this.#child[node] = parent !== undefined;
  }

  /** The package whose node_modules holds a location. Where that is none, nothing finds the location by its name. */
  #parent(location: string, child: string): number | undefined {
    const end = location.length - child.length - MODULES.length - 1;
    return end < 0 ? this.#root : this.#nodes.get(location.slice(0, end));
  }

  #walkUp(location: string): number {
    let at = location;
    for (let steps = 0; !/(?:^|\/)\.\.$/.test(at); steps++) {
      if (steps > LIMITS.depth) throw new TooDeep();
      const cut = at.lastIndexOf('/');
      if (cut === -1) return this.#root;
      if (cut === 0) return NONE;
      at = at.slice(0, cut);
      const node = this.#nodes.get(at);
      if (node !== undefined) return node;
    }
    return NONE;
  }

  #fill(name: string, above: number, node: number): void {
    const id = this.#builder.text(name);
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = { name, hoisted: NONE, nested: undefined };
      this.#slots.set(id, slot);
    }
    if (above === this.#root) {
      slot.hoisted = node;
    } else {
      slot.nested ??= new Map();
      slot.nested.set(above, node);
    }
  }

  isChild(node: number): boolean {
    return this.#child[node]!;
  }

  /**
   * The node that a name leads to from `from`, or NONE.
   *
   * @param id the name in the builder's string table
   * @throws TooDeep where packages are nested deeper than any tree
   */
  resolve(from: number, name: string, id: number): number {
    const slot = this.#slots.get(id) ?? this.#otherCase(name);
    if (slot === undefined) return NONE;
    let steps = 0;
    for (let at = from; at !== NONE; at = this.#up[at]!) {
      if (at === this.#root) return slot.hoisted;
      const found = slot.nested?.get(at);
      if (found !== undefined) return found;
      if (++steps > LIMITS.depth) throw new TooDeep();
    }
    return NONE;
  }

  /** npm compares the names in a node_modules without case, as some file systems do; the exact name comes first. */
  #otherCase(name: string): Slot | undefined {
    this.#folded ??= new Map(Array.from(this.#slots.values(), (slot) => [folded(slot.name), slot]));
    return this.#folded.get(folded(name));
  }
}

function folded(name: string): string {
  return PLAIN.test(name) ? name : name.normalize('NFKD').toLowerCase();
}

/** The name a location has in the node_modules it ends in (`@scope/name` is two segments), undefined where it is in none. */
export function childName(location: string): string | undefined {
  const last = location.lastIndexOf('/node_modules/');
  if (last === -1 && !location.startsWith(MODULES)) return undefined;
  const name = location.slice(last + 1 + MODULES.length);
  const slash = name.indexOf('/');
  if (slash === -1) return name === '' ? undefined : name;
  return name.charCodeAt(0) === AT && name.indexOf('/', slash + 1) === -1 ? name : undefined;
}

/** The name of the directory a location ends in; a scope directory above it is part of the name. */
export function folderName(location: string): string {
  const slash = location.lastIndexOf('/');
  const scope = location.lastIndexOf('/', slash - 1) + 1;
  return slash > 0 && location.charCodeAt(scope) === AT ? location.slice(scope) : location.slice(slash + 1);
}
