/**
 * Snapshots of synthetic fleets: bytes per use, and writing, reading and merging in ratio to the audit of the same fleet. Each
 * step in a fresh process: `node snapshot.mjs STEP TARGET SOURCE...`
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { built } from './built.mjs';
import { writeFleet } from './synthetic.mjs';

const SHARDS = 4;
const MEGABYTES = 2048;

const STEPS = {
  /** Lockfiles to a snapshot. */
  async write(target, source) {
    const { NO_PLACES } = await built('locate.js');
    const { ran, ms } = await audited([source]);
    const { write } = await written(target, ran);
    const bare = await written(join(source, 'bare.spof'), { ...ran, places: NO_PLACES });
    return { ...countsOf(ran), audit: ms, write, bare: bare.write };
  },
  /** Lockfiles to the snapshots of shards, one after the other. */
  async shards(target, source) {
    for (let index = 1; index <= SHARDS; index++) {
      const { ran } = await audited([source], { shard: { index, of: SHARDS } });
      await written(join(target, `${index}.spof`), ran);
    }
    return {};
  },
  /** A snapshot to an audit. */
  async read(_, source) {
    const { readSnapshot } = await built('snapshot/read.js');
    const start = performance.now();
    readSnapshot(source);
    return { read: performance.now() - start };
  },
  async again(_, source) {
    const { ran, ms } = await audited([source]);
    return { ...countsOf(ran), audit: ms };
  },
  /** Snapshots of shards to one. */
  async merge(target, ...sources) {
    const { ran, ms } = await audited(sources, { joined: true });
    return { ...countsOf(ran), audit: ms, ...(await written(target, ran)) };
  },
};

async function audited(sources, options = {}) {
  const { run } = await built('run.js');
  const start = performance.now();
  const ran = await run({ sources, config: false, verify: false, ...options });
  return { ran, ms: performance.now() - start };
}

async function written(target, ran) {
  const { writeSnapshot } = await built('snapshot/write.js');
  const start = performance.now();
  writeSnapshot(target, ran);
  return { write: performance.now() - start };
}

function countsOf({ audit }) {
  return { services: audit.services.length, uses: audit.sizes.reduce((sum, size) => sum + size.components, 0) };
}

export async function measureSnapshot({ quick }) {
  const size = quick ? 1000 : 10_000;
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    await writeFleet(directory, size);
    const tables = join(directory, 'tables');
    const whole = await step('write', `${tables}/`, directory);
    const read = await step('read', '', tables);
    const again = await step('again', '', tables);
    await step('shards', directory, directory);
    const shards = Array.from({ length: SHARDS }, (_, at) => join(directory, `${at + 1}.spof`));
    const merged = await step('merge', join(directory, 'all.spof'), ...shards);
    if (merged.uses !== whole.uses || again.uses !== whole.uses) throw new Error('not the fleet that was written');
    const bytes = await bytesOf(tables);
    const of = bytesPerUse(whole, bytes);
    const against = 'the audit of the lockfiles';
    const memory = Math.max(whole.megabytes, again.megabytes, merged.megabytes);
    return [
      of('all tables', Object.keys(bytes)),
      of('graphs and components', GRAPHS),
      of('uses alone', ['uses']),
      measure('write', whole.write, whole.audit, against),
      measure('write, with the line of every entry', whole.write, whole.bare, 'writing without lines'),
      measure('read', read.read, whole.audit, against),
      measure('read and audit', again.audit, whole.audit, against),
      measure(`merge ${SHARDS} shards: read, audit, write`, merged.audit + merged.write, whole.audit, against),
      {
        name: 'snapshot: peak memory',
        value: memory,
        unit: 'MB',
        ratio: memory / MEGABYTES,
        against: '2 GB',
        target: 1,
      },
    ].map((result) => ({ ...result, name: result.name.replace(':', `: ${size} services,`) }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const GRAPHS = ['strings', 'components', 'lockfiles', 'projects', 'nodes', 'edges'];

async function bytesOf(directory) {
  const names = await readdir(directory);
  const sizes = names.map(async (name) => [name.replace('.parquet', ''), (await stat(join(directory, name))).size]);
  return Object.fromEntries(await Promise.all(sizes));
}

/** Against the four columns of a use as integers of four bytes: lockfile, node, component, flags. */
function bytesPerUse({ uses }, bytes) {
  return (what, tables) => {
    const each = tables.reduce((sum, table) => sum + bytes[table], 0) / uses;
    return {
      name: `snapshot: ${what}, ${uses} uses`,
      value: each,
      unit: 'bytes per use',
      ratio: each / 16,
      against: '16 bytes per use',
      target: null,
    };
  };
}

function measure(what, value, floor, against) {
  return { name: `snapshot: ${what}`, value, unit: 'ms', ratio: value / floor, against, target: null };
}

async function step(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), ...args]);
  return JSON.parse(stdout);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...rest] = process.argv.slice(2);
  const result = await STEPS[name](...rest);
  console.log(JSON.stringify({ ...result, megabytes: process.resourceUsage().maxRSS / 1024 }));
}
