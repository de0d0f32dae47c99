/**
 * A host of repositories in a process of its own, so that it takes nothing from what is measured: git over smart HTTP,
 * GitHub's interface below /api/v3, GitLab's below /api/v4. Each answer comes after some latency. What git answers is
 * made once, and given again to whoever asks the same: a real host is not on the cores of its client.
 *
 * Messages in: { fleet, count, latency } first, then 'taken', which says what was asked since, and starts anew. Every one
 * is answered by one message.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeRepositories } from './remote-repositories.mjs';

const root = mkdtempSync(join(tmpdir(), 'spof-deps-bench-'));
const PUSHED = '2026-01-01T00:00:00Z';
const PAGE = 100;
const made = new Map();
const blobs = new Map();
let repositories = [];
let latency = 0;
let counts = { requests: 0, bytes: 0 };

const server = createServer((request, response) => {
  counts.requests++;
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces);
    setTimeout(async () => {
      const { status = 200, headers = {}, bytes } = await answerTo(request, body);
      counts.bytes += bytes.length;
      response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
    }, latency);
  });
});
server.keepAliveTimeout = 60_000;

function answerTo(request, body) {
  const url = new URL(request.url, 'http://host.example');
  if (url.pathname.startsWith('/api/v3/')) return document(request, github(url));
  if (url.pathname.startsWith('/api/v4/')) return document(request, gitlab(url));
  const protocol = request.headers['git-protocol'] ?? '';
  const key = createHash('sha256').update(`${request.method} ${request.url} ${protocol}\n`).update(body).digest('hex');
  const answer = made.get(key) ?? byGit(request, url, protocol, body);
  made.set(key, answer);
  return answer;
}

/** https://git-scm.com/docs/git-http-backend */
function byGit(request, url, protocol, body) {
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: protocol,
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => {});
  backend.stdin.end(body);
  const pieces = [];
  backend.stdout.on('data', (piece) => pieces.push(piece));
  return new Promise((resolve) => {
    backend.stdout.on('end', () => {
      const whole = Buffer.concat(pieces);
      const end = whole.indexOf('\r\n\r\n');
      const fields = whole.toString('latin1', 0, end).split('\r\n');
      const headers = Object.fromEntries(fields.map((line) => line.split(': ')));
      resolve({ status: Number.parseInt(headers.Status ?? '200', 10), headers, bytes: whole.subarray(end + 4) });
    });
  });
}

/** With an entity tag, and compressed, as both hosts have it. */
function document(request, { value, link }) {
  const raw = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
  const etag = `W/"${createHash('sha256').update(raw).digest('hex')}"`;
  const headers = { etag, date: new Date().toUTCString(), ...(link ? { link } : {}) };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, bytes: Buffer.alloc(0) };
  return { headers: { ...headers, 'content-encoding': 'gzip' }, bytes: gzipSync(raw, { level: 1 }) };
}

function page(url, items) {
  const at = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(at + 1));
  const isLast = at * PAGE >= items.length;
  const link = isLast ? undefined : `<${origin()}${next.pathname}${next.search}>; rel="next"`;
  return { value: items.slice((at - 1) * PAGE, at * PAGE), link };
}

function github(url) {
  const [kind, , name, , what, id] = url.pathname.slice('/api/v3/'.length).split('/');
  if (kind === 'orgs') return page(url, repositories.map(githubRow));
  if (what === 'blobs') return { value: blobs.get(id) };
  const { commit, entries } = repositories.find((each) => each.name === name);
  const tree = entries.map(({ path, id: sha, text }) => ({
    path,
    mode: '100644',
    type: 'blob',
    sha,
    size: text.length,
  }));
  return { value: { sha: commit, url: `${origin()}/tree`, tree, truncated: false } };
}

function githubRow({ name }) {
  const row = { full_name: `acme/${name}`, default_branch: 'main', archived: false, fork: false, disabled: false };
  return { ...row, pushed_at: PUSHED, language: 'JavaScript', topics: [] };
}

function gitlab(url) {
  const [kind, number, , what, id] = url.pathname.slice('/api/v4/'.length).split('/');
  if (kind === 'groups') return page(url, repositories.map(gitlabRow));
  const { commit, entries } = repositories[Number(number) - 1];
  if (what === 'commits') return { value: { id: commit } };
  if (what === 'blobs') return { value: blobs.get(id) };
  return page(
    url,
    entries.map(({ path, id: blob }) => ({ path, id: blob, mode: '100644', type: 'blob' })),
  );
}

function gitlabRow({ name }, at) {
  const row = {
    id: at + 1,
    path_with_namespace: `acme/${name}`,
    default_branch: 'main',
    archived: false,
    empty_repo: false,
  };
  return { ...row, repository_access_level: 'enabled', last_activity_at: PUSHED, topics: [] };
}

function origin() {
  return `http://127.0.0.1:${server.address().port}`;
}

async function ready({ fleet, count, latency: milliseconds }) {
  repositories = makeRepositories(fleet, root, count);
  for (const { entries } of repositories) for (const { id, text } of entries) blobs.set(id, Buffer.from(text));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  latency = milliseconds;
  process.send({ origin: origin(), names: repositories.map(({ name }) => name) });
}

process.on('message', (message) => {
  if (message === 'taken') {
    process.send(counts);
    counts = { requests: 0, bytes: 0 };
  } else ready(message);
});
process.on('disconnect', () => {
  rmSync(root, { recursive: true, force: true });
  process.exit();
});
