/** Lines and columns of reported entries, in ratio to reading the same lockfiles: the demo fleet, and one large file of each format. */
import { fileURLToPath } from 'node:url';
import { built } from './built.mjs';
import { race } from './race.mjs';

const FLEET = fileURLToPath(new URL('../fixtures/acme', import.meta.url));
/** Most of the time of reading that places may take. */
const TARGET = 0.2;
/** Entries of each lockfile that are reported. */
const REPORTED = 100;
const PACKAGES = 4000;
const ALONE = { read: () => undefined, packageDirectories: () => [] };

export async function measurePlaces({ quick }) {
  const rounds = quick ? 5 : 15;
  const fleet = await fleetFiles();
  const measures = [await measure(`places: demo fleet (${fleet.length} lockfiles)`, fleet, rounds)];
  for (const [name, format, write] of LARGE) {
    const files = [{ format, input: { path: name, text: write(), siblings: ALONE } }];
    measures.push(await measure(`places: ${name}, ${PACKAGES} packages`, files, rounds));
  }
  return measures;
}

async function measure(name, files, rounds) {
  const [{ readLockfile }, { placesOf }] = await Promise.all(
    ['lockfiles/index.js', 'lockfiles/places/index.js'].map(built),
  );
  const asked = [];
  for (const { format, input } of files) {
    const keys = reported(await readLockfile(format, input));
    if (placesOf(format, input.text, keys).size < keys.length / 2) throw new Error(`${input.path}: not found`);
    asked.push({ format, text: input.text, keys });
  }
  const { reading, places } = await race(
    {
      reading: async () => {
        for (const { format, input } of files) await readLockfile(format, input);
      },
      places: () => {
        for (const { format, text, keys } of asked) placesOf(format, text, keys);
      },
    },
    rounds,
  );
  return { name, value: places, unit: 'ms', ratio: places / reading, against: 'reading them', target: TARGET };
}

/** Keys from all over the file. */
function reported({ key, nodeCount, strings }) {
  const step = Math.max(1, nodeCount / REPORTED);
  const nodes = Array.from({ length: Math.min(nodeCount, REPORTED) }, (_, n) => Math.floor(n * step));
  return nodes.map((node) => strings[key[node]]);
}

async function fleetFiles() {
  const [{ openSources }, { bytesOf, siblingsOf }, { lockfileText }] = await Promise.all(
    ['sources/index.js', 'sources/tree.js', 'lockfiles/text.js'].map(built),
  );
  return (await openSources([FLEET])).lockfiles.map((found) => {
    const text = lockfileText(found.path, bytesOf(found));
    return { format: found.format, input: { path: found.path, text, siblings: siblingsOf(found) } };
  });
}

const packages = Array.from({ length: PACKAGES }, (_, n) => {
  const needs = [...new Set([2 * n + 1, 2 * n + 2, n + 7])]
    .filter((other) => other < PACKAGES)
    .map((other) => `package-${other}`);
  return { name: `package-${n}`, version: `${n % 20}.${n % 7}.0`, needs, digest: `sha512-${digits(n)}==` };
});

/** As long as a digest and unlike all others, but the same in every run. */
function digits(n) {
  const words = Array.from({ length: 12 }, (_, at) => Math.imul(n * 12 + at + 1, 0x9e3779b1) >>> 0);
  return words
    .map((word) => word.toString(36).padStart(8, 'x'))
    .join('')
    .slice(0, 86);
}

const ranges = ({ needs }) => Object.fromEntries(needs.map((name) => [name, '*']));
const url = ({ name, version }) => `https://registry.example/${name}/-/${name}-${version}.tgz`;
const locked = (name) => packages[Number(name.slice('package-'.length))].version;
const keyed = (key, value) => Object.fromEntries(packages.map((entry) => [key(entry), value(entry)]));
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const lines = (list) => `${list.flat().join('\n')}\n`;

function npm() {
  const entries = keyed(
    ({ name }) => `node_modules/${name}`,
    (entry) => ({ version: entry.version, resolved: url(entry), integrity: entry.digest, dependencies: ranges(entry) }),
  );
  const root = { name: 'big', version: '1.0.0', dependencies: { 'package-0': '*' } };
  return json({ ...root, lockfileVersion: 3, requires: true, packages: { '': root, ...entries } });
}

function pnpm() {
  const ids = ({ name, version }) => `${name}@${version}`;
  return lines([
    ["lockfileVersion: '9.0'", '', 'importers:', '', '  .:', '    dependencies:', '      package-0:'],
    ["        specifier: '*'", `        version: ${locked('package-0')}`, '', 'packages:'],
    ...packages.map((entry) => ['', `  ${ids(entry)}:`, `    resolution: {integrity: ${entry.digest}}`]),
    ['', 'snapshots:'],
    ...packages.map((entry) =>
      entry.needs.length === 0
        ? ['', `  ${ids(entry)}: {}`]
        : ['', `  ${ids(entry)}:`, '    dependencies:', ...entry.needs.map((name) => `      ${name}: ${locked(name)}`)],
    ),
  ]);
}

function berry() {
  const entries = packages.map((entry) => [
    ['', `"${entry.name}@npm:*":`, `  version: ${entry.version}`],
    `  resolution: "${entry.name}@npm:${entry.version}"`,
    entry.needs.length === 0
      ? []
      : ['  dependencies:', ...[...entry.needs].sort().map((name) => `    ${name}: "npm:*"`)],
    [`  checksum: 10c0/${digits(entry.digest.length)}`, '  languageName: node', '  linkType: hard'],
  ]);
  return lines(['# This file is generated', '', '__metadata:', '  version: 8', '  cacheKey: 10c0', ...entries.flat()]);
}

function classic() {
  const entries = packages.map((entry) => [
    [
      '',
      `${entry.name}@*:`,
      `  version "${entry.version}"`,
      `  resolved "${url(entry)}"`,
      `  integrity ${entry.digest}`,
    ],
    entry.needs.length === 0 ? [] : ['  dependencies:', ...entry.needs.map((name) => `    ${name} "*"`)],
  ]);
  return lines(['# yarn lockfile v1', '', ...entries.flat()]);
}

function bun() {
  const row = (entry) =>
    `    ${JSON.stringify(entry.name)}: ${JSON.stringify([`${entry.name}@${entry.version}`, '', { dependencies: ranges(entry) }, entry.digest])},`;
  const root = '    "": { "name": "big", "dependencies": { "package-0": "*" } },';
  const head = ['{', '  "lockfileVersion": 1,', '  "workspaces": {', root, '  },', '  "packages": {'];
  return lines([...head, packages.map(row).join('\n\n'), '  }', '}']);
}

function cyclonedx() {
  const ref = ({ name, version }) => `${name}@${version}`;
  const components = packages.map((entry) => ({
    type: 'library',
    name: entry.name,
    version: entry.version,
    'bom-ref': ref(entry),
    purl: `pkg:npm/${entry.name}@${entry.version}`,
    hashes: [{ alg: 'SHA-512', content: 'a'.repeat(128) }],
  }));
  const dependencies = packages.map((entry) => ({
    ref: ref(entry),
    dependsOn: entry.needs.map((name) => `${name}@${locked(name)}`),
  }));
  return json({ bomFormat: 'CycloneDX', specVersion: '1.6', components, dependencies });
}

function spdx() {
  const id = (name) => `SPDXRef-${name}`;
  return json({
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'big',
    packages: packages.map((entry) => ({
      SPDXID: id(entry.name),
      name: entry.name,
      versionInfo: entry.version,
      downloadLocation: url(entry),
      externalRefs: [{ referenceType: 'purl', referenceLocator: `pkg:npm/${entry.name}@${entry.version}` }],
    })),
    relationships: packages.flatMap(({ name, needs }) =>
      needs.map((needed) => ({
        spdxElementId: id(name),
        relatedSpdxElement: id(needed),
        relationshipType: 'DEPENDS_ON',
      })),
    ),
  });
}

const LARGE = [
  ['package-lock.json', 'npm', npm],
  ['pnpm-lock.yaml', 'pnpm', pnpm],
  ['yarn.lock of Berry', 'yarn', berry],
  ['yarn.lock of Yarn 1', 'yarn', classic],
  ['bun.lock', 'bun', bun],
  ['CycloneDX', 'sbom', cyclonedx],
  ['SPDX', 'sbom', spdx],
];
