/** All layers, 200 systems and order-2 cut sets, in ratio to reach alone: synthetic services, each question in a fresh process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cold } from './cold.mjs';
import { writeFleet } from './synthetic.mjs';

/** Of the issue: the time of reach alone, and memory that does not grow with the layers. */
const TARGET = 2;
const FLAT = 1.25;

export async function measureLayers({ quick }) {
  const size = quick ? 1000 : 10_000;
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    await writeFleet(directory, size);
    const one = await cold('layers', directory, 'package');
    const all = await cold('layers', directory);
    return [
      {
        name: `layers: all ${all.layers}, ${all.systems} systems, pairs, ${size} services`,
        value: all.ms,
        unit: 'ms',
        ratio: all.ms / all.reach,
        against: 'the reach of their causes alone',
        target: TARGET,
      },
      {
        name: 'layers: the same',
        value: all.ms,
        unit: 'ms',
        ratio: all.ms / one.reach,
        against: 'the reach of packages alone',
        target: null,
      },
      {
        name: `layers: peak memory of all ${all.layers}`,
        value: all.megabytes,
        unit: 'MB',
        ratio: all.megabytes / one.megabytes,
        against: 'that of one layer',
        target: FLAT,
      },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
