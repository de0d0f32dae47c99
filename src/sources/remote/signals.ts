/** What is to be done when the process is told to end, before it does as it would have done. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The last one first. */
const waiting: (() => void)[] = [];

/**
 * @param work must be quick, and synchronous
 * @returns takes it back
 */
export function onSignal(work: () => void): () => void {
  // One that was given twice is two.
  const own = () => work();
  if (waiting.length === 0) for (const signal of SIGNALS) process.on(signal, end);
  waiting.push(own);
  return () => {
    const at = waiting.indexOf(own);
    if (at === -1) return;
    waiting.splice(at, 1);
    if (waiting.length === 0) for (const signal of SIGNALS) process.off(signal, end);
  };
}

function end(signal: NodeJS.Signals): void {
  for (const each of SIGNALS) process.off(each, end);
  for (const work of waiting.splice(0).reverse()) {
    try {
      work();
    } catch {
      // The others are to be done all the same.
    }
  }
  // Without our handler the signal does what it would have done.
  process.kill(process.pid, signal);
}
