/**
 * Three registries on the loopback interface that serve the same made packages to be installed and then, signed and
 * attested, to be verified: `tuf`, whose keys are a target of the TUF repository; `endpoint`, whose keys only its own
 * endpoint has; `keyless`, which has none.
 */
import { isObject } from '../../../src/json.ts';
import { type Description, type LoopbackRegistry, startRegistry } from '../../registry/server.ts';
import { createSigstore, type Sigstore } from '../../sigstore/instance.ts';
import { type MadeRelease, madeRegistry } from '../../sigstore/packages.ts';
import { startTuf, type TufServer } from '../../sigstore/tuf.ts';
import { type Tarball, tarball } from './tarball.ts';

export const REGISTRIES = ['tuf', 'endpoint', 'keyless'] as const;
export type RegistryName = (typeof REGISTRIES)[number];

/** What a signature or an attestation is made for. */
export interface About {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** URL without a trailing slash. */
  readonly registry: string;
}

/** What a registry says of a release when it is asked again after the install. */
export interface Served extends Pick<MadeRelease, 'signatures' | 'published' | 'manifest'> {
  /** The answer where attestations are asked for; null: they are advertised and not there. Not advertised unless told. */
  readonly attestations?: string | null;
}

export interface MadePackage {
  readonly name: string;
  readonly registry?: RegistryName;
  /** Undefined: the registry does not know the package any more. */
  readonly serve: (about: About, sigstore: Sigstore) => Served | undefined;
  /** Whether other bytes get installed, and locked, than those served and signed afterwards. */
  readonly swapped?: boolean;
}

export interface Registries {
  readonly tuf: TufServer;
  readonly servers: Readonly<Record<RegistryName, LoopbackRegistry>>;
  /** Text of a .npmrc: `tuf` is the default, `@endpoint` and `@keyless` are scopes. */
  readonly npmrc: string;
  /** From now on the registries sign. */
  sign(): void;
  close(): Promise<void>;
}

const VERSION = '1.0.0';

/** @param options.latency milliseconds before each answer of a registry */
export async function startRegistries(
  packages: readonly MadePackage[],
  options: { readonly latency?: number } = {},
): Promise<Registries> {
  const sigstore = createSigstore();
  const described: Record<RegistryName, Description> = { tuf: {}, endpoint: {}, keyless: {} };
  const start = (name: RegistryName) => startRegistry(Object.assign(described[name], options));
  const [main, endpoint, keyless] = await Promise.all([start('tuf'), start('endpoint'), start('keyless')]);
  const servers = { tuf: main, endpoint, keyless };
  const { host } = new URL(main.url);
  const tuf = await startTuf({
    targets: { 'trusted_root.json': sigstore.trustedRoot, [`${host}/keys.json`]: sigstore.keys() },
  });
  const byRegistry = (name: RegistryName) => packages.filter((made) => (made.registry ?? 'tuf') === name);

  for (const name of REGISTRIES) Object.assign(described[name], installable(byRegistry(name), servers[name].url));
  Object.assign(described.endpoint, { keys: endpointKeys(sigstore.keys()) });
  return {
    tuf,
    servers,
    npmrc: [
      `registry=${main.url}`,
      `@endpoint:registry=${endpoint.url}`,
      `@keyless:registry=${keyless.url}`,
      'fetch-retries=0',
      '',
    ].join('\n'),
    sign() {
      for (const name of REGISTRIES)
        Object.assign(described[name], signed(byRegistry(name), servers[name].url, sigstore));
    },
    async close() {
      await Promise.all([...Object.values(servers), tuf].map((server) => server.close()));
    },
  };
}

const genuine = (name: string) => tarball({ name, version: VERSION });
const installed = ({ name, swapped }: MadePackage): Tarball =>
  swapped ? tarball({ name, version: VERSION, description: 'not what was published' }) : genuine(name);

function installable(packages: readonly MadePackage[], url: string): Description {
  const registry = madeRegistry(url);
  return {
    packuments: Object.fromEntries(
      packages.map((made) => {
        const { integrity } = installed(made);
        return [made.name, registry.packument({ name: made.name, releases: [{ version: VERSION, integrity }] })];
      }),
    ),
    routes: Object.fromEntries(
      packages.map((made) => {
        const { name } = made;
        return [`/${name}/-/${name.slice(name.indexOf('/') + 1)}-${VERSION}.tgz`, { body: installed(made).bytes }];
      }),
    ),
  };
}

function signed(packages: readonly MadePackage[], url: string, sigstore: Sigstore): Description {
  const registry = madeRegistry(url);
  const packuments: Record<string, unknown> = {};
  const attestations: Record<string, unknown> = {};
  for (const { name, serve } of packages) {
    const { integrity } = genuine(name);
    const served = serve({ name, version: VERSION, integrity, registry: url.replace(/\/$/, '') }, sigstore);
    if (served === undefined) continue;
    const { attestations: answer, ...release } = served;
    const attested = answer !== undefined;
    packuments[name] = registry.packument({ name, releases: [{ ...release, version: VERSION, integrity, attested }] });
    if (typeof answer === 'string') attestations[`${name}@${VERSION}`] = answer;
  }
  return { packuments, attestations };
}

/** The keys document in the form of a registry's endpoint, which lists a key once, with its end alone. */
function endpointKeys(targets: string): unknown {
  const document: unknown = JSON.parse(targets);
  const entries: unknown[] = isObject(document) && Array.isArray(document.keys) ? document.keys : [];
  return {
    keys: entries.flatMap((entry) => {
      if (!isObject(entry) || entry.keyUsage !== 'npm:signatures' || !isObject(entry.publicKey)) return [];
      const { rawBytes, validFor } = entry.publicKey;
      const expires = isObject(validFor) ? (validFor.end ?? null) : null;
      const kind = 'ecdsa-sha2-nistp256';
      return [{ expires, keyid: entry.keyId, keytype: kind, scheme: kind, key: rawBytes }];
    }),
  };
}
