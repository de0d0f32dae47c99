/** Lines and columns of every entry of every lockfile of the corpus, against a full parse or the lines around them. */
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../src/diagnostics.ts';
import { formatOf } from '../../src/lockfiles/index.ts';
import { judge } from '../lockfiles/places/slow.ts';
import { CORPUS, corpusEntries, hasCorpus, inputOf } from '../readers.ts';

const KINDS = ['npm-package-lock', 'npm-shrinkwrap', 'pnpm', 'yarn-classic', 'yarn-berry', 'yarn-zpm', 'bun'] as const;
const entries = corpusEntries(...KINDS, 'cyclonedx', 'spdx');

if (!hasCorpus) console.log('places: the corpus is absent, nothing looked for');

describe.skipIf(!hasCorpus)('entries of the corpus', () => {
  const totals = { files: 0, refused: 0, placed: 0, unlisted: 0 };

  it.each(entries.map(({ dir, path }) => `${dir}/${path}`))('%s', async (path) => {
    try {
      const { placed, unlisted, wrong } = await judge(
        formatOf(basename(path)) ?? 'unknown',
        inputOf(join(CORPUS, path)),
      );
      expect(wrong).toEqual([]);
      totals.files++;
      totals.placed += placed;
      totals.unlisted += unlisted;
    } catch (error) {
      if (!(error instanceof LockfileError)) throw error;
      totals.refused++;
    }
  });

  it('are all placed, but for projects and directories that no lockfile lists', () => {
    const { files, refused, placed, unlisted } = totals;
    expect(files + refused).toBe(entries.length);
    expect(unlisted).toBeLessThan(placed / 500);
    console.log(
      `places: ${files} files (${refused} refused), ${placed} nodes placed, ${unlisted} not in their lockfile`,
    );
  });
});
