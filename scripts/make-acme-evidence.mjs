/**
 * Makes fixtures/acme-evidence again: what a registry answers about the packages of the demo fleet, as far as real
 * answers were recorded, in the form that `--evidence` keeps and takes.
 *
 *   npm run build && node scripts/make-acme-evidence.mjs <manifests.jsonl>
 *
 * Each line of the file is one recorded release: { name, version, integrity, signatures, published?, attestations?,
 * trustedPublisher?, verified }. Signatures and publish times are the registry's own; its address is not in what is
 * signed, and is https://registry.example/ here. Releases that the fleet does not hold are left out, apart from those of
 * their release lines, which their history is worked out from.
 */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../dist/index.js';
import { excerptOf } from '../dist/registry/excerpt.js';
import { parsePackument, servesEvidence } from '../dist/registry/packument.js';
import { Store } from '../dist/registry/store.js';

const REGISTRY = 'https://registry.example/';
const ACME = fileURLToPath(new URL('../fixtures/acme', import.meta.url));
const TARGET = fileURLToPath(new URL('../fixtures/acme-evidence', import.meta.url));

const { audit } = await run({ sources: [ACME], verify: false });
const held = new Map();
for (let c = 0; c < audit.fleet.componentCount; c++) {
  const { name, version, integrity = '' } = audit.fleet.component(c);
  if (integrity.startsWith('sha512-')) held.set(name, (held.get(name) ?? new Set()).add(version));
}

const recorded = new Map();
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const release = JSON.parse(line);
  if (release.verified && held.has(release.name)) {
    recorded.set(release.name, [...(recorded.get(release.name) ?? []), release]);
  }
}

rmSync(TARGET, { recursive: true, force: true });
const store = new Store(TARGET);
await store.write('routes', [], { standard: REGISTRY, scopes: {} });
let releases = 0;
for (const [name, rows] of recorded) {
  const wanted = new Set(rows.map((row) => row.version).filter((version) => held.get(name).has(version)));
  if (wanted.size === 0) continue;
  const text = JSON.stringify({
    name,
    time: Object.fromEntries(rows.filter((row) => row.published).map((row) => [row.version, row.published])),
    versions: Object.fromEntries(
      rows.map(({ version, integrity, signatures, attestations, trustedPublisher }) => [
        version,
        {
          name,
          version,
          dist: { integrity, signatures, ...(attestations ? { attestations: {} } : {}) },
          ...(trustedPublisher ? { _npmUser: { trustedPublisher } } : {}),
        },
      ]),
    ),
  });
  const packument = parsePackument(text, name);
  releases += wanted.size;
  await store.write('package', [REGISTRY, name], { serves: servesEvidence(packument), packument: excerptOf(packument, wanted) });
}
console.log(`${releases} releases of the demo fleet were recorded`);
