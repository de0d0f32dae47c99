/** One attempt at one address: sends it, follows what redirects may be followed, and reads the answer. */
import type { Response } from 'make-fetch-happen';
import { type Answer, type Failure, failed } from '../network/answer-kinds.ts';
import { collect, decode, tooLarge } from '../network/body.ts';
import { lasting, shownCode, timedOut } from '../network/faults.ts';
import type { Fetch } from '../network/fetch.ts';
import type { WireOptions } from '../network/flat-options.ts';
import type { HostBudget } from '../network/host-budget.ts';
import type { Access } from '../network/npm-config.ts';
import { retryAfter } from '../network/retry.ts';
import { VERSION } from '../version.ts';
import { redirected } from './address.ts';
import { validityOf } from './validity.ts';

export interface Asked {
  readonly registry: string;
  readonly url: URL;
  readonly accept: string;
  /** Bytes its text may take. */
  readonly most: number;
  /** Entity tag of an answer at hand, which is asked for only if it has changed. */
  readonly etag: string | undefined;
}

export interface Outcome {
  readonly answer: Answer;
  /** Set where asking again may help; `after`: milliseconds the server asked to wait. */
  readonly again?: { readonly after: number | undefined };
}

type Hop = Outcome | { readonly location: string | null };

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 3;
const ABSENT: ReadonlySet<number> = new Set([404, 405, 410]);
/** Read of a body that nobody wants, so that its connection can be used again. */
const DRAIN = 64 * 1024;
export class Wire {
  readonly #fetch: Fetch;
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(fetch: Fetch, options: WireOptions, sockets: number) {
    this.#fetch = fetch;
    this.#options = {
      proxy: options.httpsProxy ?? options.proxy,
      noProxy: options.noProxy,
      ca: options.ca,
      localAddress: options.localAddress,
      strictSSL: options.strictSSL,
      timeout: options.timeout,
      maxSockets: sockets,
      redirect: 'manual',
      // Its retries know nothing of Retry-After, nor of the other requests to the host.
      retry: { retries: 0 },
      compress: false,
    };
  }

  /** @param expired ends the attempt, as a timeout */
  async attempt(asked: Asked, access: Access, host: HostBudget, expired: AbortSignal): Promise<Outcome> {
    let { url } = asked;
    for (let redirects = 0; ; redirects++) {
      const outcome = await this.#hop(asked, url, access, host, expired);
      if (!('location' in outcome)) return outcome;
      const next = redirects < MOST_REDIRECTS ? redirected(asked.registry, url, outcome.location) : undefined;
      if (next === undefined) {
        return { answer: failed('redirected', `${who(asked)} redirects to elsewhere, or too often`) };
      }
      url = next;
    }
  }

  async #hop(asked: Asked, url: URL, access: Access, host: HostBudget, expired: AbortSignal): Promise<Hop> {
    const abort = new AbortController();
    const end = () => abort.abort();
    expired.addEventListener('abort', end, { once: true });
    if (expired.aborted) end();
    try {
      return await this.#send(asked, url, access, host, abort);
    } finally {
      expired.removeEventListener('abort', end);
    }
  }

  async #send(asked: Asked, url: URL, access: Access, host: HostBudget, abort: AbortController): Promise<Hop> {
    if (!host.spend()) return { answer: failed('budget', `${who(asked)} has had all the requests of a run`) };
    let response: Response;
    try {
      response = await this.#fetch(url.href, {
        ...this.#options,
        cert: access.cert,
        key: access.key,
        headers: {
          accept: asked.accept,
          'accept-encoding': 'gzip',
          'user-agent': `spof-deps/${VERSION}`,
          ...(access.authorization === undefined ? {} : { authorization: access.authorization }),
          ...(asked.etag === undefined ? {} : { 'if-none-match': asked.etag }),
        },
        signal: abort.signal,
      });
    } catch (error) {
      return unreached(error, asked);
    }
    if (response.status === 304 && asked.etag !== undefined) {
      host.bytes += await drained(response, abort);
      const validity = validityOf(headersOf(response));
      return { answer: { kind: 'unchanged', ...(validity && { validity }) } };
    }
    if (response.status !== 200) {
      host.bytes += await drained(response, abort);
      return REDIRECTS.has(response.status)
        ? { location: response.headers.get('location') }
        : statusOutcome(response, asked);
    }
    try {
      return await body(response, asked, abort, host);
    } catch (error) {
      if (timedOut(error)) return timeout(asked);
      return {
        answer: failed('truncated', `${who(asked)} broke off in the middle of an answer`),
        again: { after: undefined },
      };
    }
  }
}

async function body(response: Response, asked: Asked, abort: AbortController, host: HostBudget): Promise<Outcome> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  const bytes = announced > asked.most || response.body === null ? undefined : await collect(response.body, asked.most);
  if (bytes === undefined) {
    abort.abort();
    return { answer: tooLarge(who(asked), asked.most) };
  }
  host.bytes += bytes.length;
  const text = await decode(bytes, response.headers.get('content-encoding'), asked.most, who(asked));
  if (typeof text === 'string') {
    const validity = validityOf(headersOf(response));
    return { answer: { kind: 'ok', text, ...(validity && { validity }) } };
  }
  return text.code === 'truncated' ? { answer: text, again: { after: undefined } } : { answer: text };
}

function statusOutcome(response: Response, asked: Asked): Outcome {
  const { status } = response;
  if (ABSENT.has(status)) return { answer: { kind: 'absent', status } };
  const again = { after: retryAfter(response.headers.get('retry-after'), Date.now()) };
  if (status === 429) return { answer: failed('rate-limited', `${who(asked)} wants fewer requests (429)`), again };
  const answer: Failure = failed('server', `${who(asked)} answered ${status}`);
  if (status === 408 || status >= 500) return { answer, again };
  return { answer: status >= 400 ? { kind: 'refused', status } : answer };
}

/** Those that say how long an answer holds. */
function headersOf({ headers }: Response): Record<string, string> {
  const names = ['cache-control', 'expires', 'age', 'date', 'vary', 'etag', 'pragma'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

async function drained(response: Response, abort: AbortController): Promise<number> {
  try {
    const bytes = response.body === null ? Buffer.alloc(0) : await collect(response.body, DRAIN);
    if (bytes !== undefined) return bytes.length;
  } catch {
    // The status has said what there was to say.
  }
  abort.abort();
  return 0;
}

function unreached(error: unknown, asked: Asked): Outcome {
  if (timedOut(error)) return timeout(asked);
  const code = shownCode(error);
  const answer = failed('network', `${who(asked)} cannot be reached${code === undefined ? '' : ` (${code})`}`);
  return lasting(error) ? { answer } : { answer, again: { after: undefined } };
}

function timeout(asked: Asked): Outcome {
  return { answer: failed('timeout', `${who(asked)} did not answer in time`), again: { after: undefined } };
}

function who({ registry }: Asked): string {
  return new URL(registry).origin;
}
