/** A dictionary of fixed-width rows of integers: an open-addressing hash table over one flat column. */

const EMPTY = -1;
const FIRST_CAPACITY = 512;

export class RowIndex {
  readonly #width: number;
  #rows: Int32Array;
  #size = 0;
  /** Ids by hash, twice as many slots as rows, so that at least half are empty. */
  #slots: Int32Array;

  constructor(width: number) {
    this.#width = width;
    this.#rows = new Int32Array(FIRST_CAPACITY * width);
    this.#slots = new Int32Array(FIRST_CAPACITY * 2).fill(EMPTY);
  }

  get size(): number {
    return this.#size;
  }

  /** The dense id of a row; the next one where the row is new. */
  id(row: ArrayLike<number>): number {
    const slot = this.#slotOf(row);
    const known = this.#slots[slot]!;
    if (known !== EMPTY) return known;
    const id = this.#size;
    if (id * this.#width === this.#rows.length) {
      this.#grow();
      this.#slots[this.#slotOf(row)] = id;
    } else this.#slots[slot] = id;
    this.#rows.set(row, id * this.#width);
    this.#size++;
    return id;
  }

  /** Another dictionary with the same ids, which can grow by itself. */
  copy(): RowIndex {
    const copy = new RowIndex(this.#width);
    copy.#rows = this.#rows.slice();
    copy.#slots = this.#slots.slice();
    copy.#size = this.#size;
    return copy;
  }

  at(id: number, column: number): number {
    return this.#rows[id * this.#width + column]!;
  }

  /** A copy of the rows from an id on, one after the other. */
  since(id: number): Int32Array {
    return this.#rows.slice(id * this.#width, this.#size * this.#width);
  }

  /** The slot that holds the row, or the empty one where it belongs. */
  #slotOf(row: ArrayLike<number>): number {
    const mask = this.#slots.length - 1;
    let slot = hash(row, this.#width) & mask;
    while (this.#slots[slot] !== EMPTY && !this.#equals(this.#slots[slot]!, row)) slot = (slot + 1) & mask;
    return slot;
  }

  #equals(id: number, row: ArrayLike<number>): boolean {
    const from = id * this.#width;
    for (let column = 0; column < this.#width; column++) if (this.#rows[from + column] !== row[column]) return false;
    return true;
  }

  #grow(): void {
    const rows = new Int32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    for (let id = 0; id < this.#size; id++) {
      this.#slots[this.#slotOf(rows.subarray(id * this.#width, (id + 1) * this.#width))] = id;
    }
  }
}

// Multiply and rotate per column, then MurmurHash3's finalizer, so that the low bits depend on every column.
function hash(row: ArrayLike<number>, width: number): number {
  let h = 0;
  for (let column = 0; column < width; column++) {
    const mixed = Math.imul(h ^ row[column]!, 0x9e3779b1);
    h = (mixed << 13) | (mixed >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
