import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** The pool's end of a served port, as a thread's module would have the other. */
async function serve(
  handler: (job: number) => unknown,
  transfer?: (sent: unknown) => readonly ArrayBuffer[],
): Promise<{ port: MessagePort; sent: unknown[]; until: (count: number) => Promise<void> }> {
  const { port1, port2: port } = new MessageChannel();
  open.push(port);
  vi.doMock('node:worker_threads', async (original) => ({ ...(await original<object>()), parentPort: port1 }));
  const { serveJobs } = await import('../../src/threads/serve.ts');
  const sent: unknown[] = [];
  let arrived = (): void => {};
  port.on('message', (message) => {
    sent.push(message);
    arrived();
  });
  serveJobs(handler, transfer);
  const until = async (count: number): Promise<void> => {
    while (sent.length < count) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  return { port, sent, until };
}

const open: MessagePort[] = [];

afterEach(() => {
  for (const port of open.splice(0)) port.close();
  vi.doUnmock('node:worker_threads');
  vi.resetModules();
  vi.restoreAllMocks();
});

describe('serveJobs', () => {
  it('says that it is there, then answers one job after the other', async () => {
    let running = 0;
    const { port, sent, until } = await serve(async (job) => {
      const others = running++;
      for (let turns = 10 - job; turns > 0; turns--) await new Promise(setImmediate);
      running--;
      return { job, others };
    });
    for (let job = 0; job < 10; job++) port.postMessage(job);
    await until(11);
    expect(sent).toEqual(['started', ...Array.from({ length: 10 }, (_, job) => ({ job, others: 0 }))]);
  });

  it('hands over what it is told to', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const { port, sent, until } = await serve(
      () => bytes,
      () => [bytes.buffer],
    );
    port.postMessage(0);
    await until(2);
    expect(sent[1]).toEqual(new Uint8Array([1, 2, 3]));
    expect(bytes.byteLength).toBe(0);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('on purpose');
      },
    ],
    ['rejects', () => Promise.reject(new Error('on purpose'))],
    ['gives what cannot be sent', () => () => {}],
  ])('stops the thread where the handler %s', async (_, handler) => {
    const stopped = new Promise((resolve) => {
      vi.spyOn(process, 'exit').mockImplementation((code): never => {
        resolve(code);
        return undefined as never;
      });
    });
    const { port, sent, until } = await serve(handler);
    await until(1);
    port.postMessage(0);
    expect(await stopped).toBe(1);
    expect(sent).toEqual(['started']);
  });

  it('does nothing outside a thread', async () => {
    vi.doMock('node:worker_threads', async (original) => ({ ...(await original<object>()), parentPort: null }));
    const { serveJobs } = await import('../../src/threads/serve.ts');
    const handler = vi.fn();
    serveJobs(handler);
    expect(handler).not.toHaveBeenCalled();
  });
});
