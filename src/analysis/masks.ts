/**
 * Which of a system's leaf services each cause of a layer takes down, as masks. Systems of a few services have few
 * distinct masks however many causes there are, so everything after works on masks (design, section 4).
 */
import { RowIndex } from '../graph/row-index.ts';
import { GrowingInts } from './growing.ts';
import { Structure, sizeOf } from './structure.ts';
import type { System } from './systems.ts';
import type { Reach } from './uses.ts';

/** The masks of one system in one layer. */
export interface Masks {
  /** Index of the system. */
  readonly system: number;
  readonly structure: Structure;
  /** Mask m takes structure.words words from m * words on. None is empty, no two are equal; in order of first use. */
  readonly bits: Int32Array;
  /** By mask: how many leaves it takes down, how many causes have it, and 1 if it defeats the system. */
  readonly size: Int32Array;
  readonly count: Int32Array;
  readonly deadly: Uint8Array;
  /** The causes that take down a leaf, in the order given, and the mask of each. */
  readonly cause: Int32Array;
  readonly mask: Int32Array;
}

/**
 * The masks of some systems, by one pass over the reach however many systems there are.
 *
 * @param causes those that count, in the order that results are to have (that of their ranks)
 * @param systems all of them, because a system may be a member of another
 * @param asked indexes of the systems to look at
 * @param services how many services there are
 */
export function masksOf(
  reach: Pick<Reach, 'start' | 'service'>,
  causes: ArrayLike<number>,
  systems: readonly System[],
  asked: readonly number[],
  services: number,
): Masks[] {
  const collectors = asked.map((system) => new Collector(system, new Structure(systems, system)));
  const { start, slot, position } = leafPlaces(collectors, services);
  const touched: number[] = [];
  for (let at = 0; at < causes.length; at++) {
    const cause = causes[at]!;
    for (let use = reach.start[cause]!; use < reach.start[cause + 1]!; use++) {
      const service = reach.service[use]!;
      for (let place = start[service]!; place < start[service + 1]!; place++) {
        if (collectors[slot[place]!]!.hit(position[place]!)) touched.push(slot[place]!);
      }
    }
    for (const index of touched) collectors[index]!.take(cause);
    touched.length = 0;
  }
  return collectors.map((collector) => collector.masks());
}

/** Where each service stands: in which systems (of those asked for), and as which of their leaves. */
function leafPlaces(collectors: readonly Collector[], services: number) {
  const start = new Int32Array(services + 1);
  for (const { structure } of collectors) for (const leaf of structure.leaves) start[leaf + 1]!++;
  for (let s = 0; s < services; s++) start[s + 1]! += start[s]!;
  const next = start.slice(0, services);
  const slot = new Int32Array(start[services]!);
  const position = new Int32Array(start[services]!);
  collectors.forEach(({ structure }, index) => {
    structure.leaves.forEach((leaf, at) => {
      const place = next[leaf]!++;
      slot[place] = index;
      position[place] = at;
    });
  });
  return { start, slot, position };
}

class Collector {
  readonly #system: number;
  readonly structure: Structure;
  readonly #row: Int32Array;
  readonly #index: RowIndex;
  readonly #cause = new GrowingInts();
  readonly #mask = new GrowingInts();
  #hits = 0;

  constructor(system: number, structure: Structure) {
    this.#system = system;
    this.structure = structure;
    this.#row = new Int32Array(structure.words);
    this.#index = new RowIndex(structure.words);
  }

  /** @returns whether it is the first leaf of this cause */
  hit(position: number): boolean {
    this.#row[position >>> 5]! |= 1 << (position & 31);
    return this.#hits++ === 0;
  }

  /** Ends a cause. */
  take(cause: number): void {
    this.#cause.push(cause);
    this.#mask.push(this.#index.id(this.#row));
    this.#row.fill(0);
    this.#hits = 0;
  }

  masks(): Masks {
    const { structure } = this;
    const bits = this.#index.since(0);
    const size = new Int32Array(this.#index.size);
    const deadly = new Uint8Array(size.length);
    for (let m = 0; m < size.length; m++) {
      size[m] = sizeOf(bits, m * structure.words, structure.words);
      deadly[m] = structure.defeats(bits, m * structure.words) ? 1 : 0;
    }
    const count = new Int32Array(size.length);
    const cause = new Int32Array(this.#cause.length);
    const mask = new Int32Array(cause.length);
    for (let at = 0; at < cause.length; at++) {
      cause[at] = this.#cause.at(at);
      mask[at] = this.#mask.at(at);
      count[mask[at]!]!++;
    }
    return { system: this.#system, structure, bits, size, count, deadly, cause, mask };
  }
}

/** The services a mask takes down, ascending. */
export function servicesOf({ structure, bits }: Masks, mask: number): number[] {
  const from = mask * structure.words;
  return structure.leaves.filter((_, at) => (bits[from + (at >>> 5)]! >>> (at & 31)) & 1);
}

/** The causes that have a mask, in the order of the ranks. */
export function causesOf({ cause, mask: of }: Masks, mask: number): Int32Array {
  return cause.filter((_, at) => of[at] === mask);
}
