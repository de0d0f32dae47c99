/** What earlier runs kept: asked for again where it must be, replayed elsewhere, and as hostile as the network. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS } from '../../src/evidence/state.ts';
import { Store } from '../../src/network/store.ts';
import { createSigstore } from '../sigstore/instance.ts';
import { sha512Of } from '../sigstore/packages.ts';
import { scratch } from './harness.ts';
import { type Packages, type SignedRegistry, serviceOf, signedRegistry } from './signed.ts';

interface Report {
  readonly evidence: { readonly mode: string; readonly requests: number; readonly trust: { readonly clock: string } };
  readonly components: readonly ({ readonly package: string } & Record<
    string,
    { readonly reason: string; readonly state: string }
  >)[];
  readonly findings: readonly { readonly code: string }[];
  readonly incomplete: readonly unknown[];
}

const FAST = { npm_config_fetch_retries: '0' };

async function verified(registry: SignedRegistry, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await registry.run(['verify', '--json', ...args], { ...FAST, ...env });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  const verdicts = Object.fromEntries(
    report.components.map((found) => [
      found.package.slice('npm/'.length),
      EVIDENCE_KINDS.map((kind) => found[kind]!.reason).join(' '),
    ]),
  );
  const { clock, requests } = { clock: report.evidence.trust.clock, requests: report.evidence.requests };
  const lasting = stdout.replace(clock, '<clock>').replace(`"requests":${requests}`, '<requests>');
  return { ...report, code, verdicts, requests, lasting };
}

const sigstore = createSigstore();
const PACKAGES: Packages = {
  alpha: [
    { version: '1.0.0', attested: true, published: '2025-05-01T00:00:00.000Z' },
    { version: '1.0.1', attested: true },
    { version: '2.0.0' },
  ],
  beta: [{ version: '1.0.0' }, { version: '1.1.0' }],
};
const WELL = 'verified verified verified';
const SIGNED = 'verified not-attested not-attested';
const SERVICE = serviceOf({ alpha: '1.0.1', beta: '1.0.0' });
const VERDICTS = { alpha: WELL, beta: SIGNED };
const made = () => signedRegistry(PACKAGES, undefined, sigstore);

const paths = (registry: SignedRegistry): string[] => registry.server.requests.map(({ path }) => path);
const cacheOf = (registry: SignedRegistry): string => join(registry.env.XDG_CACHE_HOME!, 'spof-deps');
/** Another user of the registry, with a cache of their own. */
const elsewhere = () => {
  const home = scratch();
  return { HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
};

/** Files of what is kept, by kind. */
function keptFiles(directory: string, kind: string): string[] {
  const root = join(directory, 'v1', kind);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe('a second run', () => {
  it('asks nothing again and says the same', async () => {
    const registry = await made();
    const first = await verified(registry, [SERVICE, ...registry.pinned]);
    expect([first.code, first.verdicts]).toEqual([0, VERDICTS]);
    const asked = paths(registry).length;
    expect(first.requests).toBe(asked);
    const second = await verified(registry, [SERVICE, ...registry.pinned]);
    expect([second.requests, paths(registry).length]).toEqual([0, asked]);
    expect(second.lasting).toBe(first.lasting);
  });

  it('asks again for a version that is new to it, and for nothing else', async () => {
    const registry = await made();
    await verified(registry, [SERVICE, ...registry.pinned]);
    const before = paths(registry).length;
    const both = serviceOf({ alpha: '1.0.1', beta: '1.1.0' });
    expect((await verified(registry, [both, ...registry.pinned])).verdicts).toEqual(VERDICTS);
    // Of the line kept before, 1.1.0 is one.
    expect(paths(registry).slice(before)).toEqual([]);
    const major = serviceOf({ alpha: '2.0.0', beta: '1.1.0' });
    expect((await verified(registry, [major, ...registry.pinned])).verdicts).toEqual({ alpha: SIGNED, beta: SIGNED });
    expect(paths(registry).slice(before)).toEqual(['/alpha']);
    await verified(registry, [SERVICE, ...registry.pinned]);
    await verified(registry, [major, ...registry.pinned]);
    expect(paths(registry)).toHaveLength(before + 1);
  });

  it('asks again for what was not settled: no release, no signature, no attestations', async () => {
    const registry = await signedRegistry(
      { ...PACKAGES, gamma: [{ version: '1.0.0', signed: false }], delta: [{ version: '1.0.0', attested: true }] },
      ({ attestations = {}, ...rest }) => {
        const { 'delta@1.0.0': _, ...served } = attestations;
        return { ...rest, attestations: served };
      },
      sigstore,
    );
    const service = serviceOf({ beta: '9.0.0', gamma: '1.0.0', delta: '1.0.0', nowhere: '1.0.0' });
    const first = await verified(registry, [service, ...registry.pinned]);
    const asked = paths(registry);
    const second = await verified(registry, [service, ...registry.pinned]);
    const again = ['/-/npm/v1/attestations/delta@1.0.0', '/beta', '/gamma', '/nowhere'];
    expect(paths(registry).slice(asked.length).sort()).toEqual(again);
    expect(second.lasting).toBe(first.lasting);
  });
});

describe('--offline', () => {
  it('after a run gives the same verdicts, and asks nobody', async () => {
    const registry = await made();
    const online = await verified(registry, [SERVICE, ...registry.pinned]);
    const asked = paths(registry).length;
    const offline = await verified(registry, [SERVICE, '--offline', ...registry.pinned]);
    expect([offline.code, offline.evidence.mode, offline.requests, paths(registry).length]).toEqual([
      0,
      'offline',
      0,
      asked,
    ]);
    expect(offline.components).toEqual(online.components);
    expect(offline.findings).toEqual(online.findings);
  });

  it('with nothing kept checks nothing, fails nothing, and says so', async () => {
    const registry = await made();
    const report = await verified(registry, [SERVICE, '--offline', ...registry.pinned]);
    const none = 'offline offline offline';
    expect([report.code, report.verdicts]).toEqual([0, { alpha: none, beta: none }]);
    const verify = await registry.run(['verify', SERVICE, '--offline', ...registry.pinned]);
    expect(verify.stdout).toContain('offline, and not kept from an earlier run');
    const audit = await registry.run([SERVICE, '--offline', ...registry.pinned]);
    expect(audit.stdout.replace(/\s+/g, ' ')).toContain('lockfiles pin (offline), verified of 2 components');
    const required = await registry.run(['verify', SERVICE, '--offline', '--require', 'signature', ...registry.pinned]);
    expect(required.code).toBe(1);
    expect(paths(registry)).toEqual([]);
  });

  it('knows a swapped entry from what was kept', async () => {
    const registry = await made();
    await verified(registry, [SERVICE, ...registry.pinned]);
    const swapped = serviceOf({ beta: '1.0.0' }, () => sha512Of('other bytes'));
    const report = await verified(registry, [swapped, '--offline', ...registry.pinned]);
    expect([report.code, report.verdicts]).toEqual([1, { beta: 'other-digest not-attested not-attested' }]);
    expect(report.findings.map(({ code }) => code)).toEqual(['EVIDENCE_INVALID', 'INTEGRITY_DIFFERS']);
  });
});

describe('what was kept', () => {
  it('accuses nobody while the registry cannot be asked, and clears nobody either', async () => {
    const registry = await made();
    await verified(registry, [SERVICE, ...registry.pinned]);
    await registry.server.close();
    const swapped = serviceOf({ alpha: '1.0.1', beta: '1.0.0' }, (name, version) =>
      sha512Of(name === 'beta' ? 'other bytes' : `${name}@${version}`),
    );
    const report = await verified(registry, [swapped, ...registry.pinned]);
    expect([report.code, report.verdicts]).toEqual([3, { alpha: WELL, beta: 'failed failed failed' }]);
    expect(report.findings).toEqual([]);
  });
});

describe('saved evidence', () => {
  it('is replayed by another user, offline, with what was trusted then', async () => {
    const registry = await made();
    const directory = join(scratch(), 'deep', 'saved');
    const online = await verified(registry, [SERVICE, '--evidence', directory, ...registry.pinned]);
    await registry.server.close();
    const host = new URL(registry.server.url).host.replace(':', '_');
    const trust = [
      '--trusted-root',
      join(directory, 'trusted_root.json'),
      '--keys',
      join(directory, `keys.${host}.json`),
    ];
    // The other user's npm is configured for another registry.
    const env = { ...elsewhere(), npm_config_registry: 'https://registry.example/' };
    const report = await verified(registry, [SERVICE, '--offline', '--evidence', directory, ...trust], env);
    expect([report.code, report.requests, report.verdicts]).toEqual([0, 0, VERDICTS]);
    expect(report.components).toEqual(online.components);
    const without = await verified(registry, [SERVICE, '--offline', ...trust], env);
    expect(new Set(Object.values(without.verdicts))).toEqual(new Set(['offline offline offline']));
  });

  it('that was forged makes nothing verified', async () => {
    const forger = createSigstore();
    const bytes = (name: string, version: string) => sha512Of(`forged ${name}@${version}`);
    const forged = await signedRegistry(
      {
        alpha: [{ version: '1.0.1', attested: true, integrity: bytes('alpha', '1.0.1') }],
        beta: [{ version: '1.0.0', integrity: bytes('beta', '1.0.0') }],
      },
      undefined,
      forger,
    );
    const service = serviceOf({ alpha: '1.0.1', beta: '1.0.0' }, bytes);
    const directory = scratch();
    // In the forger's own eyes all is well, and everything a run keeps is put beside.
    const own = await verified(forged, [service, '--evidence', directory, ...forged.pinned]);
    expect(own.verdicts).toEqual(VERDICTS);
    await verified(forged, [service, ...forged.pinned]);
    cpSync(cacheOf(forged), directory, { recursive: true });
    await new Store(directory).write('keys', [forged.server.url], forger.keys());
    await new Store(directory).write('trust', ['', 'trusted_root.json'], forger.trustedRoot);

    const genuine = await made();
    const replay = [service, '--offline', '--evidence', directory];
    const pinned = await verified(genuine, [...replay, ...genuine.pinned]);
    expect(pinned.code).toBe(1);
    expect(pinned.verdicts).toEqual({
      alpha: 'bad-signature bad-bundle bad-bundle',
      beta: 'bad-signature not-attested not-attested',
    });
    const trusting = await verified(genuine, replay, elsewhere());
    expect(JSON.stringify(trusting.verdicts)).not.toContain('"verified');
    expect(JSON.stringify(trusting.components)).not.toContain('"state":"verified"');
    const online = await verified(genuine, [service, '--evidence', directory, ...genuine.pinned]);
    expect(online.verdicts.beta).toBe('other-digest not-attested not-attested');
    expect(online.findings.map(({ code }) => code)).toContain('INTEGRITY_DIFFERS');
  });

  it('in a place that cannot be used is a mistake of usage, known before or after', async () => {
    const registry = await made();
    const host = new URL(registry.server.url).host.replace(':', '_');
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    const blocked = scratch();
    writeFileSync(join(blocked, 'v1'), 'a file where answers belong');
    const occupied = scratch();
    mkdirSync(join(occupied, `keys.${host}.json`));
    for (const directory of [file, blocked, occupied]) {
      const outcome = await registry.run(['verify', SERVICE, '--evidence', directory, ...registry.pinned]);
      expect([outcome.code, outcome.stdout]).toEqual([2, '']);
      expect(outcome.stderr).toContain(`OUTPUT_FAILED cannot use ${directory}`);
    }
  });
});

describe('a poisoned cache', () => {
  let registry: SignedRegistry;
  beforeAll(async () => {
    registry = await made();
    await verified(registry, [SERVICE, ...registry.pinned]);
  });

  /** A user with a copy of what was kept, every file of a kind changed. */
  function poisoned(kind: string, change: (text: string) => string): Record<string, string> {
    const env = elsewhere();
    const copy = join(env.XDG_CACHE_HOME, 'spof-deps');
    cpSync(cacheOf(registry), copy, { recursive: true });
    // What was found of the answers would stand in for them.
    if (kind !== 'verdict') rmSync(join(copy, 'v1', 'verdict'), { recursive: true });
    const files = keptFiles(copy, kind);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) writeFileSync(file, change(readFileSync(file, 'utf8')));
    return env;
  }
  const otherBytes = sha512Of('poison');
  const POISONS: readonly (readonly [string, string, (text: string) => string])[] = [
    ['package', 'other bytes', (text) => text.replaceAll(/"sha512-[^"]*"/g, `"${otherBytes}"`)],
    ['package', 'other signatures', (text) => text.replaceAll(/"sig":"M/g, '"sig":"N')],
    ['package', 'other keys', (text) => text.replaceAll('made-new-key', 'no-such-key')],
    ['package', 'no time before the key', (text) => text.replaceAll('"2025-', '"2024-')],
    ['package', 'another name', (text) => text.replaceAll('"alpha"', '"gamma"')],
    ['package', 'nothing that is served', (text) => text.replaceAll('true', 'false')],
    ['package', 'half of it', (text) => text.slice(0, text.length / 2)],
    ['package', 'nothing', () => ''],
    ['package', 'null', () => 'null'],
    ['package', 'a list', (text) => `[${text}]`],
    ['package', '__proto__', (text) => text.replaceAll(/"(answer|packument|versions)"/g, '"__proto__"')],
    [
      'package',
      'answers of wrong types',
      (text) => text.replace(/"answer":.*$/s, '"answer":{"serves":{},"packument":7}}'),
    ],
    ['attestations', 'a flipped bit', (text) => text.replace(/(\\"payload\\":\\"[^"]{40})./, '$1B')],
    ['attestations', 'none of them', (text) => text.replace(/"answer":.*$/s, '"answer":"{\\"attestations\\":[]}"}')],
    ['attestations', 'half of it', (text) => text.slice(0, text.length / 2)],
    ['attestations', 'an object', (text) => text.replace(/"answer":.*$/s, '"answer":{"attestations":[]}}')],
    ['verdict', 'half of it', (text) => text.slice(0, text.length / 2)],
    ['verdict', 'a build of nothing', (text) => text.replace(/"build":\{.*$/s, '"build":{}}}')],
    ['verdict', 'a build of numbers', (text) => text.replace(/"build":\{.*$/s, '"build":{"repository":1}}}')],
    ['verdict', 'a build that is a text', (text) => text.replace(/"build":\{.*$/s, '"build":"x"}}')],
    ['verdict', 'no build', (text) => text.replace(/,"build":\{.*$/s, '}}')],
    ['verdict', 'details that are objects', (text) => text.replaceAll('"verified"', '"verified","detail":{}')],
    ['verdict', 'reasons that are none', (text) => text.replaceAll('"verified"', '"toString"')],
    ['verdict', 'an accusation', (text) => text.replaceAll('"verified"', '"bad-bundle"')],
  ];

  it.each(POISONS)(
    '(%s: %s) accuses nobody before the registry is asked, and clears nobody',
    async (kind, what, change) => {
      const env = poisoned(kind, change);
      const swapped = serviceOf({ alpha: '1.0.1', beta: '1.0.0' }, () => otherBytes);
      const wrong = await verified(registry, [swapped, '--offline', ...registry.pinned], env);
      expect(JSON.stringify(wrong.components)).not.toContain('"state":"verified"');
      const right = await verified(registry, [SERVICE, ...registry.pinned], env);
      // That some were not attested is no accusation.
      const fewer = kind === 'attestations' && what === 'none of them';
      expect(right.verdicts).toEqual(fewer ? { ...VERDICTS, alpha: SIGNED } : VERDICTS);
      expect([right.code, right.findings]).toEqual([0, []]);
    },
  );

  it('of answers to other questions is asked anew', async () => {
    const env = poisoned('package', (text) => text);
    const [one = '', other = ''] = keptFiles(join(env.XDG_CACHE_HOME!, 'spof-deps'), 'package');
    const [first, second] = [readFileSync(one), readFileSync(other)];
    writeFileSync(one, second);
    writeFileSync(other, first);
    const before = paths(registry).length;
    expect((await verified(registry, [SERVICE, ...registry.pinned], env)).verdicts).toEqual(VERDICTS);
    expect(
      paths(registry)
        .slice(before)
        .filter((path) => !path.startsWith('/-/'))
        .sort(),
    ).toEqual(['/alpha', '/beta']);
  });

  it('that cannot be written costs nothing but requests', async () => {
    const env = elsewhere();
    const blocked = join(env.XDG_CACHE_HOME, 'spof-deps');
    mkdirSync(dirname(blocked), { recursive: true });
    writeFileSync(blocked, 'a file where the directory belongs');
    const report = await verified(registry, [SERVICE, ...registry.pinned], env);
    expect([report.code, report.verdicts]).toEqual([0, VERDICTS]);
  });

  it('anyhow never crashes a run, never accuses and never clears', async () => {
    const kinds = ['package', 'attestations', 'verdict'];
    const files = kinds.flatMap((kind) => keptFiles(cacheOf(registry), kind));
    const genuine = files.map((file) => readFileSync(file));
    const swapped = serviceOf({ alpha: '1.0.1', beta: '1.0.0' }, () => otherBytes);
    const damage = fc.record({
      file: fc.nat(files.length - 1),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      bit: fc.nat(7),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, at, bit, cut }) => {
        for (const [index, bytes] of genuine.entries()) writeFileSync(files[index]!, bytes);
        const bytes = Buffer.from(genuine[file]!);
        const place = Math.floor(at * bytes.length);
        bytes[place]! ^= 1 << bit;
        writeFileSync(files[file]!, cut ? bytes.subarray(0, place) : bytes);
        const wrong = await verified(registry, [swapped, '--offline', ...registry.pinned]);
        expect(JSON.stringify(wrong.components)).not.toContain('"state":"verified"');
        const right = await verified(registry, [SERVICE, ...registry.pinned]);
        expect(JSON.stringify(right.components)).not.toContain('"state":"invalid"');
        expect(right.verdicts.beta).toMatch(/^verified/);
      }),
      { numRuns: 12 },
    );
  });
});
