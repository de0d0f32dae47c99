/** Why a package is here, for every service that holds it, in ratio to reading their lockfiles: the demo fleet, one large lockfile, and a dense one. */
import { fileURLToPath } from 'node:url';
import { built } from './built.mjs';
import { race } from './race.mjs';

const FLEET = fileURLToPath(new URL('../fixtures/acme', import.meta.url));
/** Most of the time of reading that the answer may take. Dense graphs are short to read. */
const TARGET = 3;
/** A person waits for this, service by service. */
const MOST_MS = 100;
const PACKAGES = 4000;
const WIDTH = 30;
const ALONE = { read: () => undefined, packageDirectories: () => [] };

export async function measureWhy({ quick }) {
  const rounds = quick ? 5 : 15;
  return [
    ...(await measure('why: ms in the demo fleet', await fleetFiles(), 'ms', rounds)),
    ...(await measure(`why: needed by most of ${PACKAGES} packages`, [npm(wide())], 'package-3999', rounds)),
    ...(await measure(`why: behind ${WIDTH}^${WIDTH} ways`, [npm(layered())], 'end', rounds)),
  ];
}

async function measure(name, files, wanted, rounds) {
  const [{ readLockfile }, { Fleet }, { defaultServices }, { whyOf }, { parsePackageSpec }] = await Promise.all(
    ['lockfiles/index.js', 'graph/fleet.js', 'graph/services.js', 'analysis/why/why.js', 'package-spec.js'].map(built),
  );
  const fleet = new Fleet();
  for (const { format, input } of files) fleet.add(input.path, await readLockfile(format, input));
  const services = fleet.lockfiles.flatMap((lockfile, index) =>
    defaultServices(fleet, lockfile).map((project) => ({ name: `${index}`, lockfile: index, project, weight: 1 })),
  );
  const spec = parsePackageSpec(wanted);
  const held = whyOf({ fleet, services, scope: 'all' }, spec).services.length;
  if (held === 0) throw new Error(`${name}: not held`);
  const { reading, why } = await race(
    {
      reading: async () => {
        for (const { format, input } of files) await readLockfile(format, input);
      },
      why: () => whyOf({ fleet, services, scope: 'all' }, spec),
    },
    rounds,
  );
  const value = why / held;
  const unit = 'ms per service';
  return [
    { name, value, unit, ratio: why / reading, against: 'reading', target: TARGET },
    { name: `${name}: a service`, value, unit, ratio: value / MOST_MS, against: `${MOST_MS} ms`, target: 1 },
  ];
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

/** What each package needs, by name; '' is the root. */
function wide() {
  const needs = Array.from({ length: PACKAGES }, (_, n) => [
    `package-${n}`,
    [...new Set([2 * n + 1, 2 * n + 2, n + 7, PACKAGES - 1])]
      .filter((other) => other > n && other < PACKAGES)
      .map((other) => `package-${other}`),
  ]);
  return [['', ['package-0', 'package-1', 'package-2']], ...needs];
}

function layered() {
  const layer = (n) => Array.from({ length: WIDTH }, (_, place) => `layer-${n}-${place}`);
  const needs = Array.from({ length: WIDTH }, (_, n) =>
    layer(n).map((name) => [name, n + 1 < WIDTH ? layer(n + 1) : ['end']]),
  );
  return [['', layer(0)], ...needs.flat(), ['end', []]];
}

function npm(needs) {
  const ranges = (names) => Object.fromEntries(names.map((name) => [name, '^1.0.0']));
  const entries = needs.map(([name, names]) => [
    name === '' ? '' : `node_modules/${name}`,
    {
      version: '1.0.0',
      ...(name === '' ? {} : { resolved: `https://registry.example/${name}/-/${name}-1.0.0.tgz` }),
      dependencies: ranges(names),
    },
  ]);
  const text = JSON.stringify({ name: 'big', lockfileVersion: 3, packages: Object.fromEntries(entries) }, null, 2);
  return { format: 'npm', input: { path: 'package-lock.json', text, siblings: ALONE } };
}
