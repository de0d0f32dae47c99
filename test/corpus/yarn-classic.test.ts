import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { readYarnClassic } from '../../src/lockfiles/yarn/classic.ts';
import { CORPUS, corpusEntries, hasCorpus, inputOf } from '../readers.ts';
import { graphEntries, graphTree, refereeEntries, refereeTree } from '../referees/yarn-classic.ts';

/** Files where reader, parser or Yarn refuse or differ: exactly what, and why. */
const EXPLAINED: Record<string, { differences: string[]; why: string }> = {
  'aquasecurity__trivy/pkg/fanal/analyzer/language/nodejs/yarn/testdata/unsupported_protocol/yarn.lock': {
    differences: ['reader refuses: LOCKFILE_SYNTAX', 'parser refuses'],
    why: 'no lockfile of Yarn: the only entry is indented and has a colon in a pattern without quotes; all refuse it',
  },
  'aquasecurity__trivy/pkg/fanal/analyzer/language/nodejs/yarn/testdata/wrong-packagejson/yarn.lock': {
    differences: ['reader reports: MANIFEST_UNREADABLE, ROOTS_ASSUMED', 'yarn refuses'],
    why: 'the package.json beside it is no JSON; the entries are equal',
  },
  'rollup__plugins/packages/auto-install/test/fixtures/yarn/yarn.lock': {
    differences: ['reader refuses: LOCKFILE_EMPTY'],
    why: 'the file has no bytes; to Yarn that is a lockfile without entries, to us nothing that could be vouched for',
  },
  'stripe-samples__accept-a-payment/payment-element/client/vue-cva/yarn.lock': {
    differences: ['parser refuses'],
    why: 'written by a converter: two digests without quotes, which Yarn refuses. With quotes put in, all is equal',
  },
  'stripe-samples__accept-a-payment/prebuilt-checkout-page/client/vue-cva/yarn.lock': {
    differences: ['parser refuses'],
    why: 'as above',
  },
  'yarnpkg__yarn/__tests__/fixtures/install/check-files-should-not-cross-symlinks/yarn.lock': {
    differences: ['yarn refuses'],
    why: 'Yarn wants the directory of a file: dependency, which the corpus does not hold; the entries are equal',
  },
};

if (!hasCorpus) console.log('corpus absent: the Yarn 1 lockfiles are not compared');

const totals = { files: 0, entries: 0, entryEdges: 0, treeEdges: 0 };

describe.skipIf(!hasCorpus)('Yarn 1 lockfiles of the corpus', () => {
  it.each(corpusEntries('yarn-classic').map(({ dir, path }) => `${dir}/${path}`))('%s', async (path) => {
    expect(await differences(join(CORPUS, path))).toEqual(EXPLAINED[path]?.differences ?? []);
  });

  afterAll(() => console.log('compared', totals));
});

async function differences(file: string): Promise<string[]> {
  const found: string[] = [];
  const text = await graphOf(file);
  if ('refused' in text) found.push(`reader refuses: ${text.refused}`);
  const parsed = parsedText(text.text);
  if (parsed?.text !== text.text) found.push('parser refuses');
  if ('refused' in text || parsed === undefined) return found;
  const reported = text.graph.diagnostics.map(({ code }) => code);
  if (reported.length > 0) found.push(`reader reports: ${reported.join(', ')}`);
  const entries = graphEntries(text.graph);
  found.push(
    ...unlike('entry', entries.nodes, parsed.lines.nodes),
    ...unlike('edge', entries.edges, parsed.lines.edges),
  );
  totals.files++;
  totals.entries += entries.nodes.length;
  totals.entryEdges += entries.edges.length;
  const tree = await refereeTree(dirname(file), parsed.text).catch(() => undefined);
  if (tree === undefined) return [...found, 'yarn refuses'];
  const ours = graphTree(text.graph);
  totals.treeEdges += ours.length;
  return [...found, ...unlike('tree', ours, tree)];
}

async function graphOf(file: string) {
  try {
    const input = inputOf(file);
    try {
      return { text: input.text, graph: await readYarnClassic(input) };
    } catch (error) {
      if (error instanceof LockfileError) return { text: input.text, refused: error.diagnostic.code };
      throw error;
    }
  } catch (error) {
    if (error instanceof LockfileError) return { text: '', refused: error.diagnostic.code };
    throw error;
  }
}

/** What Yarn's parser makes of a text, or of the text with quotes around digests that have a space between them. */
function parsedText(text: string) {
  for (const each of [text, text.replace(/^( {2}integrity )([^"\n]* [^"\n]*)$/gm, '$1"$2"')]) {
    try {
      return { text: each, lines: refereeEntries(each) };
    } catch {}
  }
  return undefined;
}

function unlike(what: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const mine = new Set(ours);
  const other = new Set(theirs);
  return [
    ...ours.filter((line) => !other.has(line)).map((line) => `${what} only here: ${line}`),
    ...theirs.filter((line) => !mine.has(line)).map((line) => `${what} only there: ${line}`),
  ];
}
