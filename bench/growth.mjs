/** How cost grows with the fleet: synthetic services made from real lockfiles, each size in a fresh process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cold } from './cold.mjs';
import { writeFleet } from './synthetic.mjs';

/** Cost per service may grow by this factor over that of the cheapest smaller fleet (the smallest pays for the start). */
const FLAT = 1.2;
const MEGABYTES = 2048;

export async function measureGrowth({ quick }) {
  const measures = [];
  let cheapest = { each: Number.POSITIVE_INFINITY, size: 0 };
  for (const size of quick ? [100, 1000] : [100, 1000, 10_000]) {
    const run = await fleetOf(size);
    const each = run.ms / run.services;
    const against = cheapest.size === 0 ? { each, size } : cheapest;
    if (each < cheapest.each) cheapest = { each, size };
    measures.push(
      {
        name: `growth: ${size} services, ${run.distinct} distinct components: per service`,
        value: each,
        unit: 'ms',
        ratio: each / against.each,
        against: `per service at ${against.size}`,
        target: FLAT,
      },
      {
        name: `growth: ${size} services: peak memory`,
        value: run.megabytes,
        unit: 'MB',
        ratio: run.megabytes / MEGABYTES,
        against: '2 GB',
        target: 1,
      },
    );
  }
  return measures;
}

async function fleetOf(size) {
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    await writeFleet(directory, size);
    const runs = [];
    for (let n = 0; n < (size > 1000 ? 1 : 3); n++) runs.push(await cold('audit', directory));
    return runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
