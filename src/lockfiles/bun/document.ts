/** The sections of a bun.lock, checked: what bun refuses to read is an error here too, what is odd in them is kept count of. */
import { LockfileError } from '../../diagnostics.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import type { LockfileInput } from '../reader.ts';
import { posixPath } from './entry.ts';
import { parseBunText } from './text.ts';

/** The newest version bun 1.4 writes: 1 stopped repeating workspaces, 2 only checks more, 3 has scoped overrides. */
const NEWEST_VERSION = 3;

/** Dependencies by name under `dependencies`, `devDependencies`, ...: a workspace, or the info of a package. */
export type Groups = JsonObject;

export interface BunDocument {
  readonly version: string;
  /** By path, '' being the root; always there. */
  readonly workspaces: ReadonlyMap<string, Groups>;
  /** By install path. */
  readonly packages: JsonObject;
  /** Names (aliases, where there are any) whose install scripts bun runs. */
  readonly trusted: ReadonlySet<unknown>;
  /** name@resolution of what `bun patch` changes. */
  readonly patched: ReadonlySet<string>;
  /** How many entries all sections have together. */
  readonly entries: number;
  /** Sections left out for being of a wrong type, by name. */
  readonly malformed: readonly string[];
  /** What `catalog:` (the default catalog) or `catalog:name` stands for; the range itself where the catalog lacks it. */
  rangeOf(name: string, range: string | undefined): string | undefined;
}

/**
 * Reads the text of a bun.lock as far as its sections.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE, LOCKFILE_VERSION
 */
export async function bunDocument(input: LockfileInput): Promise<BunDocument> {
  const lock = await parseBunText(input.path, input.text);
  const version = versionOf(input.path, lock.lockfileVersion);
  const malformed: string[] = [];
  const workspaces = new Map<string, Groups>();
  for (const [path, workspace] of Object.entries(section(input.path, lock, 'workspaces'))) {
    const normal = path === '' ? '' : posixPath(path);
    if (!isObject(workspace) || workspaces.has(normal)) malformed.push(path);
    else workspaces.set(normal, workspace);
  }
  if (!workspaces.has('')) throw shapeError(input.path, 'expected the root project "" in "workspaces"');
  const packages = lock.packages === undefined ? {} : section(input.path, lock, 'packages');
  const { trustedDependencies: trusted, patchedDependencies: patched, catalog, catalogs } = lock;
  if (trusted !== undefined && !Array.isArray(trusted)) malformed.push('trustedDependencies');
  if (patched !== undefined && !isObject(patched)) malformed.push('patchedDependencies');
  return {
    version,
    workspaces,
    packages,
    trusted: new Set<unknown>(Array.isArray(trusted) ? trusted : []),
    patched: new Set(isObject(patched) ? Object.keys(patched) : []),
    entries: Object.values(lock).reduce<number>((sum, value) => sum + entriesIn(value), 0),
    malformed,
    rangeOf(name, range) {
      if (!range?.startsWith('catalog:')) return range;
      const group = range.slice('catalog:'.length).trim();
      return ownString(group === '' ? catalog : own(catalogs, group), name) ?? range;
    },
  };
}

/** A string an object itself has under a name from outside, or undefined. */
export function ownString(object: unknown, name: string): string | undefined {
  return asString(own(object, name));
}

function own(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

function entriesIn(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 0;
}

function section(path: string, lock: JsonObject, name: 'workspaces' | 'packages'): JsonObject {
  const value = lock[name];
  if (isObject(value)) return value;
  throw shapeError(path, `expected an object "${name}"`);
}

function versionOf(path: string, version: unknown): string {
  const known = typeof version === 'number' && Number.isInteger(version) && version >= 0;
  if (known && version <= NEWEST_VERSION) return String(version);
  throw new LockfileError({
    code: 'LOCKFILE_VERSION',
    file: path,
    line: 1,
    message: `lockfileVersion ${known ? `${version} is newer than the ones known` : 'is missing or not a version'}: expected 0 to ${NEWEST_VERSION}`,
    next: known
      ? 'update spof-deps; if it is up to date, ask for this version to be supported'
      : 'restore the file from version control, or write it again with bun install',
  });
}

function shapeError(path: string, message: string): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_SHAPE',
    file: path,
    message,
    next: 'restore the file from version control, or write it again with bun install',
  });
}
