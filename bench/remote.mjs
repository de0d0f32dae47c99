/** Repositories by git, cold and warm: requests and bytes of each, and the time against the floor that latency sets. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { built } from './built.mjs';
import { serveRepositories } from './remote-server.mjs';

const FLEET = new URL('../fixtures/acme', import.meta.url).pathname;
/** Milliseconds before each answer. */
const LATENCY = 30;
/** Repositories that are read at one time. */
const AT_ONCE = 8;
/** Blobs that matter are far less than a clone of depth one. */
const BYTES = 0.5;
const WARM_REQUESTS = 2;

export async function measureRemote({ quick }) {
  const count = quick ? 24 : 300;
  const server = await serveRepositories(FLEET, count, LATENCY);
  const cache = mkdtempSync(join(tmpdir(), 'spof-deps-bench-'));
  try {
    const cold = await opened(server, cache);
    const warm = await opened(server, cache);
    const clone = await cloned(server, join(cache, 'clone'));
    const floor = ({ requests }) => (requests * LATENCY) / AT_ONCE;
    const name = `remote: ${count} repositories by git, ${LATENCY} ms latency`;
    return [
      measure(`${name}: cold, wall time`, cold.ms, 'ms', cold.ms / floor(cold), 'the latency of its requests', null),
      measure(`${name}: warm, wall time`, warm.ms, 'ms', warm.ms / floor(warm), 'the latency of its requests', null),
      measure(`${name}: warm`, warm.ms, 'ms', warm.ms / cold.ms, 'cold', null),
      measure(
        `${name}: cold, requests`,
        cold.requests,
        'requests',
        cold.requests / count,
        'one for each repository',
        null,
      ),
      measure(
        `${name}: warm, requests`,
        warm.requests,
        'requests',
        warm.requests / count,
        'one for each repository',
        WARM_REQUESTS,
      ),
      measure(
        `${name}: cold, bytes of a repository`,
        cold.bytes / count,
        'bytes',
        cold.bytes / count / clone,
        'a clone of depth one',
        BYTES,
      ),
      measure(
        `${name}: warm, bytes of a repository`,
        warm.bytes / count,
        'bytes',
        warm.bytes / cold.bytes,
        'cold',
        null,
      ),
    ];
  } finally {
    server.close();
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Bytes of what `git clone --depth 1` takes of one of them. */
async function cloned(server, directory) {
  server.taken();
  const url = server.sources[0].slice('git+'.length);
  await promisify(execFile)('git', ['clone', '--quiet', '--bare', '--depth', '1', url, directory]);
  return server.taken().bytes;
}

function measure(name, value, unit, ratio, against, target) {
  return { name, value, unit, ratio, against, target };
}

async function opened(server, cache) {
  const { openSources } = await built('sources/index.js');
  server.taken();
  const start = performance.now();
  const { lockfiles, diagnostics } = await openSources(server.sources, { cache });
  const ms = performance.now() - start;
  const missing = diagnostics.filter(({ severity }) => severity === 'incomplete');
  if (lockfiles.length < server.sources.length || missing.length > 0) throw new Error('repositories were not read');
  return { ms, ...server.taken() };
}
