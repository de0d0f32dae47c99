/**
 * Repositories by git and by the interfaces of GitHub and GitLab, cold and warm: requests and bytes of each, and the time
 * against the floor that latency sets, against a client that throws answers away, and against git alone.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { built } from './built.mjs';

const FLEET = new URL('../fixtures/acme', import.meta.url).pathname;
const HOST = new URL('./remote-host.mjs', import.meta.url).pathname;
/** Milliseconds before each answer. */
const LATENCY = 30;
/** Repositories that are fetched at one time, questions for refs, and requests to an interface, as src/sources has them. */
const FETCHED = 8;
const ASKED = 24;
const BY_INTERFACE = 5;
/** A second run in which nothing has changed, of the first. */
const WARM = 1 / 20;
const WARM_REQUESTS = 2;
/** Blobs that matter are far less than a clone of depth one. */
const BYTES = 0.5;

export async function measureRemote({ quick }) {
  const count = quick ? 24 : 300;
  const host = await startHost(count);
  try {
    return [...(await byGit(host, count)), ...(await byInterface(host, count))];
  } finally {
    await host.close();
  }
}

async function byGit(host, count) {
  const sources = host.names.map((name) => `git+${host.origin}/acme/${name}`);
  // So that the host has every answer at hand.
  await twice(host, sources, {});
  const { cold, warm } = await twice(host, sources, {});
  const urls = host.names.map((name) => `${host.origin}/acme/${name}`);
  const bare = await timed(() =>
    inFlight(urls, ASKED, (url) => thrownAway(`${url}/info/refs?service=git-upload-pack`)),
  );
  const listed = await timed(() =>
    inFlight(urls, FETCHED, (url) => promisify(execFile)('git', ['ls-remote', url, 'HEAD'])),
  );
  const clone = await cloned(host, urls[0]);
  const name = `remote: ${count} repositories by git, ${LATENCY} ms latency`;
  return [
    measure(`${name}: cold`, cold.ms, 'ms', cold.ms / floor(cold, FETCHED), 'the latency of its requests', null),
    measure(`${name}: warm`, warm.ms, 'ms', warm.ms / cold.ms, 'cold', WARM),
    measure(`${name}: warm`, warm.ms, 'ms', warm.ms / floor(warm, ASKED), 'the latency of its requests', null),
    measure(`${name}: warm`, warm.ms, 'ms', warm.ms / bare, 'the same requests, answers thrown away', null),
    measure(`${name}: warm`, warm.ms, 'ms', warm.ms / listed, 'git ls-remote for each', null),
    measure(`${name}: git ls-remote for each`, listed, 'ms', listed / cold.ms, 'cold', null),
    ...requestsOf(name, count, cold, warm),
    measure(
      `${name}: cold, bytes of each`,
      cold.bytes / count,
      'bytes',
      cold.bytes / count / clone,
      'a clone of depth one',
      BYTES,
    ),
  ];
}

async function byInterface(host, count) {
  const measures = [];
  for (const [of, source, env] of [
    ["GitHub's", 'github:acme', { GITHUB_API_URL: `${host.origin}/api/v3`, GITHUB_TOKEN: 'x' }],
    ["GitLab's", 'gitlab:acme', { CI_API_V4_URL: `${host.origin}/api/v4`, GITLAB_TOKEN: 'x' }],
  ]) {
    const { cold, warm } = await twice(host, [source], { env: { ...process.env, ...env } }, count);
    const name = `remote: ${count} repositories by ${of} interface, ${LATENCY} ms latency`;
    measures.push(
      measure(`${name}: cold`, cold.ms, 'ms', cold.ms / floor(cold, BY_INTERFACE), 'the latency of its requests', null),
      measure(`${name}: warm`, warm.ms, 'ms', warm.ms / cold.ms, 'cold', of === "GitHub's" ? WARM : null),
      measure(`${name}: warm`, warm.ms, 'ms', warm.ms / floor(warm, BY_INTERFACE), 'the latency of its requests', null),
      ...requestsOf(name, count, cold, warm),
    );
  }
  return measures;
}

function requestsOf(name, count, cold, warm) {
  return [
    measure(`${name}: cold, requests`, cold.requests, 'requests', cold.requests / count, 'one for each', null),
    measure(`${name}: warm, requests`, warm.requests, 'requests', warm.requests / count, 'one for each', WARM_REQUESTS),
    measure(`${name}: warm, bytes of each`, warm.bytes / count, 'bytes', warm.bytes / cold.bytes, 'cold', null),
  ];
}

/** Requests go out together, and none of them ends sooner than its answer. */
function floor({ requests }, atOnce) {
  return Math.ceil(requests / atOnce) * LATENCY;
}

/** A run on an empty cache, and another on what it left. */
async function twice(host, sources, settings, count = sources.length) {
  const cache = mkdtempSync(join(tmpdir(), 'spof-deps-bench-'));
  try {
    const cold = await opened(host, sources, { ...settings, cache }, count);
    const warm = await opened(host, sources, { ...settings, cache }, count);
    return { cold, warm };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

async function opened(host, sources, settings, count) {
  const { openSources } = await built('sources/index.js');
  await host.taken();
  const start = performance.now();
  const { lockfiles, diagnostics } = await openSources(sources, settings);
  const ms = performance.now() - start;
  const missing = diagnostics.filter(({ severity }) => severity === 'incomplete');
  if (lockfiles.length < count || missing.length > 0)
    throw new Error(`repositories were not read: ${JSON.stringify(missing.slice(0, 3))} ${lockfiles.length}`);
  return { ms, ...(await host.taken()) };
}

/** Bytes of what `git clone --depth 1` takes of one of them. */
async function cloned(host, url) {
  const directory = mkdtempSync(join(tmpdir(), 'spof-deps-bench-'));
  await host.taken();
  await promisify(execFile)('git', ['clone', '--quiet', '--bare', '--depth', '1', url, directory]);
  rmSync(directory, { recursive: true, force: true });
  return (await host.taken()).bytes;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function inFlight(items, atOnce, work) {
  const waiting = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const agent = new Agent({ keepAlive: true, maxSockets: ASKED });

async function thrownAway(url) {
  const [response] = await once(get(url, { agent }), 'response');
  response.resume();
  await once(response, 'end');
}

async function startHost(count) {
  const child = fork(HOST, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ask = async (message) => {
    child.send(message);
    const [answer] = await once(child, 'message');
    return answer;
  };
  const { origin, names } = await ask({ fleet: FLEET, count, latency: LATENCY });
  return {
    origin,
    names,
    /** What was asked since the last time. */
    taken: () => ask('taken'),
    async close() {
      agent.destroy();
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function measure(name, value, unit, ratio, against, target) {
  return { name, value, unit, ratio, against, target };
}
