/** Every npm lockfile of the corpus against npm's own reading of it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { readNpm } from '../../src/lockfiles/npm/npm.ts';
import { CORPUS, type CorpusEntry, corpusEntries, hasCorpus, inputOf } from '../readers.ts';
import { comparable, npmReferee } from '../referees/npm.ts';

/** What we refuse, with code and line: files that are no lockfile, on purpose or by accident. */
const REFUSED: Readonly<Record<string, string>> = {
  'dependabot__dependabot-core/bun/spec/fixtures/projects/javascript/lockfile_version_unparseable/package-lock.json':
    'LOCKFILE_VERSION:4', // ">= 1"
  'npm__cli/workspaces/arborist/test/fixtures/conflict-package-lock/package-lock.json': 'LOCKFILE_CONFLICT:13',
  'npm__cli/workspaces/arborist/test/fixtures/workspace3/packages/a/npm-shrinkwrap.json': 'LOCKFILE_SYNTAX:1', // prose
  'openpra-org__openpra-monorepo/package-lock.json': 'LOCKFILE_SYNTAX:14336', // cut at 524,288 bytes
  'yarnpkg__yarn/__tests__/fixtures/import/corrupted-package-lock/package-lock.json': 'LOCKFILE_SHAPE:1', // {}
};

/** Files we read in another way than npm, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {};

const pathOf = (entry: CorpusEntry) => `${entry.dir}/${entry.path}`;
const entries = corpusEntries('npm-package-lock', 'npm-shrinkwrap');

if (!hasCorpus) console.log('npm: the corpus is absent, nothing compared');

describe.skipIf(!hasCorpus)('npm lockfiles of the corpus', () => {
  const compared = { files: 0, nodes: 0, edges: 0 };

  it.each(entries.filter((entry) => !Object.hasOwn(REFUSED, pathOf(entry))).map(pathOf))('%s', async (path) => {
    const file = join(CORPUS, path);
    const ours = comparable(await readNpm(inputOf(file)));
    const theirs = await npmReferee(file);
    compared.files++;
    compared.nodes += theirs.nodes.length;
    compared.edges += theirs.edges.length;
    if (Object.hasOwn(DIFFERENT, path)) expect(ours).not.toEqual(theirs);
    else expect(ours).toEqual(theirs);
  });

  it.each(Object.entries(REFUSED))('%s is refused: %s', async (path, expected) => {
    const reading = async () => readNpm(inputOf(join(CORPUS, path)));
    const error = await reading().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LockfileError);
    const { code, line } = (error as LockfileError).diagnostic;
    expect(`${code}:${line}`).toBe(expected);
  });

  it('are all looked at', () => {
    const listed = [...Object.keys(REFUSED), ...Object.keys(DIFFERENT)];
    expect(listed.filter((path) => !entries.some((entry) => pathOf(entry) === path))).toEqual([]);
    expect(compared.files).toBe(entries.length - Object.keys(REFUSED).length);
    console.log(`npm: ${compared.files} files, ${compared.nodes} nodes, ${compared.edges} edges compared`);
  });
});
