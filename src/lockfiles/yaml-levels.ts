/** The mappings a cursor is inside of, and their keys: js-yaml refuses a key that is there twice. */
import { OUTSIDE } from './yaml-scan.ts';

/** Deeper than any lockfile, shallow enough for the stack. */
const MAX_DEPTH = 64;
/** Up to this many keys out of order are compared one by one, more are kept in a set. */
const FEW_KEYS = 16;

/** Column of a level that is a flow collection. */
export const FLOW = -2;

export class Levels {
  /** Column of the keys of the innermost mapping; -1 outside of all. */
  column = -1;
  #depth = -1;
  readonly #columns: number[] = [];
  /** Where the keys of a level begin among all keys, and whether they are in ascending order. */
  readonly #bases: number[] = [];
  readonly #ascending: boolean[] = [];
  readonly #sets: (Set<string> | undefined)[] = [];
  readonly #keys: string[] = [];
  #top = 0;
  #base = 0;
  #isAscending = true;

  enter(column: number): void {
    const depth = ++this.#depth;
    if (depth >= MAX_DEPTH) throw OUTSIDE;
    this.#columns[depth] = this.column;
    this.#bases[depth] = this.#base;
    this.#ascending[depth] = this.#isAscending;
    this.#sets[depth] = undefined;
    this.column = column;
    this.#base = this.#top;
    this.#isAscending = true;
  }

  leave(): void {
    const depth = this.#depth--;
    this.#top = this.#base;
    this.column = this.#columns[depth]!;
    this.#base = this.#bases[depth]!;
    this.#isAscending = this.#ascending[depth]!;
  }

  isEmpty(): boolean {
    return this.#top === this.#base;
  }

  /** Keys in ascending order are unique, which spares sorted files a set. */
  add(key: string): void {
    const top = this.#top;
    if (top > this.#base && !(this.#isAscending && key > this.#keys[top - 1]!)) this.#refuseDuplicate(key);
    this.#keys[top] = key;
    this.#top = top + 1;
  }

  #refuseDuplicate(key: string): void {
    this.#isAscending = false;
    if (this.#top - this.#base > FEW_KEYS) {
      let set = this.#sets[this.#depth];
      if (set === undefined) {
        set = new Set(this.#keys.slice(this.#base, this.#top));
        this.#sets[this.#depth] = set;
      }
      if (set.has(key)) throw OUTSIDE;
      set.add(key);
      return;
    }
    for (let i = this.#base; i < this.#top; i++) if (this.#keys[i] === key) throw OUTSIDE;
  }
}
