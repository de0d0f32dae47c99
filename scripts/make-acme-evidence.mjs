/**
 * Makes fixtures/acme-evidence again: what a registry could answer about the packages of fixtures/acme, in the form that
 * `--evidence` keeps and takes, so that the demo shows every layer without a network.
 *
 *   npm run build && node scripts/make-acme-evidence.mjs
 *
 * Asks the registry of the npm configuration for every package. Versions, tags, dependencies, integrity and declared
 * repositories are its own. All the rest is made up, as fixtures/acme-evidence/README.md says: accounts, publish times,
 * signatures, attestations. What is made up hangs on names and versions alone; only the keys, and so what they sign, are
 * new each time, because the private ones are thrown away.
 *
 * Of each package the pinned releases are kept, and those they are compared with (`predecessor` in src/registry/history.ts).
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import { signing } from '../bench/registry-signing.mjs';
import { subjectsOf } from '../dist/evidence/subjects.js';
import { run } from '../dist/index.js';
import { packagePath } from '../dist/registry/address.js';
import { RegistryClient } from '../dist/registry/client.js';
import { excerptOf } from '../dist/registry/excerpt.js';
import { historyOf } from '../dist/registry/history.js';
import { loadNpmSettings } from '../dist/network/npm-config.js';
import { parsePackument, servesEvidence } from '../dist/registry/packument.js';
import { repositoryOf } from '../dist/registry/repository.js';
import { Store } from '../dist/network/store.js';

const REGISTRY = 'https://registry.example/';
const FLEET = fileURLToPath(new URL('../fixtures/acme', import.meta.url));
const TARGET = fileURLToPath(new URL('../fixtures/acme-evidence', import.meta.url));
const AT_ONCE = 8;

/** Accounts that may publish many packages of owners who have nothing to do with each other, and the share they have. */
const BUSY = { 'maint-ash': 0.12, 'maint-birch': 0.07, 'maint-cedar': 0.04 };
const TREES =
  'alder aspen beech elder elm hazel holly juniper larch lime maple oak olive pine poplar rowan spruce willow yew'.split(
    ' ',
  );
const BIRDS =
  'crane crow dove finch gull heron jay kite lark martin owl plover quail raven robin rook swift teal wren'.split(' ');

/** A registry key with an end signs what was published before it. */
const OLD_KEY = {
  keyId: 'SHA256:acme-demo-old-key',
  start: '1999-01-01T00:00:00.000Z',
  end: '2025-01-29T00:00:00.000Z',
};
const NEW_KEY = { keyId: 'SHA256:acme-demo-new-key', start: '2025-01-13T00:00:00.000Z' };
const KEYS_CHANGED = '2025-01-20T00:00:00.000Z';

/** Owners of repositories whose packages have attestations, where they are recent enough. */
const ATTESTING_SHARE = 0.31;
const ATTESTING_SINCE = '2023-10-01T00:00:00.000Z';
const TRUSTED_SINCE = '2025-08-01T00:00:00.000Z';
const PROVENANCE_V1_SINCE = '2024-01-01T00:00:00.000Z';
const WORKFLOWS = ['release.yml', 'publish.yml', 'ci.yml'];
const SELF_HOSTED_SHARE = 0.1;
const UNSIGNED_SHARE = 0.01;
/** The package built from another repository than its manifest declares. */
const BUILT_ELSEWHERE = 'winston';
/** The one whose release before was built from another repository. */
const MOVED = 'split2';
/** The one whose release before was attested, and this one is not. */
const LOST = 'fastq';

/** From 0 to 1, the same for the same text. */
const draw = (...about) => createHash('sha256').update(about.join(' ')).digest().readUInt32BE() / 2 ** 32;
const pick = (list, ...about) => list[Math.floor(draw(...about) * list.length)];
const ownerOf = (repository) => repository?.slice(0, repository.lastIndexOf('/'));
const isHeld = (share, ...about) => draw(...about) < share;

/** Publish times of all releases: from some day of 2011 to 2019 to one of 2020 to 2026, in the order of the versions. */
function timesOf(name, versions) {
  const first = Date.UTC(2011) + draw(name, 'first') * (Date.UTC(2020) - Date.UTC(2011));
  const last = Date.UTC(2020) + Math.sqrt(draw(name, 'last')) * (Date.UTC(2026, 5) - Date.UTC(2020));
  const ordered = [...versions].filter((version) => valid(version)).sort(compare);
  const timeOf = (at) => new Date(Math.floor(first + ((last - first) * (at + 1)) / ordered.length)).toISOString();
  return new Map(ordered.map((version, at) => [version, timeOf(at)]));
}

/** Who may publish a package: one to three accounts of those its repository's owner has, and others. */
function accountsOf(name, owner = name) {
  const size = 1 + isHeld(0.5, name, 'second') + isHeld(0.2, name, 'third');
  const team = Array.from(
    { length: size },
    (_, at) => `maint-${pick(TREES, owner, at)}-${pick(BIRDS, owner, at, 'bird')}`,
  );
  const busy = Object.keys(BUSY).filter((account) => isHeld(BUSY[account], account, name));
  return [...new Set([...team, ...busy])];
}

/** A build of a GitHub repository as its provenance tells of it. */
function buildOf(version, repository) {
  const owner = ownerOf(repository);
  const id = (about) => String(1_000_000 + Math.floor(draw(about, 'id') * 900_000_000));
  const hosting = isHeld(SELF_HOSTED_SHARE, owner, 'runner') ? 'self-hosted' : 'github-hosted';
  return {
    repository,
    ref: `refs/tags/v${version}`,
    workflow: `.github/workflows/${pick(WORKFLOWS, owner, 'workflow')}`,
    commit: createHash('sha1').update(`${repository} ${version}`).digest('hex'),
    repositoryId: id(repository),
    ownerId: id(owner),
    builder: `https://github.com/actions/runner/${hosting}`,
  };
}

/** The releases of a package to keep, with what is made up of them, as a registry would list them. */
function released({ name, releases }, versions) {
  const known = versions.filter((version) => releases.has(version)).sort(compare);
  const times = timesOf(name, releases.keys());
  const dated = new Map(
    [...releases].map(([version, release]) => [version, { ...release, published: times.get(version) }]),
  );
  const before = known.map((version) => historyOf(dated, version).predecessor);
  const newest = known.at(-1);
  const repository = repositoryOf(releases.get(newest)?.repository ?? '');
  const attested = new Set(attestedOf(name, newest, times.get(newest), before.at(-1), repository));
  const signed = !isHeld(UNSIGNED_SHARE, name, 'unsigned') || attested.size > 0;
  return [...new Set([...known, ...before])].filter(Boolean).map((version) => {
    const { integrity, dependencies, repository: written } = releases.get(version);
    const published = times.get(version);
    const source = sourceOf(name, version === newest, repository);
    const described = { name, version, integrity, dependencies, written, published, signed, source };
    return { ...described, attested: attested.has(version), asked: attested.has(version) && name !== LOST };
  });
}

/** Versions with attestations: of some owners the newest that the fleet has, and where something was lost or moved the one before. */
function attestedOf(name, newest, published, before, repository) {
  if (name === LOST) return [before];
  if (name === MOVED) return [before, newest];
  if (name === BUILT_ELSEWHERE) return [newest];
  const host = repository?.startsWith('https://github.com/');
  return host && published >= ATTESTING_SINCE && isHeld(ATTESTING_SHARE, ownerOf(repository), 'attests')
    ? [newest]
    : [];
}

/** The repository a release is built from. */
function sourceOf(name, isNewest, declared) {
  const moved = name === BUILT_ELSEWHERE || (name === MOVED && !isNewest);
  return moved ? `https://github.com/acme-demo-moved/${name}` : declared;
}

function manifestOf({ name, version, integrity, dependencies, written, published, signed, attested }, sigstore) {
  const keyId = keyAt(published);
  const trusted = attested && published >= TRUSTED_SINCE && isHeld(0.6, name, 'trusted');
  return {
    name,
    version,
    dist: {
      integrity,
      ...(signed && { signatures: [sigstore.signRelease({ name, version, integrity, keyId })] }),
      ...(attested && { attestations: {} }),
    },
    ...(trusted && { _npmUser: { trustedPublisher: { id: 'github' } } }),
    repository: written,
    dependencies: Object.fromEntries(dependencies),
  };
}

function attestationsOf({ name, version, integrity, published, source }, sigstore) {
  const about = { name, version, integrity };
  // Built shortly before it was published.
  const builtAt = new Date(Date.parse(published) - 30_000).toISOString();
  const predicate = published >= PROVENANCE_V1_SINCE ? 'v1' : 'v0.2';
  return sigstore.response(
    sigstore.publishAttestation({ ...about, loggedAt: published, keyId: keyAt(published) }),
    sigstore.provenance({ ...about, ...buildOf(version, source), predicate, loggedAt: builtAt }),
  );
}

const keyAt = (published) => (published < KEYS_CHANGED ? OLD_KEY : NEW_KEY).keyId;

async function keep({ packument, versions }, store, sigstore) {
  const { name, newest, tags } = packument;
  const releases = released(packument, versions);
  const owner = ownerOf(repositoryOf(releases.find(({ written }) => written)?.written ?? ''));
  const text = JSON.stringify({
    name,
    maintainers: accountsOf(name, owner).map((account) => ({ name: account })),
    time: Object.fromEntries(releases.map(({ version, published }) => [version, published])),
    versions: Object.fromEntries(releases.map((release) => [release.version, manifestOf(release, sigstore)])),
    newest: Object.fromEntries(newest),
    'dist-tags': Object.fromEntries(tags),
  });
  const made = parsePackument(text, name);
  const answer = { serves: servesEvidence(made), packument: excerptOf(made, new Set(versions)), wanted: versions };
  await store.write('package', [REGISTRY, name], answer);
  for (const release of releases.filter(({ asked }) => asked)) {
    await store.write('attestations', [REGISTRY, name, release.version], attestationsOf(release, sigstore));
  }
  return releases.filter(({ asked }) => asked).length;
}

/** Everything the fleet has of the registry, by name, in the order of the names. */
async function answers(settings) {
  const { audit } = await run({ sources: [FLEET], verify: false });
  const { packages } = subjectsOf(audit.fleet, () => REGISTRY);
  const client = new RegistryClient({ settings, concurrency: AT_ONCE });
  const asked = packages.map(async ({ name, targets }) => {
    const answer = await client.get(settings.registryFor(name), packagePath(name));
    const packument = answer.kind === 'ok' ? parsePackument(answer.text, name) : undefined;
    if (packument === undefined) throw new Error(`${name}: ${answer.kind}`);
    return { packument, versions: [...new Set(targets.map(({ subject }) => subject.version))].sort() };
  });
  return (await Promise.all(asked)).sort((a, b) => (a.packument.name < b.packument.name ? -1 : 1));
}

/** Readers must not learn a host from a fixture. */
function assertPublishable(settings) {
  const hosts = settings.registries().map((registry) => new URL(registry).hostname);
  for (const entry of readdirSync(TARGET, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const found = entry.isFile() ? hosts.filter((host) => readFileSync(file, 'utf8').includes(host)) : [];
    if (found.length > 0) throw new Error(`${file} holds ${found.join(', ')}`);
  }
}

const settings = await loadNpmSettings({ env: process.env });
const packages = await answers(settings);
const sigstore = (await signing()).createSigstore({ keys: [OLD_KEY, NEW_KEY] });
rmSync(join(TARGET, 'v1'), { recursive: true, force: true });
const store = new Store(TARGET);
await store.write('routes', [], { standard: REGISTRY, scopes: {} });
let attested = 0;
for (const each of packages) attested += await keep(each, store, sigstore);
if (store.failed !== undefined) throw new Error(`cannot write ${TARGET} (${store.failed})`);
writeFileSync(join(TARGET, 'keys.json'), sigstore.keys());
writeFileSync(join(TARGET, 'trusted_root.json'), sigstore.trustedRoot);
assertPublishable(settings);
console.log(`${packages.length} packages, ${attested} releases with attestations`);
