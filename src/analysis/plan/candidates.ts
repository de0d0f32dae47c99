/** The best of all candidates, and the most that any of them could do. */
import type { Fleet } from '../../graph/fleet.ts';
import { append } from '../../lists.ts';
import { rounded } from '../rounded.ts';
import { type Edit, editKey } from './edit.ts';
import type { Ground } from './ground.ts';

export interface Candidate {
  readonly edits: readonly Edit[];
  /** The weight of lost systems that it saves, added up over the causes that count. */
  readonly gain: number;
}

/** Keeps the candidate that saves most per edit; of equal ones the one of fewer edits, then the first by name. */
export class Best {
  readonly #fleet: Fleet;
  readonly #room: number;
  readonly #refused: ReadonlySet<string>;
  #share = 0;
  #best: (Candidate & { readonly name: string }) | undefined;

  /** @param room edits that there may be @param refused names of candidates that did not do what was expected of them */
  constructor(fleet: Fleet, room: number, refused: ReadonlySet<string>) {
    this.#fleet = fleet;
    this.#room = room;
    this.#refused = refused;
  }

  get found(): (Candidate & { readonly name: string }) | undefined {
    return this.#best;
  }

  /** Whether a candidate that saves at most so much with so many edits could be better. */
  isOpen(most: number, edits: number): boolean {
    return edits <= this.#room && most > 0 && rounded(most / edits) >= this.#share;
  }

  offer(gain: number, size: number, edits: () => readonly Edit[]): void {
    const share = rounded(gain / size);
    if (!this.isOpen(gain, size) || share <= 0) return;
    const best = this.#best;
    if (best && share === this.#share && size > best.edits.length) return;
    const made = edits();
    const name = nameOf(this.#fleet, made);
    if (this.#refused.has(name)) return;
    if (best && share === this.#share && size === best.edits.length && name >= best.name) return;
    this.#share = share;
    this.#best = { edits: made, gain: rounded(gain), name };
  }
}

function nameOf(fleet: Fleet, edits: readonly Edit[]): string {
  return edits
    .map((edit) => editKey(fleet, edit))
    .sort()
    .join();
}

/**
 * An upper bound of what edits can save. One that a cause is reached through in a service may save the systems above that
 * service that are lost to the cause, and no more; what it saves together with others, all of them are counted with.
 */
export class Limits {
  readonly #byLockfile = new Map<number, number[]>();
  readonly #ground: Ground;
  /** By use: 1 where some edit touches it, and how many take it away, 0 where that is not known. */
  readonly #touched: Uint8Array;
  readonly #price: Int32Array;
  /** Causes of layer release: what they settle on depends on all of a lockfile, so any edit of it may touch any of them. */
  readonly #unsettled: { readonly from: number; readonly to: number };
  /** By lockfile: what an edit may save of those. */
  readonly #atOnce = new Map<number, number>();

  constructor(ground: Ground) {
    const { losses, layers, audit } = ground;
    this.#ground = ground;
    this.#touched = new Uint8Array(losses.service.length);
    this.#price = new Int32Array(losses.service.length);
    const at = layers.findIndex(({ table }) => table.ofEdges !== undefined);
    this.#unsettled = at === -1 ? { from: 0, to: 0 } : { from: losses.offsets[at]!, to: losses.offsets[at + 1]! };
    for (let use = losses.start[this.#unsettled.from]!; use < losses.start[this.#unsettled.to]!; use++) {
      const { lockfile } = audit.services[losses.service[use]!]!;
      this.#atOnce.set(lockfile, (this.#atOnce.get(lockfile) ?? 0) + losses.most[use]!);
      this.#touched[use] = 1;
    }
  }

  /**
   * Says that some edit touches a use.
   *
   * @param edits how many take the cause out of the service, where this one and others like it do
   * @returns whether what it may save is to be offered with that edit
   */
  touch(use: number, cause: number, edits: number | undefined): boolean {
    this.#touched[use] = 1;
    if (edits !== undefined && (this.#price[use] === 0 || edits < this.#price[use]!)) this.#price[use] = edits;
    return cause < this.#unsettled.from || cause >= this.#unsettled.to;
  }

  /** How many edits take a cause out of a service; undefined where none do. */
  priceOf(use: number): number | undefined {
    return this.#price[use] || undefined;
  }

  /** Whether every use that an edit touches is one that it takes away alone, saving all that depends on it: then greedy has its guarantee. */
  get isCoverage(): boolean {
    const { relief, most } = this.#ground.losses;
    return this.#touched.every(
      (bit, use) =>
        !bit || most[use] === 0 || (this.#price[use] === 1 && rounded(relief[use]!) === rounded(most[use]!)),
    );
  }

  /** Whether some edit touches a cause in some service. */
  isTouched(cause: number): boolean {
    const { start } = this.#ground.losses;
    return this.#touched.subarray(start[cause]!, start[cause + 1]!).includes(1);
  }

  /** @param most what one edit of a lockfile may save of the causes that it touches */
  offer(lockfile: number, most: number): void {
    const whole = most + (this.#atOnce.get(lockfile) ?? 0);
    if (whole > 0) append(this.#byLockfile, lockfile, whole);
  }

  /** The most that so many edits may save. */
  of(edits: number): number {
    const { losses, audit } = this.#ground;
    let all = 0;
    const room = new Map<number, number>();
    for (let cause = 0; cause < losses.causes; cause++) {
      let some = false;
      for (let use = losses.start[cause]!; use < losses.start[cause + 1]!; use++) {
        if (!this.#touched[use]) continue;
        some = true;
        const { lockfile } = audit.services[losses.service[use]!]!;
        room.set(lockfile, (room.get(lockfile) ?? 0) + losses.most[use]!);
      }
      if (some) all += losses.lost[cause]!;
    }
    // Of one lockfile each further edit adds no more than the one before: the largest of all parts are the most.
    const parts = [...this.#byLockfile].flatMap(([lockfile, list]) => {
      let left = room.get(lockfile) ?? 0;
      return list
        .sort((a, b) => b - a)
        .map((most) => {
          const part = Math.min(most, left);
          left -= part;
          return part;
        });
    });
    const largest = parts.sort((a, b) => b - a).slice(0, edits);
    return rounded(
      Math.min(
        all,
        largest.reduce((sum, part) => sum + part, 0),
      ),
    );
  }
}

/** One kind of change: what there is of it, and what it could do at most. */
export interface Kind {
  readonly offer: (ground: Ground, best: Best) => void;
  readonly limit: (ground: Ground, limits: Limits) => void;
}
