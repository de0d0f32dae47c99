/**
 * npm run bench [-- --json] [--quick] [--only NAME]...
 * Every measure is a ratio to a floor or a peer measured in the same run; bare times stand only beside ratios.
 */
import { parseArgs } from 'node:util';
import { measureAudit } from './audit.mjs';
import { measureBackTest } from './back-test.mjs';
import { hasCorpus, ROOT } from './corpus.mjs';
import { measureEvidence } from './evidence.mjs';
import { measureGrowth } from './growth.mjs';
import { measureHistory } from './history.mjs';
import { measureImpact } from './impact.mjs';
import { measureLayers } from './layers.mjs';
import { measurePlaces } from './places.mjs';
import { measurePlan } from './plan.mjs';
import { READER_GROUPS } from './readers.mjs';
import { measureRemote } from './remote.mjs';
import { measureReports } from './reports.mjs';
import { measureRings } from './rings.mjs';
import { measureSignatures } from './signatures.mjs';
import { measureSnapshot } from './snapshot.mjs';
import { measureTrend } from './trend.mjs';
import { measureWhy } from './why.mjs';

const GROUPS = new Map([
  ...READER_GROUPS,
  ['places', measurePlaces],
  ['audit', measureAudit],
  ['growth', measureGrowth],
  ['layers', measureLayers],
  ['snapshot', measureSnapshot],
  ['trend', measureTrend],
  ['reports', measureReports],
  ['signatures', measureSignatures],
  ['evidence', measureEvidence],
  ['why', measureWhy],
  ['plan', measurePlan],
  ['rings', measureRings],
  ['impact', measureImpact],
  ['back-test', measureBackTest],
  ['history', measureHistory],
  ['remote', measureRemote],
]);

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});

const unknown = options.only.filter((name) => !GROUPS.has(name));
if (unknown.length > 0) {
  console.error(`bench: no such group: ${unknown.join(', ')}; there are ${[...GROUPS.keys()].join(', ')}`);
  process.exit(2);
}

console.error(hasCorpus ? 'bench: on the corpus' : `bench: the corpus is absent; on ${ROOT}`);
for (const [name, measure] of GROUPS) {
  if (options.only.length > 0 && !options.only.includes(name)) continue;
  for (const result of await measure(options)) console.log(options.json ? JSON.stringify(result) : lineOf(result));
}

function lineOf({ name, value, unit, ratio, against, target }) {
  if (ratio === null) return `${name.padEnd(64)} no lockfile that it can read`;
  const verdict = target === null ? '' : `  target ${target}x: ${ratio <= target ? 'met' : 'MISSED'}`;
  return `${name.padEnd(64)} ${ratio.toFixed(2).padStart(7)}x of ${against} (${value.toFixed(2)} ${unit})${verdict}`;
}
