/** A registry on the loopback interface with made, signed packages, a Sigstore of its own, and an npm user who uses it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startRegistry } from '../registry/server.js';
import { createSigstore } from '../sigstore/instance.js';
import { madeRegistry, sha512Of } from '../sigstore/packages.js';
import { npmLock, scratch, spofDeps, tree } from './harness.js';

const open = [];
afterAll(() => Promise.all(open.map((server) => server.close())));
const REPOSITORY = 'https://github.com/acme/made';
/**
 * @param also what else the registry does, given the description made of the packages; its keys are those of the Sigstore
 *   unless told
 */
export async function signedRegistry(packages, also = (made) => made, sigstore = createSigstore()) {
  // Filled when the address is known: the packuments name it.
  const description = {};
  const server = await startRegistry(description);
  open.push(server);
  const registry = madeRegistry(server.url);
  const attestations = {};
  const packuments = Object.fromEntries(
    Object.entries(packages).map(([name, releases]) => {
      const described = releases.map(({ signed = true, attested = false, ...release }) => {
        const { version, published = '2025-06-01T00:00:00.000Z' } = release;
        const integrity = release.integrity ?? sha512Of(`${name}@${version}`);
        const about = { name, version, integrity };
        if (attested !== false) {
          attestations[`${name}@${version}`] =
            typeof attested === 'string'
              ? attested
              : sigstore.response(
                  sigstore.publishAttestation({ ...about, registry: server.url.replace(/\/$/, '') }),
                  sigstore.provenance({ ...about, predicate: 'v1', repository: REPOSITORY }),
                );
        }
        const signatures = release.signatures ?? (signed ? [sigstore.signRelease(about)] : undefined);
        const { repository = `git+${REPOSITORY}.git` } = release;
        const more = signatures === undefined ? {} : { signatures };
        return { ...release, version, published, integrity, repository, attested: attested !== false, ...more };
      });
      return [name, registry.packument({ name, releases: described })];
    }),
  );
  Object.assign(description, also({ packuments, attestations, keys: sigstore.keys() }));
  const home = scratch();
  const rootFile = join(home, 'trusted_root.json');
  const keysFile = join(home, 'keys.json');
  writeFileSync(rootFile, sigstore.trustedRoot);
  writeFileSync(keysFile, sigstore.keys());
  const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), npm_config_registry: server.url };
  const root = ['--trusted-root', rootFile];
  return {
    server,
    sigstore,
    env,
    root,
    pinned: [...root, '--keys', keysFile],
    run: (args, more = {}) => spofDeps(args, { env: { ...env, ...more } }),
  };
}
/** A service that pins packages with the integrity of their made tarballs, or another one: `{ debug: '1.0.0' }`. */
export function serviceOf(packages, integrity = (name, version) => sha512Of(`${name}@${version}`)) {
  const pinned = Object.entries(packages).map(([name, version]) => [name, `${version}#${integrity(name, version)}`]);
  return tree({ 'package-lock.json': npmLock(Object.fromEntries(pinned)) });
}
