/** Evidence from registries that fail, lie, or answer nonsense: what could be had is verified, what could not is said. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS, REASONS } from '../../src/evidence/state.js';
import { startRegistry } from '../registry/server.js';
import { authority, distinguishedName, pem } from '../sigstore/certificate.js';
import { createSigstore } from '../sigstore/instance.js';
import { sha512Of } from '../sigstore/packages.js';
import { startTuf } from '../sigstore/tuf.js';
import { npmLock, tree } from './harness.js';
import { serviceOf, signedRegistry } from './signed.js';

const FAST = { npm_config_fetch_retries: '0', npm_config_fetch_retry_mintimeout: '1' };
const ATTESTATIONS = '/-/npm/v1/attestations/';
const WELL = 'verified verified verified';
const SIGNED = 'verified not-attested not-attested';
const FAILED = 'failed failed failed';
async function verified(registry, args, env = {}) {
  const outcome = await registry.run(['verify', '--json', ...args], { ...FAST, ...env });
  expect(outcome.stderr).toBe('');
  return readReport(outcome);
}
function readReport({ code, stdout }) {
  const report = JSON.parse(stdout);
  const verdicts = Object.fromEntries(
    report.components.map((found) => [
      found.package.replace('npm/', ''),
      EVIDENCE_KINDS.map((kind) => found[kind].reason).join(' '),
    ]),
  );
  return { ...report, code, stdout, verdicts };
}
const servers = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));
async function started(description = {}) {
  const server = await startRegistry(description);
  servers.push(server);
  return server;
}
const BOTH = {
  sick: [{ version: '1.0.0', attested: true }],
  well: [{ version: '1.0.0' }],
};
const both = () => serviceOf({ sick: '1.0.0', well: '1.0.0' });
const sigstore = createSigstore();
const registryOf = (packages, also) => signedRegistry(packages, also, sigstore);
const ROUND = { status: 302, headers: { location: '/round' } };
const answering = (path, reply) =>
  registryOf(BOTH, (made) => ({ ...made, routes: { '/round': ROUND, [path]: reply } }));
/** Replies, and the code of the failure they are. */
const REPLIES = {
  'answers 500': [{ status: 500 }, 'server'],
  'answers 503': [{ status: 503, headers: { 'retry-after': '0' } }, 'server'],
  'answers 429': [{ status: 429 }, 'rate-limited'],
  'wants to be left alone for an hour': [{ status: 429, headers: { 'retry-after': '3600' } }, 'rate-limited'],
  'answers 401': [{ status: 401 }, 'refused-401'],
  'answers 403': [{ status: 403 }, 'refused-403'],
  'answers 418': [{ status: 418 }, 'refused-418'],
  'answers 204': [{ status: 204 }, 'server'],
  'cuts the connection': [{ fault: 'reset' }, 'network'],
  'breaks off': [{ fault: 'cut', body: '{"versions":{}}' }, 'truncated'],
  'breaks off what it compressed': [
    { body: Buffer.from('H4sIAAAAAAAAA6uuBQBDv6ajAgA', 'base64'), headers: { 'content-encoding': 'gzip' } },
    'truncated',
  ],
  'compresses in its own way': [{ body: '{}', headers: { 'content-encoding': 'made' } }, 'undecodable'],
  'redirects to itself for ever': [{ status: 302, headers: { location: '/round' } }, 'redirected'],
  'redirects nowhere': [{ status: 302 }, 'redirected'],
};
describe('a registry that', () => {
  it.each(Object.entries(REPLIES))('%s, asked about a package', async (_, [reply, code]) => {
    const registry = await answering('/sick', reply);
    const report = await verified(registry, [both(), ...registry.pinned]);
    expect(report.verdicts.sick).toBe(FAILED);
    // A registry that wants fewer requests may be left alone altogether.
    if (code !== 'rate-limited') expect(report.verdicts.well).toBe(SIGNED);
    expect([report.code, report.complete]).toEqual([3, false]);
    expect(report.incomplete).toEqual([
      expect.objectContaining({ code: 'REGISTRY_FAILED', file: registry.server.url }),
    ]);
    expect(report.incomplete[0].message).toContain(`(${code}), asked about`);
    expect(report.incomplete[0].message).toContain('sick');
  });
  it.each(Object.entries(REPLIES))('%s, asked for attestations', async (_, [reply, code]) => {
    const registry = await answering(`${ATTESTATIONS}sick@1.0.0`, reply);
    const report = await verified(registry, [serviceOf({ sick: '1.0.0' }), ...registry.pinned]);
    expect(report.verdicts).toEqual({ sick: 'verified failed failed' });
    expect(report.code).toBe(3);
    expect(report.incomplete).toHaveLength(1);
    expect(report.incomplete[0].message).toContain(`(${code}), asked about the attestations of sick@1.0.0`);
  });
  it.each(['silent', 'stall'])('is %s', async (fault) => {
    const registry = await answering('/sick', { fault, body: '{"versions":{}}' });
    const report = await verified(registry, [both(), ...registry.pinned], { npm_config_fetch_timeout: '150' });
    expect(report.verdicts).toEqual({ sick: FAILED, well: SIGNED });
    expect(report.incomplete.map(({ message }) => message.match(/\((.*?)\)/)?.[1])).toEqual(['timeout']);
    expect(report.code).toBe(3);
  });
  it('recovers is asked again', async () => {
    const registry = await registryOf(BOTH, (made) => {
      const after = (...failures) => [...failures, { body: made.packuments.sick }];
      const attested = { body: made.attestations['sick@1.0.0'] };
      return {
        ...made,
        routes: {
          '/sick': after({ status: 429, headers: { 'retry-after': '0' } }, { status: 500 }),
          [`${ATTESTATIONS}sick@1.0.0`]: [{ fault: 'cut', body: '{"attestations":[]}' }, attested],
        },
      };
    });
    const report = await verified(registry, [both(), ...registry.pinned], { npm_config_fetch_retries: '2' });
    expect(report.verdicts).toEqual({ sick: WELL, well: SIGNED });
    expect([report.code, report.incomplete]).toEqual([0, []]);
  });
  it('cannot be reached', async () => {
    const closed = await started();
    await closed.close();
    const registry = await registryOf({});
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`package-${n}`, '1.0.0']));
    const report = await verified(registry, [serviceOf(many), ...registry.pinned], {
      npm_config_registry: closed.url,
    });
    expect(new Set(Object.values(report.verdicts))).toEqual(new Set([FAILED]));
    expect([report.code, report.incomplete.length]).toEqual([3, 1]);
    expect(report.incomplete[0]).toMatchObject({ code: 'REGISTRY_FAILED', file: closed.url });
    expect(report.incomplete[0].message).toMatch(/and 57 more$/);
    const audit = await registry.run([serviceOf(many), '--allow-incomplete', ...registry.pinned], {
      ...FAST,
      npm_config_registry: closed.url,
    });
    expect(audit.code).toBe(0);
    expect(audit.stdout).toContain('REGISTRY_FAILED');
  });
});
describe('keys', () => {
  async function without(keys) {
    const registry = await registryOf(BOTH, (made) => ({ ...made, routes: { '/-/npm/v1/keys': keys } }));
    const tuf = await startTuf({ targets: { 'trusted_root.json': registry.sigstore.trustedRoot } });
    servers.push(tuf);
    const service = serviceOf({ sick: '1.0.0' });
    return verified(registry, [service, '--tuf-mirror', tuf.url, '--tuf-root', tuf.rootFile]);
  }
  it.each([[404], [400]])('that a registry has not (%i) are no failure', async (status) => {
    const report = await without({ status });
    expect(report.verdicts).toEqual({ sick: 'no-keys no-keys verified' });
    expect([report.code, report.incomplete, report.notices]).toEqual([0, [], []]);
  });
  it.each([[500], [401], [302]])('that cannot be had (%i) make the run incomplete', async (status) => {
    const report = await without({ status });
    expect(report.verdicts).toEqual({ sick: 'failed failed verified' });
    expect(report.code).toBe(3);
    expect(report.incomplete).toMatchObject([
      { code: 'REGISTRY_FAILED', message: expect.stringContaining('its keys') },
    ]);
  });
  it.each([['null'], ['[]'], ['{"keys":7}'], ['{"keys":[null,{"keyid":{}}]}'], ['<html>']])(
    'that are none (%s) verify nothing',
    async (body) => {
      const report = await without({ body });
      expect(report.verdicts.sick).toBe('no-keys no-keys verified');
    },
  );
});
describe('a mirror', () => {
  it('without keys and signatures has no evidence, which is not an accusation', async () => {
    const bare = { version: '1.0.0', signed: false };
    const registry = await registryOf({ sick: [bare], well: [bare] }, ({ packuments = {} }) => ({ packuments }));
    const tuf = await startTuf({ targets: { 'trusted_root.json': registry.sigstore.trustedRoot } });
    servers.push(tuf);
    const report = await verified(registry, [both(), '--tuf-mirror', tuf.url, '--tuf-root', tuf.rootFile]);
    const none = 'no-keys none-served none-served';
    expect(report.verdicts).toEqual({ sick: none, well: none });
    expect(report.code).toBe(0);
  });
  it('that has keys and strips everything else serves none', async () => {
    const bare = { version: '1.0.0', signed: false };
    const registry = await registryOf({ sick: [bare], well: [bare] });
    const report = await verified(registry, [both(), ...registry.pinned]);
    const none = 'none-served none-served none-served';
    expect(report.verdicts).toEqual({ sick: none, well: none });
    const gated = await registry.run(['verify', both(), '--require', 'signature', ...registry.pinned]);
    expect(gated.code).toBe(1);
  });
  it('that strips one release of what it serves for another is missing it', async () => {
    const registry = await registryOf({ sick: [{ version: '1.0.0', signed: false }], well: BOTH.well });
    const report = await verified(registry, [both(), ...registry.pinned]);
    expect(report.verdicts).toEqual({ sick: 'not-signed not-attested not-attested', well: SIGNED });
  });
});
describe('credentials', () => {
  const TOKEN = 'npm_s3cretT0kenOfTheUser';
  /** The text of every file below a directory. */
  const everything = (directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== '.npmrc')
      .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
      .join('\n');
  async function loggedIn(registry) {
    const { host } = new URL(registry.server.url);
    writeFileSync(join(registry.env.HOME, '.npmrc'), `//${host}/:_authToken=${TOKEN}\n`);
  }
  it('go to the registry and nowhere else, and are kept nowhere', async () => {
    const elsewhere = await started();
    const away = { status: 302, headers: { location: `${elsewhere.url}sick` } };
    const registry = await answering('/sick', away);
    await loggedIn(registry);
    const saved = join(registry.env.HOME, 'saved');
    const args = [both(), '--evidence', saved, ...registry.pinned];
    const json = await verified(registry, args);
    expect(json.verdicts).toEqual({ sick: FAILED, well: SIGNED });
    expect(json.incomplete[0].message).toContain('(redirected)');
    const text = await registry.run(['verify', ...args], FAST);
    const audit = await registry.run([...args], FAST);
    expect(elsewhere.requests).toEqual([]);
    const { requests } = registry.server;
    expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
    const told = [json.stdout, text.stdout, text.stderr, audit.stdout, audit.stderr, everything(registry.env.HOME)];
    for (const one of told) expect(one).not.toContain(TOKEN);
    expect(told.at(-1)).toContain('well');
  });
  it('in the address of a registry are shown nowhere', async () => {
    const registry = await registryOf(BOTH, (made) => ({ ...made, routes: { '/sick': { status: 500 } } }));
    const address = registry.server.url.replace('//', `//user:${TOKEN}@`);
    const saved = join(registry.env.HOME, 'saved');
    const report = await verified(registry, [both(), '--evidence', saved, ...registry.pinned], {
      npm_config_registry: address,
    });
    expect(report.verdicts).toEqual({ sick: FAILED, well: SIGNED });
    expect(registry.server.requests[0].headers.authorization).toMatch(/^Basic /);
    expect(report.stdout + everything(registry.env.HOME)).not.toContain(TOKEN);
  });
  it('of another host do not go along', async () => {
    const registry = await registryOf(BOTH);
    writeFileSync(join(registry.env.HOME, '.npmrc'), `//registry.example/:_authToken=${TOKEN}\n`);
    expect((await verified(registry, [both(), ...registry.pinned])).code).toBe(0);
    expect(registry.server.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });
});
describe('TLS', () => {
  async function secure() {
    const plain = await registryOf(BOTH);
    let description = {};
    await registryOf(BOTH, (made) => {
      description = made;
      return made;
    });
    const own = authority(distinguishedName('made', 'registry'), new Date('2021-01-01'), new Date('2048-01-01'));
    const key = own.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const server = await started({ ...description, tls: { key, cert: pem('CERTIFICATE', own.certificate) } });
    return { ...plain, server, env: { npm_config_registry: server.url } };
  }
  it('that nobody vouches for is refused', async () => {
    const registry = await secure();
    const report = await verified(registry, [both(), ...registry.pinned], registry.env);
    expect(report.verdicts).toEqual({ sick: FAILED, well: FAILED });
    expect(report.code).toBe(3);
    expect(report.incomplete[0].message).toMatch(/cannot be reached \(\w+\) \(network\)/);
    expect(registry.server.requests).toEqual([]);
  });
  it('is not checked if the user says so, and the report does', async () => {
    const registry = await secure();
    const env = { ...registry.env, npm_config_strict_ssl: 'false' };
    const report = await verified(registry, [both(), ...registry.pinned], env);
    expect(report.verdicts).toEqual({ sick: WELL, well: SIGNED });
    expect(report.code).toBe(0);
    expect(report.notices).toMatchObject([{ code: 'REGISTRY_INSECURE', file: registry.server.url }]);
    const again = await verified(registry, [both(), ...registry.pinned], env);
    expect([again.verdicts, again.notices]).toEqual([report.verdicts, []]);
  });
  it('not used is worth a notice where keys come from the registry itself, unless it is on this machine', async () => {
    const registry = await registryOf(BOTH);
    const tuf = await startTuf({ targets: { 'trusted_root.json': registry.sigstore.trustedRoot } });
    servers.push(tuf);
    // To a proxy a whole address is sent.
    const proxy = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '');
      void fetch(new URL(pathname.slice(1), registry.server.url)).then(async (answer) =>
        response.writeHead(answer.status).end(await answer.text()),
      );
    });
    await new Promise((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    servers.push({
      close() {
        proxy.closeAllConnections();
        proxy.close();
      },
    });
    const address = proxy.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const env = { npm_config_registry: 'http://registry.example/', npm_config_proxy: `http://127.0.0.1:${port}` };
    const trust = ['--tuf-mirror', tuf.url, '--tuf-root', tuf.rootFile];
    const report = await verified(registry, [both(), ...trust], env);
    expect(report.verdicts).toEqual({ sick: WELL, well: SIGNED });
    expect(report.notices).toMatchObject([{ code: 'REGISTRY_INSECURE', file: 'http://registry.example/' }]);
    expect((await verified(registry, [both(), ...trust])).notices).toEqual([]);
    expect((await verified(registry, [both(), ...registry.pinned], env)).notices).toEqual([]);
  });
});
describe('nonsense', () => {
  const NONSENSE = [
    '',
    '{}',
    '[]',
    'null',
    '7',
    '"text"',
    '<html>',
    '{"versions":[]}',
    '{"versions":{"__proto__":{"dist":{}},"constructor":{}}}',
    '{"versions":{"1.0.0":null}}',
    '{"versions":{"1.0.0":{"name":7,"version":[],"dist":[]}},"time":{"1.0.0":{}}}',
    '{"versions":{"1.0.0":{"dist":{"integrity":{},"signatures":{},"attestations":7}}},"time":"now"}',
    '{"versions":{"1.0.0":{"dist":{"integrity":"sha512-","signatures":[null,[],{"keyid":7,"sig":{}}]}}}}',
    `{"versions":{"1.0.0":{"repository":${'{"url":'.repeat(5000)}1${'}'.repeat(5000)}}}}`,
    `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    `{"versions":{"1.0.0":{"dist":{"signatures":${JSON.stringify(Array.from({ length: 999 }, () => ({})))}}}}}`,
  ];
  const REASONS_ARE = new Set(Object.keys(REASONS));
  async function closed(registry, service) {
    const report = await verified(registry, [service, ...registry.pinned]);
    expect([0, 1, 3]).toContain(report.code);
    for (const found of report.components) {
      for (const kind of EVIDENCE_KINDS) expect(REASONS_ARE).toContain(found[kind].reason);
    }
    expect(report.verdicts.well).toBe(SIGNED);
    // Attestations are bound to the locked digest, whatever the package document says.
    expect(report.verdicts.sick).not.toMatch(/^verified/);
    return report;
  }
  /** A registry that answers a question with whatever text it is told. */
  async function saying(path) {
    let body = '';
    const registry = await answering(path, {
      get body() {
        return body;
      },
    });
    return {
      registry,
      say(text) {
        body = text;
      },
    };
  }
  it('for a package is no crash and no signature', async () => {
    const { registry, say } = await saying('/sick');
    for (const text of NONSENSE) {
      say(text);
      await closed(registry, both());
    }
  });
  it('for attestations is not one', async () => {
    const { registry, say } = await saying(`${ATTESTATIONS}sick@1.0.0`);
    for (const text of NONSENSE) {
      say(text);
      const report = await verified(registry, [both(), ...registry.pinned]);
      expect(report.verdicts).toEqual({ sick: 'verified bad-bundle bad-bundle', well: SIGNED });
      expect(report.code).toBe(1);
    }
  });
  it('that is any JSON is no crash and no signature', async () => {
    const { registry, say } = await saying('/sick');
    const json = fc.jsonValue({ maxDepth: 3 });
    const dist = fc.record({ integrity: json, signatures: json, attestations: json }, { requiredKeys: [] });
    const manifest = fc.record({ name: json, version: json, dist: fc.oneof(dist, json) }, { requiredKeys: [] });
    const document = fc.record({ versions: fc.record({ '1.0.0': manifest }), time: json }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(document, json), async (value) => {
        say(JSON.stringify(value));
        await closed(registry, both());
      }),
      { numRuns: 25 },
    );
  });
  it('is what names of lockfiles may be too', async () => {
    const registry = await registryOf(BOTH);
    const names = ['__proto__', 'constructor', '../../etc/passwd', '@a/../b', 'a?b#c', 'é', '-', '%2e%2e'];
    const lock = npmLock(
      Object.fromEntries([...names.slice(1), 'proto'].map((name) => [name, `1.0.0#${sha512Of(name)}`])),
    );
    const service = tree({ 'package-lock.json': lock.replaceAll('proto"', '__proto__"') });
    const report = await verified(registry, [service, ...registry.pinned]);
    for (const { path } of registry.server.requests) expect(path).toMatch(/^\/(?!\.)[^/]+$/);
    expect(Object.values(report.verdicts).every((kinds) => !kinds.includes('verified'))).toBe(true);
    expect(Object.keys(report.verdicts)).toContain('constructor');
    expect([0, 3]).toContain(report.code);
  });
});
