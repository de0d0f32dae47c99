/**
 * The machine's npm as the referee: `npm install` of a tree and `npm audit signatures` of it, in processes of their own,
 * with a home and caches of their own and a TUF repository on the loopback interface (tuf-mirror.cjs).
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initTUF } from '@sigstore/tuf';
import { asString, isObject } from '../../../src/json.ts';

export interface Npm {
  readonly version: string;
  /** Version of its pacote, which verifies. */
  readonly pacote: string;
  /** Whether that pacote compares a manifest with what was asked for, as 21.5.3 does and 21.5.1 does not. */
  readonly comparesManifests: boolean;
  /** Its npm-cli.js. */
  readonly cli: string;
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user of npm: a home with a .npmrc, and the TUF repository they believe in. */
export interface User {
  readonly home: string;
  readonly tuf: { readonly url: string; readonly rootFile: string };
}

const PRELOAD = fileURLToPath(new URL('tuf-mirror.cjs', import.meta.url));

/** The npm on the PATH or beside node, if it can list what it verified (`--include-attestations`). */
export function findNpm(): Npm | undefined {
  const found = commandLines().find(existsSync);
  if (found === undefined) return undefined;
  const cli = realpathSync(found);
  const directory = dirname(dirname(cli));
  const pacote = join(directory, 'node_modules/pacote');
  if (!mentions(join(directory, 'lib/utils/verify-signatures.js'), 'include-attestations')) return undefined;
  const comparesManifests = mentions(join(pacote, 'lib/registry.js'), 'EMANIFESTMISMATCH');
  return { version: versionIn(directory), pacote: versionIn(pacote), comparesManifests, cli };
}

function mentions(file: string, word: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8').includes(word);
}

function commandLines(): string[] {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'npm'))
    .filter(existsSync)
    .map((file) => realpathSync(file))
    .filter((file) => file.endsWith('npm-cli.js'));
  const besideNode = ['node_modules', '../lib/node_modules'].map((modules) =>
    join(dirname(process.execPath), modules, 'npm/bin/npm-cli.js'),
  );
  return [...onPath, ...besideNode];
}

function versionIn(directory: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return (isObject(manifest) ? asString(manifest.version) : undefined) ?? 'unknown';
}

/** The environment of a user: nothing of the one who runs the tests, and no setting but those of their home. */
export function environment({ home }: User): Record<string, string> {
  return {
    ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
    ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    npm_config_globalconfig: join(home, 'global.npmrc'),
    npm_config_update_notifier: 'false',
  };
}

/** Installs what package.json of the directory wants; writes package-lock.json and node_modules. */
export async function install(npm: Npm, user: User, directory: string): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const env = { ...environment(user), npm_config_cache: emptyCache(user) };
  const { code, stderr } = await runNode([npm.cli, 'install', ...quiet], env, directory);
  if (code !== 0) throw new Error(`npm install failed: ${stderr}`);
}

/**
 * Fetches Sigstore's trusted root into a TUF cache that every audit of the user starts from. With an empty one, npm's
 * clients, one per attestation, write and read the same file at the same time, and now and then a right attestation is
 * "invalid" because it was read half written ("Unexpected end of JSON input").
 */
export async function fillTufCache(user: User): Promise<void> {
  const tuf = await initTUF({
    mirrorURL: user.tuf.url,
    rootPath: user.tuf.rootFile,
    cachePath: mkdirs(filledTufCache(user)),
  });
  await tuf.getTarget('trusted_root.json');
}

/**
 * Runs `npm audit signatures` with a cache of its own, which holds nothing but what `fillTufCache` has fetched.
 *
 * @param args further options: `--json`, `--workspace NAME`
 */
export function auditSignatures(npm: Npm, user: User, directory: string, args: readonly string[]): Promise<Run> {
  const cache = emptyCache(user);
  if (existsSync(filledTufCache(user))) cpSync(filledTufCache(user), join(cache, '_tuf'), { recursive: true });
  const env = {
    ...environment(user),
    npm_config_cache: cache,
    REFEREE_TUF_MIRROR: user.tuf.url,
    REFEREE_TUF_ROOT: user.tuf.rootFile,
  };
  return runNode(['--require', PRELOAD, npm.cli, 'audit', 'signatures', ...args], env, directory);
}

const filledTufCache = ({ home }: User) => join(home, 'tuf');
const emptyCache = ({ home }: User) => mkdtempSync(join(mkdirs(join(home, 'npm')), 'cache-'));

function mkdirs(directory: string): string {
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Runs node with this environment and no other; code -1 where it was stopped by a signal. */
export function runNode(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A home in the temporary directory; who makes it removes it. */
export function makeHome(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'spof-npm-home-')));
}
