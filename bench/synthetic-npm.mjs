/** A package-lock.json (version 2 or 3) as a template of services. */
import { drifted } from './drift.mjs';

/** Share of the root's dependencies that a service does without. */
const DROPPED = 0.15;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** @returns {(name: string, time: number, random: () => number) => { lockfile: string, manifest: string }} */
export function npmTemplate(text) {
  const { packages } = JSON.parse(text);
  const targets = new Map(Object.keys(packages).map((place) => [place, targetsOf(packages, place)]));
  const written = new Map();
  const entryText = (place, time) => {
    const key = `${time} ${place}`;
    if (!written.has(key))
      written.set(key, `    ${JSON.stringify(place)}: ${JSON.stringify(entryAt(packages, place, time))}`);
    return written.get(key);
  };
  return (name, time, random) => {
    const root = { ...packages[''], name };
    for (const kind of KINDS) {
      if (!root[kind]) continue;
      root[kind] = Object.fromEntries(Object.entries(root[kind]).filter(() => random() >= DROPPED));
    }
    const asked = new Set(KINDS.flatMap((kind) => Object.keys(root[kind] ?? {})));
    const places = reachable(targets, packages, asked);
    const entries = [...places].filter((place) => place !== '').map((place) => entryText(place, time));
    const body = [`    "": ${JSON.stringify(root)}`, ...entries].join(',\n');
    return {
      lockfile: `{\n  "name": ${JSON.stringify(name)},\n  "lockfileVersion": 3,\n  "requires": true,\n  "packages": {\n${body}\n  }\n}\n`,
      manifest: `${JSON.stringify({ ...root, private: true }, null, 2)}\n`,
    };
  };
}

/** Places in the order of the file. */
function reachable(targets, packages, asked) {
  const seen = new Set();
  const queue = targets.get('').filter((place) => asked.has(nameAt(place)));
  for (const place of queue) {
    if (seen.has(place)) continue;
    seen.add(place);
    queue.push(...targets.get(place));
  }
  return Object.keys(packages).filter((place) => seen.has(place));
}

function targetsOf(packages, place) {
  const entry = packages[place];
  if (entry.link) return packages[entry.resolved] ? [entry.resolved] : [];
  const names = KINDS.flatMap((kind) => Object.keys(entry[kind] ?? {}));
  return names.map((name) => lookUp(packages, place, name)).filter((target) => target !== undefined);
}

function lookUp(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (Object.hasOwn(packages, place)) return place;
    if (at === '') return undefined;
  }
}

function nameAt(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function entryAt(packages, place, time) {
  const entry = packages[place];
  const later = entry.integrity && entry.version && drifted(entry.name ?? nameAt(place), entry.version, time);
  if (!later) return entry;
  return { ...entry, ...later, resolved: entry.resolved?.replace(entry.version, later.version) };
}
