import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lasting } from '../../src/network/faults.ts';
import { type WireOptions, wireOptions } from '../../src/network/flat-options.ts';
import { HostBudget } from '../../src/network/host-budget.ts';
import type { Access } from '../../src/network/npm-config.ts';
import { retryAfter } from '../../src/network/retry.ts';
import {
  attestationsPath,
  type ClientOptions,
  KEYS_PATH,
  packagePath,
  RegistryClient,
} from '../../src/registry/client.ts';
import { type Description, type LoopbackRegistry, type Reply, startRegistry } from './server.ts';

const running: LoopbackRegistry[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function registry(description: Description): Promise<LoopbackRegistry> {
  const server = await startRegistry(description);
  running.push(server);
  return server;
}

interface Given extends Omit<Partial<ClientOptions>, 'settings'> {
  readonly wire?: Partial<WireOptions>;
  readonly access?: Readonly<Record<string, Partial<Access>>>;
}

/** A client of the registries given, which notes how long it would have slept. */
function client(urls: readonly string[], { wire = {}, access = {}, ...options }: Given = {}) {
  const slept: number[] = [];
  const none: Access = { authorization: undefined, cert: undefined, key: undefined };
  const made = new RegistryClient({
    settings: {
      registries: () => urls,
      accessTo: (url) => ({ ...none, ...access[url] }),
      // The proxies of the environment the tests run in are none of theirs.
      fetchOptions: { ...wireOptions({ noProxy: '127.0.0.1' }, () => false), ...wire },
    },
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    ...options,
  });
  return Object.assign(made, { slept });
}

/** Asks for one path of a registry that answers as told. */
async function ask(replies: Reply | readonly Reply[], given: Given = {}) {
  const server = await registry({ routes: { '/x': replies } });
  const asking = client([server.url], given);
  const answer = await asking.get(server.url, 'x');
  return { answer, asked: server.requests.length, slept: asking.slept, stats: asking.stats };
}

/** Made for these tests and used nowhere else; self-signed, for 127.0.0.1, good for a century. */
const TLS = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnU9Y9KIAtvzjAMgu
3AhbgZklFXx/q83jUjZsRyxwBsahRANCAAT8uYkU7s5eCUHKruwPOKSuO6cNlDaU
k+kc7QB57a7OPmNYQJnPw+rmkMoM9xJwswHZn3NTl6AKYZ7K8+eqBrFq
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmTCCAUCgAwIBAgIUSBxpVrlg+9p2yQtPTFqcPgUKFS4wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOc3BvZi1kZXBzIHRlc3QwIBcNMjYxMTIzMDQ1NDQwWhgPMjEy
NjEwMzAwNDU0NDBaMBkxFzAVBgNVBAMMDnNwb2YtZGVwcyB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE/LmJFO7OXglByq7sDzikrjunDZQ2lJPpHO0Aee2u
zj5jWECZz8Pq5pDKDPcScLMB2Z9zU5egCmGeyvPnqgaxaqNkMGIwHQYDVR0OBBYE
FEd3jXANuVbuioOqKaa4/dGQgYkHMB8GA1UdIwQYMBaAFEd3jXANuVbuioOqKaa4
/dGQgYkHMA8GA1UdEwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjO
PQQDAgNHADBEAiAymjQUjiJqnDT25w6Q2dY/oYSa+0JYcPgKLYFVJOdfqwIgZQm8
J/MxL4RfRlKWJYln+u2vcdscOBdDc6Et5rDGw68=
-----END CERTIFICATE-----`,
};

const OK: Reply = { body: '{"ok":true}' };
const IS_OK = { kind: 'ok', text: '{"ok":true}' };
const failing = (code: string) => ({ kind: 'failed', code });

describe('paths', () => {
  test('names as registries expect them', () => {
    expect(packagePath('left-pad')).toBe('left-pad');
    expect(packagePath('@acme/x.js')).toBe('@acme%2fx.js');
    expect(packagePath('JSONStream')).toBe('JSONStream');
    expect(packagePath('__proto__')).toBe('__proto__');
    expect(packagePath('-')).toBe('-');
    expect(packagePath("a!~*'()b")).toBe("a!~*'()b");
    expect(packagePath('a?b#c%2f')).toBe('a%3Fb%23c%252f');
    expect(packagePath('é')).toBe('%C3%A9');
    expect(attestationsPath('@acme/x', '1.0.0+b')).toBe('-/npm/v1/attestations/@acme%2fx@1.0.0%2Bb');
  });

  test.each([
    '',
    '.',
    '..',
    '../..',
    'a/b',
    'a/../b',
    '/a',
    '@',
    '@a',
    '@/a',
    '@a/',
    '@a/..',
    '@../a',
    '@./a',
    '@a/.',
    '@a/b/c',
    '@a/b/..',
    'a\\b',
    'a\u0000',
    'a\nb',
    ' a',
    'a\u007f',
    '\ud800',
    'a'.repeat(513),
  ])('no registry has a package named %j', (name) => {
    expect(packagePath(name)).toBeUndefined();
    expect(attestationsPath(name, '1.0.0')).toBeUndefined();
  });

  test.each(['', '.', '..', '1.0.0/..', '1 0', '1.0.0?x', '1\n', 'a'.repeat(257), '/'])(
    'nor a version %j',
    (version) => {
      expect(attestationsPath('a', version)).toBeUndefined();
    },
  );

  test('whatever the name, the path stays below the registry and names that package', () => {
    const base = 'https://registry.example/npm/';
    const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('.', '..', '%2e%2e', '%2f', '//h', '\\', 'ä'));
    const name = fc.oneof(
      part,
      fc.tuple(part, part).map(([scope, rest]) => `@${scope}/${rest}`),
    );
    fc.assert(
      fc.property(name, (text) => {
        const path = packagePath(text);
        if (path === undefined) return;
        const url = new URL(base + path);
        expect(url.href).toBe(base + path);
        expect(decodeURIComponent(url.pathname.slice('/npm/'.length))).toBe(text);
        expect(url.search + url.hash).toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  test('a path that would leave the registry, or a registry not configured, is not asked', async () => {
    const server = await registry({ base: '/npm/', packuments: { a: {} } });
    const asking = client([server.url]);
    const outside = [
      '../a',
      './a',
      'a/../../b',
      '%2e%2e/a',
      '.%2E/a',
      'a?b',
      'a?',
      'a#',
      'a\\..\\b',
      'a\nb',
      '',
      ' a',
      'a ',
    ];
    for (const path of outside) expect(await asking.get(server.url, path)).toMatchObject(failing('bad-path'));
    const others = [server.url.slice(0, -'npm/'.length), 'http://127.0.0.1:1/', 'file:///', '', '__proto__'];
    for (const other of others) expect(await asking.get(other, 'a')).toMatchObject(failing('bad-path'));
    expect(server.requests).toEqual([]);
    expect(await asking.get(server.url, 'a')).toEqual({ kind: 'ok', text: '{}' });
  });
});

describe('answers', () => {
  test('packuments, keys and attestations, plain and compressed', async () => {
    const description = {
      packuments: { '@acme/x': { name: '@acme/x' }, ['__proto__']: { name: '__proto__' } },
      keys: { keys: [] },
      attestations: { '@acme/x@1.0.0': { attestations: [] } },
      routes: { '/packed': { gzip: true, body: { long: 'ä'.repeat(10_000) } } },
    };
    const server = await registry(description);
    const asking = client([server.url]);
    const get = (path: string | undefined) => asking.get(server.url, path ?? '');
    expect(await get(packagePath('@acme/x'))).toEqual({ kind: 'ok', text: '{"name":"@acme/x"}' });
    expect(await get(packagePath('__proto__'))).toEqual({ kind: 'ok', text: '{"name":"__proto__"}' });
    expect(await get(packagePath('toString'))).toEqual({ kind: 'absent', status: 404 });
    expect(await get(KEYS_PATH)).toEqual({ kind: 'ok', text: '{"keys":[]}' });
    expect(await get(attestationsPath('@acme/x', '1.0.0'))).toEqual({ kind: 'ok', text: '{"attestations":[]}' });
    expect(await get('packed')).toEqual({ kind: 'ok', text: JSON.stringify({ long: 'ä'.repeat(10_000) }) });
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/@acme%2fx' });
    expect(server.requests[0]?.headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'gzip' });
    expect(server.requests[0]?.headers['user-agent']).toMatch(/^spof-deps\//);
    expect(asking.stats).toMatchObject({ requests: 6, retried: 0 });
    expect(asking.stats.byHost.get(new URL(server.url).origin)?.requests).toBe(6);
    const bytes = asking.stats.bytes;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(1000);
  });

  test.each([
    [404, 'absent'],
    [405, 'absent'],
    [410, 'absent'],
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [451, 'refused'],
  ])('%i is %s, and final', async (status, kind) => {
    const { answer, asked } = await ask({ status, body: 'no' });
    expect(answer).toEqual({ kind, status });
    expect(asked).toBe(1);
  });

  test.each([204, 206, 300, 304])('%i makes no sense here', async (status) => {
    expect((await ask({ status })).answer).toMatchObject(failing('server'));
  });

  test('an endless body of a refusal is left unread', async () => {
    expect((await ask({ status: 404, fault: 'endless' })).answer).toEqual({ kind: 'absent', status: 404 });
  });

  test('no more requests in flight than allowed', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const server = await registry({ packuments: Object.fromEntries(names.map((name) => [name, {}])), latency: 5 });
    const crowd = client([server.url], { concurrency: 7 });
    await Promise.all(names.map((name) => crowd.get(server.url, name)));
    expect(server.mostAtOnce()).toBe(7);
    const few = await registry({ packuments: Object.fromEntries(names.map((name) => [name, {}])), latency: 1 });
    const polite = client([few.url], { concurrency: 7, wire: { maxSockets: 2 } });
    await Promise.all(names.map((name) => polite.get(few.url, name)));
    expect(few.mostAtOnce()).toBe(2);
  });
});

describe('retries', () => {
  test.each([
    ['500, then fine', [{ status: 500 }, OK]],
    ['503, then fine', [{ status: 503 }, OK]],
    ['408, then fine', [{ status: 408 }, OK]],
    ['reset, then fine', [{ fault: 'reset' }, OK]],
    ['cut off, then fine', [{ ...OK, fault: 'cut' }, OK]],
  ] as const)('%s', async (_, replies) => {
    const { answer, asked, slept, stats } = await ask(replies);
    expect(answer).toEqual(IS_OK);
    expect(asked).toBe(2);
    expect(slept).toEqual([10_000]);
    expect(stats).toMatchObject({ requests: 2, retried: 1 });
  });

  test("waits grow by the user's factor up to the user's limit, and end after the user's number", async () => {
    const wire = { retry: { retries: 4, minTimeout: 10, factor: 3, maxTimeout: 200 } };
    const { answer, asked, slept } = await ask({ status: 502 }, { wire });
    expect(answer).toMatchObject({ ...failing('server'), message: expect.stringContaining('502') });
    expect(slept).toEqual([10, 30, 90, 200]);
    expect(asked).toBe(5);
    const never = await ask({ status: 500 }, { wire: { retry: { ...wire.retry, retries: 0 } } });
    expect(never.asked).toBe(1);
  });

  test('Retry-After is kept, as seconds and as a date', async () => {
    const tooMany = (value: string) => ({ status: 429, headers: { 'retry-after': value } });
    const seconds = await ask([tooMany('7'), OK]);
    expect(seconds).toMatchObject({ answer: IS_OK, slept: [7000], asked: 2 });
    const date = await ask([tooMany(new Date(Date.now() + 30_000).toUTCString()), OK]);
    expect(date.answer).toEqual(IS_OK);
    expect(date.slept[0]).toBeGreaterThan(5_000);
    expect(date.slept[0]).toBeLessThanOrEqual(30_000);
    const unavailable = await ask([{ status: 503, headers: { 'retry-after': '3' } }, OK]);
    expect(unavailable.slept).toEqual([3000]);
    const nonsense = await ask([tooMany('soon'), OK]);
    expect(nonsense.slept).toEqual([10_000]);
  });

  test('Retry-After (RFC 9110, section 10.2.3)', () => {
    const now = Date.parse('1994-11-06T08:49:30Z');
    expect(retryAfter('Sun, 06 Nov 1994 08:49:37 GMT', now)).toBe(7000);
    expect(retryAfter('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(7000);
    expect(retryAfter('Sun, 06 Nov 1994 08:49:07 GMT', now)).toBe(0);
    expect(retryAfter('0', now)).toBe(0);
    expect(retryAfter(' 120 ', now)).toBe(120_000);
    for (const odd of [null, '', '-1', '1.5', '1e3', 'soon', '99999999999', 'Sun', '2030-01-01']) {
      expect(retryAfter(odd, now)).toBeUndefined();
    }
  });

  test('who wants to be left alone for longer than a minute is not asked again, by anyone', async () => {
    const server = await registry({
      packuments: { a: {} },
      routes: { '/x': { status: 429, headers: { 'retry-after': '61' } } },
    });
    const asking = client([server.url]);
    expect(await asking.get(server.url, 'x')).toMatchObject(failing('rate-limited'));
    expect(await asking.get(server.url, 'a')).toMatchObject(failing('rate-limited'));
    expect(asking.slept).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('429 to the end is rate-limited', async () => {
    expect(await ask({ status: 429 })).toMatchObject({ answer: failing('rate-limited'), asked: 3 });
  });

  test('one 429 holds every request to its host, and none to another', async () => {
    const packuments = { a: {}, b: {}, c: {} };
    const busy = await registry({
      packuments,
      routes: { '/x': [{ status: 429, headers: { 'retry-after': '5' } }, OK] },
    });
    const other = await registry({ packuments });
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let slept = () => {};
    const began = new Promise<void>((resolve) => {
      slept = resolve;
    });
    const asking = client([busy.url, other.url], {
      sleep: () => {
        slept();
        return asleep;
      },
    });
    const first = asking.get(busy.url, 'x');
    await began;
    const held = ['a', 'b', 'c'].map((name) => asking.get(busy.url, name));
    expect(await asking.get(other.url, 'a')).toEqual({ kind: 'ok', text: '{}' });
    expect(busy.requests.map((request) => request.path)).toEqual(['/x']);
    wake();
    expect((await Promise.all([first, ...held])).map((answer) => answer.kind)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(busy.requests).toHaveLength(5);
  });
});

test('a pause that begins during another is waited for too', async () => {
  const host = new HostBudget(10, 10);
  const wake: (() => void)[] = [];
  const pause = () => host.pause(new Promise<void>((resolve) => wake.push(resolve)));
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  let clear = false;
  pause();
  const waiting = host.clear().then(() => {
    clear = true;
  });
  await settled();
  pause();
  wake[0]?.();
  await settled();
  expect(clear).toBe(false);
  wake[1]?.();
  await waiting;
  expect(clear).toBe(true);
});

describe('redirects', () => {
  const to = (location: string, status = 302): Reply => ({ status, headers: { location } });

  test.each([301, 302, 303, 307, 308])('%i below the registry is followed', async (status) => {
    const server = await registry({
      base: '/npm/',
      packuments: { b: {} },
      routes: { '/npm/a': to('/npm/b?s3cret', status), '/npm/b?s3cret': OK },
    });
    expect(await client([server.url]).get(server.url, 'a')).toEqual(IS_OK);
  });

  test('three times', async () => {
    const chain = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`/${index}`, to(`/${index + 1}`)]));
    for (const [length, kind] of [
      [3, 'ok'],
      [4, 'failed'],
    ] as const) {
      const server = await registry({ routes: { ...chain(length), [`/${length}`]: OK } });
      expect((await client([server.url]).get(server.url, '0')).kind).toBe(kind);
      expect(server.requests).toHaveLength(4);
    }
    const round = await ask(to('/x'));
    expect(round).toMatchObject({ answer: failing('redirected'), asked: 4 });
  });

  test('out of the registry is not, and neither another host nor another port is ever contacted', async () => {
    const other = await registry({ base: '/npm/', packuments: { x: {} } });
    const port = new URL(other.url).port;
    for (const location of [
      other.url,
      `${other.url}x`,
      `//127.0.0.1:${port}/npm/x`,
      `http://localhost:${port}/npm/x`,
      `https://127.0.0.1:${port}/npm/x`,
      '/other/x',
      '/npm/../x',
      '/npm',
      '..',
      'https://user:s3cret@registry.example/',
      'file:///x',
      'http://[',
      '',
    ]) {
      const server = await registry({ base: '/npm/', routes: { '/npm/x': to(location), '/npm/': to('/') } });
      const access = { [server.url]: { authorization: 'Bearer s3cret' } };
      const answer = await client([server.url], { access }).get(server.url, 'x');
      expect(answer, location).toMatchObject(failing('redirected'));
      expect(JSON.stringify(answer)).not.toContain('s3cret');
    }
    const nowhere = await ask({ status: 302 });
    expect(nowhere.answer).toMatchObject(failing('redirected'));
    expect(other.requests).toEqual([]);
  });

  test('a redirect with the credentials of the address in it is not followed', async () => {
    const routes: Record<string, Reply> = {};
    const server = await registry({ routes });
    routes['/x'] = to(server.url.replace('//', '//user:pass@'));
    expect(await client([server.url]).get(server.url, 'x')).toMatchObject(failing('redirected'));
    expect(server.requests).toHaveLength(1);
  });
});

test('credentials go to their registry alone', async () => {
  const [mine, other] = [await registry({ packuments: { x: {} } }), await registry({ packuments: { x: {} } })];
  const asking = client([mine.url, other.url], { access: { [mine.url]: { authorization: 'Bearer t0ken' } } });
  await asking.get(mine.url, 'x');
  await asking.get(other.url, 'x');
  expect(mine.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer t0ken']);
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

describe('sizes', () => {
  const bomb = gzipSync(Buffer.alloc(1_000_000));

  test.each([
    ['announced', { body: 'x'.repeat(5000) }],
    ['without end', { fault: 'endless' }],
    ['after decompression', { body: bomb, headers: { 'content-encoding': 'gzip' } }],
    ['compressed without end', { fault: 'endless', headers: { 'content-encoding': 'gzip' } }],
  ] as const)('too large: %s', async (_, reply) => {
    const { answer, asked } = await ask(reply, { packumentBytes: bomb.length });
    if (asked !== 1) throw new Error('asked again');
    expect(answer).toMatchObject(failing('too-large'));
  });

  test('packuments and other documents each have their own limit, which itself is allowed', async () => {
    const server = await registry({ packuments: { x: 'x'.repeat(100), y: 'y'.repeat(101) }, keys: 'k'.repeat(11) });
    const asking = client([server.url], { packumentBytes: 100, documentBytes: 10 });
    expect((await asking.get(server.url, 'x')).kind).toBe('ok');
    expect(await asking.get(server.url, 'y')).toMatchObject(failing('too-large'));
    expect(await asking.get(server.url, KEYS_PATH)).toMatchObject(failing('too-large'));
  });

  const text = JSON.stringify({ versions: Array.from({ length: 500 }, (_, index) => `1.0.${index}`) });
  const packed = gzipSync(text);
  test.each([
    ['cut off', { body: text, fault: 'cut' }],
    ['cut off while chunked', { body: text, fault: 'cut', headers: { 'transfer-encoding': 'chunked' } }],
    ['gzip that stops early', { body: packed.subarray(0, -30), headers: { 'content-encoding': 'gzip' } }],
    ['gzip without its checksum', { body: packed.subarray(0, -8), headers: { 'content-encoding': 'gzip' } }],
    ['damaged gzip', { body: Buffer.from(packed).fill(7, 50, 60), headers: { 'content-encoding': 'gzip' } }],
    ['no gzip at all', { body: text, headers: { 'content-encoding': 'gzip' } }],
    ['an empty gzip', { body: '', headers: { 'content-encoding': 'gzip' } }],
  ] as const)('truncated: %s, asked again first', async (_, reply) => {
    const { 'content-encoding': encoding, ...headers } = { 'content-encoding': undefined, ...Object(reply).headers };
    const given = {
      ...reply,
      headers: encoding === undefined ? headers : { ...headers, 'content-encoding': encoding },
    };
    const { answer, asked } = await ask(given);
    expect(answer).toMatchObject(failing('truncated'));
    expect(asked).toBe(3);
  });

  test('a compression nobody asked for', async () => {
    const { answer } = await ask({ body: 'x', headers: { 'content-encoding': 'zstd' } });
    expect(answer).toMatchObject(failing('undecodable'));
  });
});

describe('a host that does not answer', () => {
  /** An address that nothing listens at. */
  async function nobody(): Promise<string> {
    const server = await startRegistry();
    await server.close();
    return server.url;
  }

  test('nobody there: network, with what the system says and nothing else', async () => {
    const url = await nobody();
    const answer = await client([url]).get(url, 'x');
    expect(answer).toMatchObject(failing('network'));
    expect(answer).toMatchObject({ message: `${new URL(url).origin} cannot be reached (ECONNREFUSED)` });
  });

  test('something there that does not speak HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('s3cret nonsense\r\n\r\n');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    const answer = await client([url]).get(url, 'x');
    server.close();
    expect(answer).toMatchObject(failing('network'));
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });

  test('certificates are checked, unless the user says otherwise or names who made them', async () => {
    const server = await registry({ packuments: { x: {} }, tls: TLS });
    const asking = (wire: Partial<WireOptions>) => client([server.url], { wire });
    const answer = await asking({}).get(server.url, 'x');
    expect(answer).toMatchObject({
      ...failing('network'),
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
    expect(server.requests).toEqual([]);
    expect((await asking({ ca: TLS.cert }).get(server.url, 'x')).kind).toBe('ok');
    expect((await asking({ strictSSL: false }).get(server.url, 'x')).kind).toBe('ok');
  });

  test('a name that does not exist and a certificate that is not trusted are not asked again', async () => {
    for (const code of [
      'ENOTFOUND',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]) {
      expect(lasting(Object.assign(new Error(), { code }))).toBe(true);
    }
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'EPIPE', undefined]) {
      expect(lasting(Object.assign(new Error(), { code }))).toBe(false);
    }
    const server = await registry({ tls: TLS });
    const asking = client([server.url]);
    await asking.get(server.url, 'x');
    expect(asking.slept).toEqual([]);
  });

  test.each(['silent', 'stall'] as const)('%s: timeout, after retries', async (fault) => {
    const { answer, asked } = await ask({ ...OK, fault }, { wire: { timeout: 50 } });
    expect(answer).toMatchObject(failing('timeout'));
    expect(asked).toBe(3);
  });

  test.each(['silent', 'stall'] as const)('%s: no longer than a request may take in all', async (fault) => {
    const { answer, asked } = await ask({ ...OK, fault }, { totalTimeout: 60 });
    expect(answer).toMatchObject(failing('timeout'));
    expect(asked).toBe(1);
  });

  test('bytes that trickle in cannot outlast it either', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    expect(await client([url], { totalTimeout: 80, wire: { timeout: 50 } }).get(url, 'x')).toMatchObject(
      failing('timeout'),
    );
    server.close();
  });

  test('nor can waits', async () => {
    const never = () => new Promise<void>(() => {});
    const limited = await ask({ status: 429 }, { totalTimeout: 50, sleep: never });
    expect(limited).toMatchObject({ answer: failing('rate-limited'), asked: 1 });
    const broken = await ask({ status: 500 }, { totalTimeout: 50, sleep: never });
    expect(broken).toMatchObject({ answer: failing('server'), asked: 1 });
  });

  test('is given up after some requests in a row, whatever else is asked', async () => {
    const url = await nobody();
    const asking = client([url], {
      breakAfter: 3,
      wire: { retry: { retries: 1, minTimeout: 1, factor: 1, maxTimeout: 1 } },
    });
    for (let index = 0; index < 20; index++) expect(await asking.get(url, 'x')).toMatchObject(failing('network'));
    expect(asking.stats.requests).toBe(6);
  });

  test('a hundred requests at once to a host that hangs end after the first few', async () => {
    const server = await registry({
      routes: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`/${i}`, { fault: 'silent' }])),
    });
    const asking = client([server.url], {
      concurrency: 5,
      breakAfter: 5,
      wire: { timeout: 40, retry: { retries: 0, minTimeout: 0, factor: 1, maxTimeout: 0 } },
    });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => asking.get(server.url, `${index}`)));
    for (const answer of answers) expect(answer).toMatchObject(failing('timeout'));
    expect(server.requests.length).toBeLessThan(15);
  });

  test('an answer in between starts the count anew; another host is not concerned', async () => {
    const server = await registry({ packuments: { fine: {} }, routes: { '/bad': { fault: 'reset' } } });
    const dead = await nobody();
    const asking = client([server.url, dead], {
      breakAfter: 2,
      wire: { retry: { retries: 0, minTimeout: 0, factor: 1, maxTimeout: 0 } },
    });
    for (let index = 0; index < 4; index++) await asking.get(dead, 'x');
    for (let index = 0; index < 4; index++) {
      expect(await asking.get(server.url, 'bad')).toMatchObject(failing('network'));
      expect((await asking.get(server.url, 'fine')).kind).toBe('ok');
    }
    expect(asking.stats.byHost.get(new URL(dead).origin)?.requests).toBe(2);
    expect(server.requests).toHaveLength(8);
  });

  test('one that only ever fails is given up as well, later', async () => {
    const server = await registry({ routes: { '/x': { status: 500 } } });
    const asking = client([server.url], {
      breakAfter: 2,
      wire: { retry: { retries: 0, minTimeout: 0, factor: 1, maxTimeout: 0 } },
    });
    for (let index = 0; index < 30; index++) expect(await asking.get(server.url, 'x')).toMatchObject(failing('server'));
    expect(server.requests).toHaveLength(8);
  });

  test('a host has so many requests in a run, retries and redirects among them', async () => {
    const server = await registry({
      packuments: { a: {} },
      routes: { '/r': { status: 302, headers: { location: '/a' } }, '/e': [{ status: 500 }, OK] },
    });
    const asking = client([server.url], { requestsPerHost: 5 });
    expect((await asking.get(server.url, 'r')).kind).toBe('ok');
    expect((await asking.get(server.url, 'e')).kind).toBe('ok');
    expect((await asking.get(server.url, 'a')).kind).toBe('ok');
    expect(await asking.get(server.url, 'a')).toMatchObject(failing('budget'));
    expect(server.requests).toHaveLength(5);
    expect(asking.stats.requests).toBe(5);
  });
});

describe('an answer at hand', () => {
  const headers = { 'cache-control': 'public, max-age=300', etag: '"1"' };

  test('comes with how long it holds, and is asked for again by its tag', async () => {
    const server = await registry({
      routes: {
        '/x': [
          { ...OK, headers },
          { status: 304, headers },
          { ...OK, headers: { etag: '"2"' } },
        ],
      },
    });
    const asking = client([server.url]);
    const validity = { etag: '"1"', milliseconds: 300_000 };
    expect(await asking.get(server.url, 'x')).toEqual({ ...IS_OK, validity });
    expect(await asking.get(server.url, 'x', '"1"')).toEqual({ kind: 'unchanged', validity });
    expect(await asking.get(server.url, 'x', '"1"')).toEqual({ ...IS_OK, validity: { etag: '"2"', milliseconds: 0 } });
    expect(server.requests.map((request) => request.headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
    expect(asking.stats.requests).toBe(3);
  });

  test('that nobody asked about is not unchanged', async () => {
    expect((await ask({ status: 304 })).answer).toMatchObject(failing('server'));
  });
});

test('nothing is printed', async () => {
  const written: unknown[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(text);
      return true;
    });
  }
  await ask([{ status: 500, headers: { 'npm-notice': 'read me' } }, { status: 429 }, { ...OK, fault: 'cut' }]);
  await ask({ ...OK, headers: { 'npm-notice': 'read me' } });
  vi.restoreAllMocks();
  expect(written).toEqual([]);
});
