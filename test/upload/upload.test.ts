/** Uploading to a real server on the loopback that behaves as GitHub's description says. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { githubHost } from '../../src/hosts/github.ts';
import type { Outcome } from '../../src/upload/outcome.ts';
import { type UploadOptions, uploadAll } from '../../src/upload/upload.ts';
import { scratch } from '../cli/harness.ts';
import { FakeClock, type Reply, type Request } from '../sources/api/http.ts';
import { error, Github, type Made } from '../sources/github/server.ts';
import { provenance, result, run, sarifFile } from './made.ts';

const TOKEN = 'planted0secret0token';
let clock: FakeClock;
let github: Github;
let directory: string;
let waits: number[];

beforeEach(async () => {
  clock = new FakeClock();
  github = new Github(clock);
  github.tokens.set(TOKEN, 'me');
  await github.start();
  directory = scratch();
  waits = [];
});

afterEach(async () => {
  expect(github.violations).toEqual([]);
  await github.loopback.close();
});

function env(): Record<string, string> {
  return { GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN };
}

function web(path: string): string {
  return `http://${new URL(github.url).host}/${path}`;
}

function add(path: string): Made & { readonly commit: string } {
  const made = github.add(path, { 'package.json': '{}' });
  return Object.assign(made, { commit: made.refs.get('main')!.id });
}

/** A file of a repository. */
function fileOf(path: string, results = 1, more = {}): string {
  const { commit } = add(path);
  const name = `${path.replaceAll('/', '_')}.sarif`;
  const results_ = Array.from({ length: results }, () => result());
  return sarifFile(directory, name, run({ ...provenance(web(path), commit), results: results_, ...more }));
}

function upload(files: readonly string[], more: Partial<UploadOptions> = {}): Promise<Outcome[]> {
  return uploadAll(files, {
    host: githubHost(env()),
    targets: { told: {}, workflow: undefined },
    dryRun: false,
    wait: true,
    patience: 6 * 3600_000,
    clock,
    onWait: (milliseconds) => waits.push(milliseconds),
    ...more,
  });
}

const told = (outcomes: readonly Outcome[]) => outcomes.map(({ status, trouble }) => [status, trouble?.code]);
const isPost = ({ method }: Request) => method === 'POST';
const posts = () => github.loopback.requests.filter(isPost);

/** Answers posts, so many times. */
function refusing(reply: Reply, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  github.faults = [(request) => (isPost(request) && left-- > 0 ? reply : undefined)];
}

describe('an upload', () => {
  it('is the bytes of the file, for the commit and branch that were read, and waits until it is processed', async () => {
    const files = [fileOf('acme/pay', 2), fileOf('acme/web')];
    github.scanning.pending = 3;
    const outcomes = await upload(files);
    expect(told(outcomes)).toEqual([
      ['processed', undefined],
      ['processed', undefined],
    ]);
    expect(outcomes[0]).toMatchObject({
      file: files[0],
      target: { repository: 'acme/pay', ref: 'refs/heads/main' },
      facts: { results: 2, runs: [{ tool: 'spof-deps', category: 'spof-deps' }] },
    });
    expect(github.scanning.deliveries.map(({ text }) => text)).toEqual(files.map((file) => readFileSync(file, 'utf8')));
    expect(github.scanning.deliveries[0]).toMatchObject({ tool: 'spof-deps', ref: 'refs/heads/main' });
  });

  it('closes alerts: a file without results is uploaded too, and replaces the one before', async () => {
    const file = fileOf('acme/pay', 2);
    await upload([file]);
    const made = github.repositories[0]!;
    const commit = made.refs.get('main')!.id;
    await upload([sarifFile(directory, 'later.sarif', run(provenance(web('acme/pay'), commit)))]);
    const [only, ...others] = github.scanning.analyses('acme/pay');
    expect(others).toEqual([]);
    expect(JSON.parse(only!.text).runs[0].results).toEqual([]);
  });

  it('is said to be taken where nobody waits, or where it is not processed in time', async () => {
    const files = [fileOf('acme/pay')];
    github.scanning.pending = 1000;
    expect(told(await upload(files, { wait: false }))).toEqual([['uploaded', undefined]]);
    expect(github.loopback.requests).toHaveLength(1);
    const started = clock.time;
    const [outcome] = await upload(files);
    expect(told([outcome!])).toEqual([['uploaded', 'PROCESSING_UNKNOWN']]);
    expect(outcome!.trouble!.message).toContain('10 minutes');
    expect((clock.time - started) / 1000).toBe(615);
  });

  it('tells what GitHub finds wrong with it afterwards', async () => {
    github.scanning.errors = () => ['locationFromSarifResult: expected artifact location', 'another'];
    const [outcome] = await upload([fileOf('acme/pay')]);
    expect(told([outcome!])).toEqual([['failed', 'PROCESSING_FAILED']]);
    expect(outcome!.trouble!.message).toBe(
      'taken, but not processed: locationFromSarifResult: expected artifact location; another',
    );
  });

  it('asks nobody in a dry run', async () => {
    const outcomes = await upload([fileOf('acme/pay'), fileOf('acme/web')], { dryRun: true });
    expect(told(outcomes)).toEqual([
      ['planned', undefined],
      ['planned', undefined],
    ]);
    expect(github.loopback.requests).toEqual([]);
  });

  it('is sent once where two files would replace each other', async () => {
    const first = fileOf('acme/pay');
    const second = sarifFile(directory, 'again.sarif', JSON.parse(readFileSync(first, 'utf8')).runs[0]);
    const outcomes = await upload([first, second]);
    expect(told(outcomes)).toEqual([
      ['processed', undefined],
      ['skipped', 'SARIF_TWICE'],
    ]);
    expect(outcomes[1]!.trouble!.message).toContain(first);
  });
});

describe('a refusal', () => {
  const HINTS: [string, Reply, string, string][] = [
    [
      'no code scanning',
      error(403, 'Advanced Security must be enabled for this repository to use code scanning.'),
      'CODE_SCANNING_OFF',
      'GitHub Code Security',
    ],
    [
      'no code scanning, as it is called now',
      error(403, 'Code Security must be enabled for this repository to use code scanning.'),
      'CODE_SCANNING_OFF',
      'GitHub Code Security',
    ],
    ['no right', error(403, 'Resource not accessible by integration'), 'PERMISSION_DENIED', 'security-events: write'],
    [
      'no right of a token',
      error(403, 'Resource not accessible by personal access token'),
      'PERMISSION_DENIED',
      'Code scanning alerts: write',
    ],
    ['an archive', error(403, 'Repository was archived so is read-only.'), 'REPOSITORY_ARCHIVED', 'archived'],
    ['an old token', error(401, 'Bad credentials'), 'TOKEN_REFUSED', 'an hour'],
    ['nothing there', error(404, 'Not Found'), 'REPOSITORY_NOT_FOUND', 'GITHUB_TOKEN'],
    ['too much', error(413, 'Payload Too Large'), 'SARIF_TOO_LARGE', '--layer'],
    [
      'another commit',
      {
        status: 422,
        body: {
          message: 'Validation Failed',
          errors: [{ field: 'commit_sha', code: 'invalid', message: 'is not of the ref' }],
        },
      },
      'UPLOAD_REFUSED',
      'refs/heads/main',
    ],
    ['a body that is none', { status: 403, body: '<html>' }, 'PERMISSION_DENIED', 'security_events'],
    [
      'a redirect',
      { status: 307, headers: { location: '/api/v3/repositories/7/code-scanning/sarifs' } },
      'REPOSITORY_MOVED',
      'scan again',
    ],
    [
      'a redirect to elsewhere',
      { status: 302, headers: { location: 'https://evil.example/' } },
      'REPOSITORY_MOVED',
      'scan again',
    ],
    ['no receipt', { status: 202, body: { id: '../../x' } }, 'HOST_UNREACHABLE', 'again'],
  ];

  it.each(HINTS)('for %s says so, what helps, and what GitHub said', async (_, reply, code, hint) => {
    refusing(reply);
    const [outcome] = await upload([fileOf('acme/pay')]);
    expect(outcome!.trouble).toMatchObject({ code });
    expect(`${outcome!.trouble!.message} ${outcome!.trouble!.next}`).toContain(hint);
    expect(posts()).toHaveLength(1);
  });

  it('lists what GitHub lists, and no more than can be read', async () => {
    const errors = Array.from({ length: 40 }, (_, at) => `runs[0].results[${at}]: ${'x'.repeat(1000)}`);
    refusing({ status: 400, body: { message: 'Invalid SARIF.', errors } });
    const [outcome] = await upload([fileOf('acme/pay')]);
    const { code, message } = outcome!.trouble!;
    expect(code).toBe('UPLOAD_REFUSED');
    expect(message).toContain('Invalid SARIF.; runs[0].results[0]: xxx');
    expect(message).toContain('31 more');
    expect(message.length).toBeLessThan(4000);
  });

  it('of one stops no other', async () => {
    const files = [fileOf('acme/off'), fileOf('acme/old'), fileOf('acme/pay')];
    github.scanning.off.add('acme/off');
    github.repositories[1]!.archived = true;
    expect(told(await upload(files))).toEqual([
      ['skipped', 'CODE_SCANNING_OFF'],
      ['skipped', 'REPOSITORY_ARCHIVED'],
      ['processed', undefined],
    ]);
  });

  it('never tells the token, even where it is sent back', async () => {
    refusing({ status: 400, body: { message: `bad token ${TOKEN}`, errors: [`Bearer ${TOKEN}`, { message: TOKEN }] } });
    const outcomes = await upload([fileOf('acme/pay')]);
    expect(JSON.stringify(outcomes)).toContain('***');
    expect(JSON.stringify(outcomes)).not.toContain(TOKEN);
  });
});

describe('a server that fails', () => {
  it.each([502, 503, 500])('with %i is tried again: what arrives twice replaces itself', async (status) => {
    refusing({ status }, 2);
    expect(told(await upload([fileOf('acme/pay')]))).toEqual([['processed', undefined]]);
    expect(posts()).toHaveLength(3);
  });

  it('by cutting the line after it took an upload is sent it again', async () => {
    const file = fileOf('acme/pay');
    let cut = false;
    github.faults = [
      (request) => {
        if (!isPost(request) || cut) return undefined;
        cut = true;
        github.scanning.take(github.repositories[0]!, request, TOKEN, github.url);
        return { status: 202, fault: 'reset' };
      },
    ];
    expect(told(await upload([file]))).toEqual([['processed', undefined]]);
    expect(github.scanning.deliveries).toHaveLength(2);
    expect(github.scanning.analyses('acme/pay')).toHaveLength(1);
  });

  it('for good is given up, and the rest is not sent', async () => {
    const files = Array.from({ length: 40 }, (_, at) => fileOf(`acme/s${at}`));
    refusing({ status: 500 });
    const outcomes = await upload(files);
    expect(new Set(outcomes.map(({ trouble }) => trouble?.code))).toEqual(new Set(['HOST_UNREACHABLE']));
    expect(posts().length).toBeLessThan(70);
  });

  it('that is not there is told', async () => {
    const free = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    const file = sarifFile(directory, 'x.sarif', run(provenance(`http://127.0.0.1:${free}/acme/pay`, 'a'.repeat(40))));
    const host = githubHost({ GITHUB_API_URL: `http://127.0.0.1:${free}/api/v3`, GITHUB_TOKEN: TOKEN });
    const [outcome] = await upload([file], { host });
    expect(outcome!.trouble).toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('and never answers is left after a while', async () => {
    const silent = createServer(() => {});
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const file = sarifFile(directory, 'x.sarif', run(provenance(`http://127.0.0.1:${port}/acme/pay`, 'a'.repeat(40))));
    const host = githubHost({ GITHUB_API_URL: `http://127.0.0.1:${port}/api/v3`, GITHUB_TOKEN: TOKEN });
    const [outcome] = await upload([file], { host, timeout: 50, retries: 0 });
    expect(outcome!.trouble).toMatchObject({ code: 'HOST_UNREACHABLE', message: 'the host took too long' });
    silent.close();
  });
});

describe('limits', () => {
  it('of fifty an hour are waited for: three hundred files take five hours, and nothing is lost', async () => {
    github.scanning.perHour = 50;
    const files = Array.from({ length: 300 }, (_, at) => fileOf(`acme/s${at}`, 0));
    const started = clock.time;
    const outcomes = await upload(files, { wait: false });
    expect(outcomes.filter(({ status }) => status === 'uploaded')).toHaveLength(300);
    expect(github.scanning.deliveries).toHaveLength(300);
    expect(Math.round((clock.time - started) / 3600_000)).toBe(5);
    expect(waits).toHaveLength(5);
    expect(posts()).toHaveLength(305);
  });

  it('of a thousand an hour are kept without being told', async () => {
    github.remaining = 5000;
    const { commit } = add('acme/pay');
    const files = Array.from({ length: 1010 }, (_, at) =>
      sarifFile(
        directory,
        `${String(at).padStart(4, '0')}.sarif`,
        run({ ...provenance(web('acme/pay'), commit), automationDetails: { id: `c${at}/` } }),
      ),
    );
    const outcomes = await upload(files, { wait: false });
    expect(outcomes.every(({ status }) => status === 'uploaded')).toBe(true);
    expect(posts()).toHaveLength(1010);
    expect(waits).toHaveLength(1);
  });

  it('of the hour and secondary ones are obeyed by their headers', async () => {
    const reset = Math.floor(clock.time / 1000) + 120;
    const primary = {
      ...error(403, 'API rate limit exceeded'),
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
    };
    const secondary = { ...error(429, 'You have exceeded a secondary rate limit'), headers: { 'retry-after': '30' } };
    const replies = [primary, secondary];
    github.faults = [(request) => (isPost(request) ? replies.shift() : undefined)];
    expect(told(await upload([fileOf('acme/pay')]))).toEqual([['processed', undefined]]);
    expect(waits).toEqual([121_000, 30_000]);
  });

  it('longer than a run may wait end it: the rest is told, not lost', async () => {
    github.scanning.perHour = 2;
    const files = Array.from({ length: 5 }, (_, at) => fileOf(`acme/s${at}`));
    const outcomes = await upload(files, { patience: 60_000 });
    expect(told(outcomes).slice(2)).toEqual(Array.from({ length: 3 }, () => ['failed', 'RATE_LIMITED']));
    expect(outcomes[2]!.trouble!.next).toContain('--max-wait');
    expect(told(outcomes)[0]![0]).not.toBe('failed');
    expect(waits).toEqual([]);
  });
});
