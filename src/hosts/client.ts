/** Asks the interface of one host, and posts to it: few requests at once, patient with limits, short with a dead host. */
import { HostBudget } from '../network/host-budget.ts';
import { retryAfter } from '../network/retry.ts';
import type { ApiHost } from './base.ts';
import type { HostFailure } from './failure.ts';
import { CLOCK, type Clock, Gate } from './gate.ts';
import { budgetOf, type Headers, limitedBy, lowerBudget, type ToldBudget } from './limits.ts';
import { Pace } from './pace.ts';
import { type ApiRequest, ApiWire, type Attempt, type Network } from './wire.ts';

export interface ClientOptions {
  /** Requests in flight. GitHub advises few. */
  readonly concurrency?: number | undefined;
  /** Requests of a run. */
  readonly requests?: number | undefined;
  /** Further tries of a request that the server fails at. */
  readonly retries?: number | undefined;
  /** Milliseconds that a run may wait for limits in total. */
  readonly patience?: number | undefined;
  /** Milliseconds of one attempt. */
  readonly timeout?: number | undefined;
  /** What may be posted in any hour, where the host refuses more and its headers say nothing of it. */
  readonly postsPerHour?: number | undefined;
  readonly network?: Network | undefined;
  readonly clock?: Clock | undefined;
  /** Called with the milliseconds of a wait for limits when it begins. */
  readonly onWait?: ((milliseconds: number) => void) | undefined;
}

/** What a run asked, and how much it may still ask as far as the server says. */
export interface ApiStats {
  readonly requests: number;
  readonly retried: number;
  /** Of bodies as they came, compressed. */
  readonly bytes: number;
  /** Answers that had not changed. */
  readonly unchanged: number;
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
}

export type ApiAnswer =
  | { readonly kind: 'ok'; readonly body: Buffer; readonly headers: Headers; readonly moved: boolean }
  | { readonly kind: 'unchanged'; readonly headers: Headers; readonly moved: boolean }
  | { readonly kind: 'too-large'; readonly size: number | undefined }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly failure: HostFailure };

/** What changes something counts as so many requests: GitHub, "Calculating points for the secondary rate limit". */
const POST_POINTS = 5;
/** GitHub wants so long between such requests. */
const BETWEEN_POSTS = 1000;
const HOUR = 60 * 60_000;
/** A shorter wait for the hour is one more of the pace: there is one before each post once the hour is full. */
const WORTH_TELLING = 60_000;
/** A little more than the hour after which GitHub's primary limit is full again. */
const PATIENCE = 65 * 60_000;
/** Without a token a host takes so little that waiting for more is no way to read an organisation. */
const PATIENCE_WITHOUT_TOKEN = 60_000;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 60_000;
/** A request that is refused for asking too often is not repeated for ever. */
const MOST_REFUSALS = 8;
const BREAK_AFTER = 5;

export class ApiClient {
  readonly #options: ClientOptions;
  readonly #host: ApiHost;
  readonly #clock: Clock;
  readonly #budget: HostBudget;
  readonly #gate: Gate;
  readonly #pace: Pace;
  readonly #posts: Pace;
  readonly #hourly: Pace;
  #seen: ToldBudget | undefined;
  #unchanged = 0;
  #started: Promise<Running> | undefined;

  constructor(host: ApiHost, options: ClientOptions) {
    this.#host = host;
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
    this.#budget = new HostBudget(options.requests ?? 1_000_000, BREAK_AFTER);
    this.#pace = new Pace(this.#clock, host.perMinute);
    this.#posts = new Pace(this.#clock, host.perMinute === undefined ? undefined : 1, BETWEEN_POSTS);
    this.#hourly = new Pace(this.#clock, options.postsPerHour, HOUR);
    this.#gate = new Gate(
      this.#clock,
      options.patience ?? (host.hasToken ? PATIENCE : PATIENCE_WITHOUT_TOKEN),
      options.onWait,
    );
  }

  get stats(): ApiStats {
    const { requests, retried, bytes } = this.#budget;
    return {
      requests,
      retried,
      bytes,
      unchanged: this.#unchanged,
      limit: this.#seen?.limit,
      remaining: this.#seen?.remaining,
    };
  }

  /** Asks. Never rejects for what a server or the network does. */
  get(request: Omit<ApiRequest, 'json'>): Promise<ApiAnswer> {
    return this.#answered(request);
  }

  /**
   * Posts, and does so again where the server fails or does not answer in time, when it may have been taken already: only
   * for what a second time replaces. Never rejects for what a server or the network does.
   */
  post(request: ApiRequest & Required<Pick<ApiRequest, 'json'>>): Promise<ApiAnswer> {
    return this.#answered(request);
  }

  async #answered(request: ApiRequest): Promise<ApiAnswer> {
    this.#started ??= this.#start();
    const { wire, limit } = await this.#started;
    return limit(async () => {
      const answer = await this.#ask(wire, request);
      if (answer.kind === 'unchanged') this.#unchanged++;
      return answer;
    });
  }

  async #start(): Promise<Running> {
    const [{ default: fetch }, { default: pLimit }] = await Promise.all([
      import('make-fetch-happen'),
      import('p-limit'),
    ]);
    const { concurrency = 5, network = {}, timeout = 120_000 } = this.#options;
    return { wire: new ApiWire(fetch, this.#host, network, timeout, concurrency), limit: pLimit(concurrency) };
  }

  async #ask(wire: ApiWire, request: ApiRequest): Promise<ApiAnswer> {
    const { retries = 2 } = this.#options;
    let refusals = 0;
    for (let tried = 0; ; ) {
      await this.#turn(request);
      if (this.#budget.broken !== undefined) return failed(gaveUp(this.#budget.broken));
      const { generation } = this.#gate;
      const attempt = await wire.attempt(request, this.#budget);
      if (this.#isLimited(attempt, generation)) {
        if (this.#budget.broken !== undefined || ++refusals > MOST_REFUSALS) return failed(tooOften());
      } else {
        const delay = tried < retries ? delayOf(attempt, tried, this.#clock.now()) : undefined;
        if (delay === undefined) return this.#ended(attempt);
        tried++;
        await this.#clock.sleep(delay);
      }
      this.#budget.retried++;
    }
  }

  async #turn({ json }: ApiRequest): Promise<void> {
    if (json !== undefined) {
      await this.#posts.turn();
      for (let left = this.#hourly.left(); left > 0; left = this.#hourly.left()) {
        if (left < WORTH_TELLING) await this.#clock.sleep(left);
        else if (!this.#gate.hold(left)) return this.#budget.shut();
        await this.#gate.opened();
      }
      this.#hourly.count();
    }
    for (let points = json === undefined ? 1 : POST_POINTS; points > 0; points--) await this.#pace.turn();
    await this.#gate.opened();
  }

  /** Whether the server wants fewer requests; holds all others too, or gives the host up. */
  #isLimited(attempt: Attempt, generation: number): boolean {
    if (!('headers' in attempt)) return false;
    const now = this.#clock.now();
    const seen = budgetOf(attempt.headers, now);
    if (seen.remaining !== undefined) this.#seen = lowerBudget(this.#seen, { ...seen, at: now });
    const limited =
      attempt.kind === 'status' ? limitedBy(attempt.status, attempt.headers, attempt.body, now) : undefined;
    if (limited) {
      if (!this.#gate.refused(generation, limited.wait)) this.#budget.shut();
      return true;
    }
    this.#gate.passed(generation);
    // The last one of this hour: the next would be refused.
    if (seen.remaining === 0 && seen.resetIn !== undefined && !this.#gate.hold(seen.resetIn)) this.#budget.shut();
    return false;
  }

  #ended(attempt: Attempt): ApiAnswer {
    const answer = answerOf(attempt);
    if (answer.kind !== 'failed') this.#budget.ended(undefined);
    else if (attempt.kind === 'timeout') this.#budget.ended('timeout');
    else this.#budget.ended(attempt.kind === 'network' ? 'network' : 'server');
    return answer;
  }
}

interface Running {
  readonly wire: ApiWire;
  readonly limit: (task: () => Promise<ApiAnswer>) => Promise<ApiAnswer>;
}

/** Milliseconds before another try, undefined where none would help. */
function delayOf(attempt: Attempt, tried: number, now: number): number | undefined {
  const delay = FIRST_DELAY * 4 ** tried;
  if (attempt.kind === 'timeout') return delay;
  if (attempt.kind === 'network') return attempt.lasting ? undefined : delay;
  if (attempt.kind !== 'status' || !isPassing(attempt.status)) return undefined;
  return Math.min(retryAfter(attempt.headers.get('retry-after'), now) ?? delay, LONGEST_DELAY);
}

function isPassing(status: number): boolean {
  return status === 408 || status >= 500;
}

function answerOf(attempt: Attempt): ApiAnswer {
  switch (attempt.kind) {
    case 'ok':
    case 'unchanged':
    case 'too-large':
      return attempt;
    case 'status': {
      const { status, body } = attempt;
      if (status >= 400 && !isPassing(status)) return { kind: 'refused', status, body };
      return failed({ kind: 'unreachable', detail: `the server answered ${status}` });
    }
    case 'timeout':
      return failed({ kind: 'timeout' });
    case 'redirected':
      return failed({ kind: 'redirected', detail: 'a redirect to elsewhere, which is not followed' });
    case 'budget':
      return failed({ kind: 'rate-limited', detail: 'all requests of a run are made' });
    case 'network':
      return failed({ kind: 'unreachable', detail: attempt.code });
  }
}

function gaveUp(code: string): HostFailure {
  if (code === 'rate-limited') return tooOften();
  return { kind: 'unreachable', detail: 'the host was given up after earlier requests failed' };
}

function tooOften(): HostFailure {
  return { kind: 'rate-limited', detail: 'it wants to be left alone for longer than a run waits' };
}

function failed(failure: HostFailure): ApiAnswer {
  return { kind: 'failed', failure };
}
