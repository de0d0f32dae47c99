/**
 * Node and package manager of each project, from the files beside a lockfile: what an image or a version manager pins
 * before what a manifest merely accepts. Nothing is run, no file outside the tree is seen. Pure over `Siblings`.
 */
import { minVersion, Range, subset } from 'semver';
import type { LockGraph } from '../graph/model.ts';
import { PLATFORM_TOOLS, type PlatformClaim, type PlatformTool } from '../graph/platform.ts';
import { asString, isObject, type JsonObject } from '../json.ts';
import type { Siblings } from './reader.ts';

/** Directories looked through above a project: a version manager takes the nearest file on the way up. */
const HIGHEST = 16;
/** Longer texts name no version. */
const LONGEST = 256;
const LONGEST_DOCKERFILE = 256 * 1024;
/** https://nodejs.org/en/about/previous-releases: names of the lines that have one. */
const CODENAMES = new Map(
  ['argon', 'boron', 'carbon', 'dubnium', 'erbium', 'fermium', 'gallium', 'hydrogen', 'iron', 'jod', 'krypton'].map(
    (name, at) => [name, 4 + 2 * at] as const,
  ),
);

/** The claims of every project, at most one for each tool. */
export function platformsOf(
  siblings: Siblings,
  { projects, kind }: Pick<LockGraph, 'projects' | 'kind'>,
): PlatformClaim[] {
  return projects.flatMap(({ path }, project) => {
    const found = new Map<PlatformTool, PlatformClaim>();
    const claim = (tool: PlatformTool, major: number | undefined, file: string): void => {
      // The first file that names a major decides; one that names none is better than nothing.
      if (found.get(tool)?.major === undefined) found.set(tool, { project, tool, major, file });
    };
    const directories = upwards(path);
    for (const directory of directories.slice(0, 1)) dockerfile(siblings, directory, claim);
    for (const directory of directories) pinned(siblings, directory, claim);
    for (const directory of directories) manifest(siblings, directory, claim);
    const own = MANAGERS.get(kind);
    if (own && !found.has(own.tool)) claim(own.tool, own.major, '');
    return [...found.values()];
  });
}

type Claim = (tool: PlatformTool, major: number | undefined, file: string) => void;

/** The package manager that writes a kind of lockfile; the major where the format belongs to one alone. */
const MANAGERS: ReadonlyMap<string, { readonly tool: PlatformTool; readonly major: number | undefined }> = new Map([
  ['npm', { tool: 'npm', major: undefined }],
  ['pnpm', { tool: 'pnpm', major: undefined }],
  ['yarn-classic', { tool: 'yarn', major: 1 }],
  ['yarn-berry', { tool: 'yarn', major: undefined }],
  ['bun', { tool: 'bun', major: undefined }],
]);

/** A directory and those above it, nearest first, relative to the lockfile's own. */
function upwards(path: string): string[] {
  const parts = path === '' ? [] : path.split('/');
  const inside = parts.map((_, at) => parts.slice(0, parts.length - at).join('/'));
  const above = Array.from({ length: HIGHEST }, (_, at) =>
    Array(at + 1)
      .fill('..')
      .join('/'),
  );
  return [...inside, '', ...above];
}

function textOf(siblings: Siblings, directory: string, name: string): { text: string; file: string } | undefined {
  const file = directory === '' ? name : `${directory}/${name}`;
  try {
    const text = siblings.read(file);
    return text === undefined ? undefined : { text, file };
  } catch {
    // A file that may not be read says nothing; the lockfile beside it can be read all the same.
    return undefined;
  }
}

/** `FROM node:22-slim`, also of a registry of one's own and behind a build stage: the last stage is what runs. */
function dockerfile(siblings: Siblings, directory: string, claim: Claim): void {
  const found = textOf(siblings, directory, 'Dockerfile');
  if (!found || found.text.length > LONGEST_DOCKERFILE) return;
  const stages = new Map<string, string>();
  let image = '';
  for (const line of found.text.split('\n')) {
    const [, from, name] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (from === undefined) continue;
    image = stages.get(from.toLowerCase()) ?? from;
    if (name !== undefined) stages.set(name.toLowerCase(), image);
  }
  const [, tool, tag] = /^(?:.*\/)?(node|bun)(?::([\w.-]+))?(?:@sha256:.*)?$/.exec(image) ?? [];
  if (tool === 'node' || tool === 'bun') claim(tool, majorOf(tag?.split('-', 1)[0]), found.file);
}

function pinned(siblings: Siblings, directory: string, claim: Claim): void {
  for (const name of ['.nvmrc', '.node-version']) {
    const found = textOf(siblings, directory, name);
    const line = found?.text
      .split('\n')
      .map((each) => each.replace(/#.*/, '').trim())
      .find((each) => each !== '');
    if (found && line !== undefined) claim('node', majorOf(line), found.file);
  }
  const tools = textOf(siblings, directory, '.tool-versions');
  for (const line of tools?.text.split('\n') ?? []) {
    const [name = '', version] = line.replace(/#.*/, '').trim().split(/\s+/);
    const tool = name === 'nodejs' ? 'node' : PLATFORM_TOOLS.find((known) => known === name);
    if (tool && tools) claim(tool, majorOf(version), tools.file);
  }
}

function manifest(siblings: Siblings, directory: string, claim: Claim): void {
  const found = textOf(siblings, directory, 'package.json');
  const value = found && parsed(found.text);
  if (!found || !value) return;
  const { volta, packageManager, devEngines, engines } = value;
  for (const tool of PLATFORM_TOOLS) {
    if (isObject(volta) && Object.hasOwn(volta, tool)) claim(tool, majorOf(asString(volta[tool])), found.file);
  }
  // https://github.com/nodejs/corepack: name@version, with a hash after a plus.
  const [, manager, version] = /^([a-z]+)@([^+]+)/.exec(asString(packageManager)?.slice(0, LONGEST) ?? '') ?? [];
  const named = PLATFORM_TOOLS.find((tool) => tool === manager);
  if (named) claim(named, majorOf(version), found.file);
  for (const [tool, range] of ranges(devEngines, engines)) claim(tool, onlyMajorOf(range), found.file);
}

/** `engines: { node: range }` and `devEngines: { runtime: { name, version } }`, of tools that are known. */
function ranges(devEngines: unknown, engines: unknown): [PlatformTool, string | undefined][] {
  const asked = isObject(devEngines) ? [devEngines.runtime, devEngines.packageManager].flat() : [];
  const dev = asked.flatMap((entry): [PlatformTool, string | undefined][] => {
    const tool = isObject(entry) ? PLATFORM_TOOLS.find((known) => known === entry.name) : undefined;
    return tool && isObject(entry) ? [[tool, asString(entry.version)]] : [];
  });
  const accepted = PLATFORM_TOOLS.flatMap((tool): [PlatformTool, string | undefined][] =>
    isObject(engines) && Object.hasOwn(engines, tool) ? [[tool, asString(engines[tool])]] : [],
  );
  return [...dev, ...accepted];
}

/** The major of `v22.1.0`, `22`, `lts/jod`; undefined for what moves (`lts/*`, `node`, `latest`). */
function majorOf(text: string | undefined): number | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  const codename = CODENAMES.get(text.toLowerCase().replace(/^lts\//, ''));
  if (codename !== undefined) return codename;
  const [, digits] = /^v?(\d{1,4})(?:\.|$)/.exec(text) ?? [];
  return digits === undefined ? onlyMajorOf(text) : Number(digits);
}

/** The one major that a range accepts; undefined where it accepts several, as most do. */
function onlyMajorOf(range: string | undefined): number | undefined {
  if (range === undefined || range.length > LONGEST) return undefined;
  try {
    const major = minVersion(new Range(range))?.major;
    return major !== undefined && subset(range, `^${major}.0.0-0 || ${major}.x`) ? major : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
