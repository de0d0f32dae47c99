import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockfileError } from '../../../src/diagnostics.ts';
import { formatOf } from '../../../src/lockfiles/index.ts';
import { FIXTURES, inputOf } from '../../readers.ts';
import { judge } from './slow.ts';

const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((file) => formatOf(basename(file)) !== undefined)
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

describe('every entry of every fixture', () => {
  const totals = { files: 0, placed: 0, unlisted: 0 };

  it.each(files)('%s', async (file) => {
    for (const format of [formatOf(basename(file))!, 'unknown'] as const) {
      try {
        const { placed, unlisted, wrong } = await judge(format, inputOf(join(FIXTURES, file)));
        expect(wrong).toEqual([]);
        if (format === 'unknown') continue;
        totals.files++;
        totals.placed += placed;
        totals.unlisted += unlisted;
      } catch (error) {
        if (!(error instanceof LockfileError)) throw error;
      }
    }
  });

  it('is placed, but for projects and directories that no lockfile lists', () => {
    expect(totals.files).toBeGreaterThan(200);
    expect(totals.placed).toBeGreaterThan(3500);
    expect(totals.unlisted).toBeLessThan(totals.placed / 20);
  });
});
