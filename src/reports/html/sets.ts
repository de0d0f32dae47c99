/**
 * Sets of services for the page: each distinct one once, as bytes. client/sets.js reads them.
 *
 * A set is a varint (LEB128, as in DWARF 5, section 7.6): twice its size, plus 1 where it is dense. A dense set is then a
 * bit for every service, bit i of byte b for service 8 b + i; another is the varints of the steps from one service to the
 * next, the first from -1. The shorter of the two is taken.
 */

export class SetCoder {
  readonly #services: number;
  readonly #ids = new Map<string, number>();
  readonly #sets: Uint8Array[] = [];
  #bytes = 0;

  constructor(services: number) {
    this.#services = services;
  }

  /** Bytes of all sets so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param set ascending, none twice */
  id(set: ArrayLike<number>): number {
    const bytes = this.#encoded(set);
    const key = Buffer.from(bytes).toString('latin1');
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#sets.length);
    this.#bytes += bytes.length;
    return this.#sets.push(bytes) - 1;
  }

  /** All sets in the order of their ids, one after the other. */
  base64(): string {
    return Buffer.concat(this.#sets).toString('base64');
  }

  #encoded(set: ArrayLike<number>): Uint8Array {
    const width = Math.ceil(this.#services / 8);
    const sparse: number[] = [];
    addVarint(sparse, set.length * 2);
    const head = sparse.length;
    let before = -1;
    for (let at = 0; at < set.length && sparse.length - head <= width; at++) {
      addVarint(sparse, set[at]! - before);
      before = set[at]!;
    }
    if (sparse.length - head <= width) return Uint8Array.from(sparse);
    const dense: number[] = [];
    addVarint(dense, set.length * 2 + 1);
    const result = new Uint8Array(dense.length + width);
    result.set(dense);
    for (let at = 0; at < set.length; at++) result[dense.length + (set[at]! >>> 3)]! |= 1 << (set[at]! & 7);
    return result;
  }
}

function addVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}
