/** Holds all requests to a host while it wants to be left alone, for as long in total as a run is patient. */

/** Time, as tests replace it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** GitHub asks for at least a minute, then exponentially more, where an answer does not say how long. */
const LEAST = 60_000;
const MOST_DOUBLINGS = 6;

export class Gate {
  readonly #clock: Clock;
  readonly #onWait: ((milliseconds: number) => void) | undefined;
  #patience: number;
  #until = 0;
  #doublings = 0;
  #generation = 0;

  /** @param patience milliseconds that a run may wait in total; @param onWait called when a wait begins */
  constructor(clock: Clock, patience: number, onWait?: (milliseconds: number) => void) {
    this.#clock = clock;
    this.#patience = patience;
    this.#onWait = onWait;
  }

  /** Changes with every wait: what was sent before one says nothing of whether it was long enough. */
  get generation(): number {
    return this.#generation;
  }

  async opened(): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) await this.#clock.sleep(left);
  }

  /** @returns false where the run is not patient enough */
  hold(milliseconds: number): boolean {
    const more = milliseconds - this.#left();
    if (more <= 0) return true;
    if (more > this.#patience) return false;
    this.#patience -= more;
    this.#until = this.#clock.now() + milliseconds;
    this.#generation++;
    this.#onWait?.(milliseconds);
    return true;
  }

  /**
   * A request was refused for asking too often.
   *
   * @param generation when it was sent; @param asked milliseconds the server wants
   * @returns false where the run is not patient enough
   */
  refused(generation: number, asked: number | undefined): boolean {
    if (asked !== undefined) return this.hold(asked);
    if (generation !== this.#generation) return true;
    return this.hold(LEAST * 2 ** Math.min(this.#doublings++, MOST_DOUBLINGS));
  }

  /** A request was answered; @param generation when it was sent */
  passed(generation: number): void {
    if (generation === this.#generation) this.#doublings = 0;
  }

  #left(): number {
    return Math.max(0, this.#until - this.#clock.now());
  }
}
