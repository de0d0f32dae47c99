/** The other end of a `ThreadPool` (pool.ts): what the module of a thread calls to answer its jobs. */
import { parentPort, type Transferable } from 'node:worker_threads';

/**
 * Answers the jobs of a `ThreadPool`, one after the other. Called once, when the module of the thread is loaded; does
 * nothing outside a thread. A handler that throws or rejects stops the thread, which costs the job.
 *
 * @param transfer what of an answer is to be handed over instead of copied
 */
export function serveJobs<Job, Sent>(
  handler: (job: Job) => Sent | Promise<Sent>,
  transfer: (sent: Sent) => readonly Transferable[] = () => [],
): void {
  const port = parentPort;
  if (port === null) return;
  const stop = (): void => process.exit(1);
  let last = Promise.resolve();
  port.on('message', (job: Job) => {
    last = last
      .then(async () => {
        const sent = await handler(job);
        port.postMessage(sent, transfer(sent));
      })
      .catch(stop);
  });
  // The jobs after one that cannot be read would be answered in its place.
  port.on('messageerror', stop);
  port.postMessage('started');
}
