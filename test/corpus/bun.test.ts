import { join } from 'node:path';
import { type ParseError, parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { readBun } from '../../src/lockfiles/bun/bun.ts';
import { parseBunText } from '../../src/lockfiles/bun/text.ts';
import { CORPUS, corpusEntries, hasCorpus, inputOf } from '../readers.ts';
import { BUN, type BunLines, bunReferee, difference, graphLines } from '../referees/bun.ts';

if (!hasCorpus) console.log(`no corpus at ${CORPUS}: bun.lock files are not compared`);
if (BUN === undefined) console.log('no bun for this platform: bun.lock files are not compared');

/** Files both refuse. */
const REFUSED: Readonly<Record<string, string>> = {
  'aquasecurity__trivy/pkg/fanal/analyzer/language/nodejs/bun/testdata/sad/bun.lock': 'lockfileVersion is "broken"',
  'danielroe__provenance-action/test/fixtures/bun/bun.lock':
    'no bun.lock: has no lockfileVersion, and packages is a list',
  'dependabot__dependabot-core/bun/spec/fixtures/projects/bun/invalid_lockfile_version/bun.lock':
    'lockfileVersion is -1',
};

/** Files bun 1.3 refuses and this reader reads. */
const UNREAD_BY_BUN: Readonly<Record<string, string>> = {
  'dependabot__dependabot-core/bun/spec/fixtures/projects/bun/unsupported_lockfile_version/bun.lock':
    'version 2, of bun 1.4; read below as version 1, from which it differs only in what bun checks',
};

/** Lines of packages, places or edges that differ, and why. */
const DIFFERENT: Readonly<Record<string, { lines: readonly string[]; why: string }>> = {
  'dependabot__dependabot-core/bun/spec/fixtures/projects/bun/grapher_with_lockfile/bun.lock': {
    lines: ['- @scope/package 1.2.0 | - | -', '+ @scope/package 1.2.0 | sha512-abc123== | -'],
    why: 'bun drops an integrity that is too short; here it is kept as written',
  },
};

/**
 * Files in which a package stands at several places with another version of a peer in reach of each. bun has one entry
 * for the package and the peer of its last place; the graph has the peer of every place.
 */
const SEVERAL_TARGETS: Readonly<Record<string, number>> = { 'supermemoryai__supermemory/bun.lock': 9 };

describe.skipIf(!hasCorpus)('bun.lock files of the corpus', () => {
  const entries = corpusEntries('bun').map((entry) => ({ ...entry, file: `${entry.dir}/${entry.path}` }));

  it('is all listed files', () => {
    const files = new Set(entries.map(({ file }) => file));
    const listed = [REFUSED, UNREAD_BY_BUN, DIFFERENT, SEVERAL_TARGETS].flatMap((table) => Object.keys(table));
    expect(listed.filter((file) => !files.has(file))).toEqual([]);
  });

  it.each(entries)('$file parses as with jsonc-parser', async ({ file }) => {
    const { text } = inputOf(join(CORPUS, file));
    const errors: ParseError[] = [];
    const expected: unknown = parse(text, errors, { allowTrailingComma: true });
    expect(errors).toEqual([]);
    expect(await parseBunText('bun.lock', text)).toEqual(expected);
  });

  it.skipIf(BUN === undefined).each(entries)('$file reads as with bun', async ({ file }) => {
    const input = inputOf(join(CORPUS, file));
    const result = await readBun(input).catch((error: unknown) => error);
    const referee = bunReferee(input.text);
    if (file in REFUSED) {
      expect(result).toBeInstanceOf(LockfileError);
      expect(referee).toBeUndefined();
      return;
    }
    if (result instanceof Error) throw result;
    const graph = result as Awaited<ReturnType<typeof readBun>>;
    expect(graph.diagnostics).toEqual([]);
    if (file in UNREAD_BY_BUN) expect(referee).toBeUndefined();
    const judged = referee ?? bunReferee(input.text.replace('"lockfileVersion": 2', '"lockfileVersion": 1'));
    compare(file, judged!, graphLines(graph));
  });
});

function compare(file: string, referee: BunLines, ours: BunLines): void {
  const differences = [
    ...difference(referee.packages, ours.packages),
    ...difference(referee.places, ours.places),
    ...difference(referee.edges, ours.edges),
  ];
  expect(differences).toEqual(DIFFERENT[file]?.lines ?? []);
  const bindings = difference(referee.bindings, ours.bindings);
  expect(bindings.filter((line) => !/^\+ .* -peer-> /.test(line))).toEqual([]);
  expect(bindings).toHaveLength(SEVERAL_TARGETS[file] ?? 0);
  for (const line of bindings) {
    const edge = line.slice(2, line.lastIndexOf(' = ') + 3);
    expect(referee.bindings.filter((other) => other.startsWith(edge))).toHaveLength(1);
  }
}
