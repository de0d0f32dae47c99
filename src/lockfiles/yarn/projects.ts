/** The workspaces of a Yarn lockfile: those it lists and those the manifests beside it name. */
import type { Diagnostic } from '../../diagnostics.ts';
import type { GraphBuilder } from '../../graph/builder.ts';
import type { EdgeKind } from '../../graph/model.ts';
import { asString, entriesOf, isObject, type JsonObject } from '../../json.ts';
import type { LockfileInput } from '../reader.ts';
import { readManifest, workspaceDirectories } from '../workspaces.ts';
import { declaredRange } from './descriptor.ts';
import type { YarnPeer } from './entry.ts';
import { peersOf, type YarnDependency, type YarnPackages } from './packages.ts';
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
 * Finds the projects. Workspaces the lockfile does not list (Yarn 6 lists none) are appended to the entries; the
 * dependencies of those it lists get their kind, and what their manifest has and the lockfile does not is added.
 */
export function findProjects(
  input: LockfileInput,
  packages: YarnPackages,
  root: JsonObject | undefined,
  settings: YarnSettings,
  report: (diagnostic: Diagnostic) => void,
): YarnProjects {
  const context = { lockfile: input.path, report };
  const byPath = new Map<string, YarnProject>();
  let unscoped = 0;
  const { entries } = packages;
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!;
    if (!entry.isWorkspace) continue;
    const path = directoryOf(entry.reference);
    if (byPath.has(path)) continue;
    const manifest = path === '' ? root : readManifest(input.siblings, path, context);
    byPath.set(path, { path, entry: index, manifest });
    unscoped += assignKinds(packages, index, manifest);
  }
  const add = (path: string, manifest: JsonObject): void => {
    if (byPath.has(path)) return;
    byPath.set(path, { path, entry: entries.length, manifest });
    addManifest(packages, path, manifest, settings);
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
function assignKinds(packages: YarnPackages, index: number, manifest: JsonObject | undefined): number {
  const { firstNeed, endNeed } = packages.entries[index]!;
  if (manifest === undefined) return endNeed - firstNeed;
  const declared = new Map(manifestDependencies(manifest).map((dependency) => [dependency.name, dependency]));
  let unknown = 0;
  for (let need = firstNeed; need < endNeed; need++) {
    const name = packages.text(packages.needName(need));
    const found = declared.get(name);
    declared.delete(name);
    if (found === undefined) unknown++;
    else if (found.kind === 'dev') packages.needKind[need] = 'dev';
  }
  if (declared.size > 0) packages.extend(index, [...declared.values()]);
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
      merged.set(name, { name, range: declaredRange(range), kind: kindOf(name) });
    }
  };
  take(manifest.dependencies, (name) => (optional.has(name) ? 'optional' : 'prod'));
  take(manifest.optionalDependencies, () => 'optional');
  take(manifest.devDependencies, (name) => merged.get(name)?.kind ?? 'dev');
  return [...merged.values()];
}

function addManifest(packages: YarnPackages, path: string, manifest: JsonObject, settings: YarnSettings): void {
  const name = asString(manifest.name) ?? '';
  const reference = `workspace:${path === '' ? '.' : path}`;
  const dependencies = manifestDependencies(manifest);
  for (const [other, range] of profileDependencies(manifest, settings)) {
    if (dependencies.some((dependency) => dependency.name === other)) continue;
    dependencies.push({ name: other, range: declaredRange(range), kind: 'dev' });
  }
  const key = path === '' ? '' : `${name}@${reference}`;
  packages.add({ key, name, reference, dependencies, peers: manifestPeers(manifest, packages.builder) });
}

/** Dependencies and peers of a directory that is no workspace (portal:, file:), from its manifest. */
export function directoryNeeds(
  manifest: JsonObject,
  builder: GraphBuilder,
): { dependencies: readonly YarnDependency[]; peers: readonly YarnPeer[] } {
  const dependencies = manifestDependencies({
    dependencies: manifest.dependencies,
    optionalDependencies: manifest.optionalDependencies,
    dependenciesMeta: manifest.dependenciesMeta,
  });
  return { dependencies, peers: manifestPeers(manifest, builder) };
}

function manifestPeers(manifest: JsonObject, builder: GraphBuilder): readonly YarnPeer[] {
  const meta = entriesOf(manifest.peerDependenciesMeta).filter(([, value]) => isObject(value));
  return peersOf(
    builder,
    new Map(textEntries(manifest.peerDependencies)),
    new Map(meta.map(([name, value]) => [name, isTrue((value as JsonObject).optional)])),
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
