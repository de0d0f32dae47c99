/** Git servers on the loopback interface: smart HTTP through `git http-backend`, and `git daemon`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gitEnv } from './made.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  /** What asks, as it calls itself. */
  readonly agent: string;
  /** Of the answer's body. */
  bytes: number;
}

/** What is done with the requests below a first directory; otherwise they are answered. */
export interface Manners {
  /** `user:password` that is asked for. */
  readonly password?: string;
  readonly status?: number;
  /** So many answers with 502 before the others; with this status instead, and a wait of no seconds. */
  readonly failing?: number;
  readonly failure?: number;
  readonly silent?: boolean;
  /** Another place, put before the path. */
  readonly moved?: string;
  /** Speaks the protocol of before 2018. */
  readonly old?: boolean;
  /** Gives no history but all of it. */
  readonly deep?: boolean;
  /** Said by the server on the side, for its user to read. */
  readonly body?: string;
  /** What is answered to a question for refs in the place of what it is. */
  readonly refs?: { readonly type?: string; readonly body: string | Uint8Array };
}

export interface GitServer {
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly host: string;
  readonly requests: readonly Request[];
  close(): Promise<void>;
}

/** @param root the repositories; @param manners by the first directory of the path */
export async function serveHttp(root: string, manners: Readonly<Record<string, Manners>> = {}): Promise<GitServer> {
  const requests: Request[] = [];
  const failed = new Map<string, number>();
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const [, first = ''] = url.split('/');
    const { authorization } = request.headers;
    const seen: Request = {
      method: request.method ?? '',
      path: url,
      authorization,
      agent: request.headers['user-agent'] ?? '',
      bytes: 0,
    };
    requests.push(seen);
    const wanted = manners[first] ?? {};
    const failures = failed.get(first) ?? 0;
    if (wanted.silent) return;
    if (wanted.moved !== undefined) {
      response.writeHead(301, { location: wanted.moved + url.slice(first.length + 1) }).end();
    } else if (wanted.status !== undefined) response.writeHead(wanted.status).end(wanted.body ?? '');
    else if (failures < (wanted.failing ?? 0)) {
      failed.set(first, failures + 1);
      response.writeHead(wanted.failure ?? 502, { 'retry-after': '0' }).end();
    } else if (wanted.password !== undefined && authorization !== basic(wanted.password)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else if (wanted.refs && url.includes('info/refs') && !request.headers['git-protocol']) {
      const { type = 'application/x-git-upload-pack-advertisement', body } = wanted.refs;
      response.writeHead(200, { 'content-type': type }).end(body);
    } else answer(root, request, response, seen, wanted);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function basic(password: string): string {
  return `Basic ${Buffer.from(password).toString('base64')}`;
}

/** https://git-scm.com/docs/git-http-backend and RFC 3875. */
function answer(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  seen: Request,
  manners: Manners,
): void {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const protocol = request.headers['git-protocol'];
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...gitEnv(),
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
      ...(request.headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] } : {}),
      ...(typeof protocol === 'string' && !manners.old ? { GIT_PROTOCOL: protocol } : {}),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => {});
  request.pipe(backend.stdin);
  let head: Buffer | undefined = Buffer.alloc(0);
  backend.stdout.on('data', (piece: Buffer) => {
    let body = piece;
    if (head) {
      head = Buffer.concat([head, piece]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      const fields = head
        .toString('latin1', 0, end)
        .split('\r\n')
        .map((line) => line.split(': '));
      const headers = Object.fromEntries(fields);
      response.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers);
      body = head.subarray(end + 4);
      // As long as it was: the lines of what it can do say their lengths.
      if (manners.deep && path.endsWith('info/refs')) {
        body = Buffer.from(body.toString('latin1').replaceAll('shallow', 'nothing'), 'latin1');
      }
      head = undefined;
    }
    seen.bytes += body.length;
    response.write(body);
  });
  backend.stdout.on('end', () => response.end());
}

/** `git daemon` for all repositories below a directory: git://127.0.0.1:port */
export async function serveDaemon(root: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const port = await freePort();
  const args = ['daemon', '--listen=127.0.0.1', `--port=${port}`, '--export-all', '--reuseaddr', `--base-path=${root}`];
  const daemon: ChildProcess = spawn('git', args, { env: gitEnv(), stdio: 'ignore', detached: true });
  for (let tries = 0; !(await isOpen(port)); tries++) {
    if (tries > 100) throw new Error('git daemon does not start');
    await sleep(50);
  }
  return {
    url: `git://127.0.0.1:${port}`,
    async close() {
      const ended = once(daemon, 'close');
      process.kill(-daemon.pid!, 'SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = socket.address();
  socket.close();
  await once(socket, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function isOpen(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.end());
  });
}
