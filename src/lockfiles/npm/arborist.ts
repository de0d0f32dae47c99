/** npm's own tree library, behind two functions. The only file that loads it: it takes a third of a second. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArboristNode } from '@npmcli/arborist';
import { type Diagnostic, LockfileError } from '../../diagnostics.ts';
import type { LockGraph } from '../../graph/model.ts';
import type { JsonObject } from '../../json.ts';
import type { LockfileInput } from '../reader.ts';
import { readManifest } from '../workspaces.ts';
import { installationRecord, isInside, skippedDiagnostics } from './installed.ts';
import { packagesGraph } from './packages.ts';
import { cleanVersion1, PRIVATE_DEPTH, withOriginalPaths } from './version1.ts';

/** What npm opens in the directory itself. */
const READ_AT_ROOT = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock'];

/**
 * Reads a lockfile of version 1 or without one: npm's migration (Shrinkwrap.load, nothing but a copy of the lockfile in
 * a private directory) turns it into the `packages` of version 3. The root's dependencies are those of package.json.
 *
 * @throws LockfileError LOCKFILE_TOO_COMPLEX, LOCKFILE_SHAPE where npm refuses it
 */
export async function readVersion1(input: LockfileInput, lock: JsonObject): Promise<LockGraph> {
  const clean = cleanVersion1(input, lock);
  const diagnostics: Diagnostic[] = [...clean.diagnostics];
  const report = (diagnostic: Diagnostic) => diagnostics.push(diagnostic);
  const root = readManifest(input.siblings, '', { lockfile: input.path, report });
  return packagesGraph({
    kind: 'npm',
    formatVersion: lock.lockfileVersion === undefined ? '' : '1',
    input,
    packages: await migrated(input, clean.lock),
    root,
    lock,
    edgesUnknown: clean.edgesUnknown,
    diagnostics,
  });
}

async function migrated(input: LockfileInput, lock: JsonObject): Promise<JsonObject> {
  const { Shrinkwrap } = await import('@npmcli/arborist');
  const top = await mkdtemp(join(tmpdir(), 'spof-deps-'));
  try {
    const directory = join(top, ...Array.from({ length: PRIVATE_DEPTH }, () => 'd'));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'package-lock.json'), JSON.stringify(lock));
    const { data, loadingError } = await Shrinkwrap.load({ path: directory });
    if (loadingError) throw loadingError;
    return withOriginalPaths(data.packages, directory);
  } catch (error) {
    throw new LockfileError(
      {
        code: 'LOCKFILE_SHAPE',
        file: input.path,
        message: 'npm cannot migrate this lockfile: expected the entries of a version 1 lockfile',
        next: 'write it again with npm 7 or later',
      },
      { cause: error },
    );
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

/**
 * Reads what is installed in a directory that has no lockfile. Only manifests below the directory are read, links that
 * lead out of it are reported and not followed, nothing is executed. URL and integrity come from npm's own record
 * (node_modules/.package-lock.json), where it still describes what is there.
 *
 * @param directory path of a directory with a node_modules
 * @throws LockfileError LOCKFILE_UNREADABLE where the directory cannot be read
 */
export async function readNodeModules(directory: string): Promise<LockGraph> {
  const real = await realpath(directory).catch((error: unknown) => {
    throw unreadableDirectory(error);
  });
  const skipped = new Set<string>();
  const tree = await installedTree(real, skipped);
  const record = await installationRecord(real);
  const nodes = [...tree.inventory.values()].filter((node) => node !== tree).sort(byLocation);
  const { Shrinkwrap } = await import('@npmcli/arborist');
  const packages: Record<string, JsonObject> = Object.create(null);
  for (const node of nodes) {
    const entry = Shrinkwrap.metaFromNode(node, real);
    packages[node.location] = node.isLink
      ? entry
      : { ...entry, ...record(node.location, node.packageName, node.version) };
  }
  const unreadable = nodes.filter((node) => node.errors.length > 0).map((node) => node.location);
  return packagesGraph({
    kind: 'node_modules',
    formatVersion: '',
    input: { path: 'node_modules', text: '', siblings: { read: () => undefined, packageDirectories: () => [] } },
    packages,
    root: tree.errors.length === 0 ? tree.package : undefined,
    diagnostics: skippedDiagnostics([...skipped].sort(), unreadable),
  });
}

async function installedTree(directory: string, skipped: Set<string>): Promise<ArboristNode> {
  const { Arborist } = await import('@npmcli/arborist');
  const setWorkspaces: unique symbol = Symbol.for('setWorkspaces');
  class Contained extends Arborist {
    /** Workspaces are found by the links npm made for them: globs of the root could lead anywhere. */
    async [setWorkspaces](node: ArboristNode): Promise<ArboristNode> {
      return node;
    }
  }
  const filter = (node: ArboristNode, name: string): boolean => {
    const path = join(node.realpath, 'node_modules', name);
    const inside = isInside(directory, path) && isInside(directory, join(path, 'package.json'));
    if (!inside) skipped.add(name);
    return inside;
  };
  if (READ_AT_ROOT.some((name) => !isInside(directory, join(directory, name)))) throw unreadableDirectory();
  try {
    return await new Contained({ path: directory }).loadActual({ forceActual: true, ignoreMissing: true, filter });
  } catch (error) {
    throw unreadableDirectory(error);
  }
}

function unreadableDirectory(cause?: unknown): LockfileError {
  return new LockfileError(
    {
      code: 'LOCKFILE_UNREADABLE',
      file: 'node_modules',
      message: 'npm cannot read what is installed here: expected a project with its own package.json and node_modules',
      next: 'install with npm and write a lockfile',
    },
    { cause },
  );
}

function byLocation(a: ArboristNode, b: ArboristNode): number {
  return a.location < b.location ? -1 : 1;
}
