/** A plan of ten changes, every one audited, in ratio to one audit of the same fleet: synthetic services with 200 systems. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cold } from './cold.mjs';
import { writeFleet } from './synthetic.mjs';

/** Of the issue: a plan of ten changes in so many audits' time. */
const TARGET = 20;

export async function measurePlan({ quick }) {
  const size = quick ? 200 : 1000;
  const directory = await mkdtemp(join(tmpdir(), 'spof-deps-bench-'));
  try {
    await writeFleet(directory, size);
    const measures = [];
    for (const [what, layers] of [
      ['what lockfiles know', []],
      ['every layer', ['all']],
    ]) {
      const run = await cold('plan', directory, ...layers);
      measures.push({
        name: `plan: ${run.changes} changes, ${run.services} services, ${what}`,
        value: run.ms,
        unit: 'ms',
        ratio: run.ms / run.audit,
        against: 'one audit',
        target: TARGET,
      });
    }
    return measures;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
