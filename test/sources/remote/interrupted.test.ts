/** Runs that are killed, or told to end, and those that go on from them; each in a process of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps } from '../../cli/harness.ts';
import { FakeClock } from '../api/http.ts';
import { gitEnv, type MadeRepository, repository } from '../git/made.ts';
import { type GitServer, serveHttp } from '../git/server.ts';
import { Github } from '../github/server.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const TOKEN = 'planted0secret0token';
const NAMES = Array.from({ length: 6 }, (_, at) => `acme/killed-${at}`);
const root = scratch();
const github = new Github(new FakeClock());
let git: GitServer;
let built: string;
let first: MadeRepository;

const filesOf = (at: number) => ({
  'package-lock.json': npmLock({ ms: `1.0.${at}`, pad: `1.0.0-${'x'.repeat(500_000)}` }),
  'b/package-lock.json': npmLock({ ms: '2.0.0' }),
});

beforeAll(async () => {
  const made = NAMES.map((name, at) => repository(root, `${name}.git`, filesOf(at)));
  first = made[0]!;
  github.organisations.add('acme');
  github.tokens.set(TOKEN, 'me');
  for (const [at, name] of NAMES.entries()) github.add(name, filesOf(at));
  github.add('you/one', filesOf(9));
  [git] = await Promise.all([serveHttp(root), github.start()]);
  built = build();
}, 120_000);
afterAll(async () => {
  expect(github.violations).toEqual([]);
  await Promise.all([git.close(), github.loopback.close()]);
});

/** The program, compiled, where it finds what it depends on. */
function build(): string {
  const directory = scratch();
  for (const name of ['node_modules', 'package.json', 'schema']) {
    symlinkSync(join(REPOSITORY, name), join(directory, name));
  }
  const compile = join(REPOSITORY, 'node_modules', '.bin', 'tsc');
  const project = join(REPOSITORY, 'tsconfig.build.json');
  // Whether its types are right is another check's matter.
  execFileSync(compile, ['-p', project, '--noCheck', '--outDir', join(directory, 'dist')], { stdio: 'ignore' });
  return directory;
}

const env = () => ({ ...gitEnv(), GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN, NO_COLOR: '1' });
const REPORT = ['--no-config', '--no-verify', '--format', 'json', '--layer', 'package'];

function start(sources: readonly string[], cache: string, ...more: string[]): ChildProcess {
  const program = join(built, 'dist', 'bin.js');
  return spawn(process.execPath, [program, ...sources, '--cache-dir', cache, ...REPORT, ...more], {
    env: env(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** As far as repositories are read, which is where it is killed; a whole program takes longer to start. */
function startReading(sources: readonly string[], cache: string, resume: boolean): ChildProcess {
  const module = pathToFileURL(join(built, 'dist', 'sources', 'index.js')).href;
  const program = `
    const { openSources } = await import(${JSON.stringify(module)});
    await openSources(${JSON.stringify(sources)}, ${JSON.stringify({ cache, resume })});`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { env: env(), stdio: 'ignore' });
}

async function report(sources: readonly string[], cache: string, ...more: string[]): Promise<string> {
  const { code, stdout } = await spofDeps([...sources, '--cache-dir', cache, ...REPORT, ...more], { env: env() });
  expect(code).toBe(0);
  return stdout;
}

/** Each route: its sources, the repositories that were asked for since the last time, all requests, a name by its place. */
const ROUTES = {
  git: {
    sources: () => NAMES.map((name) => `git+${git.url}/${name}.git`),
    requests: () => git.requests.map(({ path }) => /killed-\d/.exec(path)?.[0] ?? path),
    moments: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22],
  },
  github: {
    sources: () => ['github:acme', 'github:you/one'],
    requests: () => github.loopback.requests.map(({ path }) => /killed-\d|you\/one/.exec(path)?.[0] ?? path),
    moments: [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12],
  },
} as const;

/** What the journal of a cache says was read. */
function journaled(cache: string): string[] {
  const directory = join(cache, 'repositories', 'v1', 'journals');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(1, -1))
    .map((line) => /killed-\d|you\/one/.exec(line)?.[0] ?? line);
}

describe.each(['git', 'github'] as const)('a run over %s that is killed', (route) => {
  const { sources, requests, moments } = ROUTES[route];

  it('twenty times, leaves what the next one goes on from, with the same report', async () => {
    const expected = await report(sources(), scratch());
    const cache = scratch();
    for (const [at, moment] of moments.entries()) {
      const wanted = requests().length + moment;
      const child = startReading(sources(), cache, at % 2 === 0);
      const ended = once(child, 'close');
      await asked(() => requests().length >= wanted || child.exitCode !== null);
      child.kill('SIGKILL');
      await ended;
    }
    expect(await report(sources(), cache, '--resume')).toBe(expected);
    expect(journaled(cache)).toEqual([]);
    const before = requests().length;
    expect(await report(sources(), cache, '--offline')).toBe(expected);
    expect(requests().length).toBe(before);
  }, 240_000);

  it('and gone on from is not asked again for what it has read, whatever was pushed since', async () => {
    const expected = await report(sources(), scratch());
    const cache = scratch();
    const child = startReading(sources(), cache, false);
    const ended = once(child, 'close');
    await asked(() => journaled(cache).length >= 2 || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
    const read = journaled(cache);
    const made = github.repositories[0]!;
    const [branch, tree] = [first.git('rev-parse', 'main'), made.refs.get('main')!];
    const pushedAt = made.pushed_at;
    first.commit({ 'package-lock.json': npmLock({ other: '9.9.9' }) });
    github.push(made, { 'package-lock.json': npmLock({ other: '9.9.9' }) });
    try {
      const before = requests().length;
      const resumed = await report(sources(), cache, '--resume');
      const since = new Set(requests().slice(before));
      expect(read.filter((name) => since.has(name))).toEqual([]);
      if (read.includes('killed-0')) expect(resumed).toBe(expected);
      expect(await report(sources(), cache)).toContain('npm/other');
    } finally {
      first.git('update-ref', 'refs/heads/main', branch);
      made.refs.set('main', tree);
      made.pushed_at = pushedAt;
    }
  });
});

describe('a run that is told to end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends, and what it started with it', async (signal) => {
    const silent = createServer((request, response) => {
      // Left to git.
      if (request.headers['user-agent']?.startsWith('git/spof-deps')) response.writeHead(302).end();
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const child = start([`git+http://127.0.0.1:${portOf(silent)}/a`], scratch());
    const ended = once(child, 'close');
    const socket = await new Promise<import('node:net').Socket>((resolve) => {
      silent.on('request', ({ headers, socket: its }) => {
        if (!headers['user-agent']?.startsWith('git/spof-deps')) resolve(its);
      });
    });
    const cut = once(socket, 'close');
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    // Only the end of git's own process closes its connection.
    await cut;
    silent.closeAllConnections();
    silent.close();
  });

  it('says how to go on, and leaves nothing half done', async () => {
    const { sources, requests } = ROUTES.git;
    const cache = scratch();
    const wanted = requests().length + 14;
    const child = start(sources(), cache);
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
    const ended = once(child, 'close');
    await asked(() => requests().length >= wanted || child.exitCode !== null);
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(said).toMatch(/interrupted: \d of 6 repositories are read, and kept; .*--resume/);
    expect(readdirSync(join(cache, 'repositories', 'v1', 'tmp'))).toEqual([]);
    expect(await report(sources(), cache, '--resume')).toBe(await report(sources(), scratch()));
  });
});

describe('--resume', () => {
  it('is a run like any other where nothing broke off, and says so', async () => {
    const cache = scratch();
    const { sources } = ROUTES.git;
    await report(sources(), cache);
    const args = [...sources(), '--cache-dir', cache, ...REPORT, '--resume'];
    const { code, stderr } = await spofDeps(args, { env: env() });
    expect(code).toBe(0);
    expect(stderr).toContain('--resume: no run over these sources broke off in the last day');
  });

  it('needs something that was kept', async () => {
    const { code, stderr } = await spofDeps([...ROUTES.git.sources(), '--no-cache', '--resume'], { env: env() });
    expect(code).toBe(2);
    expect(stderr).toContain('--resume: with --no-cache nothing is kept');
  });

  it('asks again for what could not be read', async () => {
    const cache = scratch();
    const sources = ['github:acme'];
    github.faults = [({ path }) => (path.includes('killed-3/git') ? { status: 404, body: {} } : undefined)];
    const args = [...sources, '--cache-dir', cache, ...REPORT];
    expect((await spofDeps(args, { env: env() })).code).toBe(3);
    github.faults = [];
    const before = github.loopback.requests.length;
    const { code, stderr } = await spofDeps([...args, '--resume'], { env: env() });
    expect(code).toBe(0);
    expect(stderr).toContain('5 repositories are taken as the run of 20');
    const since = ROUTES.github.requests().slice(before);
    expect(since.filter((path) => path.startsWith('killed'))).toEqual(since.filter((path) => path === 'killed-3'));
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
