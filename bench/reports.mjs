/** Every report of one fleet, in ratio to the audit that they are of: synthetic services, a fresh process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cold } from './cold.mjs';
import { writeFleet } from './synthetic.mjs';

export async function measureReports({ quick }) {
  const size = quick ? 200 : 1000;
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    await writeFleet(directory, size);
    const { audit, reports } = await cold('reports', directory);
    const all = Object.values(reports).reduce((sum, ms) => sum + ms, 0);
    const measure = (name, value, target) => ({
      ...{ name: `reports: ${name}, ${size} services`, value, unit: 'ms' },
      ...{ ratio: value / audit, against: 'the audit itself', target },
    });
    return [
      measure(`all ${Object.keys(reports).length} together`, all, 1),
      ...Object.entries(reports).map(([name, ms]) => measure(name, ms, null)),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
