/** Keeps requests below a number a minute, whatever the answers say: where that is passed a host refuses, and may bar. */
import type { Clock } from './gate.ts';

const MINUTE_MS = 60_000;

export class Pace {
  readonly #clock: Clock;
  readonly #most: number;
  /** When the latest requests were sent, a ring. */
  readonly #sent: number[] = [];
  #next = 0;

  /** @param most requests in any minute; undefined for as many as there are */
  constructor(clock: Clock, most: number | undefined) {
    this.#clock = clock;
    this.#most = most ?? Number.POSITIVE_INFINITY;
  }

  /** Waits until one more request may be sent, and counts it. */
  async turn(): Promise<void> {
    if (this.#most === Number.POSITIVE_INFINITY) return;
    for (let left = this.#left(); left > 0; left = this.#left()) await this.#clock.sleep(left);
    this.#sent[this.#next] = this.#clock.now();
    this.#next = (this.#next + 1) % this.#most;
  }

  #left(): number {
    const oldest = this.#sent[this.#next];
    return oldest === undefined ? 0 : oldest + MINUTE_MS - this.#clock.now();
  }
}
