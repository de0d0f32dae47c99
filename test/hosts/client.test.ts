/** Posting to the interface of a host. What is asked of one is tested with the sources that ask. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHost, webAddressOf } from '../../src/hosts/base.ts';
import { ApiClient } from '../../src/hosts/client.ts';
import { githubHost } from '../../src/hosts/github.ts';
import { Pace } from '../../src/hosts/pace.ts';
import { FakeClock, type Loopback, type Reply, type Request, startLoopback } from '../sources/api/http.ts';

let clock: FakeClock;
let loopback: Loopback;
let answer: (request: Request) => Reply;
let times: number[];

beforeEach(async () => {
  clock = new FakeClock();
  times = [];
  answer = () => ({ status: 202, body: {} });
  loopback = await startLoopback((request) => {
    times.push(clock.time);
    return answer(request);
  });
});

afterEach(() => loopback.close());

/** As github.com is, but here. */
function hostHere(): ApiHost {
  const host = githubHost({ GITHUB_API_URL: loopback.origin, GITHUB_TOKEN: 'token' });
  return { ...host, perMinute: 800 };
}

const post = (client: ApiClient, path = '/x') =>
  client.post({ url: new URL(path, loopback.origin), accept: '*/*', most: 100, json: Buffer.from('{"a":1}') });

describe('what is posted', () => {
  it('is sent as JSON, once, a second after the one before', async () => {
    const client = new ApiClient(hostHere(), { clock });
    for (let at = 0; at < 5; at++) expect((await post(client)).kind).toBe('ok');
    expect(loopback.requests).toHaveLength(5);
    expect(loopback.requests[0]).toMatchObject({
      method: 'POST',
      body: Buffer.from('{"a":1}'),
      headers: { 'content-type': 'application/json', authorization: 'Bearer token' },
    });
    for (const [at, time] of times.entries()) if (at > 0) expect(time - times[at - 1]!).toBeGreaterThanOrEqual(1000);
  });

  it('counts five times where requests of a minute are counted', async () => {
    const client = new ApiClient({ ...hostHere(), perMinute: 50 }, { clock });
    for (let at = 0; at < 12; at++) await post(client);
    expect(times.filter((time) => time < times[0]! + 60_000)).toHaveLength(10);
  });

  it('is at most so much in an hour, and the wait is told', async () => {
    const waits: number[] = [];
    const client = new ApiClient(hostHere(), { clock, postsPerHour: 3, onWait: (wait) => waits.push(wait) });
    const outcomes = [];
    for (let at = 0; at < 5; at++) outcomes.push((await post(client)).kind);
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(waits).toHaveLength(1);
    expect(times[3]! - times[0]!).toBeGreaterThanOrEqual(3600_000);
    // Not for longer than a run is patient.
    const impatient = new ApiClient(hostHere(), { clock, postsPerHour: 1, patience: 1000 });
    expect((await post(impatient)).kind).toBe('ok');
    expect(await post(impatient)).toMatchObject({ kind: 'failed', failure: { kind: 'rate-limited' } });
  });

  it('goes nowhere else, wherever the server points', async () => {
    const client = new ApiClient(hostHere(), { clock });
    for (const status of [301, 302, 303, 307, 308]) {
      answer = () => ({ status, headers: { location: '/elsewhere' } });
      expect(await post(client)).toMatchObject({ kind: 'failed', failure: { kind: 'redirected' } });
    }
    expect(loopback.requests.every(({ path }) => path === '/x')).toBe(true);
    // What is only asked for is followed below the same interface, as before.
    answer = ({ path }) => (path === '/x' ? { status: 302, headers: { location: '/y' } } : { status: 200, body: '1' });
    const got = await client.get({ url: new URL('/x', loopback.origin), accept: '*/*', most: 100 });
    expect(got).toMatchObject({ kind: 'ok', moved: true });
  });

  it('is taken at 200, 201 and 202, and what is asked for at 200 alone', async () => {
    const client = new ApiClient(hostHere(), { clock });
    for (const status of [200, 201, 202]) {
      answer = () => ({ status, body: 'x' });
      expect((await post(client)).kind).toBe('ok');
    }
    answer = () => ({ status: 202, body: 'x' });
    const got = await client.get({ url: new URL('/x', loopback.origin), accept: '*/*', most: 100 });
    expect(got.kind).toBe('failed');
  });
});

describe('a pace', () => {
  it('has windows of any length', () => {
    const pace = new Pace(clock, 2, 1000);
    pace.count();
    expect(pace.left()).toBe(0);
    pace.count();
    expect(pace.left()).toBe(1000);
    clock.time += 999;
    expect(pace.left()).toBe(1);
    clock.time += 1;
    expect(pace.left()).toBe(0);
  });
});

describe('the address of a repository for people', () => {
  it('is on the host that people know', () => {
    expect(webAddressOf(githubHost({}), 'acme/pay')).toBe('https://github.com/acme/pay');
    expect(webAddressOf(githubHost({ GH_HOST: 'acme.ghe.com' }), 'acme/pay')).toBe('https://acme.ghe.com/acme/pay');
    expect(webAddressOf(githubHost({ GH_HOST: 'ghes.example:8443' }), 'a/b')).toBe('https://ghes.example:8443/a/b');
  });
});
