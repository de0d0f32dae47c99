/** One line on stderr that overwrites itself, on a terminal only. */
import type { Streams } from './output.ts';

const EVERY_MS = 100;

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

export function progressLine({ stderr, env }: Streams, quiet: boolean): ProgressLine {
  if (quiet || !stderr.isTTY || env.CI) return { show: () => {}, clear: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    show(text) {
      const now = performance.now();
      if (now - last < EVERY_MS) return;
      last = now;
      shown = true;
      stderr.write(`\r\u001b[K${text}`);
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
    },
  };
}
