/** A case as files of a project and releases of a registry, for each package manager. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inc } from 'semver';
import { newestOfLines } from '../../../src/registry/lines.ts';
import type { ManagerName } from './managers.ts';
import type { Manifest, RelockRegistry } from './registry.ts';

/** What one manager is told in its own way. */
export interface Settings {
  /** Merged into the root's package.json. */
  readonly manifest?: Manifest;
  /** Merged into pnpm-workspace.yaml. */
  readonly pnpmWorkspace?: Manifest;
  /** Merged into .yarnrc.yml. */
  readonly yarnrc?: Manifest;
  /** Lines of the project's .npmrc. */
  readonly npmrc?: readonly string[];
  /** Lines of the section [install] of bunfig.toml. */
  readonly bunfig?: readonly string[];
}

export interface Project {
  /** Manifests by directory, '' for the root; with others they are its workspaces. */
  readonly projects: Readonly<Record<string, Manifest>>;
  readonly settings?: Partial<Readonly<Record<ManagerName, Settings>>>;
}

export interface Universe {
  /** Releases by name, in the order of publishing: a version, or with a manifest. The last one is `latest`. */
  readonly packages: Readonly<Record<string, readonly (string | readonly [version: string, manifest: Manifest])[]>>;
  /** Tags set after that, by package. */
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files in the tarballs of a package, by name. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function publishAll(registry: RelockRegistry, { packages, tags = {}, files = {} }: Universe): void {
  for (const [name, releases] of Object.entries(packages)) {
    for (const release of releases) {
      const [version, manifest] = typeof release === 'string' ? [release, {}] : release;
      registry.publish(name, version, manifest, { files: files[name] ?? {} });
    }
  }
  for (const [name, named] of Object.entries(tags)) {
    for (const [tag, version] of Object.entries(named)) registry.tag(name, tag, version);
  }
}

/** The newest release of a line (`4`, `0.3`) that a universe has, and the patch that comes next. */
export function nextPatch({ packages }: Universe, name: string, line: string): { newest: string; next: string } {
  const versions = (packages[name] ?? []).map((release) => (typeof release === 'string' ? release : release[0]));
  const newest = newestOfLines(versions).get(line);
  const next = newest === undefined ? null : inc(newest, 'patch');
  if (newest === undefined || next === null) throw new Error(`${name} has no release in ^${line}`);
  return { newest, next };
}

/** Publishes the next patch of a line with the manifest of the newest, and moves the tags that pointed at the newest. */
export function publishNext(
  registry: RelockRegistry,
  universe: Universe,
  name: string,
  line: string,
  at?: Date,
): string {
  const { newest, next } = nextPatch(universe, name, line);
  const release = universe.packages[name]?.find((one) => typeof one !== 'string' && one[0] === newest);
  const tags = Object.entries(registry.tags(name)).flatMap(([tag, version]) => (version === newest ? [tag] : []));
  const files = universe.files?.[name] ?? {};
  const manifest = release === undefined || typeof release === 'string' ? {} : release[1];
  registry.publish(name, next, manifest, { tags, files, ...(at !== undefined && { at }) });
  return next;
}

/** Writes the manifests and settings of a project. Services depend on nothing of the machine. */
export function writeProject(directory: string, manager: ManagerName, { projects, settings = {} }: Project): void {
  const { manifest = {}, pnpmWorkspace = {}, yarnrc, npmrc, bunfig } = settings[manager] ?? {};
  const workspaces = Object.keys(projects).filter((path) => path !== '');
  const members = workspaces.length > 0 ? { workspaces } : {};
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const root = { name: 'root', version: '1.0.0', private: true, ...members, ...projects[''] };
  write('package.json', json(merged(root, manifest)));
  for (const path of workspaces) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    write(join(path, 'package.json'), json({ name, version: '1.0.0', private: true, ...projects[path] }));
  }
  // JSON is YAML.
  const packages = workspaces.length > 0 ? { packages: workspaces } : {};
  if (manager === 'pnpm') write('pnpm-workspace.yaml', json({ ...packages, ...pnpmWorkspace }));
  if (yarnrc !== undefined) write('.yarnrc.yml', json(yarnrc));
  if (npmrc !== undefined) write('.npmrc', `${npmrc.join('\n')}\n`);
  if (bunfig !== undefined) write('bunfig.toml', `[install]\n${bunfig.join('\n')}\n`);
}

/** Two objects as one, member by member. What stands in both and is no object must be equal. */
export function merged(one: Manifest, other: Manifest): Manifest {
  const result: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const earlier = Object.hasOwn(result, key) ? result[key] : undefined;
    if (isObject(earlier) && isObject(value)) result[key] = merged(earlier, value);
    else if (earlier === undefined || JSON.stringify(earlier) === JSON.stringify(value)) result[key] = value;
    else throw new Error(`${key} stands in both`);
  }
  return result;
}

function isObject(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
