/**
 * Real package managers that lock a project from its manifests: no script runs, nothing but the registry given is asked,
 * and home, caches and stores are new for each run, so that no cached metadata hides a release.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BUN } from '../bun.ts';

export const MANAGERS = ['npm', 'pnpm', 'yarn', 'berry', 'bun'] as const;
/** `yarn` is Yarn 1, `berry` Yarn 2 and later. */
export type ManagerName = (typeof MANAGERS)[number];

/** The manager ran and said no: an unresolvable tree, a gate that nothing passes. Holds what it wrote. */
export class Refused extends Error {
  override name = 'Refused';
}

interface Manager {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly lockfile: string;
  /** Environment besides the common one. */
  env(registry: string, home: string): Record<string, string>;
}

const execute = promisify(execFile);
const require = createRequire(import.meta.url);
// pnpm exports its manifest alone.
const PNPM = join(dirname(require.resolve('pnpm')), 'bin', 'pnpm.cjs');
const YARN = join(dirname(require.resolve('yarn/package.json')), 'bin', 'yarn.js');
const BERRY = require.resolve('@yarnpkg/cli-dist/bin/yarn.js');

const SPECS: Record<ManagerName, Manager> = {
  npm: {
    program: 'npm',
    arguments: ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    lockfile: 'package-lock.json',
    env: (registry, home) => ({
      npm_config_registry: registry,
      npm_config_cache: join(home, 'npm-cache'),
      npm_config_userconfig: join(home, 'npmrc'),
      npm_config_globalconfig: join(home, 'global-npmrc'),
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
    }),
  },
  pnpm: {
    program: process.execPath,
    arguments: [PNPM, 'install', '--lockfile-only', '--ignore-scripts', '--no-frozen-lockfile'],
    lockfile: 'pnpm-lock.yaml',
    env: (registry, home) => ({
      npm_config_registry: registry,
      npm_config_userconfig: join(home, 'npmrc'),
      npm_config_globalconfig: join(home, 'global-npmrc'),
      npm_config_store_dir: join(home, 'pnpm-store'),
      npm_config_cache_dir: join(home, 'pnpm-cache'),
      npm_config_state_dir: join(home, 'pnpm-state'),
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
      npm_config_manage_package_manager_versions: 'false',
      CI: '1',
    }),
  },
  yarn: {
    program: process.execPath,
    arguments: [
      YARN,
      'install',
      '--ignore-scripts',
      '--ignore-engines',
      '--non-interactive',
      '--no-progress',
      '--no-bin-links',
      '--no-default-rc',
    ],
    lockfile: 'yarn.lock',
    env: (registry, home) => ({
      npm_config_registry: registry,
      YARN_REGISTRY: registry,
      YARN_CACHE_FOLDER: join(home, 'yarn-cache'),
      YARN_DISABLE_SELF_UPDATE_CHECK: 'true',
    }),
  },
  berry: {
    program: process.execPath,
    arguments: [BERRY, 'install', '--mode=update-lockfile'],
    lockfile: 'yarn.lock',
    env: (registry, home) => ({
      YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_GLOBAL_FOLDER: join(home, 'yarn-global'),
      YARN_ENABLE_GLOBAL_CACHE: 'true',
      YARN_ENABLE_TELEMETRY: '0',
      YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
      YARN_ENABLE_HARDENED_MODE: '0',
      YARN_ENABLE_SCRIPTS: '0',
      YARN_HTTP_RETRY: '0',
      YARN_IGNORE_PATH: '1',
    }),
  },
  bun: {
    program: BUN ?? '',
    arguments: ['install', '--lockfile-only', '--ignore-scripts', '--no-progress'],
    lockfile: 'bun.lock',
    env: (registry, home) => ({
      BUN_CONFIG_REGISTRY: registry,
      BUN_INSTALL: join(home, '.bun'),
      BUN_INSTALL_CACHE_DIR: join(home, 'bun-cache'),
    }),
  },
};

/** Managers that run here: there is no bun for every platform. */
export const PRESENT: readonly ManagerName[] = MANAGERS.filter((name) => name !== 'bun' || BUN !== undefined);

/** The lockfile a manager writes. */
export function lockfileOf(manager: ManagerName): string {
  return SPECS[manager].lockfile;
}

/**
 * Makes the lockfile of a directory anew: an earlier one is deleted, its node_modules too.
 *
 * @param registry its URL, with a slash at the end
 * @throws Refused where the manager finds no solution
 */
export async function lock(manager: ManagerName, directory: string, registry: string): Promise<void> {
  const { program, arguments: args, lockfile, env } = SPECS[manager];
  rmSync(join(directory, lockfile), { force: true });
  // Yarn 4 takes the nearest directory upwards with a yarn.lock for the project; an empty one pins nothing.
  if (manager === 'berry') writeFileSync(join(directory, lockfile), '');
  const home = newHome();
  try {
    await execute(program, [...args], {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: { ...common(home), ...env(registry, home) },
    });
  } catch (error) {
    throw new Refused(`${manager}\n${outputOf(error)}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
    rmSync(join(directory, 'node_modules'), { recursive: true, force: true });
  }
}

/** The version of a manager as it tells it. */
export async function versionOf(manager: ManagerName): Promise<string> {
  const { program, arguments: args, env } = SPECS[manager];
  const script = args[0]?.endsWith('js') ? [args[0]] : [];
  const home = newHome();
  try {
    const { stdout } = await execute(program, [...script, '--version'], {
      cwd: home,
      env: { ...common(home), ...env('http://127.0.0.1:9/', home) },
    });
    return stdout.trim();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'relock-home-'));
  mkdirSync(join(home, 'tmp'));
  return home;
}

function common(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    USERPROFILE: home,
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    COREPACK_ENABLE_STRICT: '0',
  };
}

function outputOf(error: unknown): string {
  const part = (key: string) =>
    typeof error === 'object' && error !== null && key in error ? String(Reflect.get(error, key) ?? '') : '';
  return `${part('stdout')}${part('stderr')}` || String(error);
}
