/** The whole audit of the corpus in a fresh process, against the sum of our own readers in another. */
import { cold } from './cold.mjs';
import { ROOT } from './corpus.mjs';
import { median } from './race.mjs';

export async function measureAudit({ quick }) {
  const audits = [];
  const readers = [];
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    audits.push(await cold('audit', ROOT));
    readers.push(await cold('readers', ROOT));
  }
  const ms = median(audits.map((run) => run.ms));
  const floor = median(readers.map((run) => run.ms));
  const memory = median(audits.map((run) => run.megabytes));
  const memoryFloor = median(readers.map((run) => run.megabytes));
  const against = 'our readers alone, on one core';
  const [{ services, components }] = audits;
  return [
    {
      name: `audit: ${services} services, ${components} components`,
      value: ms,
      unit: 'ms',
      ratio: ms / floor,
      against,
      target: 2,
    },
    {
      name: 'audit: services',
      value: (services / ms) * 1000,
      unit: 'per second',
      ratio: ms / floor,
      against,
      target: 2,
    },
    {
      name: 'audit: components',
      value: (components / ms) * 1000,
      unit: 'per second',
      ratio: ms / floor,
      against,
      target: 2,
    },
    { name: 'audit: peak memory', value: memory, unit: 'MB', ratio: memory / memoryFloor, against, target: null },
  ];
}
