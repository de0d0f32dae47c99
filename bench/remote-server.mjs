/** Repositories over smart HTTP on the loopback interface, each answer after some latency, with what was asked for counted. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files beside those that matter, as a repository of a service has them. */
const SOURCES = 200;
const LINES = 40;

/**
 * @param {string} fleet a directory of services, each of which becomes repositories
 * @param {number} count repositories
 * @param {number} latency milliseconds before each answer
 */
export async function serveRepositories(fleet, count, latency) {
  const root = mkdtempSync(join(tmpdir(), 'spof-deps-bench-'));
  const services = readdirSync(fleet, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (let at = 0; at < count; at++) {
    const service = join(fleet, services[at % services.length].name);
    makeRepository(join(root, `service-${at}`), { ...filesOf(service), 'README.md': `service ${at}` });
  }
  const counts = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    counts.requests++;
    setTimeout(() => answer(root, request, response, counts), latency);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    sources: Array.from({ length: count }, (_, at) => `git+http://127.0.0.1:${port}/service-${at}`),
    /** What was asked since the last time. */
    taken() {
      const taken = { ...counts };
      Object.assign(counts, { requests: 0, bytes: 0 });
      return taken;
    },
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function filesOf(directory) {
  const files = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.slice(directory.length + 1)] = readFileSync(path, 'utf8');
  }
  for (let at = 0; at < SOURCES; at++) files[`src/part-${at % 10}/file-${at}.js`] = sourceOf(at);
  return files;
}

/** Text that packs to about half, as code does. */
function sourceOf(seed) {
  return Array.from({ length: LINES }, (_, line) => createHash('sha256').update(`${seed} ${line}`).digest('hex')).join(
    '\n',
  );
}

function makeRepository(path, files) {
  mkdirSync(path);
  const git = (args, input = '') =>
    execFileSync('git', [`--git-dir=${path}`, ...args], { input, stdio: ['pipe', 'ignore', 'ignore'] });
  git(['init', '--bare', '--template=', '-b', 'main', path]);
  git(['config', 'uploadpack.allowFilter', 'true']);
  const entries = Object.entries(files).map(
    ([name, text]) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  git(
    ['fast-import', '--quiet'],
    `commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\n${entries.join('')}\n`,
  );
}

/** https://git-scm.com/docs/git-http-backend */
function answer(root, request, response, counts) {
  const [path, query = ''] = request.url.split('?');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: request.headers['git-protocol'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => {});
  request.pipe(backend.stdin);
  const pieces = [];
  backend.stdout.on('data', (piece) => pieces.push(piece));
  backend.stdout.on('end', () => {
    const bytes = Buffer.concat(pieces);
    const end = bytes.indexOf('\r\n\r\n');
    const fields = bytes.toString('latin1', 0, end).split('\r\n');
    const headers = Object.fromEntries(fields.map((line) => line.split(': ')));
    counts.bytes += bytes.length - end - 4;
    response.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers).end(bytes.subarray(end + 4));
  });
}
