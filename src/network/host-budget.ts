/** What one host may still be asked, whether it answers at all, and what it was asked: shared by all requests to it. */
import type { FailureCode } from './answer-kinds.ts';

export interface HostStats {
  /** Requests that went out on the wire: retries and redirects too. */
  readonly requests: number;
  /** Requests that were asked again. */
  readonly retried: number;
  /** Bytes of bodies as they came, compressed. */
  readonly bytes: number;
}

/** A host that fails in answering is given so many times the chances of one that cannot be reached. */
const PATIENCE = 4;
const UNREACHABLE: ReadonlySet<FailureCode> = new Set(['network', 'timeout']);
const UNABLE: ReadonlySet<FailureCode> = new Set(['server', 'rate-limited']);

export class HostBudget implements HostStats {
  requests = 0;
  retried = 0;
  bytes = 0;
  readonly #most: number;
  readonly #breakAfter: number;
  #failures = 0;
  #broken: FailureCode | undefined;
  #pause: Promise<unknown> = Promise.resolve();

  /** @param most requests in a run; @param breakAfter requests in a row that may fail before nothing more is sent */
  constructor(most: number, breakAfter: number) {
    this.#most = most;
    this.#breakAfter = breakAfter;
  }

  /** The failure that everything now ends in, or undefined while the host is worth asking. */
  get broken(): FailureCode | undefined {
    return this.#broken;
  }

  /** Takes one request from the budget; false where none is left. */
  spend(): boolean {
    if (this.requests >= this.#most) return false;
    this.requests++;
    return true;
  }

  /** @param code how a request ended, after its retries; undefined: the host answered it */
  ended(code: FailureCode | undefined): void {
    const unreachable = code !== undefined && UNREACHABLE.has(code);
    if (code === undefined || !(unreachable || UNABLE.has(code))) {
      this.#failures = 0;
      if (this.#broken !== 'rate-limited') this.#broken = undefined;
      return;
    }
    this.#failures++;
    if (this.#failures >= this.#breakAfter * (unreachable ? 1 : PATIENCE)) this.#broken ??= code;
  }

  /** Nothing more is sent: the host wants to be left alone for longer than a run lasts. */
  shut(): void {
    this.#broken = 'rate-limited';
  }

  /** Holds all requests to the host until `over` and every earlier pause is over. */
  pause(over: Promise<void>): void {
    this.#pause = Promise.all([this.#pause, over]);
  }

  /** Resolves once the host may be asked: pauses that begin meanwhile are waited for too. */
  async clear(): Promise<void> {
    let seen: Promise<unknown>;
    do {
      seen = this.#pause;
      await seen;
    } while (seen !== this.#pause);
  }
}
