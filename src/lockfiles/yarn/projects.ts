/** The workspaces of a Yarn lockfile: those it lists and those the manifests beside it name. */
import type { Diagnostic } from '../../diagnostics.ts';
import type { EdgeKind } from '../../graph/model.ts';
import { asString, entriesOf, isObject, type JsonObject } from '../json.ts';
import type { LockfileInput } from '../reader.ts';
import { readManifest, workspaceDirectories } from '../workspaces.ts';
import { declaredRange } from './descriptor.ts';
import { allPeers, newDependency, type YarnDependency, type YarnEntry, type YarnPeer } from './entry.ts';
import { isTrue, textEntries, type YarnSettings } from './settings.ts';
import { directoryOf } from './source.ts';

export interface YarnProject {
  /** POSIX, relative to the lockfile's directory; '' for the root. */
  readonly path: string;
  /** Position of its entry. */
  readonly entry: number;
  readonly manifest: JsonObject | undefined;
}

export interface YarnProjects {
  /** The root first, then by path: the order Yarn walks them in. */
  readonly projects: readonly YarnProject[];
  /** Dependencies of workspaces the lockfile lists of which no manifest says whether they are for development. */
  readonly unscoped: number;
  /** Whether anything says what the root depends on. */
  readonly rootKnown: boolean;
}

/**
 * Finds the projects. Workspaces the lockfile does not list (Yarn 6 lists none) are appended to `entries`; the
 * dependencies of those it lists get their kind, and what their manifest has and the lockfile does not is added.
 */
export function findProjects(
  input: LockfileInput,
  entries: YarnEntry[],
  root: JsonObject | undefined,
  settings: YarnSettings,
  report: (diagnostic: Diagnostic) => void,
): YarnProjects {
  const context = { lockfile: input.path, report };
  const byPath = new Map<string, YarnProject>();
  let unscoped = 0;
  for (const [index, entry] of entries.entries()) {
    if (!entry.reference.startsWith('workspace:')) continue;
    const path = directoryOf(entry.reference);
    if (byPath.has(path)) continue;
    const manifest = path === '' ? root : readManifest(input.siblings, path, context);
    byPath.set(path, { path, entry: index, manifest });
    unscoped += assignKinds(entries, index, manifest);
  }
  const add = (path: string, manifest: JsonObject): void => {
    if (byPath.has(path)) return;
    byPath.set(path, { path, entry: entries.length, manifest });
    entries.push(manifestEntry(path, manifest, settings));
  };
  const rootKnown = root !== undefined || byPath.has('');
  if (rootKnown && root !== undefined) add('', root);
  if (!rootKnown) add('', {});
  for (const project of byPath.values()) {
    if (project.manifest?.workspaces === undefined) continue;
    for (const path of workspaceDirectories(project.manifest, input.siblings, context, { from: project.path })) {
      if (byPath.has(path)) continue;
      const manifest = readManifest(input.siblings, path, context);
      if (manifest !== undefined) add(path, manifest);
    }
  }
  const projects = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { projects, unscoped, rootKnown };
}

/** Returns how many dependencies of the entry stay prod because no manifest knows better. */
function assignKinds(entries: YarnEntry[], index: number, manifest: JsonObject | undefined): number {
  const entry = entries[index]!;
  if (manifest === undefined) return entry.dependencies.length;
  const declared = new Map(manifestDependencies(manifest).map((dependency) => [dependency.name, dependency]));
  let unknown = 0;
  for (const dependency of entry.dependencies) {
    const found = declared.get(dependency.name);
    declared.delete(dependency.name);
    if (found === undefined) unknown++;
    else if (found.kind === 'dev') dependency.kind = 'dev';
  }
  if (declared.size > 0) entries[index] = { ...entry, dependencies: [...entry.dependencies, ...declared.values()] };
  return unknown;
}

/** Dependencies as Yarn merges them: one per name; what is listed for development too takes that range. */
function manifestDependencies(manifest: JsonObject): YarnDependency[] {
  const merged = new Map<string, YarnDependency>();
  const optional = new Set(
    entriesOf(manifest.dependenciesMeta)
      .filter(([, meta]) => isObject(meta) && isTrue(meta.optional))
      .map(([name]) => name),
  );
  const take = (field: unknown, kindOf: (name: string) => EdgeKind): void => {
    for (const [name, range] of textEntries(field)) {
      merged.set(name, newDependency(name, declaredRange(range), kindOf(name)));
    }
  };
  take(manifest.dependencies, (name) => (optional.has(name) ? 'optional' : 'prod'));
  take(manifest.optionalDependencies, () => 'optional');
  take(manifest.devDependencies, (name) => merged.get(name)?.kind ?? 'dev');
  return [...merged.values()];
}

function manifestEntry(path: string, manifest: JsonObject, settings: YarnSettings): YarnEntry {
  const name = asString(manifest.name) ?? '';
  const reference = `workspace:${path === '' ? '.' : path}`;
  const dependencies = manifestDependencies(manifest);
  for (const [other, range] of profileDependencies(manifest, settings)) {
    if (dependencies.some((dependency) => dependency.name === other)) continue;
    dependencies.push(newDependency(other, declaredRange(range), 'dev'));
  }
  return {
    key: path === '' ? '' : `${name}@${reference}`,
    descriptors: [],
    name,
    reference,
    version: undefined,
    checksum: undefined,
    platform: false,
    flags: 0,
    dependencies,
    peers: manifestPeers(manifest, dependencies),
  };
}

/** Dependencies and peers of a directory that is no workspace (portal:, file:), from its manifest. */
export function directoryNeeds(manifest: JsonObject): { dependencies: YarnDependency[]; peers: YarnPeer[] } {
  const dependencies = manifestDependencies({
    dependencies: manifest.dependencies,
    optionalDependencies: manifest.optionalDependencies,
    dependenciesMeta: manifest.dependenciesMeta,
  });
  return { dependencies, peers: manifestPeers(manifest, dependencies) };
}

function manifestPeers(manifest: JsonObject, dependencies: readonly YarnDependency[]): YarnPeer[] {
  const meta = entriesOf(manifest.peerDependenciesMeta).filter(([, value]) => isObject(value));
  return allPeers(
    new Map(textEntries(manifest.peerDependencies)),
    new Map(meta.map(([name, value]) => [name, isTrue((value as JsonObject).optional)])),
    dependencies,
  );
}

/** devDependencies a Yarn 6 workspace gets from the profiles it extends; every one extends `default`. */
function profileDependencies(manifest: JsonObject, settings: YarnSettings): Map<string, string> {
  const own = Array.isArray(manifest.extends) ? manifest.extends : [manifest.extends];
  const queue = ['default', ...own.filter((name): name is string => typeof name === 'string')].reverse();
  const seen = new Set<string>();
  const result = new Map<string, string>();
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const profile = settings.profiles.get(name);
    if (profile === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const [dependency, range] of profile.dev) if (!result.has(dependency)) result.set(dependency, range);
    queue.push(...profile.extends);
  }
  return result;
}
