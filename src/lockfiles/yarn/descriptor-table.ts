/** The descriptors of a Yarn lockfile, to be looked up. */
import { NONE } from '../../graph/model.ts';

/** A name with more descriptors than this gets a map of them. */
const FEW = 40;

/** Descriptors of a name that are gone through one by one, for what is hardly ever asked. */
const MANY = 1000;

/**
 * Descriptors by name, then by range without `npm:` (one of old lock versions is the same). Numbered; those of a name
 * are a chain, which costs less than a map each.
 */
export class Descriptors {
  readonly names: string[] = [];
  readonly ranges: string[] = [];
  readonly entries: number[] = [];
  readonly #next: number[] = [];
  readonly #first = new Map<string, number>();
  readonly #many = new Map<string, Map<string, number>>();

  add(name: string, range: string, entry: number): void {
    const known = this.find(name, range);
    if (known !== NONE) {
      this.entries[known] = entry;
      return;
    }
    const at = this.names.length;
    this.names.push(name);
    this.ranges.push(range);
    this.entries.push(entry);
    this.#next.push(this.#first.get(name) ?? NONE);
    this.#first.set(name, at);
    this.#many.get(name)?.set(range, at);
  }

  /** Number of a descriptor, or NONE. */
  find(name: string, range: string): number {
    let steps = 0;
    for (let at = this.#first.get(name) ?? NONE; at !== NONE; at = this.#next[at]!) {
      if (this.ranges[at] === range) return at;
      if (++steps > FEW) return this.#findAmongMany(name, range);
    }
    return NONE;
  }

  /** Numbers of the descriptors of a name, at most a thousand: no package of the world has as many. */
  of(name: string, most = MANY): number[] {
    const found: number[] = [];
    for (let at = this.#first.get(name) ?? NONE; at !== NONE && found.length < most; at = this.#next[at]!)
      found.push(at);
    return found;
  }

  #findAmongMany(name: string, range: string): number {
    let many = this.#many.get(name);
    if (many === undefined) {
      many = new Map();
      for (const at of this.of(name, Number.POSITIVE_INFINITY)) many.set(this.ranges[at]!, at);
      this.#many.set(name, many);
    }
    return many.get(range) ?? NONE;
  }
}
