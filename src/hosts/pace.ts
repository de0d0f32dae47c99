/** Keeps requests below a number in any minute or hour, whatever the answers say: where that is passed a host refuses, and may bar. */
import type { Clock } from './gate.ts';

const MINUTE_MS = 60_000;

export class Pace {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #window: number;
  /** When the latest requests were sent, a ring. */
  readonly #sent: number[] = [];
  #next = 0;

  /** @param most requests in any window; undefined for as many as there are; @param window milliseconds */
  constructor(clock: Clock, most: number | undefined, window = MINUTE_MS) {
    this.#clock = clock;
    this.#window = window;
    this.#most = most ?? Number.POSITIVE_INFINITY;
  }

  /** Waits until one more request may be sent, and counts it. */
  async turn(): Promise<void> {
    for (let left = this.left(); left > 0; left = this.left()) await this.#clock.sleep(left);
    this.count();
  }

  /** Counts one that is sent now. */
  count(): void {
    if (this.#most === Number.POSITIVE_INFINITY) return;
    this.#sent[this.#next] = this.#clock.now();
    this.#next = (this.#next + 1) % this.#most;
  }

  /** Milliseconds until one more may be sent. */
  left(): number {
    const oldest = this.#sent[this.#next];
    return oldest === undefined ? 0 : Math.max(0, oldest + this.#window - this.#clock.now());
  }
}
