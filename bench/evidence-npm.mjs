/**
 * `npm audit signatures`, for real, on services of a fleet. It looks at what is installed, so each service is laid out as
 * installed: a package.json for each place of its lockfile. Its trust is that of the made registry, given to it in place of
 * its TUF client, which would ask the public repository; each service has an npm cache of its own, as on a CI runner.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERIFIED = /^(\d+) packages? ha(?:s|ve) .*registry signatures?$/m;

/**
 * @param fleet from signedFleet
 * @param count services to run it on, those of middling size
 * @returns for each its packages, requests, and milliseconds of the whole command; undefined where there is no npm
 */
export async function auditSignatures(fleet, count) {
  const hook = join(fleet.directory, 'trust.cjs');
  writeFileSync(hook, hookText(fleet.trust));
  const sizes = npmServices(fleet.fleet).sort((a, b) => a.places - b.places);
  const middle = Math.max(0, (sizes.length - count) >> 1);
  const runs = [];
  for (const { service, lockfile } of sizes.slice(middle, middle + count)) {
    const directory = join(fleet.directory, 'installed', service);
    install(directory, lockfile);
    await fleet.counts();
    const start = performance.now();
    const stdout = await npm(directory, hook, fleet);
    if (stdout === undefined) return undefined;
    const ms = performance.now() - start;
    const verified = Number(VERIFIED.exec(stdout)?.[1] ?? 0);
    if (verified === 0) throw new Error(`npm audit signatures verified nothing: ${stdout}`);
    const { packages, attestations } = await fleet.counts();
    runs.push({ verified, requests: packages + attestations, ms });
  }
  return runs;
}

async function npm(directory, hook, { directory: home, url }) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    NODE_OPTIONS: `--require ${hook}`,
    npm_config_registry: url,
    npm_config_cache: join(directory, '.npm-cache'),
    npm_config_update_notifier: 'false',
  };
  try {
    return (await promisify(execFile)('npm', ['audit', 'signatures'], { cwd: directory, env })).stdout;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function npmServices(fleet) {
  const root = join(fleet, 'services');
  return readdirSync(root).flatMap((service) => {
    if (!readdirSync(join(root, service)).includes('package-lock.json')) return [];
    const lockfile = JSON.parse(readFileSync(join(root, service, 'package-lock.json'), 'utf8'));
    return [{ service, lockfile, places: placesOf(lockfile).length }];
  });
}

/** Places with a package of the registry in them. */
function placesOf({ packages }) {
  return Object.entries(packages).filter(
    ([place, { link, integrity = '' }]) =>
      place.startsWith('node_modules/') && !link && integrity.startsWith('sha512-'),
  );
}

function install(directory, lockfile) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ ...lockfile.packages[''], workspaces: undefined }));
  for (const [place, { integrity: _, resolved: __, ...entry }] of placesOf(lockfile)) {
    const name = entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    mkdirSync(join(directory, place), { recursive: true });
    writeFileSync(join(directory, place, 'package.json'), JSON.stringify({ ...entry, name }));
  }
}

/** Code that npm is started with: trusts two files where it would ask TUF. */
function hookText({ trustedRoot, keys }) {
  return `
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const load = Module._load;
Module._load = function (request, parent, isMain) {
  const loaded = load.call(this, request, parent, isMain);
  if (request !== '@sigstore/tuf') return loaded;
  const { TrustedRoot } = parent.require('@sigstore/protobuf-specs');
  return {
    ...loaded,
    initTUF: async () => ({ getTarget: async () => readFileSync(${JSON.stringify(keys)}, 'utf8') }),
    getTrustedRoot: async () => TrustedRoot.fromJSON(JSON.parse(readFileSync(${JSON.stringify(trustedRoot)}, 'utf8'))),
  };
};
`;
}
