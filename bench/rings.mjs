/** Update rings and simulations of a synthetic fleet, in ratio to auditing the same fleet in the layer `release` alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from './built.mjs';
import { landscapeOf } from './landscape.mjs';
import { race } from './race.mjs';
import { writeFleet } from './synthetic.mjs';

/** Audits that a plan of rings with its effect, and a simulation of three releases before and after, may cost. */
const TARGET = 1;
const DAY = 24 * 60;
const NOW = Date.parse('2026-11-29T00:00:00Z');

export async function measureRings({ quick }) {
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    const size = quick ? 200 : 1000;
    await writeFleet(directory, size);
    return await measure(directory, size, quick ? 3 : 5);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(directory, size, rounds) {
  const [{ run }, { auditFleet }, { notAsked }, { ringPlan }, { simulate }, { withImplicitSystems }] =
    await Promise.all(
      [
        'run.js',
        'analysis/audit.js',
        'evidence/evidence.js',
        'analysis/rings/ring-plan.js',
        'analysis/simulation/simulation.js',
        'analysis/systems.js',
      ].map(built),
    );
  const { audit: found } = await run({ sources: [directory], config: false, layers: [], verify: false });
  const made = landscapeOf(found.services);
  const landscape = { ...made, systems: withImplicitSystems(made.systems, found.services) };
  const question = { layers: ['release'], scope: 'all', today: '2026-11-29' };
  const audit = () => auditFleet(found.fleet, landscape, [], question, notAsked(found.fleet.componentCount), []);
  const audited = audit();
  const times = { detect: 300, relock: 7 * DAY, first: 0 };
  const noticing = { from: 'published', minutes: 300 };
  const plan = () => ringPlan(audited, audited.layers[0], times, NOW);
  const { fleet, rings } = plan();
  const after = { ...audited, fleet };
  const played = { noticing, relock: 7 * DAY, publishedAt: NOW, scenarios: 3 };
  const took = await race({ audit, rings: plan, simulation: () => simulate(audited, after, played) }, rounds);
  const of = (name, value) => ({
    name: `rings: ${name} of ${size} services`,
    value,
    unit: 'ms',
    ratio: value / took.audit,
    against: 'an audit of the layer release',
    target: TARGET,
  });
  return [
    of(`${rings.rings} rings (at least ${rings.least}) and their effect`, took.rings),
    of('three bad releases, before and after,', took.simulation),
  ];
}
