/**
 * Makes fixtures/signed-evidence again: what a registry answers about the packages that fixtures/signed pins, in the form
 * that `--evidence` keeps and takes.
 *
 *   npm run build && node scripts/make-signed-evidence.mjs <directory of recorded answers>
 *
 * The directory has manifests.jsonl, a recorded release per line: { name, version, integrity, signatures, published?,
 * attestations?, trustedPublisher?, verified }, and attestations/ with an index.jsonl of recorded answers: { file, form,
 * name, version, expected }. Signatures, publish times and attestations are the registry's own; its address is not in what
 * a signature covers, and is https://registry.example/ here.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../dist/index.js';
import { excerptOf } from '../dist/registry/excerpt.js';
import { parsePackument, servesEvidence } from '../dist/registry/packument.js';
import { Store } from '../dist/network/store.js';

const REGISTRY = 'https://registry.example/';
const FLEET = fileURLToPath(new URL('../fixtures/signed', import.meta.url));
const TARGET = fileURLToPath(new URL('../fixtures/signed-evidence', import.meta.url));

const recorded = process.argv[2];
const lines = (file) =>
  readFileSync(join(recorded, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const { audit } = await run({ sources: [FLEET], verify: false });
const held = new Map();
for (let c = 0; c < audit.fleet.componentCount; c++) {
  const { name, version, source } = audit.fleet.component(c);
  if (source === 'registry') held.set(name, (held.get(name) ?? new Set()).add(version));
}
const isHeld = ({ name, version }) => held.get(name)?.has(version) === true;

rmSync(TARGET, { recursive: true, force: true });
const store = new Store(TARGET);
await store.write('routes', [], { standard: REGISTRY, scopes: {} });

const attested = new Set();
for (const answer of lines('attestations/index.jsonl')) {
  if (answer.expected !== 'pass' || answer.form !== 'npm-response' || !isHeld(answer)) continue;
  const { file, name, version } = answer;
  attested.add(`${name}@${version}`);
  await store.write('attestations', [REGISTRY, name, version], readFileSync(join(recorded, 'attestations', file), 'utf8'));
}

const releases = lines('manifests.jsonl').filter(({ name, verified }) => verified && held.has(name));
for (const [name, versions] of held) {
  const rows = releases.filter((row) => row.name === name);
  const text = JSON.stringify({
    name,
    time: Object.fromEntries(rows.filter((row) => row.published).map((row) => [row.version, row.published])),
    versions: Object.fromEntries(rows.map((row) => [row.version, manifest(row)])),
  });
  const packument = parsePackument(text, name);
  const answer = { serves: servesEvidence(packument), packument: excerptOf(packument, versions), wanted: [...versions] };
  await store.write('package', [REGISTRY, name], answer);
}
console.log(`${held.size} packages, attestations of ${[...attested].join(', ')}`);

function manifest({ name, version, integrity, signatures, attestations, trustedPublisher }) {
  const has = attestations !== undefined || attested.has(`${name}@${version}`);
  return {
    name,
    version,
    dist: { integrity, signatures, ...(has ? { attestations: {} } : {}) },
    ...(trustedPublisher ? { _npmUser: { trustedPublisher } } : {}),
  };
}
