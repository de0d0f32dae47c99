/** Stands in for src/lockfiles/worker.ts: answers each job as the name of its file says. */
import { parentPort } from 'node:worker_threads';

const ACTIONS = {
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
};

parentPort.on('message', ({ path, file }) => {
  ACTIONS[file]?.();
  const failed = { code: 'LOCKFILE_EMPTY', severity: 'incomplete', file: path, message: 'answered', next: '' };
  parentPort.postMessage({ failed });
});
parentPort.postMessage('started');
