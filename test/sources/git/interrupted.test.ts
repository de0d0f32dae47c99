import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch } from '../../cli/harness.ts';
import { gitEnv, repository } from './made.ts';
import { type Opened, opened } from './opening.ts';
import { type GitServer, serveHttp } from './server.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const root = scratch();
const names = Array.from({ length: 6 }, (_, at) => `acme/killed-${at}`);
let server: GitServer;
let sources: readonly string[];
let built: string;

beforeAll(async () => {
  for (const [at, name] of names.entries()) {
    const lock = npmLock({ ms: `1.0.${at}`, pad: `1.0.0-${'x'.repeat(500_000)}` });
    repository(root, `${name}.git`, { 'package-lock.json': lock, 'b/package-lock.json': npmLock({ ms: '2.0.0' }) });
  }
  server = await serveHttp(root);
  sources = names.map((name) => `git+${server.url}/${name}.git`);
  built = build();
});
afterAll(() => server.close());

/** The program, compiled, where it finds what it depends on. */
function build(): string {
  const directory = scratch();
  for (const name of ['node_modules', 'package.json']) symlinkSync(join(REPOSITORY, name), join(directory, name));
  const compile = join(REPOSITORY, 'node_modules', '.bin', 'tsc');
  const project = join(REPOSITORY, 'tsconfig.build.json');
  // Whether its types are right is another check's matter.
  execFileSync(compile, ['-p', project, '--noCheck', '--outDir', join(directory, 'src')], { stdio: 'ignore' });
  return directory;
}

function start(wanted: readonly string[], cache: string): ChildProcess {
  const program = `
    const { openSources } = await import(${JSON.stringify(pathToFileURL(join(built, 'src', 'sources', 'index.js')).href)});
    await openSources(${JSON.stringify(wanted)}, { cache: ${JSON.stringify(cache)} });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { env: gitEnv(), stdio: 'ignore' });
}

const texts = ({ lockfiles, read }: Opened) => lockfiles.map((file) => [file, read(file)]);

describe('a run that is killed', () => {
  it('leaves a cache that the next one goes on from, with the same result', async () => {
    const expected = texts(await opened(sources));
    const cache = scratch();
    for (const requests of [2, 5, 9, 12, 15, 18]) {
      const wanted = server.requests.length + requests;
      const child = start(sources, cache);
      const ended = once(child, 'close');
      await asked(() => server.requests.length >= wanted || child.exitCode !== null);
      child.kill('SIGKILL');
      await ended;
    }
    const seen = await opened(sources, { cache });
    expect(seen.incomplete).toEqual([]);
    expect(texts(seen)).toEqual(expected);
    const before = server.requests.length;
    expect(texts(await opened(sources, { cache, offline: true }))).toEqual(expected);
    expect(server.requests.length).toBe(before);
  });
});

describe('a run that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends, and what it started with it', async (signal) => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const child = start([`git+http://127.0.0.1:${portOf(silent)}/a`], scratch());
    const ended = once(child, 'close');
    const [request] = await once(silent, 'request');
    const cut = once(request.socket, 'close');
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    // Only the end of git's own process closes its connection.
    await cut;
    silent.close();
  });
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Waits for something that requests bring about. */
async function asked(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
