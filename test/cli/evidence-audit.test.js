/** Evidence in whole audits: one question for many lockfiles, gates, history, and ranks that it never lowers. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS, EVIDENCE_STATES } from '../../src/evidence/state.js';
import { createSigstore } from '../sigstore/instance.js';
import { sha512Of } from '../sigstore/packages.js';
import { npmLock, tree } from './harness.js';
import { serviceOf, signedRegistry } from './signed.js';

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'));
const conforms = new Ajv({ strict: false }).compile(schema);
async function audited(registry, args) {
  const outcome = await registry.run(['--format', 'json', '--top', 'all', ...args, ...registry.pinned]);
  expect(outcome.stderr).toBe('');
  const report = JSON.parse(outcome.stdout);
  expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
  for (const counts of [report.evidence, ...report.evidenceByService]) {
    for (const kind of EVIDENCE_KINDS) {
      const inStates = EVIDENCE_STATES.reduce((sum, state) => sum + counts[kind][state], 0);
      expect(inStates).toBe(counts.of);
    }
  }
  return { ...report, code: outcome.code };
}
const sigstore = createSigstore();
const codes = (report) => report.findings.map(({ code }) => code);
const asked = (registry) => registry.server.requests.map(({ path }) => path).sort();
describe('a swapped lock entry', () => {
  const PACKAGES = { alpha: [{ version: '1.0.0' }], beta: [{ version: '1.0.0' }] };
  const swapped = (name, version) => sha512Of(name === 'alpha' ? 'other bytes' : `${name}@${version}`);
  const service = serviceOf({ alpha: '1.0.0', beta: '1.0.0' }, swapped);
  it('is an error in audit and verify, unless the user wants no gate', async () => {
    const registry = await signedRegistry(PACKAGES, undefined, sigstore);
    const report = await audited(registry, [service]);
    expect([report.code, codes(report)]).toEqual([1, ['EVIDENCE_INVALID', 'INTEGRITY_DIFFERS']]);
    expect(report.findings).toMatchObject([
      { level: 'error', package: 'npm/alpha', version: '1.0.0', kind: 'signature', reason: 'other-digest' },
      { level: 'error', package: 'npm/alpha', locked: swapped('alpha', '1.0.0'), lockfiles: ['package-lock.json'] },
    ]);
    expect(report.gates).toEqual([{ gate: { evidence: 'invalid' }, over: ['npm/alpha@1.0.0'] }]);
    const code = async (...args) => (await registry.run([...args, ...registry.pinned])).code;
    expect(await code('verify', service)).toBe(1);
    expect(await code(service, '--fail-on', 'package=1')).toBe(1);
    expect(await code(service, '--fail-on', 'invalid')).toBe(1);
    expect(await code(service, '--fail-on', 'never')).toBe(0);
    const text = await registry.run([service, ...registry.pinned]);
    expect(text.stdout).toContain('INTEGRITY_DIFFERS');
  });
  it('goes unseen with --no-verify, which says that nothing was checked', async () => {
    const registry = await signedRegistry(PACKAGES, undefined, sigstore);
    const text = await registry.run([service, '--no-verify']);
    expect(text.code).toBe(0);
    expect(text.stdout.replace(/\s+/g, ' ')).toContain('Evidence was not checked (--no-verify)');
    const report = await audited(registry, [service, '--no-verify']);
    expect([report.code, report.evidence.mode, report.gates, codes(report)]).toEqual([0, 'off', [], []]);
    expect(report.evidence.signature).toMatchObject({ unchecked: 2, reasons: { 'not-asked': 2 } });
    expect(registry.server.requests).toEqual([]);
  });
  it('in one lockfile of two is another artifact, and accuses that one alone', async () => {
    const registry = await signedRegistry(PACKAGES, undefined, sigstore);
    const lock = (digest) => npmLock({ alpha: `1.0.0#${digest}` });
    const fleet = tree({
      'good/package-lock.json': lock(sha512Of('alpha@1.0.0')),
      'bad/package-lock.json': lock(sha512Of('other bytes')),
    });
    const report = await audited(registry, [fleet]);
    expect(codes(report)).toEqual(['EVIDENCE_INVALID', 'INTEGRITY_DIFFERS', 'DIGEST_DIFFERS']);
    expect(report.findings[0]).toMatchObject({ lockfiles: ['bad/package-lock.json'] });
    expect(report.evidenceByService.map(({ service, signature }) => [service, signature.reasons])).toEqual([
      ['bad', { 'other-digest': 1 }],
      ['good', { verified: 1 }],
    ]);
    expect(report.layers.package.top.map(({ evidence }) => evidence)).toEqual(['invalid']);
    expect(asked(registry)).toEqual(['/alpha']);
  });
});
describe('a fleet of every package manager', () => {
  const digest = sha512Of('alpha@1.0.0');
  const hex = Buffer.from(digest.slice('sha512-'.length), 'base64').toString('hex');
  const manifest = JSON.stringify({ name: 'made', dependencies: { alpha: '^1.0.0' } });
  const FLEET = {
    'npm/package-lock.json': npmLock({ alpha: `1.0.0#${digest}` }),
    'pnpm/pnpm-lock.yaml': [
      "lockfileVersion: '9.0'",
      'importers:',
      '  .:',
      '    dependencies:',
      '      alpha:',
      '        specifier: ^1.0.0',
      '        version: 1.0.0',
      'packages:',
      '  alpha@1.0.0:',
      `    resolution: {integrity: ${digest}}`,
      'snapshots:',
      '  alpha@1.0.0: {}',
      '',
    ].join('\n'),
    'classic/package.json': manifest,
    'classic/yarn.lock': [
      '# yarn lockfile v1',
      '',
      '',
      'alpha@^1.0.0:',
      '  version "1.0.0"',
      `  resolved "https://registry.example/alpha/-/alpha-1.0.0.tgz#${'ab'.repeat(20)}"`,
      `  integrity ${digest}`,
      '',
    ].join('\n'),
    'berry/package.json': manifest,
    'berry/yarn.lock': [
      '__metadata:',
      '  version: 8',
      '  cacheKey: 10c0',
      '',
      '"alpha@npm:^1.0.0":',
      '  version: 1.0.0',
      '  resolution: "alpha@npm:1.0.0"',
      `  checksum: 10c0/${hex}`,
      '  languageName: node',
      '  linkType: hard',
      '',
      '"made@workspace:.":',
      '  version: 0.0.0-use.local',
      '  resolution: "made@workspace:."',
      '  dependencies:',
      '    alpha: "npm:^1.0.0"',
      '  languageName: unknown',
      '  linkType: soft',
      '',
    ].join('\n'),
    'bun/bun.lock': JSON.stringify({
      lockfileVersion: 1,
      workspaces: { '': { name: 'made', dependencies: { alpha: '^1.0.0' } } },
      packages: { alpha: ['alpha@1.0.0', '', {}, digest] },
    }),
    'sbom/bom.cdx.json': JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      metadata: { component: { type: 'application', name: 'made', 'bom-ref': 'made' } },
      components: [
        {
          type: 'library',
          name: 'alpha',
          version: '1.0.0',
          purl: 'pkg:npm/alpha@1.0.0',
          'bom-ref': 'alpha',
          hashes: [{ alg: 'SHA-512', content: hex }],
        },
      ],
      dependencies: [{ ref: 'made', dependsOn: ['alpha'] }],
    }),
  };
  it('asks once about what all of them pin, and tells each what it is bound to', async () => {
    const registry = await signedRegistry({ alpha: [{ version: '1.0.0', attested: true }] }, undefined, sigstore);
    const report = await audited(registry, [tree(FLEET)]);
    expect([report.code, report.complete]).toEqual([0, true]);
    expect(asked(registry)).toEqual(['/-/npm/v1/attestations/alpha@1.0.0', '/alpha']);
    const well = { verified: 1 };
    expect(
      report.evidenceByService.map(({ service, of, ...kinds }) => [
        service,
        of,
        ...EVIDENCE_KINDS.map((kind) => kinds[kind].reasons),
      ]),
    ).toEqual([
      ['berry', 1, ...EVIDENCE_KINDS.map(() => ({ 'own-checksum': 1 }))],
      ...['bun', 'classic', 'npm', 'pnpm', 'sbom'].map((service) => [service, 1, well, well, well]),
    ]);
    const required = await registry.run(['verify', tree(FLEET), '--require', 'signature', ...registry.pinned]);
    expect(required.code).toBe(1);
  });
});
describe('history', () => {
  const URL_OF = 'https://github.com/acme/made';
  /** A release whose provenance is of a build of its own. */
  function built(name, version, build, more = {}) {
    const about = { name, version, integrity: sha512Of(`${name}@${version}`) };
    const provenance = sigstore.provenance({ ...about, predicate: 'v1', repository: URL_OF, ...build });
    return { version, attested: sigstore.response(sigstore.publishAttestation(about), provenance), ...more };
  }
  const at = (month) => ({ published: `2025-0${month}-01T00:00:00.000Z` });
  async function found(name, releases, ...pinned) {
    const registry = await signedRegistry({ [name]: releases }, undefined, sigstore);
    const locks = pinned.map((version, index) => [
      `s${index}/package-lock.json`,
      npmLock({ [name]: `${version}#${sha512Of(`${name}@${version}`)}` }),
    ]);
    const report = await audited(registry, [tree(Object.fromEntries(locks))]);
    const findings = report.findings.filter(({ code }) => code !== 'DIGEST_DIFFERS');
    expect(report.code).toBe(0);
    return { findings, registry };
  }
  it('tells of a release that lost its provenance', async () => {
    const github = { trustedPublisher: 'github' };
    const { findings } = await found(
      'made',
      [built('made', '1.14.0', {}, { ...at(3), ...github }), { version: '1.14.1', ...at(4) }],
      '1.14.1',
    );
    expect(findings).toMatchObject([
      { code: 'PROVENANCE_LOST', level: 'warning', version: '1.14.1', what: 'trusted-publishing', since: '1.14.0' },
    ]);
  });
  it('tells of another repository, by its id, and of another workflow', async () => {
    const before = built('made', '1.0.0', { repositoryId: '1' }, at(3));
    const other = { repositoryId: '2' };
    const renamed = { repositoryId: '1', repository: 'https://github.com/acme/renamed' };
    const workflow = { repositoryId: '1', workflow: '.github/workflows/other.yml' };
    const to = async (build, more = {}) => {
      const { findings } = await found('made', [before, built('made', '1.0.1', build, { ...at(4), ...more })], '1.0.1');
      return findings.map(({ code, what, before, now }) => [code, what, before, now]);
    };
    expect(await to({ repositoryId: '1' })).toEqual([]);
    expect(await to(other)).toEqual([['SOURCE_CHANGED', 'repository', `${URL_OF} (id 1)`, `${URL_OF} (id 2)`]]);
    expect(await to(renamed, { repository: renamed.repository })).toEqual([]);
    expect(await to(workflow)).toEqual([
      ['SOURCE_CHANGED', 'workflow', '.github/workflows/release.yml', '.github/workflows/other.yml'],
    ]);
  });
  it('tells of another repository than the manifest declares', async () => {
    const declared = { repository: 'https://github.com/acme/popular' };
    const { findings } = await found('made', [built('made', '1.0.0', {}, declared)], '1.0.0');
    expect(findings).toMatchObject([
      { code: 'SOURCE_DIFFERS', level: 'warning', attested: URL_OF, declared: declared.repository },
    ]);
  });
  it('asks for the attestations of a predecessor once, though others pin it too', async () => {
    const releases = [3, 4, 5].map((month, index) => built('made', `1.0.${index}`, {}, at(month)));
    const { findings, registry } = await found('made', releases, '1.0.2', '1.0.1', '1.0.2');
    expect(findings).toEqual([]);
    const attestations = (version) => `/-/npm/v1/attestations/made@${version}`;
    expect(asked(registry)).toEqual([...['1.0.0', '1.0.1', '1.0.2'].map(attestations), '/made']);
  });
  it('takes no word of a predecessor whose provenance is not good', async () => {
    const { attested } = built('made', '9.9.9', { repositoryId: '2' });
    const { findings } = await found(
      'made',
      [{ version: '1.0.0', attested: attested, ...at(3) }, built('made', '1.0.1', { repositoryId: '1' }, at(4))],
      '1.0.1',
    );
    expect(findings).toEqual([]);
  });
});
describe('a rank', () => {
  const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
  const PACKAGES = Object.fromEntries(
    NAMES.map((name, at) => [name, [{ version: '1.0.0', signed: at % 3 !== 0, attested: at % 3 === 2 }]]),
  );
  it('is never lowered by evidence; among equals the weaker comes first', async () => {
    const registry = await signedRegistry(PACKAGES, undefined, sigstore);
    const wrong = fc.constantFrom(...NAMES, '');
    const services = fc.array(fc.subarray(NAMES, { minLength: 1 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(services, wrong, async (held, swapped) => {
        const digest = (name) => sha512Of(name === swapped ? 'other bytes' : `${name}@1.0.0`);
        const locks = held.map((names, at) => [
          `s${at}/package-lock.json`,
          npmLock(Object.fromEntries(names.map((name) => [name, `1.0.0#${digest(name)}`]))),
        ]);
        const fleet = tree(Object.fromEntries(locks));
        const [asked, not] = [await audited(registry, [fleet]), await audited(registry, [fleet, '--no-verify'])];
        for (const layer of ['package', 'artifact']) {
          const [ranked, plain] = [asked.layers[layer].top, not.layers[layer].top];
          const measured = (causes) =>
            causes.map(({ id, blastRadius, reach, load }) => [id, blastRadius, reach, load].join(' ')).sort();
          expect(measured(ranked)).toEqual(measured(plain));
          const measures = (causes) => causes.map(({ blastRadius, reach, load }) => [blastRadius, reach, load]);
          expect(measures(ranked)).toEqual(measures(plain));
          const strengths = ['invalid', 'none', 'signed', 'attested'];
          for (const [at, cause] of ranked.entries()) {
            const next = ranked[at + 1];
            if (!next || String(measures([next])) !== String(measures([cause]))) continue;
            expect(strengths.indexOf(cause.evidence)).toBeLessThanOrEqual(strengths.indexOf(next.evidence));
          }
        }
      }),
      { numRuns: 10 },
    );
  });
});
