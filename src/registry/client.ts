/** Asks the configured registries: bounded in number, size and time, patient with busy hosts, and short with dead ones. */

import { type Answer, type FailureCode, failed } from '../network/answer-kinds.ts';
import { HostBudget, type HostStats } from '../network/host-budget.ts';
import type { NpmSettings } from '../network/npm-config.ts';
import { waitBefore } from '../network/retry.ts';
import { below } from './address.ts';
import { type Asked, Wire } from './wire.ts';

export type { Answer, Failure, FailureCode } from '../network/answer-kinds.ts';
export { attestationsPath, KEYS_PATH, packagePath } from './address.ts';

export interface ClientOptions {
  readonly settings: Pick<NpmSettings, 'registries' | 'accessTo' | 'fetchOptions'>;
  /** Requests in flight; the user's maxsockets lowers it. */
  readonly concurrency?: number;
  /** Milliseconds for one request with all its retries and waits, from when it is its turn. */
  readonly totalTimeout?: number;
  /** Requests on the wire per host. */
  readonly requestsPerHost?: number;
  /** Requests in a row that a host may leave unanswered before no more are sent to it. */
  readonly breakAfter?: number;
  /** Bytes a packument, and any other document, may have after decompression. */
  readonly packumentBytes?: number;
  readonly documentBytes?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export interface ClientStats extends HostStats {
  readonly byHost: ReadonlyMap<string, HostStats>;
}

/** Full packuments: the abbreviated form has neither times nor publishers. */
const ACCEPT = 'application/json';

export class RegistryClient {
  readonly #options: ClientOptions;
  readonly #registries: ReadonlySet<string>;
  readonly #hosts = new Map<string, HostBudget>();
  readonly #sleep: (milliseconds: number) => Promise<void>;
  #started: Promise<Running> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#registries = new Set(options.settings.registries());
    this.#sleep = options.sleep ?? pause;
  }

  /**
   * Never rejects for what a registry or the network does.
   *
   * @param registry one of the settings' registries; nothing else is ever asked
   * @param path below it, from packagePath, attestationsPath or KEYS_PATH
   * @param etag entity tag of an earlier answer that is still at hand; it may be `unchanged`
   */
  async get(registry: string, path: string, etag?: string): Promise<Answer> {
    const url = this.#registries.has(registry) ? below(registry, path) : undefined;
    if (url === undefined) return failed('bad-path', 'not an address below a configured registry');
    const { packumentBytes = 256 * 2 ** 20, documentBytes = 16 * 2 ** 20 } = this.#options;
    const most = path.startsWith('-/') ? documentBytes : packumentBytes;
    this.#started ??= this.#start();
    const { wire, limit } = await this.#started;
    return limit(() => this.#ask(wire, { registry, url, accept: ACCEPT, most, etag }));
  }

  get stats(): ClientStats {
    const sum = { requests: 0, retried: 0, bytes: 0 };
    for (const host of this.#hosts.values()) {
      sum.requests += host.requests;
      sum.retried += host.retried;
      sum.bytes += host.bytes;
    }
    const byHost = [...this.#hosts].map(
      ([name, { requests, retried, bytes }]) => [name, { requests, retried, bytes }] as const,
    );
    return { ...sum, byHost: new Map(byHost) };
  }

  async #start(): Promise<Running> {
    const [{ default: fetch }, { default: pLimit }] = await Promise.all([
      import('make-fetch-happen'),
      import('p-limit'),
    ]);
    const { concurrency = 20, settings } = this.#options;
    const inFlight = Math.min(concurrency, settings.fetchOptions.maxSockets ?? concurrency);
    const wire = new Wire(fetch, settings.fetchOptions, inFlight);
    return { wire, limit: pLimit(inFlight) };
  }

  async #ask(wire: Wire, asked: Asked): Promise<Answer> {
    const host = this.#hostOf(asked.url);
    const deadline = new Deadline(this.#options.totalTimeout ?? 180_000);
    try {
      const answer = await this.#askUntil(deadline, wire, asked, host);
      host.ended(answer.kind === 'failed' ? answer.code : undefined);
      return answer;
    } finally {
      deadline.clear();
    }
  }

  async #askUntil(deadline: Deadline, wire: Wire, asked: Asked, host: HostBudget): Promise<Answer> {
    const { settings } = this.#options;
    const access = settings.accessTo(asked.registry);
    for (let tried = 0; ; tried++) {
      if (await deadline.before(host.clear()))
        return failed('rate-limited', `${asked.url.origin} wants fewer requests`);
      if (host.broken !== undefined) return unanswered(host.broken, asked);
      const { answer, again } = await wire.attempt(asked, access, host, deadline.signal);
      if (again === undefined) return answer;
      const wait = waitBefore(tried, again.after, settings.fetchOptions.retry);
      const limited = answer.kind === 'failed' && answer.code === 'rate-limited';
      if (limited && wait === undefined) host.shut();
      // The others wait too, whether or not this request has a retry left.
      if (limited && wait !== undefined) host.pause(this.#sleep(wait));
      if (wait === undefined || tried >= settings.fetchOptions.retry.retries || deadline.signal.aborted) return answer;
      host.retried++;
      if (!limited && (await deadline.before(this.#sleep(wait)))) return answer;
    }
  }

  #hostOf(url: URL): HostBudget {
    let host = this.#hosts.get(url.origin);
    if (host === undefined) {
      host = new HostBudget(this.#options.requestsPerHost ?? 50_000, this.#options.breakAfter ?? 5);
      this.#hosts.set(url.origin, host);
    }
    return host;
  }
}

interface Running {
  readonly wire: Wire;
  readonly limit: (task: () => Promise<Answer>) => Promise<Answer>;
}

/** The time one request has. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #expired: Promise<true>;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), milliseconds);
    this.#expired = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(true), { once: true });
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for something; true where the time was over first. */
  before(something: Promise<void>): Promise<boolean> {
    return Promise.race([something.then(() => false), this.#expired]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function unanswered(code: FailureCode, asked: Asked): Answer {
  return failed(code, `${asked.url.origin} was given up after earlier requests failed`);
}

/** Does not keep the process alive: whoever waits has a deadline that does. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
