/** Collects which nodes of a service are of which cause and gives them by cause. Made once for any number of services. */
import type { Groups } from '../graph/load.ts';
import { Slots } from '../graph/slots.ts';
import { GrowingInts } from './growing.ts';

/** Nodes of the causes that have one. */
export interface CauseNodes extends Groups {
  /** The cause of each group. */
  readonly cause: Int32Array;
}

export class Grouping {
  readonly #slots: Slots;
  readonly #group = new GrowingInts();
  readonly #node = new GrowingInts();

  /** @param causes how many causes there are */
  constructor(causes: number) {
    this.#slots = new Slots(causes);
  }

  add(cause: number, node: number): void {
    this.#group.push(this.#slots.of(cause));
    this.#node.push(node);
  }

  /** What was added since the last call. */
  take(): CauseNodes {
    const cause = this.#slots.take();
    const pairs = this.#node.length;
    const start = new Int32Array(cause.length + 1);
    for (let p = 0; p < pairs; p++) start[this.#group.at(p) + 1]!++;
    for (let g = 0; g < cause.length; g++) start[g + 1]! += start[g]!;
    const next = start.slice(0, cause.length);
    const nodes = new Int32Array(pairs);
    for (let p = 0; p < pairs; p++) nodes[next[this.#group.at(p)]!++] = this.#node.at(p);
    this.#group.length = 0;
    this.#node.length = 0;
    return { cause, start, nodes };
  }
}
