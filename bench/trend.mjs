/**
 * A history of a synthetic fleet: reading one of its snapshots for the trend in ratio to auditing it again, and the memory of
 * a whole year. Each step in a fresh process: `node trend.mjs STEP TARGET SOURCE`
 */
import { execFile } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { built } from './built.mjs';
import { writeFleet } from './synthetic.mjs';

const RUNS = 365;
const FEW = 30;
const DAY = 24 * 60 * 60 * 1000;
const MEGABYTES = 2048;
/** Most of the time of an audit that a snapshot may take. */
const TARGET = 0.1;

const STEPS = {
  /** Lockfiles to a snapshot. */
  async write(target, source) {
    const [{ run }, { writeSnapshot }] = await Promise.all(['run.js', 'snapshot/write.js'].map(built));
    const ran = await run({ sources: [source], config: false, verify: false });
    writeSnapshot(`${target}/`, ran);
    return { services: ran.audit.services.length };
  },
  /** A snapshot to an audit. */
  async again(_, source) {
    const { run } = await built('run.js');
    const start = performance.now();
    await run({ sources: [source], config: false, verify: false });
    return { ms: performance.now() - start };
  },
  /** A folder to a trend. */
  async trend(_, source) {
    const { readHistory } = await built('snapshot/history.js');
    const start = performance.now();
    const { runs } = readHistory([source], { top: 5 });
    return { ms: performance.now() - start, runs: runs.length };
  },
};

export async function measureTrend({ quick }) {
  const size = quick ? 100 : 1000;
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    await writeFleet(directory, size);
    const tables = join(directory, 'tables');
    await step('write', tables, directory);
    const again = await step('again', '', tables);
    await copies(tables, join(directory, 'few'), FEW);
    await copies(tables, join(directory, 'year'), RUNS);
    const few = await step('trend', '', join(directory, 'few'));
    const year = await step('trend', '', join(directory, 'year'));
    if (few.runs !== FEW || year.runs !== RUNS) throw new Error('not the runs that were written');
    const of = `trend: ${size} services`;
    return [
      {
        name: `${of}, ${RUNS} runs: each`,
        value: year.ms / RUNS,
        unit: 'ms',
        ratio: year.ms / RUNS / again.ms,
        against: 'auditing its snapshot again',
        target: TARGET,
      },
      {
        name: `${of}, ${RUNS} runs: peak memory`,
        value: year.megabytes,
        unit: 'MB',
        ratio: year.megabytes / few.megabytes,
        against: `that of ${FEW} runs`,
        target: 2,
      },
      {
        name: `${of}, ${RUNS} runs: peak memory`,
        value: year.megabytes,
        unit: 'MB',
        ratio: year.megabytes / MEGABYTES,
        against: '2 GB',
        target: 1,
      },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The same run on one day after the other: its tables linked, and what it says of itself written anew. */
async function copies(tables, folder, runs) {
  const modules = ['head', 'parquet-writer', 'rows', 'run-info', 'tables'].map((name) => built(`snapshot/${name}.js`));
  const [{ readHead }, { TableWriter }, { writeRows }, { runInfoJson, sha256 }, { SCHEMA_VERSION }] =
    await Promise.all(modules);
  const { tool, scope, layers, today, info } = readHead(tables);
  const details = runInfoJson(info);
  for (let day = 0; day < runs; day++) {
    const place = join(folder, String(day));
    mkdirSync(place, { recursive: true });
    for (const name of readdirSync(tables)) if (name !== 'run.parquet') linkSync(join(tables, name), join(place, name));
    const readAt = new Date(day * DAY).toISOString();
    const row = [SCHEMA_VERSION, tool, scope, JSON.stringify(layers), today, readAt, 1, details, sha256(details)];
    writeRows(new TableWriter(join(place, 'run.parquet'), 'run'), 'run', [row]);
  }
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
