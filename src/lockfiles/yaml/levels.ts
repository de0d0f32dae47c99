/** The mappings a cursor is inside of, and their keys: js-yaml refuses a key that is there twice. */
import { OUTSIDE } from './scan.ts';

/** Deeper than any lockfile, shallow enough for the stack. */
const MAX_DEPTH = 64;
/** Up to this many keys out of order are compared one by one, more are put into a set. */
const FEW_KEYS = 16;

/** Column of a level that is a flow collection. */
export const FLOW = -2;

/** Keys are known by where they stand, so that bytes are compared and no string has to be kept. */
export class Levels {
  readonly #text: string;
  readonly #codes: Uint8Array;
  /** Column of the keys of the innermost mapping; -1 outside of all. */
  column = -1;
  #depth = -1;
  /** Of the levels outside of the innermost one: column, first key, whether keys came in ascending order. */
  readonly #columns: number[] = [];
  readonly #bases: number[] = [];
  readonly #ascending: boolean[] = [];
  readonly #sets: (Set<string> | undefined)[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #top = 0;
  #base = 0;
  #isAscending = true;

  constructor(text: string, codes: Uint8Array) {
    this.#text = text;
    this.#codes = codes;
  }

  enter(column: number): void {
    const depth = ++this.#depth;
    if (depth >= MAX_DEPTH) throw OUTSIDE;
    this.#columns[depth] = this.column;
    this.#bases[depth] = this.#base;
    this.#ascending[depth] = this.#isAscending;
    this.column = column;
    this.#base = this.#top;
    this.#isAscending = true;
  }

  leave(): void {
    const depth = this.#depth--;
    if (!this.#isAscending) this.#sets[depth] = undefined;
    this.#top = this.#base;
    this.column = this.#columns[depth]!;
    this.#base = this.#bases[depth]!;
    this.#isAscending = this.#ascending[depth]!;
  }

  isEmpty(): boolean {
    return this.#top === this.#base;
  }

  /** Adds the key that stands at start..end. Keys in ascending order are unique, which spares sorted files a set. */
  add(start: number, end: number): void {
    const top = this.#top;
    if (top > this.#base && !(this.#isAscending && this.#isAfter(start, end, top - 1))) {
      this.#refuseDuplicate(start, end);
    }
    this.#starts[top] = start;
    this.#ends[top] = end;
    this.#top = top + 1;
  }

  #isAfter(start: number, end: number, other: number): boolean {
    const codes = this.#codes;
    const otherStart = this.#starts[other]!;
    const otherLength = this.#ends[other]! - otherStart;
    const length = Math.min(end - start, otherLength);
    for (let i = 0; i < length; i++) {
      const difference = codes[start + i]! - codes[otherStart + i]!;
      if (difference !== 0) return difference > 0;
    }
    return end - start > otherLength;
  }

  #refuseDuplicate(start: number, end: number): void {
    this.#isAscending = false;
    if (this.#top - this.#base > FEW_KEYS) {
      const set = this.#setOfKeys();
      const key = this.#text.slice(start, end);
      if (set.has(key)) throw OUTSIDE;
      set.add(key);
      return;
    }
    for (let i = this.#base; i < this.#top; i++) if (this.#isSame(start, end, i)) throw OUTSIDE;
  }

  #isSame(start: number, end: number, other: number): boolean {
    const codes = this.#codes;
    const otherStart = this.#starts[other]!;
    if (this.#ends[other]! - otherStart !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (codes[start + i] !== codes[otherStart + i]) return false;
    return true;
  }

  #setOfKeys(): Set<string> {
    let set = this.#sets[this.#depth];
    if (set === undefined) {
      set = new Set();
      for (let i = this.#base; i < this.#top; i++) set.add(this.#text.slice(this.#starts[i], this.#ends[i]));
      this.#sets[this.#depth] = set;
    }
    return set;
  }
}
