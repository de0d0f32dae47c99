import { describe, expect, it } from 'vitest';
import { branchLines } from '../../../src/sources/git/history-remote.ts';
import { MOST_BRANCHES } from '../../../src/sources/git/refs-on-disk.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('branches of a remote repository', () => {
  it('are whole lines, however they arrive', async () => {
    for (const size of [1, 2, 7, 1000])
      expect(await branchLines(inPieces('a main\nb gr\u00fcn\n', size))).toEqual({
        lines: ['a main', 'b gr\u00fcn'],
        more: 0,
      });
  });

  it('are counted where there are more than are walked', async () => {
    const text = Array.from({ length: MOST_BRANCHES + 3 }, (_, at) => `id branch-${at}\n`).join('');
    const { lines, more } = await branchLines(inPieces(text, 4096));
    expect([lines.length, lines.at(-1), more]).toEqual([MOST_BRANCHES, `id branch-${MOST_BRANCHES - 1}`, 3]);
  });
});
