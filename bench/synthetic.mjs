/**
 * Synthetic fleets made from real lockfiles. Every service takes a real lockfile as its base, drops some of the root's
 * dependencies with all that only they need, and has its own place in time: packages move on by patch releases, the same
 * ones for all services locked at that time. So a large fleet has few distinct components for its size, as a real
 * organisation's has, and yet hardly two services alike. The same number of services gives the same bytes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { built } from './built.mjs';
import { lockfilesOf } from './corpus.mjs';
import { npmTemplate } from './synthetic-npm.mjs';
import { pnpmTemplate } from './synthetic-pnpm.mjs';

const BASES_OF_EACH_KIND = 30;
/** Bytes of a base: neither a toy nor a monorepo. */
const SIZES = { least: 20_000, most: 400_000 };
/** Points in time at which services were locked. */
const TIMES = 24;

/** Writes services/NNNNN/ with lockfile and manifest below a directory. */
export async function writeFleet(directory, services) {
  const templates = [
    ...(await basesOf('npm')).map((file) => [npmTemplate(file.text), 'package-lock.json']),
    ...(await basesOf('pnpm')).map((file) => [pnpmTemplate(file.text), 'pnpm-lock.yaml']),
  ];
  for (let service = 0; service < services; service++) {
    const random = randomFrom(service + 1);
    const [template, fileName] = templates[Math.floor(random() * templates.length)];
    const name = `service-${String(service).padStart(5, '0')}`;
    const { lockfile, manifest } = template(name, Math.floor(random() * TIMES), random);
    const place = join(directory, 'services', name);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, fileName), lockfile);
    await writeFile(join(place, 'package.json'), manifest);
  }
}

async function basesOf(kind) {
  const { readFound } = await built('lockfiles/read-found.js');
  const files = [];
  for (const file of await lockfilesOf(kind)) if ('graph' in (await readFound(file.found))) files.push(file);
  const middling = files.filter(({ text }) => text.length >= SIZES.least && text.length <= SIZES.most);
  const fit = middling.length > 0 ? middling : files;
  const step = Math.max(1, fit.length / BASES_OF_EACH_KIND);
  return Array.from({ length: Math.min(fit.length, BASES_OF_EACH_KIND) }, (_, n) => fit[Math.floor(n * step)]);
}

// mulberry32: a small generator with a seed, which Math.random has not.
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
