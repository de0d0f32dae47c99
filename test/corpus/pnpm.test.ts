/** Every pnpm lockfile of the corpus against the reading of pnpm's own libraries, and its YAML against js-yaml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { readPnpm } from '../../src/lockfiles/pnpm/pnpm.ts';
import { parseYamlDocuments } from '../../src/lockfiles/yaml/yaml.ts';
import { CORPUS, type CorpusEntry, corpusEntries, hasCorpus, inputOf } from '../readers.ts';
import { comparable, pnpmReferee } from '../referees/pnpm.ts';

/** What we refuse, with the code. */
const REFUSED: Readonly<Record<string, string>> = {
  // Zero bytes.
  'webpro-nl__knip/packages/knip/fixtures/plugins/pnpm-workspace/pnpm-lock.yaml': 'LOCKFILE_EMPTY',
};

/** Files we read in another way than pnpm, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'microsoft__rushstack@0450bc2/apps/rush-lib/src/logic/test/shrinkwrapFile/pnpm-lock.yaml':
    'entries file:... have neither name nor resolution; pnpm has no name for them, we take the one they are depended on by',
};

/** Files of which pnpm's libraries cannot make anything, and why. We skip the entry, with a diagnostic. */
const REFEREE_REFUSES: Readonly<Record<string, string>> = {
  'renovatebot__renovate/lib/modules/manager/npm/__fixtures__/lockfile-parsing/pnpm-lock.yaml':
    'a key without a version, /sux-1.2.4, made invalid on purpose',
};

const pathOf = (entry: CorpusEntry) => `${entry.dir}/${entry.path}`;
const entries = corpusEntries('pnpm');

if (!hasCorpus) console.log('pnpm: the corpus is absent, nothing compared');

describe.skipIf(!hasCorpus)('pnpm lockfiles of the corpus', () => {
  const compared = { files: 0, nodes: 0, edges: 0 };

  it.each(entries.map(pathOf).filter((path) => !Object.hasOwn(REFUSED, path)))('%s', async (path) => {
    const input = inputOf(join(CORPUS, path));
    const graph = readPnpm(input);
    compared.files++;
    if (Object.hasOwn(REFEREE_REFUSES, path)) {
      await expect(pnpmReferee(input.text)).rejects.toThrow();
      expect(graph.diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
        'ENTRY_SKIPPED incomplete',
      ]);
      return;
    }
    const ours = comparable(graph);
    const theirs = await pnpmReferee(input.text);
    compared.nodes += theirs.nodes.length;
    compared.edges += theirs.edges.length;
    if (Object.hasOwn(DIFFERENT, path)) expect(ours).not.toEqual(theirs);
    else expect(ours).toEqual(theirs);
  });

  it.each(Object.entries(REFUSED))('%s is refused: %s', (path, expected) => {
    let code = 'none';
    try {
      readPnpm(inputOf(join(CORPUS, path)));
    } catch (error) {
      if (error instanceof LockfileError) code = error.diagnostic.code;
    }
    expect(code).toBe(expected);
  });

  it('are all looked at', () => {
    const listed = [...Object.keys(REFUSED), ...Object.keys(DIFFERENT), ...Object.keys(REFEREE_REFUSES)];
    expect(listed.filter((path) => !entries.some((entry) => pathOf(entry) === path))).toEqual([]);
    expect(compared.files).toBe(entries.length - Object.keys(REFUSED).length);
    console.log(`pnpm: ${compared.files} files, ${compared.nodes} nodes, ${compared.edges} edges compared`);
  });
});

describe.skipIf(!hasCorpus)('YAML lockfiles of the corpus', () => {
  const yaml = corpusEntries('pnpm', 'yarn-berry').filter(({ bytes }) => bytes > 0);

  it.each(yaml.map(pathOf))('%s is read as js-yaml reads it', (path) => {
    const text = readFileSync(join(CORPUS, path), 'utf8');
    let theirs: unknown[] | undefined;
    try {
      theirs = loadAll(text);
    } catch {
      expect(() => parseYamlDocuments(path, text)).toThrow(LockfileError);
      return;
    }
    expect(parseYamlDocuments(path, text)).toStrictEqual(theirs);
  });
});
