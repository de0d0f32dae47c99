/** Which lockfile is in which ring so far, and which rings are open to another: what every way of colouring works on. */
import type { Limit, RingGraph } from './ring-graph.ts';

/** A fleet whose updates take longer than so many rings is not updated: later rings run years behind. */
export const MOST_RINGS = 30;

export class Placement {
  /** By vertex, from 1; 0 where it is in none yet. */
  readonly ringOf: Int32Array;
  /** By vertex: the limits it is in, with its position there. */
  readonly limitsOf: readonly (readonly { readonly limit: number; readonly at: number }[])[];
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** How often `fits` was asked: the measure of work done. */
  steps = 0;
  readonly #limits: readonly Limit[];
  readonly #dropped: Uint8Array;
  /** By limit, by ring: services in it, and as a mask where their number does not decide. */
  readonly #count: readonly Int32Array[];
  readonly #bits: readonly Int32Array[];

  constructor({ lockfiles, limits, orders }: RingGraph) {
    const empty = (): number[][] => lockfiles.map(() => []);
    const [before, after] = [empty(), empty()];
    for (const order of orders) {
      before[order.after]!.push(order.before);
      after[order.before]!.push(order.after);
    }
    const limitsOf: { limit: number; at: number }[][] = lockfiles.map(() => []);
    limits.forEach(({ vertices }, limit) => {
      for (const [at, vertex] of vertices.entries()) limitsOf[vertex]!.push({ limit, at });
    });
    this.ringOf = new Int32Array(lockfiles.length);
    this.limitsOf = limitsOf;
    this.before = before;
    this.after = after;
    this.#limits = limits;
    this.#dropped = new Uint8Array(limits.length);
    this.#count = limits.map(() => new Int32Array(MOST_RINGS + 1));
    this.#bits = limits.map(({ structure }) =>
      structure.isFlat ? new Int32Array(0) : new Int32Array((MOST_RINGS + 1) * structure.words),
    );
  }

  put(vertex: number, ring: number): void {
    this.ringOf[vertex] = ring;
    this.#add(vertex, ring, 1);
  }

  take(vertex: number): void {
    this.#add(vertex, this.ringOf[vertex]!, -1);
    this.ringOf[vertex] = 0;
  }

  /** Whether no system is defeated by the ring with this vertex in it; orders are another matter. */
  fits(vertex: number, ring: number): boolean {
    return this.tight(vertex, ring) === undefined;
  }

  /** The first limit that keeps a vertex out of a ring. */
  tight(vertex: number, ring: number): number | undefined {
    this.steps++;
    return this.limitsOf[vertex]!.find(({ limit, at }) => !this.#dropped[limit] && this.isTight(limit, at, ring))
      ?.limit;
  }

  /** Services that a ring may take more of a limit, where their number decides. */
  room(limit: number, ring: number): number {
    const { structure } = this.#limits[limit]!;
    return structure.isFlat ? structure.least - 1 - this.#count[limit]![ring]! : 0;
  }

  /** The limit is kept no longer. */
  drop(limit: number): void {
    this.#dropped[limit] = 1;
  }

  isDropped(limit: number): boolean {
    return this.#dropped[limit] === 1;
  }

  /** The first ring after those of what must be before it, and the last before those of what must be after it. */
  lowest(vertex: number): number {
    return this.before[vertex]!.reduce((lowest, other) => Math.max(lowest, this.ringOf[other]! + 1), 1);
  }

  highest(vertex: number, rings: number): number {
    return this.after[vertex]!.reduce((highest, other) => {
      const ring = this.ringOf[other]!;
      return ring === 0 ? highest : Math.min(highest, ring - 1);
    }, rings);
  }

  /**
   * Whether a ring with one more vertex would defeat the system of a limit.
   *
   * @param at position of the vertex in the limit
   */
  isTight(limit: number, at: number, ring: number): boolean {
    const { structure, leaves } = this.#limits[limit]!;
    const own = leaves[at]!;
    if (this.#count[limit]![ring]! + own.length < structure.least) return false;
    if (structure.isFlat) return true;
    const bits = this.#bits[limit]!;
    const from = ring * structure.words;
    for (const leaf of own) bits[from + (leaf >>> 5)]! |= 1 << (leaf & 31);
    const isOver = structure.defeats(bits, from);
    for (const leaf of own) bits[from + (leaf >>> 5)]! &= ~(1 << (leaf & 31));
    return isOver;
  }

  #add(vertex: number, ring: number, sign: 1 | -1): void {
    for (const { limit, at } of this.limitsOf[vertex]!) {
      const { structure, leaves } = this.#limits[limit]!;
      const own = leaves[at]!;
      this.#count[limit]![ring]! += sign * own.length;
      if (structure.isFlat) continue;
      const bits = this.#bits[limit]!;
      const from = ring * structure.words;
      for (const leaf of own) bits[from + (leaf >>> 5)]! ^= 1 << (leaf & 31);
    }
  }
}
