/** Dense numbers for a few ids out of a large range, in order of first use. One allocation serves any number of rounds. */
export class Slots {
  readonly #slot: Int32Array;
  readonly #ids: Int32Array;
  #size = 0;

  /** @param range ids are below it */
  constructor(range: number) {
    this.#slot = new Int32Array(range).fill(-1);
    this.#ids = new Int32Array(range);
  }

  of(id: number): number {
    const known = this.#slot[id]!;
    if (known !== -1) return known;
    const slot = this.#size++;
    this.#slot[id] = slot;
    this.#ids[slot] = id;
    return slot;
  }

  /** The ids by their slots; forgets them for the next round. */
  take(): Int32Array {
    const ids = this.#ids.slice(0, this.#size);
    for (const id of ids) this.#slot[id] = -1;
    this.#size = 0;
    return ids;
  }
}
