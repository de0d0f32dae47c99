/**
 * Ids of parts of a text in the strings of a graph. A lockfile says the same names and ranges over and over: one that was
 * met before is found by its characters, without a string being made of it.
 */
import type { GraphBuilder } from '../../graph/builder.ts';

/** Places looked at before the builder's own table is asked: like hashes, made on purpose, must not cost more. */
const PROBES = 8;
/** Numbers per place: hash, offset, length, id + 1. */
const WIDTH = 4;

export class SliceTable {
  readonly #text: string;
  readonly #units: Uint8Array | Uint16Array;
  readonly #builder: GraphBuilder;
  readonly #places: Int32Array;
  readonly #mask: number;

  /** @param units the character codes of the text */
  constructor(text: string, units: Uint8Array | Uint16Array, builder: GraphBuilder) {
    this.#text = text;
    this.#units = units;
    this.#builder = builder;
    // A lockfile has about one distinct name, range or version in 160 characters.
    const places = 2 ** Math.ceil(Math.log2(16 + text.length / 128));
    this.#places = new Int32Array(places * WIDTH);
    this.#mask = places - 1;
  }

  /** @param hash of the characters from `from` to `to`, always made in the same way */
  id(from: number, to: number, hash: number): number {
    const places = this.#places;
    const length = to - from;
    let place = (hash ^ (hash >>> 15)) & this.#mask;
    for (let probe = 0; probe < PROBES; probe++) {
      const at = place * WIDTH;
      const known = places[at + 3]!;
      if (known === 0) return this.#keep(at, from, to, hash);
      if (places[at] === hash && places[at + 2] === length && this.#isSame(places[at + 1]!, from, length)) {
        return known - 1;
      }
      place = (place + 1) & this.#mask;
    }
    return this.#builder.text(this.#text.slice(from, to));
  }

  #keep(at: number, from: number, to: number, hash: number): number {
    const id = this.#builder.text(this.#text.slice(from, to));
    this.#places[at] = hash;
    this.#places[at + 1] = from;
    this.#places[at + 2] = to - from;
    this.#places[at + 3] = id + 1;
    return id;
  }

  #isSame(a: number, b: number, length: number): boolean {
    const units = this.#units;
    for (let nth = 0; nth < length; nth++) if (units[a + nth] !== units[b + nth]) return false;
    return true;
  }
}
