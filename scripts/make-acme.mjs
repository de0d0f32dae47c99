/**
 * Makes the lockfiles of fixtures/acme again, each by the real package manager its team uses.
 *
 *   node scripts/make-acme.mjs [service directory...]
 *
 * The manifests are the source and are only read. Direct dependencies are ranges, so every package resolves to what the
 * registry has on the day of the run: the lockfiles change from run to run, the story they tell should not. Nothing but
 * the registry of `npm config get registry` is asked, no install script of a package in a lockfile is run.
 *
 * The managers are pinned below and come through npx. Each works in a temporary copy of its service, then has to accept
 * its own lockfile in frozen mode, then the text is made fit to be published:
 *
 * 1. The registry's base URL becomes https://registry.example/: readers must not learn a host from a fixture.
 * 2. Nothing else is changed. A lockfile that still names the registry's host, an archive elsewhere or a path of this
 *    machine is an error, and so is a `tarball:` of pnpm or an `__archiveUrl` of Yarn Berry: they mean that the registry
 *    serves archives at unusual URLs, which an ordinary one does not. Run the script against one that does not either.
 *
 * What the registry leaves out of its answers is missing from the lockfiles too: the lockfiles in the repository were
 * made against one without `deprecated`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ACME = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'acme');
const PUBLISHED_REGISTRY = 'https://registry.example/';

const MANAGERS = {
  npm: {
    bin: 'npm',
    lock: ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'],
    frozen: ['ci', '--dry-run', '--ignore-scripts', '--no-audit', '--no-fund'],
  },
  pnpm: {
    bin: 'pnpm',
    lock: ['install', '--lockfile-only', '--no-frozen-lockfile', '--ignore-scripts'],
    frozen: ['install', '--lockfile-only', '--frozen-lockfile', '--ignore-scripts'],
  },
  yarn: {
    bin: 'yarn',
    lock: ['install', '--ignore-scripts', '--ignore-engines', '--non-interactive'],
    frozen: ['install', '--frozen-lockfile', '--ignore-scripts', '--ignore-engines', '--non-interactive'],
  },
  '@yarnpkg/cli-dist': {
    bin: 'yarn',
    lock: ['install', '--mode=update-lockfile'],
    frozen: ['install', '--mode=skip-build', '--immutable'],
  },
  bun: {
    bin: 'bun',
    lock: ['install', '--lockfile-only', '--ignore-scripts'],
    frozen: ['install', '--frozen-lockfile', '--dry-run', '--ignore-scripts'],
  },
};

const FLEET = [
  { directory: 'web', manager: 'npm', version: '10.9.4', lockfile: 'package-lock.json' },
  { directory: 'api', manager: 'pnpm', version: '9.15.9', lockfile: 'pnpm-lock.yaml' },
  { directory: 'pay-a', manager: 'npm', version: '10.9.4', lockfile: 'package-lock.json' },
  { directory: 'pay-b', manager: 'pnpm', version: '10.34.8', lockfile: 'pnpm-lock.yaml' },
  { directory: 'canary', manager: 'yarn', version: '1.22.22', lockfile: 'yarn.lock' },
  { directory: 'worker', manager: 'bun', version: '1.4.5', lockfile: 'bun.lock' },
  { directory: 'batch', manager: 'npm', version: '10.9.4', lockfile: 'npm-shrinkwrap.json', lockfileVersion: 2 },
  { directory: 'notify', manager: 'npm', version: '8.19.4', lockfile: 'package-lock.json' },
  { directory: 'search', manager: '@yarnpkg/cli-dist', version: '4.18.1', lockfile: 'yarn.lock' },
  { directory: 'inventory', manager: 'pnpm', version: '8.15.9', lockfile: 'pnpm-lock.yaml' },
  { directory: 'platform', manager: 'npm', version: '10.9.4', lockfile: 'package-lock.json' },
  { directory: 'legacy', manager: 'npm', version: '6.14.18', lockfile: 'package-lock.json' },
];

const ALL_LOCKFILES = new Set(FLEET.map((service) => service.lockfile));

function registryUrl() {
  const url = execFileSync('npm', ['config', 'get', 'registry'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  return url.endsWith('/') ? url : `${url}/`;
}

/** What every manager is told besides its arguments: the registry, caches that are thrown away, lockfiles with URLs. */
function environment(registry, scratch) {
  return {
    ...process.env,
    npm_config_registry: registry,
    npm_config_omit_lockfile_registry_resolved: 'false',
    npm_config_store_dir: join(scratch, 'pnpm-store'),
    npm_config_cache_dir: join(scratch, 'pnpm-cache'),
    YARN_REGISTRY: registry,
    YARN_CACHE_FOLDER: join(scratch, 'yarn-cache'),
    YARN_GLOBAL_FOLDER: join(scratch, 'yarn-global'),
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
    BUN_CONFIG_REGISTRY: registry,
    BUN_INSTALL_CACHE_DIR: join(scratch, 'bun-cache'),
  };
}

function run({ manager, version }, step, extra, cwd, env) {
  const { bin, [step]: args } = MANAGERS[manager];
  const npx = ['--yes', '--package', `${manager}@${version}`, '--', bin, ...args, ...extra];
  try {
    execFileSync('npx', npx, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${basename(cwd)}: ${manager}@${version} ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  }
}

/** The temporary copy holds manifests only, so that no earlier pin decides. */
function copyOf(directory, scratch) {
  const copy = join(scratch, directory);
  cpSync(join(ACME, directory), copy, { recursive: true, filter: (file) => !ALL_LOCKFILES.has(basename(file)) });
  return copy;
}

/** npm writes package-lock.json only; a shrinkwrap file is the same text by another name. */
function lock(service, copy, env) {
  const { lockfile, lockfileVersion } = service;
  const extra = lockfileVersion === undefined ? [] : ['--lockfile-version', String(lockfileVersion)];
  run(service, 'lock', extra, copy, env);
  if (lockfile !== 'npm-shrinkwrap.json') return;
  cpSync(join(copy, 'package-lock.json'), join(copy, lockfile));
  rmSync(join(copy, 'package-lock.json'));
}

function assertPublishable(text, service, registry, scratch) {
  const forbidden = [new URL(registry).hostname, scratch, homedir(), '__archiveUrl', ' tarball: '];
  const archives = text.match(/https?:\/\/[^"\s]+\.tgz/g) ?? [];
  const found = [
    ...forbidden.filter((part) => part !== '/' && text.includes(part)),
    ...archives.filter((url) => !url.startsWith(PUBLISHED_REGISTRY)),
  ];
  if (found.length > 0) throw new Error(`${service.directory}/${service.lockfile} holds ${found.join(', ')}`);
}

function make(service, registry, scratch, env) {
  const copy = copyOf(service.directory, scratch);
  lock(service, copy, env);
  const text = readFileSync(join(copy, service.lockfile), 'utf8').replaceAll(registry, PUBLISHED_REGISTRY);
  run(service, 'frozen', [], copy, env);
  assertPublishable(text, service, registry, scratch);
  writeFileSync(join(ACME, service.directory, service.lockfile), text);
  console.log(
    `${service.directory}/${service.lockfile}: ${text.length} bytes by ${service.manager}@${service.version}`,
  );
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((directory) => !FLEET.some((service) => service.directory === directory));
if (unknown.length > 0) throw new Error(`no such service: ${unknown.join(', ')}`);

const scratch = mkdtempSync(join(tmpdir(), 'acme-'));
try {
  const registry = registryUrl();
  const env = environment(registry, scratch);
  for (const service of FLEET) {
    if (wanted.length === 0 || wanted.includes(service.directory)) make(service, registry, scratch, env);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
