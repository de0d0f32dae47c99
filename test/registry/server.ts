/** A registry on the loopback interface, with the manners, good and bad, that a test gives it. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { gzipSync } from 'node:zlib';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly gzip?: boolean;
  /**
   * reset: the connection is cut before any answer. silent: no answer ever comes. stall: headers and half of the body, then
   * nothing more. cut: the same, and then the connection is cut. endless: zeros without end.
   */
  readonly fault?: 'reset' | 'silent' | 'stall' | 'cut' | 'endless';
}

export interface Description {
  /** By package name. */
  readonly packuments?: Readonly<Record<string, unknown>>;
  /** The document of keys. */
  readonly keys?: unknown;
  /** By name@version. */
  readonly attestations?: Readonly<Record<string, unknown>>;
  /** By path as it arrives (`/@scope%2fname`), before all others: one reply, or several in turn, the last of them for good. */
  readonly routes?: Readonly<Record<string, Reply | readonly Reply[]>>;
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Path the registry lies below, with slashes around it. */
  readonly base?: string;
  /** PEM; with both, the registry is an https one. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface LoopbackRegistry {
  /** http(s)://127.0.0.1:port/ and the base, if there is one. */
  readonly url: string;
  /** In the order they came. */
  readonly requests: readonly Request[];
  /** The most requests that were without an answer at one time. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

const ATTESTATIONS = '-/npm/v1/attestations/';

export async function startRegistry(description: Description = {}): Promise<LoopbackRegistry> {
  const requests: Request[] = [];
  let open = 0;
  let most = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    const earlier = requests.filter((other) => other.path === path).length;
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    most = Math.max(most, ++open);
    response.once('close', () => open--);
    const { latency = 0, headers } = description;
    const send = () => answer(response, replyTo(description, path, earlier), headers);
    if (latency > 0) setTimeout(send, latency);
    else send();
  };
  const { tls } = description;
  const server = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}${description.base ?? '/'}`,
    requests,
    mostAtOnce: () => most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function replyTo(description: Description, path: string, earlier: number): Reply {
  const { routes = {}, base = '/', packuments, attestations, keys } = description;
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route !== undefined)
    return isReply(route) ? route : (route[Math.min(earlier, route.length - 1)] ?? { status: 500 });
  const below = path.startsWith(base) ? path.slice(base.length) : undefined;
  if (below === '-/npm/v1/keys') return found(keys);
  if (below?.startsWith(ATTESTATIONS)) return own(attestations, below.slice(ATTESTATIONS.length));
  return below === undefined ? found(undefined) : own(packuments, below);
}

function isReply(route: Reply | readonly Reply[]): route is Reply {
  return !Array.isArray(route);
}

function own(documents: Readonly<Record<string, unknown>> | undefined, encoded: string): Reply {
  const name = decodeURIComponent(encoded);
  return found(documents !== undefined && Object.hasOwn(documents, name) ? documents[name] : undefined);
}

function found(document: unknown): Reply {
  return document === undefined ? { status: 404, body: { error: 'not found' } } : { body: document };
}

function answer(response: ServerResponse, reply: Reply, common: Readonly<Record<string, string>> = {}): void {
  const { status = 200, headers = {}, body = '', gzip = false, fault } = reply;
  if (fault === 'reset') {
    response.destroy();
    return;
  }
  if (fault === 'silent') return;
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const bytes = gzip ? gzipSync(text) : Buffer.from(text);
  const encoding = gzip ? { 'content-encoding': 'gzip' } : {};
  if (fault === 'endless') {
    response.writeHead(status, { ...common, ...encoding, ...headers });
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
    return;
  }
  const length = Object.hasOwn(headers, 'transfer-encoding') ? {} : { 'content-length': String(bytes.length) };
  response.writeHead(status, { ...length, ...common, ...encoding, ...headers });
  if (fault === undefined) response.end(bytes);
  else {
    response.write(bytes.subarray(0, bytes.length / 2), () => {
      if (fault === 'cut') response.destroy();
    });
  }
}
