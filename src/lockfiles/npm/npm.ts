/** package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3 and the versionless ones of npm 4 and older. */
import { type Diagnostic, LockfileError } from '../../diagnostics.ts';
import type { LockGraph } from '../../graph/model.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { parseLockfileJson } from '../json.ts';
import type { LockfileInput } from '../reader.ts';
import { lineOfKey } from './diagnostics.ts';
import { packagesGraph } from './packages.ts';

/**
 * Reads a package-lock.json or npm-shrinkwrap.json.
 *
 * Version 2 and 3 hold every place of the tree under `packages`, keyed by its path; the `dependencies` of version 2
 * repeat it for npm 6 and are not read. Version 1 and versionless files go through npm's own migration (arborist.ts).
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE (no packages), LOCKFILE_VERSION (not 1 to 3), LOCKFILE_TOO_COMPLEX
 */
export async function readNpm(input: LockfileInput): Promise<LockGraph> {
  const lock = await parseLockfileJson(input.path, input.text);
  const version = lock.lockfileVersion;
  if (version === undefined || version === 1) return readLegacy(input, lock);
  if (version !== 2 && version !== 3) throw unknownVersion(input);
  if (!isObject(lock.packages)) throw shape(input, 'packages');
  const entry = lock.packages[''];
  const diagnostics: Diagnostic[] = [];
  return packagesGraph({
    kind: 'npm',
    formatVersion: String(version),
    input,
    packages: lock.packages,
    root: isObject(entry) ? entry : await rootManifest(input, (diagnostic) => diagnostics.push(diagnostic)),
    lock,
    diagnostics,
  });
}

/** What the package.json beside a lockfile declares, or undefined where there is none that can be read. */
async function rootManifest(
  { siblings, path }: LockfileInput,
  report: (diagnostic: Diagnostic) => void,
): Promise<JsonObject | undefined> {
  const { readManifest } = await import('../workspaces.ts');
  return readManifest(siblings, '', { lockfile: path, report });
}

async function readLegacy(input: LockfileInput, lock: JsonObject): Promise<LockGraph> {
  const empty = lock.dependencies === undefined && (lock.lockfileVersion === 1 || lock.name !== undefined);
  if (!empty && !isObject(lock.dependencies)) throw shape(input, 'dependencies');
  const { readVersion1 } = await import('./arborist.ts');
  return readVersion1(input, lock);
}

function unknownVersion(input: LockfileInput): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_VERSION',
    file: input.path,
    ...lineOfKey(input.text, 'lockfileVersion'),
    message: 'unknown lockfileVersion: expected 1, 2 or 3',
    next: 'write the lockfile again with npm, or update spof-deps if npm has a newer format',
  });
}

function shape(input: LockfileInput, member: 'packages' | 'dependencies'): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_SHAPE',
    file: input.path,
    ...(lineOfKey(input.text, member) ?? { line: 1 }),
    message: `no object "${member}": expected the entries of an npm lockfile`,
    next: 'restore the file from version control, or write it again with npm',
  });
}
