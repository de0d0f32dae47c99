/** The sieve never lets a lockfile through as clean that a reader finds something in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldFinder } from '../../src/analysis/history/version.ts';
import { NameSieve } from '../../src/incidents/name-sieve.ts';
import { comparable } from '../../src/incidents/versions.ts';
import { type FormatName, formatOf } from '../../src/lockfiles/index.ts';
import { readFound } from '../../src/lockfiles/read-found.ts';
import { directorySource } from '../../src/sources/directory.ts';
import { bytesOf } from '../../src/sources/tree.ts';
import { bad } from '../history/made.ts';
import { FIXTURES } from '../readers.ts';

const mayHold = (text: string, specs: readonly string[], format: FormatName = 'npm') =>
  new NameSieve(bad(...specs)).mayHold(Buffer.from(text), format);
/** Enough names that they are looked for in one pass. */
const MANY = Array.from({ length: 40 }, (_, at) => `other-package-${at}@9.9.${at}`);

describe.each([
  ['few names', []],
  ['many names', MANY],
])('a sieve for %s', (_, more) => {
  it.each([
    ['"node_modules/chalk": {"version": "5.6.1"}', 'chalk@5.6.1', true],
    ['"node_modules/chalk": {"version": "5.6.0"}', 'chalk@5.6.1', false],
    ['"node_modules/chalk": {"version": "5.6.0"}', 'chalk', true],
    ['"node_modules/chalk": {"version": "5.6.0"}', 'chalk@>=5.6.1', true],
    ['"node_modules/debug": {"version": "5.6.1"}', 'chalk@5.6.1', false],
    ['"node_modules/@scope/up": {"version": "1.0.0-beta.1"}', '@scope/up@1.0.0-beta.1', true],
    ['resolved "https://registry.example/@scope%2fup/-/up-1.0.0.tgz"', '@scope/up@1.0.0', true],
    ['ms 2.1.3', 'ms@2.1.3', true],
    ['ch\\u0061lk', 'chalk@5.6.1', true],
    ['@scope\\/up', 'chalk@5.6.1', true],
    ['a \\" \\\\ b', 'chalk@5.6.1', false],
    ['', 'chalk@5.6.1', false],
    ['müsli 1.0.0', 'müsli@1.0.0', true],
  ])('%s, %s: %s', (text, spec, expected) => {
    expect(mayHold(text, [spec, ...more])).toBe(expected);
  });

  it('judges no package URL with characters in another spelling', () => {
    expect(mayHold('pkg:npm/ch%61lk@5.6.1', ['chalk@5.6.1', ...more], 'sbom')).toBe(true);
    expect(mayHold('pkg:npm/%40scope/debug@5.6.1', ['chalk@5.6.1', ...more], 'sbom')).toBe(false);
  });

  it('finds a name wherever it stands', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(mayHold(`${before}chalk 5.6.1${after}`, ['chalk@5.6.1', ...more])).toBe(true);
      }),
    );
  });
});

describe('of the fixtures', () => {
  it('every package that a reader finds is found in the bytes', async () => {
    let compared = 0;
    for (const found of directorySource(FIXTURES).lockfiles) {
      if (found.format === 'node_modules') continue;
      const read = await readFound(found);
      if ('failed' in read) continue;
      const { graph, surroundings } = read;
      const bytes = bytesOf(found);
      const every = Math.ceil(graph.nodeCount / 20);
      for (let node = 0; node < graph.nodeCount; node += every) {
        const name = graph.strings[graph.name[node]!]!;
        const version = graph.version[node]! < 0 ? undefined : graph.strings[graph.version[node]!]!;
        if (name === '' || version === undefined) continue;
        const versions = new Set([comparable(version)]);
        const packages = [{ name, all: false, versions, ranges: new Set<string>(), unsaid: false, records: [] }];
        if (new HeldFinder(packages, 'all').in(graph, surroundings).length === 0) continue;
        compared++;
        const format = formatOf(found.file.split('/').at(-1)!) ?? 'unknown';
        expect(new NameSieve(packages).mayHold(bytes, format), `${found.path} ${name}@${version}`).toBe(true);
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});
