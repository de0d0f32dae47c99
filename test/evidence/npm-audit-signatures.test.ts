/** `spof-deps verify` beside `npm audit signatures`: one installed tree, one set of registries, one TUF repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject } from '../../src/json.ts';
import { type Outcome, spofDeps } from '../cli/harness.ts';
import { type Case, expectedOf, type Ours } from '../referees/npm-audit-signatures/case.ts';
import { CASES } from '../referees/npm-audit-signatures/cases.ts';
import { environment, findNpm, type Run } from '../referees/npm-audit-signatures/npm.ts';
import {
  type NpmAnswer,
  npmAnswer,
  npmOutcome,
  ourAnswer,
  type Relation,
  relationOf,
} from '../referees/npm-audit-signatures/outcomes.ts';
import { type Registries, startRegistries } from '../referees/npm-audit-signatures/registries.ts';
import { type Installed, installTrees, unpin } from '../referees/npm-audit-signatures/trees.ts';

/** npm processes at one time. */
const AT_ONCE = 4;
const DOCUMENT = new URL('../../docs/evidence/npm-audit-signatures.md', import.meta.url);

const npm = findNpm();
const comparesManifests = npm?.comparesManifests ?? false;
if (npm === undefined) console.log('npm audit signatures: no npm that tells what it verified, nothing compared');

/** Every case in which the two do not say the same. */
const DIFFERENCES: Readonly<Record<string, Relation>> = {
  swapped: 'npm accepts',
  replayed: comparesManifests ? 'npm stops' : 'npm accepts',
  'before-key': 'npm accepts',
  'type-differs': 'npm accepts',
  'publish-by-workflow': 'npm accepts',
  'identity-differs': 'npm accepts',
  'two-subjects': 'npm accepts',

  unpinned: 'npm alone',
  'bundle-v0.9': 'npm alone',
  'bundle-v0.10': 'npm alone',
  '@keyless/unsigned': 'neither',

  'unknown-key': 'npm stops',
  'expired-key': 'npm stops',
  'wrong-subject': 'npm stops',
  'wrong-digest': 'npm stops',
  'not-served': 'npm stops',
  gone: 'npm stops',
  'second-key-unknown': 'npm stops',
  '@keyless/signed': 'npm stops',
};

describe.skipIf(npm === undefined)('beside npm audit signatures', () => {
  const expected = (one: Case) => expectedOf(one, comparesManifests);
  const stopping = CASES.filter((one) => expected(one).startsWith('stops'));
  const rest = CASES.filter((one) => !stopping.includes(one));
  const passed = rest.filter((one) => ['verified', 'silent'].includes(expected(one)));

  let registries: Registries;
  let installed: Installed;
  /** Of the tree with all that does not stop npm. */
  let listed: NpmAnswer;
  /** Of the tree with what npm finds nothing wrong with, in words. */
  let counted: Run;
  const alone = new Map<string, NpmAnswer>();
  let own: Outcome;
  let verdicts: ReadonlyMap<string, Ours>;

  beforeAll(async () => {
    registries = await startRegistries(CASES);
    const trees = Object.fromEntries(stopping.map((one) => [treeOf(one), [one.name]]));
    installed = await installTrees(npm!, registries, { ...trees, rest: names(rest), passed: names(passed) });
    registries.sign();
    for (const { name, unpinned } of CASES) if (unpinned) unpin(installed.directory, name);

    const limit = pLimit(AT_ONCE);
    const json = (tree: string) => limit(() => installed.audit(tree, ['--json', '--include-attestations']));
    const { url, rootFile } = registries.tuf;
    const trusted = ['--tuf-mirror', url, '--tuf-root', rootFile];
    [listed, counted, own] = await Promise.all([
      json('rest').then(({ stdout }) => npmAnswer(stdout)),
      limit(() => installed.audit('passed', [])),
      spofDeps(['verify', installed.directory, '--json', ...trusted], { env: environment(installed.user) }),
      ...stopping.map(async (one) => alone.set(one.name, npmAnswer((await json(treeOf(one))).stdout))),
    ]);
    verdicts = ourAnswer(own.stdout);
  }, 120_000);

  afterAll(async () => {
    installed?.remove();
    await registries?.close();
  });

  describe.each(CASES.map((one) => [one.what, one] as const))('%s', (_, one) => {
    it('is to npm', () => {
      const verified = expected(one) === 'verified';
      expect(npmOutcome(alone.get(one.name) ?? listed, one.name, verified)).toBe(expected(one));
    });

    it('is to spof-deps', () => expect(verdicts.get(one.name)).toEqual(one.ours));
  });

  it('npm counts exactly those as verified that are expected to be', () => {
    const verified = passed.filter((one) => expected(one) === 'verified');
    const attested = verified.filter(({ name }) => listed.attested.has(name));
    expect(counted.stdout).toContain(`\n${verified.length} packages have verified registry signatures\n`);
    expect(counted.stdout).toContain(`\n${attested.length} packages have verified attestations\n`);
    expect([...listed.attested].sort()).toEqual(names(attested).sort());
    expect(counted.code).toBe(0);
  });

  it('the two differ in these cases and in no other', () => {
    const found = CASES.map((one) => [one.name, relationOf(expected(one), one.ours)] as const);
    expect(Object.fromEntries(found.filter(([, relation]) => relation !== 'same'))).toEqual(DIFFERENCES);
  });

  it('a swapped lock entry is what is installed, and not what the registry serves', () => {
    const manifest = readFileSync(join(installed.directory, 'node_modules/swapped/package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ description: 'not what was published' });
    const report: unknown = JSON.parse(own.stdout);
    const components: unknown[] = isObject(report) && Array.isArray(report.components) ? report.components : [];
    const differing = components.filter(isObject).filter(({ registryDigest }) => registryDigest === 'differs');
    expect(differing.map((component) => component.package)).toEqual(['npm/swapped']);
    expect(own.stdout).toContain('"INTEGRITY_DIFFERS"');
    expect(own.code).toBe(1);
  });

  it('is all in the document', () => {
    const rows = CASES.map((one) => {
      const { signature, publish, provenance } = one.ours;
      return `| ${[one.what, one.npm, signature, publish, provenance, relationOf(one.npm, one.ours)].join(' | ')} |`;
    });
    const lines = readFileSync(DOCUMENT, 'utf8').split('\n');
    const start = lines.findIndex((line) => line.startsWith('| what the registry serves '));
    const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
    expect(lines.slice(start + 2, end)).toEqual(rows);
  });
});

const treeOf = ({ name }: Case) => name.replace(/[@/]/g, '');
const names = (cases: readonly Case[]) => cases.map(({ name }) => name);
