/** Serves a ThreadPool without serveJobs: a job is a number and what to do before it is answered. */
import { parentPort, threadId, workerData } from 'node:worker_threads';

const DEEDS = {
  hang() {
    while (true);
  },
  exit: () => process.exit(1),
  throw() {
    throw new Error('on purpose');
  },
  swell() {
    const kept = [];
    while (true) kept.push(new Array(10_000).fill(kept.length));
  },
  leave: () => setImmediate(() => process.exit(0)),
};

let count = 0;
parentPort.on('message', ({ n, deed }) => {
  DEEDS[deed]?.();
  count++;
  parentPort.postMessage({ n, threadId, count, workerData });
});
parentPort.postMessage('started');
