/** The roots of a Yarn 1 lockfile, which it does not hold itself: package.json beside it and those of its workspaces. */
import { posix } from 'node:path';
import { asString, entriesOf, isObject, type JsonObject } from '../../json.ts';
import type { LockfileInput } from '../reader.ts';
import { type ManifestContext, readManifest, workspaceDirectories } from '../workspaces.ts';

export interface Dependency {
  readonly kind: 'prod' | 'dev' | 'optional';
  readonly name: string;
  /** As the manifest has it. */
  readonly range: string;
  /** As Yarn writes it into the lockfile: paths are relative to the lockfile there. */
  readonly locked: string;
}

export interface PeerDependency {
  readonly kind: 'peer' | 'peerOptional';
  readonly name: string;
  readonly range: string;
}

export interface ClassicProject {
  /** Directory relative to the lockfile's; '' for the root. */
  readonly path: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** By name. */
  readonly dependencies: ReadonlyMap<string, Dependency>;
  readonly peers: readonly PeerDependency[];
}

/** Where Yarn 1 looks for a name, first to last: it counts where it is named first. */
const GROUPS = [
  ['optionalDependencies', 'optional'],
  ['dependencies', 'prod'],
  ['devDependencies', 'dev'],
] as const;

export interface ClassicRoots {
  /** The root first, then workspaces sorted by path; empty where there is no readable package.json. */
  readonly projects: readonly ClassicProject[];
  /** What the root's `resolutions` put in place of ranges: name and range. */
  readonly resolutions: readonly { readonly name: string; readonly range: string }[];
}

/** Reads the manifests of the root and of its workspaces. */
export function readClassicRoots(input: LockfileInput, context: ManifestContext): ClassicRoots {
  const root = readManifest(input.siblings, '', context);
  if (root === undefined) return { projects: [], resolutions: [] };
  const projects = [projectOf('', root)];
  for (const path of workspaceDirectories(root, input.siblings, context, { negations: false })) {
    const manifest = readManifest(input.siblings, path, context);
    projects.push(manifest === undefined ? emptyProject(path) : projectOf(path, manifest));
  }
  return { projects, resolutions: resolutionsOf(root) };
}

function emptyProject(path: string): ClassicProject {
  return { path, name: undefined, version: undefined, dependencies: new Map(), peers: [] };
}

function projectOf(path: string, manifest: JsonObject): ClassicProject {
  const meta = isObject(manifest.peerDependenciesMeta) ? manifest.peerDependenciesMeta : {};
  return {
    path,
    name: asString(manifest.name) || undefined,
    version: asString(manifest.version) || undefined,
    dependencies: dependenciesOf(path, manifest),
    peers: rangesOf(manifest.peerDependencies).map(([name, range]) => {
      const options = Object.hasOwn(meta, name) ? meta[name] : undefined;
      return { kind: isObject(options) && options.optional === true ? 'peerOptional' : 'peer', name, range };
    }),
  };
}

/** A name in several groups counts once, with the first range that says something ('' and '*' do not). */
function dependenciesOf(path: string, manifest: JsonObject): Map<string, Dependency> {
  const groups = GROUPS.map(([field, kind]) => ({ kind, ranges: rangesOf(manifest[field]) }));
  const telling = new Map<string, string>();
  for (const { ranges } of groups) {
    for (const [name, range] of ranges)
      if (range !== '' && range !== '*' && !telling.has(name)) telling.set(name, range);
  }
  const dependencies = new Map<string, Dependency>();
  for (const { kind, ranges } of groups) {
    for (const [name, own] of ranges) {
      if (dependencies.has(name)) continue;
      const range = telling.get(name) ?? own;
      dependencies.set(name, { kind, name, range, locked: lockedRange(path, range) });
    }
  }
  return dependencies;
}

/** What Yarn 1 makes of the file: or link: range of a manifest in a directory: './' stays where it was written. */
function lockedRange(directory: string, range: string): string {
  const [, protocol, path] = /^(file:|link:)(?!\/)(.*)$/s.exec(range) ?? [];
  if (protocol === undefined || path === undefined) return range;
  const target = posix.join(directory, path).replace(/\/$/, '');
  const isDotted = path === '.' || path.startsWith('./');
  return protocol + (isDotted && target !== '.' && !target.startsWith('../') ? `./${target}` : target);
}

function rangesOf(value: unknown): [string, string][] {
  return entriesOf(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** Keys are globs over paths of names such as 'a/b', which end in the name that is meant. */
function resolutionsOf(manifest: JsonObject): { name: string; range: string }[] {
  return rangesOf(manifest.resolutions).map(([glob, range]) => {
    const parts = glob.split('/');
    const last = parts.at(-1)!;
    const scope = parts.at(-2);
    return { name: scope?.startsWith('@') ? `${scope}/${last}` : last, range };
  });
}
