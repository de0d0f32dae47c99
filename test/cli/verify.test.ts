/** The verify command end to end: what a registry serves and a lockfile pins, to verdicts, findings and exit codes. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS, EVIDENCE_STATES, REASONS, type Reason } from '../../src/evidence/state.ts';
import { createSigstore } from '../sigstore/instance.ts';
import { sha512Of } from '../sigstore/packages.ts';
import { NEW_KEY, OLD_KEY } from '../sigstore/registry-keys.ts';
import { npmLock, tree } from './harness.ts';
import { type Packages, type SignedRegistry, type SignedRelease, serviceOf, signedRegistry } from './signed.ts';

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8'));
const conforms = new Ajv({ strict: false }).addSchema(schemaOf('report')).compile(schemaOf('verify'));

type Counts = { readonly of: number } & Record<
  'signature' | 'publish' | 'provenance',
  Record<string, number> & { readonly reasons: Record<string, number> }
>;
interface Verdict {
  readonly state: string;
  readonly reason: string;
  readonly detail?: string;
}
interface Report {
  readonly complete: boolean;
  readonly evidence: Counts & { readonly requests: number };
  readonly evidenceByService: readonly (Counts & { readonly service: string })[];
  readonly components: readonly ({
    readonly package: string;
    readonly version: string;
    readonly strength: string;
    readonly registryDigest: string;
    readonly lockfiles: readonly string[];
  } & Record<'signature' | 'publish' | 'provenance', Verdict>)[];
  readonly gates: readonly { readonly over: readonly string[] }[];
  readonly findings: readonly { readonly code: string; readonly kind?: string; readonly reason?: string }[];
}

async function verified(registry: SignedRegistry, args: readonly string[]): Promise<Report & { code: number }> {
  const { code, stdout, stderr } = await registry.run(['verify', '--json', ...args], { npm_config_fetch_retries: '0' });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
  for (const counts of [report.evidence, ...report.evidenceByService]) countsAddUp(counts);
  expect(report.evidence.of).toBe(report.components.length);
  return { ...report, code };
}

/** Every component is in exactly one state of every kind, and every reason is of a state. */
function countsAddUp(counts: Counts): void {
  for (const kind of EVIDENCE_KINDS) {
    const { reasons } = counts[kind];
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    expect(sum(EVIDENCE_STATES.map((state) => counts[kind][state]!))).toBe(counts.of);
    expect(sum(Object.values(reasons))).toBe(counts.of);
    for (const state of EVIDENCE_STATES) {
      const own = Object.entries(reasons).filter(([reason]) => REASONS[reason as Reason] === state);
      expect(sum(own.map(([, number]) => number))).toBe(counts[kind][state]);
    }
  }
}

const shown = (found: Report['components'][number]) => EVIDENCE_KINDS.map((kind) => found[kind].reason).join(' ');

const sigstore = createSigstore();
const REPOSITORY = 'https://github.com/acme/made';

interface Situation {
  readonly release: Omit<SignedRelease, 'version'>;
  /** What the lockfile pins in place of the digest of the made tarball. */
  readonly locked?: string;
  /** Reasons of signature, publish attestation and provenance. */
  readonly verdicts: string;
  /** Codes of the findings. */
  readonly findings?: readonly string[];
}

type Making = Parameters<typeof sigstore.provenance>[0] & Parameters<typeof sigstore.publishAttestation>[0];

/** Attestations of `name@1.0.0`, made differently. */
function attested(name: string, publish: Partial<Making>, provenance: Partial<Making> = {}): string {
  const about = { name, version: '1.0.0', integrity: sha512Of(`${name}@1.0.0`) };
  return sigstore.response(
    sigstore.publishAttestation({ ...about, ...publish }),
    sigstore.provenance({ ...about, predicate: 'v1', repository: REPOSITORY, ...provenance }),
  );
}

function signed(name: string, keyId?: string, what = `${name}@1.0.0`): { keyid: string; sig: string } {
  const at = what.lastIndexOf('@');
  const about = { name: what.slice(0, at), version: what.slice(at + 1), integrity: sha512Of(`${name}@1.0.0`) };
  return sigstore.signRelease({ ...about, ...(keyId === undefined ? {} : { keyId }) });
}

const INVALID = ['EVIDENCE_INVALID'];
const OTHER_BYTES = sha512Of('other bytes');
const NEWER = 'https://slsa.dev/provenance/v9';

/** By package name; every package is of version 1.0.0 and, unless told, signed by the newest key. */
const SITUATIONS: Readonly<Record<string, Situation>> = {
  whole: { release: { attested: true }, verdicts: 'verified verified verified' },
  signed: { release: {}, verdicts: 'verified not-attested not-attested' },
  '@scope/scoped': { release: { attested: true }, verdicts: 'verified verified verified' },
  unsigned: { release: { signed: false }, verdicts: 'not-signed not-attested not-attested' },
  bad: {
    release: { signatures: [signed('bad', undefined, 'worse@1.0.0')] },
    verdicts: 'bad-signature not-attested not-attested',
    findings: INVALID,
  },
  swapped: {
    release: { attested: true },
    locked: OTHER_BYTES,
    verdicts: 'other-digest wrong-digest wrong-digest',
    findings: [...INVALID, ...INVALID, ...INVALID, 'INTEGRITY_DIFFERS'],
  },
  replayed: {
    release: { signatures: [signed('replayed', undefined, 'victim@1.0.0')], manifest: { name: 'victim' } },
    verdicts: 'replayed not-attested not-attested',
    findings: INVALID,
  },
  unknown: {
    release: { signatures: [{ ...signed('unknown'), keyid: 'SHA256:nobody' }] },
    verdicts: 'unknown-key not-attested not-attested',
    findings: INVALID,
  },
  expired: {
    release: { signatures: [signed('expired', OLD_KEY.keyId)] },
    verdicts: 'key-expired not-attested not-attested',
    findings: INVALID,
  },
  early: {
    release: { signatures: [signed('early', NEW_KEY.keyId)], published: '2024-01-01T00:00:00.000Z' },
    verdicts: 'key-not-yet-valid not-attested not-attested',
    findings: INVALID,
  },
  old: {
    release: { signatures: [signed('old', OLD_KEY.keyId)], published: '2024-01-01T00:00:00.000Z' },
    verdicts: 'verified not-attested not-attested',
  },
  undated: {
    release: { signatures: [signed('undated', OLD_KEY.keyId)], published: 'long ago' },
    verdicts: 'verified-undated not-attested not-attested',
  },
  malformed: {
    release: { signatures: [{}] },
    verdicts: 'malformed not-attested not-attested',
    findings: INVALID,
  },
  several: {
    release: {},
    locked: `${sha512Of('several@1.0.0')} ${OTHER_BYTES}`,
    verdicts: 'several-digests not-attested not-attested',
    findings: [...INVALID, 'INTEGRITY_DIFFERS'],
  },
  junk: {
    release: { attested: '{"attestations": 7}' },
    verdicts: 'verified bad-bundle bad-bundle',
    findings: [...INVALID, ...INVALID],
  },
  unlogged: {
    release: { attested: attested('unlogged', {}, { promise: false, proof: false }) },
    verdicts: 'verified verified bad-bundle',
    findings: INVALID,
  },
  renamed: {
    release: { attested: attested('renamed', {}, { name: 'other' }) },
    verdicts: 'verified verified wrong-subject',
    findings: INVALID,
  },
  rebuilt: {
    release: { attested: attested('rebuilt', {}, { integrity: OTHER_BYTES }) },
    verdicts: 'verified verified wrong-digest',
    findings: INVALID,
  },
  relabelled: {
    release: { attested: attested('relabelled', {}, { predicateType: 'https://slsa.dev/provenance/v0.2' }) },
    verdicts: 'verified verified predicate-differs',
    findings: INVALID,
  },
  hinted: {
    release: { attested: attested('hinted', { envelopeKeyId: OLD_KEY.keyId }) },
    verdicts: 'verified key-differs verified',
    findings: INVALID,
  },
  usurped: {
    release: { attested: attested('usurped', { signer: 'certificate' }) },
    verdicts: 'verified wrong-signer verified',
    findings: INVALID,
  },
  selfsigned: {
    release: { attested: attested('selfsigned', {}, { signer: 'key' }) },
    verdicts: 'verified verified wrong-signer',
    findings: INVALID,
  },
  claimed: {
    release: { attested: attested('claimed', {}, { claimed: { repository: 'https://github.com/acme/popular' } }) },
    verdicts: 'verified verified identity-differs',
    findings: INVALID,
  },
  outdated: {
    release: { attested: attested('outdated', { keyId: OLD_KEY.keyId }) },
    verdicts: 'verified key-expired verified',
    findings: INVALID,
  },
  newer: {
    release: {
      attested: attested(
        'newer',
        {},
        { statement: (made) => ({ ...made, predicateType: NEWER }), predicateType: NEWER },
      ),
    },
    verdicts: 'verified verified unsupported',
  },
  half: {
    release: {
      attested: sigstore.response(
        sigstore.publishAttestation({ name: 'half', version: '1.0.0', integrity: sha512Of('half@1.0.0') }),
      ),
    },
    verdicts: 'verified verified not-attested',
  },
  promised: { release: { attested: true }, verdicts: 'verified not-served not-served' },
};

const packages: Packages = Object.fromEntries(
  Object.entries(SITUATIONS).map(([name, { release }]) => [name, [{ version: '1.0.0', ...release }]]),
);
const lockedOf = (name: string) => SITUATIONS[name]?.locked ?? sha512Of(`${name}@1.0.0`);

describe('what a registry serves', () => {
  let registry: SignedRegistry;
  beforeAll(async () => {
    registry = await signedRegistry(
      { ...packages, many: [{ version: '1.0.0' }, { version: '1.1.0', signed: false }] },
      ({ attestations = {}, ...made }) => {
        const { 'promised@1.0.0': _, ...served } = attestations;
        return { ...made, attestations: served };
      },
      sigstore,
    );
  });

  it.each(Object.entries(SITUATIONS))('%s', async (name, { verdicts, findings = [] }) => {
    const service = tree({
      'package-lock.json': npmLock({ [name]: `1.0.0#${lockedOf(name)}`, many: `1.0.0#${sha512Of('many@1.0.0')}` }),
    });
    const report = await verified(registry, [service, ...registry.pinned]);
    const found = report.components.find((component) => component.package === `npm/${name}`);
    expect(found && shown(found)).toBe(verdicts);
    expect(report.findings.map(({ code }) => code)).toEqual(findings);
    expect(report.code).toBe(findings.length > 0 ? 1 : 0);
    expect(report.gates).toMatchObject([{ over: findings.length > 0 ? [`npm/${name}@1.0.0`] : [] }]);
    expect(report.complete).toBe(true);
  });

  it('gives each the same verdicts in a fleet of them all, and counts add up for every service', async () => {
    const names = Object.keys(SITUATIONS);
    const pinning = (names: readonly string[]) =>
      npmLock(Object.fromEntries(names.map((name) => [name, `1.0.0#${lockedOf(name)}`])));
    const fleet = tree({
      'all/package-lock.json': pinning(names),
      'odd/package-lock.json': pinning(names.filter((_, at) => at % 2 === 1)),
      'none/package-lock.json': npmLock({}),
    });
    const report = await verified(registry, [fleet, ...registry.pinned]);
    expect(Object.fromEntries(report.components.map((found) => [found.package.slice(4), shown(found)]))).toEqual(
      Object.fromEntries(names.map((name) => [name, SITUATIONS[name]!.verdicts])),
    );
    expect(report.evidenceByService.map(({ service, of }) => [service, of])).toEqual([
      ['all', names.length],
      ['none', 0],
      ['odd', Math.floor(names.length / 2)],
    ]);
    const invalid = names.filter((name) => SITUATIONS[name]!.findings);
    expect(report.gates[0]!.over).toEqual(invalid.map((name) => `npm/${name}@1.0.0`).sort());
    expect(report.code).toBe(1);
  });

  it('--require makes a gate of what is not verified, own code apart', async () => {
    const over = async (service: string, ...args: string[]) => {
      const { code, gates } = await verified(registry, [service, ...args, ...registry.pinned]);
      return [code, ...gates.slice(1).map((gate) => gate.over)];
    };
    const both = serviceOf({ whole: '1.0.0', signed: '1.0.0' });
    expect(await over(both, '--require', 'signature')).toEqual([0, []]);
    expect(await over(both, '--require', 'provenance')).toEqual([1, ['npm/signed@1.0.0']]);
    const unsigned = serviceOf({ unsigned: '1.0.0', whole: '1.0.0', strange: '1.0.0' });
    expect(await over(unsigned)).toEqual([0]);
    const missing = ['npm/strange@1.0.0', 'npm/unsigned@1.0.0'];
    expect(await over(unsigned, '--require', 'signature', '--require', 'provenance')).toEqual([1, missing, missing]);
  });
});

describe('what a lockfile pins', () => {
  it('is asked about only where it is from a registry, and says why nothing can be bound to it elsewhere', async () => {
    const registry = await signedRegistry({ known: [{ version: '1.0.0' }] });
    const entry = (name: string, more: object) => [`node_modules/${name}`, { version: '1.0.0', ...more }];
    const url = 'https://files.example';
    const direct = ['known', 'gone', 'weak', 'bare', 'pulled', 'fetched', 'own'];
    const lock = {
      name: 'made',
      lockfileVersion: 3,
      packages: {
        '': {
          name: 'made',
          dependencies: Object.fromEntries(direct.map((name) => [name, '1.0.0'])),
        },
        ...Object.fromEntries([
          entry('known', { integrity: sha512Of('known@1.0.0'), dependencies: { inside: '1.0.0' } }),
          entry('gone', { integrity: sha512Of('gone') }),
          entry('weak', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
          entry('bare', {}),
          entry('own', { resolved: 'file:own.tgz', integrity: sha512Of('own@1.0.0') }),
          entry('pulled', { resolved: `git+ssh://git@github.com/acme/pulled.git#${'a'.repeat(40)}` }),
          entry('fetched', { resolved: `${url}/fetched.tgz`, integrity: sha512Of('fetched') }),
          entry('known/node_modules/inside', { inBundle: true }),
        ]),
      },
    };
    const sbom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: [
        { type: 'library', name: 'requests', version: '2.0.0', purl: 'pkg:pypi/requests@2.0.0', 'bom-ref': 'r' },
      ],
      dependencies: [{ ref: 'r', dependsOn: [] }],
    };
    const berry = [
      '__metadata:',
      '  version: 8',
      '  cacheKey: 10c0',
      '',
      '"known@npm:^1.0.0":',
      '  version: 1.0.0',
      '  resolution: "known@npm:1.0.0"',
      `  checksum: 10c0/${'ab'.repeat(64)}`,
      '  languageName: node',
      '  linkType: hard',
      '',
      '"own@workspace:.":',
      '  version: 0.0.0-use.local',
      '  resolution: "own@workspace:."',
      '  dependencies:',
      '    known: "npm:^1.0.0"',
      '  languageName: unknown',
      '  linkType: soft',
      '',
    ].join('\n');
    const fleet = tree({
      'npm/package-lock.json': JSON.stringify(lock),
      'py/bom.cdx.json': JSON.stringify(sbom),
      'berry/yarn.lock': berry,
    });
    const report = await verified(registry, [fleet, ...registry.pinned, '--allow-incomplete']);
    const reasons = report.components.map((found) => [found.package, found.lockfiles[0]!.split('/')[0], shown(found)]);
    const all = (reason: string) => `${reason} ${reason} ${reason}`;
    expect(reasons.sort()).toEqual([
      ['first-party/npm/own.tgz', 'npm', all('first-party')],
      ['npm/bare', 'npm', all('no-digest')],
      ['npm/fetched', 'npm', all('url')],
      ['npm/gone', 'npm', all('package-unknown')],
      ['npm/inside', 'npm', all('bundled')],
      ['npm/known', 'berry', all('own-checksum')],
      ['npm/known', 'npm', 'verified not-attested not-attested'],
      ['npm/pulled', 'npm', all('git')],
      ['npm/weak', 'npm', all('weak-digest')],
      ['pypi/requests', 'py', all('ecosystem')],
    ]);
    expect(report.code).toBe(0);
    expect(registry.server.requests.map(({ path }) => path).sort()).toEqual(['/bare', '/gone', '/known', '/weak']);
  });

  it('may be a version the registry does not list', async () => {
    const registry = await signedRegistry({ known: [{ version: '1.0.0' }] });
    const report = await verified(registry, [serviceOf({ known: '1.0.1' }), ...registry.pinned]);
    expect(report.components.map(shown)).toEqual(['version-unknown version-unknown version-unknown']);
    expect([report.code, report.complete]).toEqual([0, true]);
  });
});

describe('usage', () => {
  it.each([
    [['--offline', 'verify'], '--offline stands before the command'],
    [['--keys', 'k.json', 'verify'], '--keys stands before the command'],
    [['--no-verify', 'verify'], '--no-verify stands before the command'],
    [['verify', '--require', 'hope'], 'expected signature or provenance'],
    [['verify', '--no-verify'], "unknown option '--no-verify'"],
  ])('%j is a mistake of usage', async (args, text) => {
    const registry = await signedRegistry({});
    const outcome = await registry.run(args);
    expect([outcome.code, outcome.stdout]).toEqual([2, '']);
    expect(outcome.stderr).toContain(text);
    expect(registry.server.requests).toEqual([]);
  });

  it('says so where there is nothing to verify, and asks nobody', async () => {
    const registry = await signedRegistry({});
    const outcome = await registry.run(['verify', tree({ 'README.md': '' })]);
    expect([outcome.code, outcome.stderr]).toEqual([0, 'spof-deps: no lockfile found; nothing was verified\n']);
    expect(outcome.stdout).toBe('No lockfile or SBOM was found: nothing was verified.\n');
  });
});
