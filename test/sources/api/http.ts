/** A host's interface on the loopback: what a test server shares, whatever it answers with. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../../src/hosts/gate.ts';

export interface Request {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** As it came. */
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
  /** `cut`: half of the body, then the connection ends. `reset`: no answer at all. */
  readonly fault?: 'cut' | 'reset';
}

export interface Loopback {
  readonly origin: string;
  /** In the order they came. */
  readonly requests: readonly Request[];
  /** Those since the last call. */
  taken(): readonly Request[];
  close(): Promise<void>;
}

/** @param answer to a request whose path is decoded no further than it came */
export async function startLoopback(answer: (request: Request, origin: string) => Reply): Promise<Loopback> {
  const requests: Request[] = [];
  let seen = 0;
  let origin = '';
  const server = createServer(async (incoming, response) => {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of incoming) pieces.push(piece);
    } catch {
      return;
    }
    const url = new URL(incoming.url ?? '/', origin);
    const request = {
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      method: incoming.method ?? 'GET',
      body: Buffer.concat(pieces),
    };
    requests.push(request);
    const { status, headers = {}, body = '', fault } = answer(request, origin);
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    const raw =
      typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    const packed = status === 200 && String(incoming.headers['accept-encoding']).includes('gzip');
    const bytes = packed ? gzipSync(raw) : raw;
    const length = String(bytes.length);
    response.writeHead(status, {
      ...headers,
      ...(packed ? { 'content-encoding': 'gzip' } : {}),
      'content-length': length,
    });
    if (fault === 'cut') response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    requests,
    taken() {
      const since = requests.slice(seen);
      seen = requests.length;
      return since;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Time that passes only where somebody sleeps. */
export class FakeClock implements Clock {
  time: number;
  readonly sleeps: number[] = [];

  constructor(start = Date.parse('2026-06-01T12:00:00Z')) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds);
    const until = this.time + milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
    this.time = Math.max(this.time, until);
  }
}

export function etag(body: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(body)).digest('hex')}"`;
}

/** One page of a list, with a Link header as GitHub and GitLab write it. */
export function pageOf<T>(
  items: readonly T[],
  { path, query }: Request,
  origin: string,
  most: number,
): { readonly items: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  const size = Math.min(Number(query.get('per_page') ?? 30), most);
  const page = Number(query.get('page') ?? 1);
  const to = (number: number, rel: string) => {
    const next = new URLSearchParams(query);
    next.set('page', String(number));
    return `<${origin}${path}?${next}>; rel="${rel}"`;
  };
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
  ];
  return {
    items: items.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}
