/**
 * yarn.lock of Yarn 6 ("zpm"): JSON, one entry per resolved package under the descriptors that lead to it. Workspaces,
 * aliases, patches and paths are not in it; they are read from the manifests again. Facts from the lockfile's reader
 * and writer in Yarn 6 itself (packages/zpm/src/lockfile.rs, resolvers, primitives_exts.rs).
 */
import type { Diagnostic } from '../../diagnostics.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import { type LockGraph, NODE_FLAGS } from '../../graph/model.ts';
import { asString, entriesOf, isObject, type JsonObject } from '../../json.ts';
import { parseLockfileJson } from '../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { declaredRange, splitKey, splitName } from './descriptor.ts';
import { newerVersion, notALockfile, tooMany } from './notes.ts';
import { peersOf, type YarnDependency, YarnPackages } from './packages.ts';
import { yarnGraph } from './resolve.ts';
import { textEntries } from './settings.ts';

/** Newest lock version whose meaning is known. */
const NEWEST = 9;

/** Packages Yarn 6 patches itself wherever they are asked for. */
const BUILTIN_PATCHES = new Set(['fsevents', 'resolve', 'typescript']);

/**
 * Reads a JSON yarn.lock.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE, LOCKFILE_TOO_COMPLEX
 */
export async function readYarnJson(input: LockfileInput): Promise<LockGraph> {
  const document = await parseLockfileJson(input.path, input.text);
  if (!isObject(document.entries))
    throw notALockfile(input.path, 'expected an object "entries" of descriptors to entries');
  const version = isObject(document.__metadata) ? document.__metadata.version : undefined;
  const formatVersion = typeof version === 'number' || typeof version === 'string' ? String(version) : '';
  const diagnostics: Diagnostic[] = [];
  if (Number(formatVersion) > NEWEST) diagnostics.push(newerVersion(input.path, formatVersion, NEWEST));
  const packages = new YarnPackages(new GraphBuilder('yarn-berry', formatVersion));
  let skipped = 0;
  for (const [key, value] of Object.entries(document.entries)) {
    const isAdded = isObject(value) && isObject(value.resolution) && addEntry(packages, key, value, value.resolution);
    if (!isAdded) skipped++;
  }
  const count = packages.entries.length;
  if (count > LIMITS.nodes) throw tooMany(input.path, count);
  if (skipped > 0) diagnostics.push(skippedEntries(input.path, skipped));
  return yarnGraph(input, { packages, listsLocal: false, diagnostics });
}

/** Whether it is an entry. */
function addEntry(packages: YarnPackages, key: string, value: JsonObject, resolution: JsonObject): boolean {
  const locator = splitName(asString(resolution.resolution) ?? '');
  if (locator === undefined) return false;
  const optionalPeers = new Map(strings(resolution.optionalPeerDependencies).map((name) => [name, true]));
  const checksum = asString(value.checksum);
  packages.add(
    {
      key,
      name: locator.name,
      reference: locator.rest,
      version: asString(resolution.version),
      checksum: checksum === undefined || checksum === '' ? undefined : `yarnzpm-${checksum}`,
      isLimited: entriesOf(resolution.requirements).length > 0,
      flags: BUILTIN_PATCHES.has(locator.name) ? NODE_FLAGS.patched : 0,
      dependencies: [...dependenciesOf(resolution), ...variantsOf(resolution.variants)],
      peers: peersOf(packages.builder, new Map(textEntries(resolution.peerDependencies)), optionalPeers),
      addsOwnTypes: true,
    },
    splitKey(key),
  );
  return true;
}

function dependenciesOf(resolution: JsonObject): YarnDependency[] {
  const optional = new Set(strings(resolution.optionalDependencies));
  return textEntries(resolution.dependencies).map(([name, range]) => ({
    name,
    range: declaredRange(range),
    kind: optional.has(name) ? 'optional' : 'prod',
  }));
}

/** One of the variants takes the package's place on each machine: which one depends on the machine. */
function variantsOf(variants: unknown): YarnDependency[] {
  const result: YarnDependency[] = [];
  for (const descriptor of strings(variants)) {
    const asked = splitName(descriptor);
    if (asked !== undefined) result.push({ name: asked.name, range: asked.rest, kind: 'optional' });
  }
  return result;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function skippedEntries(file: string, count: number): Diagnostic {
  return {
    code: 'ENTRY_SKIPPED',
    severity: 'incomplete',
    file,
    message: `${count} entries are not packages: expected an object with a resolution`,
    next: 'restore the file from version control, or run yarn install',
  };
}
