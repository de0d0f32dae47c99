/** One attempt at one address of an interface: sends it, follows what redirects may be followed, reads the answer. */
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Response } from 'make-fetch-happen';
import { collect } from '../network/body.ts';
import { lasting, shownCode, timedOut } from '../network/faults.ts';
import type { Fetch } from '../network/fetch.ts';
import type { WireOptions } from '../network/flat-options.ts';
import type { HostBudget } from '../network/host-budget.ts';
import { VERSION } from '../version.ts';
import { sameApi } from './address.ts';
import type { ApiHost } from './base.ts';
import type { Headers } from './limits.ts';

/** Of the user's npm configuration, beside the proxies of the environment. Certificates are always checked. */
export type Network = Partial<Pick<WireOptions, 'httpsProxy' | 'proxy' | 'noProxy' | 'ca' | 'localAddress'>>;

export interface ApiRequest {
  readonly url: URL;
  readonly accept: string;
  /** Bytes its body may take, after decompression. */
  readonly most: number;
  /** Entity tag of an answer at hand, which is asked for only if it has changed. */
  readonly etag?: string | undefined;
  /** JSON that is posted; without it the answer is only asked for. Never follows a redirect. */
  readonly json?: Uint8Array | undefined;
}

export type Attempt =
  | { readonly kind: 'ok'; readonly body: Buffer; readonly headers: Headers; readonly moved: boolean }
  | { readonly kind: 'unchanged'; readonly headers: Headers; readonly moved: boolean }
  /** `size`: bytes, where the server said so. */
  | { readonly kind: 'too-large'; readonly size: number | undefined; readonly headers: Headers }
  | { readonly kind: 'status'; readonly status: number; readonly headers: Headers; readonly body: string }
  | { readonly kind: 'redirected' }
  | { readonly kind: 'budget' }
  | { readonly kind: 'timeout' }
  /** `code`: of Node. */
  | { readonly kind: 'network'; readonly code: string | undefined; readonly lasting: boolean };

const ANSWERED: ReadonlySet<number> = new Set([200]);
const TAKEN: ReadonlySet<number> = new Set([200, 201, 202]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 3;
/** Bytes read of an answer that is only looked at for why it is none. */
const MOST_OF_ERROR = 64 * 1024;
const unpack = promisify(gunzip);

export class ApiWire {
  readonly #fetch: Fetch;
  readonly #host: ApiHost;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #timeout: number;

  /** @param timeout milliseconds that an attempt may take, its body included */
  constructor(fetch: Fetch, host: ApiHost, network: Network, timeout: number, sockets: number) {
    const { httpsProxy, proxy, noProxy, ca, localAddress } = network;
    this.#fetch = fetch;
    this.#host = host;
    this.#timeout = timeout;
    this.#options = {
      proxy: httpsProxy ?? proxy,
      noProxy,
      // What npm is told to trust instead of the usual authorities need not be what vouches for this host.
      ca: ca === undefined ? undefined : [...rootCertificates, ...(typeof ca === 'string' ? [ca] : ca)],
      localAddress,
      strictSSL: true,
      timeout,
      maxSockets: sockets,
      redirect: 'manual',
      retry: { retries: 0 },
      cache: 'no-store',
      compress: false,
    };
  }

  async attempt(request: ApiRequest, budget: HostBudget): Promise<Attempt> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#timeout);
    try {
      return await this.#follow(request, budget, abort);
    } catch (error) {
      if (timedOut(error) || abort.signal.aborted) return { kind: 'timeout' };
      return { kind: 'network', code: shownCode(error), lasting: lasting(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #follow(request: ApiRequest, budget: HostBudget, abort: AbortController): Promise<Attempt> {
    let { url } = request;
    for (let redirects = 0; ; redirects++) {
      if (!budget.spend()) return { kind: 'budget' };
      const response = await this.#send(request, url, abort.signal);
      const moved = redirects > 0;
      if (!REDIRECTS.has(response.status)) return read(response, request, moved, budget, abort);
      await errorText(response, budget, abort);
      // What is posted is for the address it was made for, and no other.
      const isFollowed = redirects < MOST_REDIRECTS && request.json === undefined;
      const next = isFollowed ? sameApi(this.#host.base, url, response.headers.get('location')) : undefined;
      if (next === undefined) return { kind: 'redirected' };
      url = next;
    }
  }

  #send({ accept, etag, json }: ApiRequest, url: URL, signal: AbortSignal): Promise<Response> {
    return this.#fetch(url.href, {
      ...this.#options,
      headers: {
        ...this.#host.headers,
        accept,
        'accept-encoding': 'gzip',
        'user-agent': `spof-deps/${VERSION}`,
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { method: 'POST', body: json }),
      signal,
    });
  }
}

async function read(
  response: Response,
  { most, etag, json }: ApiRequest,
  moved: boolean,
  budget: HostBudget,
  abort: AbortController,
): Promise<Attempt> {
  const { status, headers } = response;
  if (status === 304 && etag !== undefined) {
    await errorText(response, budget, abort);
    return { kind: 'unchanged', headers, moved };
  }
  if (!(json === undefined ? ANSWERED : TAKEN).has(status))
    return { kind: 'status', status, headers, body: await errorText(response, budget, abort) };
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  const announced = headers.get('content-length') ?? '';
  const size = encoding === '' && /^\d{1,15}$/.test(announced) ? Number(announced) : undefined;
  const bytes =
    size !== undefined && size > most
      ? undefined
      : response.body === null
        ? Buffer.alloc(0)
        : await collect(response.body, most);
  if (bytes === undefined) {
    abort.abort();
    return { kind: 'too-large', size, headers };
  }
  budget.bytes += bytes.length;
  if (encoding === '' || encoding === 'identity') return { kind: 'ok', body: bytes, headers, moved };
  if (encoding !== 'gzip') return { kind: 'status', status, headers, body: '' };
  try {
    return { kind: 'ok', body: await unpack(bytes, { maxOutputLength: most }), headers, moved };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'too-large', size: undefined, headers };
    return { kind: 'network', code: undefined, lasting: false };
  }
}

/** Read for its reason, and so that its connection can be used again; '' where it is long, or breaks off. */
async function errorText(response: Response, budget: HostBudget, abort: AbortController): Promise<string> {
  try {
    const bytes = response.body === null ? Buffer.alloc(0) : await collect(response.body, MOST_OF_ERROR);
    if (bytes !== undefined) {
      budget.bytes += bytes.length;
      const packed = response.headers.get('content-encoding') === 'gzip';
      return (packed ? await unpack(bytes, { maxOutputLength: MOST_OF_ERROR }) : bytes).toString();
    }
    abort.abort();
  } catch {
    // The status has said what there was to say.
  }
  return '';
}
