/**
 * An incident list over a fleet whose lockfiles are cached, against reading that cache: both in a process of their own, the
 * command with its report. The machine may be busy, so what is compared is time on processors, threads and all.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cold } from './cold.mjs';
import { median } from './race.mjs';
import { writeFleet } from './synthetic.mjs';

const TARGET = 3;
const VERSIONS = 5000;
/** Packages of the list that the fleet has: as many as large incidents had of everything, and every second one there is. */
const HELD = [250, 1250];

export async function measureImpact({ quick }) {
  const size = quick ? 1000 : 10_000;
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  const [fleet, cache] = [join(directory, 'fleet'), join(directory, 'cache')];
  try {
    await writeFleet(fleet, size);
    await cold('cached', fleet, cache);
    const [floors, runs] = [[], new Map(HELD.map((held) => [held, []]))];
    for (let round = 0; round < (quick ? 3 : 1); round++) {
      floors.push(await cold('cached', fleet, cache));
      for (const held of HELD) runs.get(held).push(await cold('impact', fleet, cache, String(held), String(VERSIONS)));
    }
    const floor = median(floors.map(({ cpu }) => cpu));
    return HELD.map((held) => {
      const cpu = median(runs.get(held).map((run) => run.cpu));
      const [{ hits }] = runs.get(held);
      return {
        name: `impact: ${VERSIONS} versions, ${held} packages held, ${size} services`,
        value: (cpu / hits) * 1000,
        unit: `us of each of ${hits} hits`,
        ratio: cpu / floor,
        against: 'reading the cache',
        target: TARGET,
      };
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
