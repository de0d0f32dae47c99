import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/commands/progress.js';

/** What is drawn, as the lines that were on the screen one after the other. */
function drawn(work, { isTTY = true, env = {}, quiet = false } = {}) {
  let text = '';
  let time = 0;
  const stderr = { write: (piece) => (text += piece), isTTY };
  const progress = progressLine({ stdout: { write: () => {} }, stderr, env }, quiet, () => time);
  work(progress, (milliseconds) => {
    time = milliseconds;
  });
  progress.clear();
  return text === '' ? [] : text.split('\r\u001b[K').slice(1);
}
describe('the progress line', () => {
  it('is drawn over itself on a terminal and gone at the end', () => {
    expect(drawn((progress) => progress.step('reading lockfiles', 1, 2))).toEqual([
      'reading lockfiles [############............] 1 of 2',
      '',
    ]);
  });
  it('tells rate and remaining time once there is something to tell from, and is drawn ten times a second at most', () => {
    const lines = drawn((progress, at) => {
      progress.step('verifying packages', 0, 1200);
      at(50);
      progress.step('verifying packages', 100, 1200);
      at(4000);
      progress.step('verifying packages', 400, 1200);
      at(200_000);
      progress.step('verifying packages', 500, 1200);
    });
    expect(lines.slice(1, -1)).toEqual([
      'verifying packages [########................] 400 of 1200, 100/s, 8 s left',
      'verifying packages [##########..............] 500 of 1200, 2.5/s, 4 min 40 s left',
    ]);
  });
  it('measures each work by itself', () => {
    const lines = drawn((progress, at) => {
      progress.step('reading lockfiles', 10, 10);
      at(5000);
      progress.step('verifying packages', 1, 10);
    });
    expect(lines[1]).toBe('verifying packages [##......................] 1 of 10');
  });
  it.each([
    ['in a pipe', { isTTY: false }],
    ['in CI', { env: { CI: 'true' } }],
    ['with --quiet', { quiet: true }],
  ])('is not there %s', (_, terminal) => {
    expect(drawn((progress) => progress.step('reading lockfiles', 1, 2), terminal)).toEqual([]);
  });
});
