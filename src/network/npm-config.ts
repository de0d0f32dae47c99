/** The user's npm configuration: which registry a package comes from, and how to reach it. Reads files; no network. */
import { dirname, join } from 'node:path';
import type Config from '@npmcli/config';
import { UsageError } from '../errors.ts';
import { asString, isObject } from '../json.ts';
import { shownCode } from './faults.ts';
import { type WireOptions, wireOptions } from './flat-options.ts';

/** What is sent to a registry to be let in. Secret: for the wire only. */
export interface Access {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** Client certificate and its key, PEM. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface NpmSettings {
  /**
   * The registry a package comes from: its scope's, else the default one. An http(s) address without credentials, so that
   * it can be shown; ends in a slash.
   */
  registryFor(packageName: string): string;
  /** Every registry there is: the default one first, then those of scopes. */
  registries(): readonly string[];
  /** Credentials of one of `registries()`; none for any other address. */
  accessTo(registry: string): Access;
  readonly fetchOptions: WireOptions;
  /** Certificates are not checked (strict-ssl=false), so anyone on the way could have answered. */
  readonly insecure: boolean;
}

/** The config keys that are read, beside registries of scopes and credentials; all others are none of our business. */
const KEYS: ReadonlySet<string> = new Set([
  'registry',
  'proxy',
  'https-proxy',
  'noproxy',
  'ca',
  'cafile',
  'cert',
  'key',
  'local-address',
  'strict-ssl',
  'fetch-retries',
  'fetch-retry-factor',
  'fetch-retry-mintimeout',
  'fetch-retry-maxtimeout',
  'fetch-timeout',
  'maxsockets',
]);
const SCOPE_REGISTRY = /^(@[^/:]+):registry$/;
const NO_ACCESS: Access = { authorization: undefined, cert: undefined, key: undefined };

/**
 * Reads builtin, global and user config files and the environment with npm's own library: never a project's .npmrc, which
 * belongs to whoever wrote the scanned tree and could name hosts and take secrets out of the environment.
 *
 * The proxies of the environment (HTTPS_PROXY, NO_PROXY) are read from the process's own by the library that connects.
 *
 * @param env the environment; not changed
 * @param execPath the node executable, beside which npm, its builtin config and the global config are found
 * @throws UsageError NPM_CONFIG_INVALID where a file cannot be read, credentials belong to no registry, or a registry is no
 * http(s) address; no message repeats a value, since any may be secret
 */
export async function loadNpmSettings(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly execPath?: string;
}): Promise<NpmSettings> {
  const { execPath = process.execPath } = options;
  const config = await loaded(options.env, execPath);
  const { default: library } = await import('@npmcli/config/lib/definitions/index.js');
  // npm drops a bad registry when it validates, and goes on with its default one: other packages than the user meant.
  const addresses = registriesOf(config);
  checked(config, () => config.validate());
  const flat: Record<string, unknown> = {};
  for (const { data } of config.data.values()) {
    const wanted = Object.entries(data).filter(([key]) => KEYS.has(key) || key.startsWith('//'));
    checked(config, () => library.flatten(Object.fromEntries(wanted), flat));
  }
  const wire = wireOptions(flat, (key) =>
    [...config.data].some(([layer, { data }]) => layer !== 'default' && Object.hasOwn(data, key)),
  );
  const access = await accessOf(config, addresses, flat, wire);
  const { standard, scopes } = addresses;
  return {
    registryFor: (name) => scopes.get(/^(@[^/]+)\//.exec(name)?.[1] ?? '') ?? standard,
    registries: () => [...new Set([standard, ...scopes.values()])],
    accessTo: (registry) => access.get(registry) ?? NO_ACCESS,
    fetchOptions: wire,
    insecure: !wire.strictSSL,
  };
}

async function loaded(env: Readonly<Record<string, string | undefined>>, execPath: string): Promise<Config> {
  const [{ default: NpmConfig }, { default: library }] = await Promise.all([
    import('@npmcli/config'),
    import('@npmcli/config/lib/definitions/index.js'),
  ]);
  const bin = dirname(execPath);
  const config = new NpmConfig({
    ...library,
    npmPath:
      process.platform === 'win32' ? join(bin, 'node_modules', 'npm') : join(bin, '..', 'lib', 'node_modules', 'npm'),
    // The library writes what it finds into the environment it is given.
    env: Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    // In global mode there is no project, and the command line is the one layer that nothing else can override.
    argv: ['node', 'npm', '--global'],
    execPath,
    cwd: bin,
    warn: false,
  });
  try {
    await config.load();
  } catch (error) {
    throw broken(undefined, 'the npm configuration cannot be used', error);
  }
  for (const [name, { loadError, source }] of config.data) {
    if (loadError === undefined || shownCode(loadError) === 'ENOENT') continue;
    throw broken(source ?? undefined, `the ${name} npm configuration cannot be read`, loadError);
  }
  return config;
}

interface Addresses {
  readonly standard: string;
  readonly scopes: ReadonlyMap<string, string>;
  /** Basic credentials that stood in a registry's address, by the address without them. */
  readonly basic: ReadonlyMap<string, string>;
}

function registriesOf(config: Config): Addresses {
  const basic = new Map<string, string>();
  const read = (key: string, value: unknown) => {
    const { address, credentials } = addressOf(key, value);
    if (credentials === undefined) return address;
    if ((basic.get(address) ?? credentials) !== credentials) {
      throw broken(undefined, `${key}: the same registry is configured with other credentials too`);
    }
    basic.set(address, credentials);
    return address;
  };
  const standard = read('registry', config.get('registry'));
  const written = new Map<string, unknown>();
  for (const { data } of config.data.values()) {
    for (const [key, value] of Object.entries(data)) if (SCOPE_REGISTRY.test(key)) written.set(key, value);
  }
  const scopes = new Map<string, string>();
  for (const [key, value] of written) {
    // An empty value takes a weaker layer's registry back.
    if (value) scopes.set(key.replace(SCOPE_REGISTRY, '$1'), read(key, value));
  }
  return { standard, scopes, basic };
}

function addressOf(key: string, value: unknown): { address: string; credentials: string | undefined } {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  // A reference to a variable that is not set stays as it is, and would pass for a host name.
  const whole = url !== undefined && /^https?:$/.test(url.protocol) && !/[{}]/.test(url.host);
  if (!whole || url.search !== '' || url.hash !== '') {
    throw broken(undefined, `${key} of the npm configuration is no http or https address of a registry`);
  }
  const credentials = url.username || url.password ? `${decoded(url.username)}:${decoded(url.password)}` : undefined;
  url.username = '';
  url.password = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { address: url.href, credentials };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Credentials per registry by npm's rule, the longest configured address that the registry lies below. */
async function accessOf(
  config: Config,
  { standard, scopes, basic }: Addresses,
  flat: Readonly<Record<string, unknown>>,
  wire: WireOptions,
): Promise<ReadonlyMap<string, Access>> {
  const { default: library } = await import('npm-registry-fetch');
  const getAuth: unknown = Reflect.get(library, 'getAuth');
  if (typeof getAuth !== 'function') throw new Error('npm-registry-fetch has no getAuth');
  const access = new Map<string, Access>();
  for (const registry of new Set([standard, ...scopes.values()])) {
    const auth: unknown = checked(config, () => getAuth(registry, { ...flat, registry: standard }));
    const { token, auth: pair, cert, key } = isObject(auth) ? auth : {};
    const inAddress = basic.get(registry);
    const basicPair =
      asString(pair) ?? (inAddress === undefined ? undefined : Buffer.from(inAddress).toString('base64'));
    access.set(registry, {
      authorization:
        asString(token) !== undefined ? `Bearer ${token}` : basicPair !== undefined ? `Basic ${basicPair}` : undefined,
      cert: asString(cert) ?? wire.cert,
      key: asString(key) ?? wire.key,
    });
  }
  return access;
}

function checked<T>(config: Config, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const file = config.data.get('user')?.source ?? undefined;
    if (shownCode(error) !== 'ERR_INVALID_AUTH') throw broken(file, 'the npm configuration cannot be used', error);
    throw broken(file, 'the npm configuration has credentials that belong to no registry');
  }
}

/** @param cause only its code is shown: its message may repeat what it failed on */
function broken(file: string | undefined, message: string, cause?: unknown): UsageError {
  const code = shownCode(cause);
  return new UsageError([
    {
      code: 'NPM_CONFIG_INVALID',
      ...(file === undefined ? {} : { file }),
      message: code === undefined ? message : `${message} (${code})`,
      next: 'correct it: npm config list shows where each value comes from, npm config fix repairs credentials',
    },
  ]);
}
