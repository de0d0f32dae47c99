/** Every Yarn lockfile of the corpus against Yarn itself (test/referees/yarn-berry.ts, yarn-json.ts). */
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { readYarnBerry } from '../../src/lockfiles/yarn/berry.ts';
import { scanBerry } from '../../src/lockfiles/yarn/berry-text.ts';
import { readYarnJson } from '../../src/lockfiles/yarn/json.ts';
import { CORPUS, corpusEntries, edgeLines, hasCorpus, inputOf, nodeLines } from '../readers.ts';
import { askYarn, graphLines, type RefereeAnswer, refereeLines } from '../referees/yarn-berry.ts';
import { jsonGraphLines, yarn4Lines } from '../referees/yarn-json.ts';

if (!hasCorpus) console.log('the corpus is absent: no Yarn lockfile of it is compared');

/** Files Yarn refuses, with its words: fixtures of other tools, none of them written by Yarn as it stands. */
const REFUSED = new Map([
  [
    'aboutcode-org__scancode-toolkit/tests/packagedcode/data/npm/workspace/crystal/yarn.lock',
    NO_ROOT('cut down by hand'),
  ],
  ['aboutcode-org__scancode-toolkit/tests/packagedcode/data/npm/yarn-lock/v2/yarn.lock', NO_ROOT('cut down by hand')],
  ['endevco__aube/fixtures/import-yarn-patch/yarn.lock', NO_ROOT('written by hand')],
  ['endevco__aube/fixtures/import-yarn-portal-exec/yarn.lock', NO_ROOT('written by hand')],
  ['webpro-nl__knip/packages/knip/fixtures/plugins/yarn/yarn.lock', NO_ROOT('emptied by hand')],
  [
    'danielroe__provenance-action/test/fixtures/yarn-berry/yarn.lock',
    { why: 'entries without linkType, one without resolution: written by hand', says: /toUpperCase/ },
  ],
]);

function NO_ROOT(how: string) {
  return { why: `no entry for the root: ${how}`, says: /@workspace:\.: This package doesn't seem to be present/ };
}

const entries = corpusEntries('yarn-berry').map((entry) => ({ ...entry, name: `${entry.dir}/${entry.path}` }));

describe.skipIf(!hasCorpus)('Yarn 2 to 4', () => {
  let answers: Map<string, RefereeAnswer>;
  beforeAll(() => {
    const inputs = entries.map((entry) => inputOf(join(CORPUS, entry.dir, entry.path)));
    answers = new Map(askYarn(inputs).map((answer, nth) => [entries[nth]!.name, answer]));
  }, 300_000);

  it.each(entries.map((entry) => [entry.name, entry] as const))('%s', async (name, entry) => {
    const input = inputOf(join(CORPUS, entry.dir, entry.path));
    const graph = await readYarnBerry(input);
    const answer = answers.get(name)!;
    const refusal = REFUSED.get(name);
    if (refusal !== undefined) {
      expect(answer.refused).toMatch(refusal.says);
      const keys = new Set([...graph.key].map((id) => graph.strings[id]));
      expect(Object.keys(load(input.text) as object).filter((key) => key !== '__metadata' && !keys.has(key))).toEqual(
        [],
      );
      return;
    }
    expect(answer.refused).toBeUndefined();
    const ours = graphLines(graph, input.text);
    const theirs = refereeLines(answer.packages!);
    expect(ours.nodes).toEqual(theirs.nodes);
    expect(ours.edges).toEqual(theirs.edges);
    expect(graph.diagnostics.filter((diagnostic) => diagnostic.severity === 'incomplete')).toEqual([]);
  });

  it.each(entries.map((entry) => [entry.name, entry] as const))('%s read as any YAML is the same', async (_, entry) => {
    const input = inputOf(join(CORPUS, entry.dir, entry.path));
    const asYaml = { ...input, text: `${input.text}\n# \\\n` };
    expect(scanBerry(asYaml.text)).toBeUndefined();
    const [ours, theirs] = [await readYarnBerry(input), await readYarnBerry(asYaml)];
    expect(nodeLines(ours)).toEqual(nodeLines(theirs));
    expect(edgeLines(ours)).toEqual(edgeLines(theirs));
  });

  it('refuses no file that is not in the corpus', () => {
    const names = new Set(entries.map((entry) => entry.name));
    expect([...REFUSED.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});

describe.skipIf(!hasCorpus)('Yarn 6', () => {
  const files = corpusEntries('yarn-zpm').map((entry) => [`${entry.dir}/${entry.path}`, entry] as const);

  it.each(files)('%s: nodes, edges and peers as Yarn 4 resolves the same entries', async (_, entry) => {
    const input = inputOf(join(CORPUS, entry.dir, entry.path));
    const graph = await readYarnJson(input);
    const theirs = yarn4Lines(
      input,
      graph.projects.map((project) => project.path || '.'),
    );
    expect(jsonGraphLines(graph)).toEqual(theirs);
  });

  it.each(files)('%s: every entry with its checksum', async (_, entry) => {
    const input = inputOf(join(CORPUS, entry.dir, entry.path));
    const graph = await readYarnJson(input);
    const { entries } = JSON.parse(input.text) as { entries: Record<string, { checksum: string | null }> };
    const expected = Object.entries(entries).map(([key, { checksum }]) => `${key} yarnzpm-${checksum}`);
    const found = Array.from({ length: graph.nodeCount }, (_, node) => {
      return `${graph.strings[graph.key[node]!]} ${graph.strings[graph.integrity[node]!] ?? 'yarnzpm-null'}`;
    });
    expect(expected.filter((line) => !found.includes(line))).toEqual([]);
  });
});
