/** Evidence for a fleet from a registry that takes its time: requests, wall time, a second run, and npm's own command. */
import { execFile } from 'node:child_process';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { measureBundles } from './evidence-bundles.mjs';
import { signedFleet } from './evidence-fleet.mjs';
import { auditSignatures } from './evidence-npm.mjs';
import { median } from './race.mjs';

const CHILD = fileURLToPath(new URL('evidence-child.mjs', import.meta.url));
/** Milliseconds before each answer of the registry. */
const LATENCY = 30;
/** Requests that our client has in flight. */
const CONCURRENCY = 20;
const WALL = 2;
const SECOND = 20;

export async function measureEvidence({ quick }) {
  const bundles = await measureBundles({ quick });
  const services = quick ? 60 : 500;
  const fleet = await signedFleet(services, LATENCY);
  try {
    return [...bundles, ...(await measureFleet(fleet, services, quick))];
  } finally {
    fleet.close();
  }
}

async function measureFleet(fleet, services, quick) {
  const bare = await bareClient(fleet);
  const first = await verified(fleet);
  const seconds = [];
  for (let round = 0; round < (quick ? 1 : 3); round++) seconds.push(await verified(fleet));
  const second = median(seconds.map(({ ms }) => ms));
  const npm = await auditSignatures(fleet, quick ? 1 : 3);

  const { attested, before } = fleet.sizes;
  const packages = fleet.packages.size;
  const floor = (LATENCY * first.asked) / CONCURRENCY;
  const again = Math.max(...seconds.map(({ asked }) => asked));
  const measures = [
    {
      name: `evidence: ${services} services, ${packages} packages, ${fleet.sizes.pinned} releases: requests`,
      value: first.asked,
      unit: `requests, ${first.repeated} of them for the same again`,
      ratio: first.asked / (packages + attested),
      against: `${packages} packages and ${attested} attested releases`,
      target: 1,
    },
    {
      name: 'evidence: the same, with the releases they are compared with',
      value: first.asked,
      unit: 'requests',
      ratio: first.asked / (packages + attested + before),
      against: `these and ${before} attested releases before them`,
      target: 1,
    },
    {
      name: `evidence: first run, ${LATENCY} ms latency`,
      value: first.ms,
      unit: 'ms',
      ratio: first.ms / floor,
      against: `latency x requests / ${CONCURRENCY}, ${floor.toFixed(0)} ms`,
      target: WALL,
    },
    {
      name: 'evidence: first run, per request',
      value: first.ms / first.asked,
      unit: 'ms',
      ratio: first.ms / first.asked / bare,
      against: `a client that throws all answers away, ${bare.toFixed(2)} ms (${(LATENCY / CONCURRENCY).toFixed(2)} without any work)`,
      target: null,
    },
    {
      name: `evidence: second run, ${again} requests`,
      value: second,
      unit: 'ms',
      ratio: second / first.ms,
      against: 'the first run',
      target: 1 / SECOND,
    },
    {
      name: 'evidence: peak memory of the first run',
      value: first.megabytes,
      unit: 'MB',
      ratio: first.megabytes / 2048,
      against: '2 GB',
      target: 1,
    },
  ];
  return npm === undefined ? measures : [...measures, ...againstNpm(npm, first, services)];
}

/** Milliseconds per request of a client that asks for everything and throws it away: what the machine and the registry allow. */
async function bareClient(fleet) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const waiting = (await fleet.paths()).values();
  let asked = 0;
  const lane = async () => {
    for (const path of waiting) {
      asked++;
      await new Promise((resolve, reject) => {
        const url = new URL(path.replace(/(?<=^\/@[^/]+)\//, '%2f'), fleet.url);
        get(url, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
      });
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  agent.destroy();
  return (performance.now() - start) / asked;
}

/** Our one run for the fleet, against npm's for a service times their number. */
function againstNpm(npm, first, services) {
  const mean = (of) => npm.reduce((sum, run) => sum + of(run), 0) / npm.length;
  const each = mean(({ ms }) => ms);
  const requests = mean((run) => run.requests);
  const sample = `npm audit signatures for each of ${services} services (measured on ${npm.length}, of`;
  return [
    {
      name: 'evidence: the whole command, first run',
      value: first.whole,
      unit: 'ms',
      ratio: first.whole / (each * services),
      against: `${sample} ${each.toFixed(0)} ms each)`,
      target: 1,
    },
    {
      name: 'evidence: requests, first run',
      value: first.asked,
      unit: 'requests',
      ratio: first.asked / (requests * services),
      against: `${sample} ${requests.toFixed(0)} requests and ${mean((run) => run.verified).toFixed(0)} packages each)`,
      target: 1,
    },
  ];
}

/** One run of a user with the fleet's npm configuration and cache; throws where it is not all verified. */
async function verified(fleet) {
  const env = {
    ...process.env,
    HOME: fleet.directory,
    XDG_CACHE_HOME: join(fleet.directory, 'cache'),
    npm_config_registry: fleet.url,
    npm_config_userconfig: join(fleet.directory, 'npmrc'),
  };
  await fleet.counts();
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, fleet.fleet, JSON.stringify(fleet.trust)], {
    env,
  });
  const whole = performance.now() - start;
  const { packages, attestations, keys, unknown, repeated } = await fleet.counts();
  const run = JSON.parse(stdout);
  const wrong = [...run.incomplete, ...Object.keys(run.states).filter((state) => WRONG.test(state))];
  if (wrong.length > 0 || unknown > 0) throw new Error(`evidence: not all verified: ${wrong}; ${unknown} unknown`);
  return { ...run, whole, asked: packages + attestations + keys, repeated };
}

/** Verdicts that a fleet and a registry in order give no cause for. */
const WRONG = / (?:bad-|other-|wrong-|unknown-|key-|failed|not-served|not-signed|none-served|.*differs|.*-unknown$)/;
