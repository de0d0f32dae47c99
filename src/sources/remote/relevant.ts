/** Which files of a repository matter to a fleet: lockfiles, and what is read beside them. The rest is never fetched. */
import { formatOf } from '../../lockfiles/index.ts';
import { unsupportedLockfile } from '../../lockfiles/unsupported.ts';

/** Raised when other files come to matter: trees kept before are then not found. */
export const RELEVANCE = 1;

/**
 * `lockfile`: it is read. `settings`: it is looked at beside a lockfile. `name`: that it is there is all that is told of it
 * (a lockfile of a kind that is not read). undefined: of no concern.
 */
export type Relevance = 'lockfile' | 'settings' | 'name' | undefined;

/** As src/lockfiles asks for them beside a lockfile, in any directory; a test holds the two together. */
const SETTINGS = new Set([
  'package.json',
  'pnpm-workspace.yaml',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  'bunfig.toml',
  '.nvmrc',
  '.node-version',
  '.tool-versions',
  'Dockerfile',
  'renovate.json',
  'renovate.json5',
  '.renovaterc',
  '.renovaterc.json',
  '.renovaterc.json5',
]);
const IN_FOLDERS = /(?:^|\/)\.git(?:hub|lab)\/renovate\.json5?$|(?:^|\/)\.github\/dependabot\.ya?ml$/;
/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features, and GitLab's. */
const OWNERS = /^(?:(?:docs|\.github|\.gitlab)\/)?CODEOWNERS$/;
const CONFIG = /^(?:\.config\/)?spof-deps\.jsonc?$/;
/** As a directory that is walked passes them over. */
const PASSED_OVER = new Set(['node_modules', '.git', '.hg', '.svn', '.yarn']);

/** Pathspecs of git that leave out no file of relevance, and few others. */
export const RELEVANT_PATHSPECS: readonly string[] = [
  '*package-lock.json',
  '*npm-shrinkwrap.json',
  '*pnpm-lock*.yaml',
  '*yarn.lock',
  '*bun.lock*',
  '*bom.json',
  '*.cdx.json',
  '*.spdx.json',
  ...[...SETTINGS].map((name) => `*${name}`),
  ...['dependabot.yml', 'dependabot.yaml', 'shrinkwrap.yaml', 'vlt-lock.json', 'deno.lock'].map((name) => `*${name}`),
];

/** @param path POSIX, from the root of the repository */
export function relevanceOf(path: string): Relevance {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const relevance = relevanceOfName(path, name);
  return relevance === undefined || isPassedOver(path) ? undefined : relevance;
}

function relevanceOfName(path: string, name: string): Relevance {
  if (formatOf(name)) return 'lockfile';
  if (unsupportedLockfile(name)) return 'name';
  return SETTINGS.has(name) || IN_FOLDERS.test(path) || OWNERS.test(path) || CONFIG.test(path) ? 'settings' : undefined;
}

function isPassedOver(path: string): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some((part) => PASSED_OVER.has(part));
}

/** The directory whose committed node_modules a path is in; undefined for a path that is in none. */
export function installedIn(path: string): string | undefined {
  if (path.startsWith('node_modules/')) return '';
  const at = path.indexOf('/node_modules/');
  return at === -1 || isPassedOver(path.slice(0, at + 1)) ? undefined : path.slice(0, at);
}
