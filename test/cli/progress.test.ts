import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/commands/progress.ts';

function shown(isTTY: boolean, env: Record<string, string> = {}, quiet = false): string {
  let text = '';
  const stderr = { write: (piece: string) => (text += piece), isTTY };
  const progress = progressLine({ stdout: { write: () => {} }, stderr, env }, quiet);
  progress.show('reading lockfiles 1 of 2');
  progress.clear();
  return text;
}

describe('the progress line', () => {
  it('is drawn over itself on a terminal and gone at the end', () => {
    expect(shown(true)).toBe('\r\u001b[Kreading lockfiles 1 of 2\r\u001b[K');
  });

  it.each([
    ['in a pipe', () => shown(false)],
    ['in CI', () => shown(true, { CI: 'true' })],
    ['with --quiet', () => shown(true, {}, true)],
  ])('is not there %s', (_, show) => expect(show()).toBe(''));
});
