/** The descriptors of a Yarn lockfile by name and range, which are ids of strings: those of its keys and those asked for. */
import { NONE } from '../../graph/model.ts';

/** Places looked at before the descriptor is taken to be among the rest: made to collide, they must not cost more. */
const PROBES = 8;

/** Ids are below this: a lockfile is no longer than 128 MB. */
const MOST_IDS = 2 ** 26;

/** Keys of a name that are gone through one by one, for what is hardly ever asked. */
const MANY = 1000;

export class Descriptors {
  readonly names: number[] = [];
  readonly ranges: number[] = [];
  /** Position of the entry whose key holds it, NONE where it is only asked for. */
  readonly entries: number[] = [];
  /** Number of a descriptor + 1. */
  #places = new Int32Array(64);
  readonly #rest = new Map<number, number>();
  #keysByName: Map<number, number[]> | undefined;

  get count(): number {
    return this.names.length;
  }

  /** Number of a descriptor, which is a new one where there was none. */
  id(name: number, range: number): number {
    const known = this.find(name, range);
    if (known !== NONE) return known;
    const at = this.names.length;
    this.names.push(name);
    this.ranges.push(range);
    this.entries.push(NONE);
    if (at * 2 >= this.#places.length) this.#grow();
    else this.#place(at);
    return at;
  }

  /** Number of a descriptor, or NONE. */
  find(name: number, range: number): number {
    const places = this.#places;
    let place = hashOf(name, range) & (places.length - 1);
    for (let probe = 0; probe < PROBES; probe++) {
      const at = places[place]! - 1;
      if (at === -1) return NONE;
      if (this.names[at] === name && this.ranges[at] === range) return at;
      place = (place + 1) & (places.length - 1);
    }
    return this.#rest.get(name * MOST_IDS + range) ?? NONE;
  }

  /** Entries that have a key of this name, at most a thousand times: no package of the world has as many. */
  keysOf(name: number): readonly number[] {
    this.#keysByName ??= this.#groupKeys();
    return this.#keysByName.get(name) ?? [];
  }

  #groupKeys(): Map<number, number[]> {
    const groups = new Map<number, number[]>();
    for (let at = this.names.length - 1; at >= 0; at--) {
      if (this.entries[at] === NONE) continue;
      const group = groups.get(this.names[at]!);
      if (group === undefined) groups.set(this.names[at]!, [at]);
      else if (group.length < MANY) group.push(at);
    }
    return groups;
  }

  #grow(): void {
    this.#places = new Int32Array(this.#places.length * 4);
    this.#rest.clear();
    for (let at = 0; at < this.names.length; at++) this.#place(at);
  }

  #place(at: number): void {
    const places = this.#places;
    let place = hashOf(this.names[at]!, this.ranges[at]!) & (places.length - 1);
    for (let probe = 0; probe < PROBES; probe++) {
      if (places[place] === 0) {
        places[place] = at + 1;
        return;
      }
      place = (place + 1) & (places.length - 1);
    }
    this.#rest.set(this.names[at]! * MOST_IDS + this.ranges[at]!, at);
  }
}

function hashOf(name: number, range: number): number {
  const hash = Math.imul(name, 0x9e3779b1) ^ Math.imul(range, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
