/** A fleet with a registry that knows all it pins: services in a directory, and the registry in another process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { built } from './built.mjs';
import { writeFleet } from './synthetic.mjs';

const REGISTRY = fileURLToPath(new URL('registry.mjs', import.meta.url));
const SHA512 = /sha512-[A-Za-z0-9+/]{86}==/g;

/**
 * @param latency milliseconds before each answer
 * @returns the directory of everything, that of the services, packages and releases they pin, the registry's URL and the
 *   files of its trust; `counts()` gives the requests since the last call, `paths()` all paths that are served, `close()` ends and removes all
 */
export async function signedFleet(services, latency) {
  const directory = mkdtempSync(join(tmpdir(), 'spof-deps-evidence-'));
  const fleet = join(directory, 'fleet');
  await writeFleet(fleet, services);
  const packages = await oneDigestEach(fleet);
  const child = fork(REGISTRY);
  const told = async (message) => {
    child.send(message);
    return (await once(child, 'message'))[0];
  };
  const made = await told({
    packages: [...packages].map(([name, pinned]) => [name, [...pinned]]),
    latency,
  });
  const trust = { trustedRoot: join(directory, 'trusted_root.json'), keys: join(directory, 'keys.json') };
  writeFileSync(trust.trustedRoot, made.trustedRoot);
  writeFileSync(trust.keys, made.keys);
  return {
    directory,
    fleet,
    packages,
    trust,
    url: made.url,
    sizes: made.sizes,
    counts: () => told('counts'),
    paths: () => told('paths'),
    close() {
      child.disconnect();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Gives every release the one digest that a registry would: moved on in time, a lockfile may meet a release that another
 * has for real.
 *
 * @returns integrity by package name and version
 */
async function oneDigestEach(fleet) {
  const [{ run }, { subjectsOf }] = await Promise.all(['run.js', 'evidence/subjects.js'].map(built));
  const { audit } = await run({ sources: [fleet], config: false, verify: false });
  const packages = new Map();
  const instead = new Map();
  for (const { name, targets } of subjectsOf(audit.fleet, () => '').packages) {
    const pinned = new Map();
    for (const { subject } of targets) {
      const first = pinned.get(subject.version) ?? subject.digests[0];
      pinned.set(subject.version, first);
      for (const digest of subject.digests) if (digest !== first) instead.set(digest, first);
    }
    packages.set(name, pinned);
  }
  const root = join(fleet, 'services');
  for (const service of instead.size > 0 ? readdirSync(root) : []) {
    for (const name of readdirSync(join(root, service)).filter((file) => /lock/.test(file))) {
      const file = join(root, service, name);
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(SHA512, (digest) => instead.get(digest) ?? digest),
      );
    }
  }
  return packages;
}
