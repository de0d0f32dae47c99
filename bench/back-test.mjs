/**
 * Back-test of the ranking on the corpus and the recorded incidents (docs/back-test.md): where the packages of an incident, and
 * the account that may publish them, stand by our ranking and by the number of direct dependents. `node bench/back-test.mjs`
 * prints the tables of the document, `npm run bench -- --only back-test` the figures they come to.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { meanOfBest, tablesOf } from './back-test-tables.mjs';
import { hasCorpus, ROOT } from './corpus.mjs';

const INCIDENTS = resolve(ROOT, '..', 'incidents', 'incidents.json');

export async function measureBackTest() {
  const found = await backTest();
  if (found === undefined) return [];
  const { packages, of } = found;
  const mean = (rankOf) => packages.reduce((sum, each) => sum + rankOf(each), 0) / packages.length;
  const best = (rankOf) => meanOfBest(packages, rankOf);
  const incidents = new Set(packages.map(({ id }) => id)).size;
  return [
    [`mean rank of ${packages.length} bad packages among ${of}`, mean],
    [`mean rank of the best placed package of ${incidents} incidents`, best],
  ].flatMap(([name, figure]) =>
    [
      ['services that name it', ({ byServices }) => byServices],
      ['packages that depend on it', ({ byPackages }) => byPackages],
    ].map(([against, rankOf]) => {
      const ours = figure(({ rank }) => rank);
      const ratio = ours / figure(rankOf);
      return {
        name: `back-test: ${name}`,
        value: ours,
        unit: 'by ours',
        ratio,
        against: `that by ${against}`,
        target: null,
      };
    }),
  );
}

/** undefined where the corpus or the incidents are absent. */
async function backTest() {
  if (!hasCorpus || !existsSync(INCIDENTS)) {
    console.error('back-test: the corpus or the recorded incidents are absent; nothing was compared');
    return undefined;
  }
  const { backTestOf } = await import('./back-test-ranks.mjs');
  const lines = readFileSync(join(ROOT, 'index.jsonl'), 'utf8').trim().split('\n');
  return backTestOf(
    ROOT,
    lines.map((line) => JSON.parse(line)),
    JSON.parse(readFileSync(INCIDENTS, 'utf8')),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = await backTest();
  if (found) console.log(tablesOf(found));
}
