/**
 * No released Yarn 6 runs here, so its lockfile is written out as Yarn 4 would have it (straight from the JSON and the
 * manifests, by the code below) and Yarn 4 resolves that, peers included. Yarn 6's resolver is a port of Yarn 4's
 * (packages/zpm/src/tree_resolver.rs). What this cannot check: the patches Yarn 6 puts on packages itself, places and
 * checksums, which are read off the JSON in the test.
 */
import { posix } from 'node:path';
import { dump, load } from 'js-yaml';
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE } from '../../src/graph/model.ts';
import type { LockfileInput } from '../../src/lockfiles/reader.ts';
import { askYarn, declared, isAssumed, linesOf, unreachedNodes, type YarnLines } from './yarn-berry.ts';

interface Resolution {
  resolution: string;
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: string[];
  optionalPeerDependencies?: string[];
  requirements?: Record<string, string[]>;
  variants?: string[];
}

type Fields = 'dependencies' | 'optionalDependencies' | 'devDependencies' | 'resolutions';
type Manifest = Record<Fields, Record<string, string> | undefined> & { name: string };

type YamlEntry = Record<string, unknown> & { resolution: string; dependencies: Record<string, string> };

/** What Yarn 4 makes of the lockfile. `workspaces`: directories of the workspaces, '.' for the root. */
export function yarn4Lines(input: LockfileInput, workspaces: readonly string[]): YarnLines {
  const named = { ...input, siblings: { ...input.siblings, read: (path: string) => readNamed(input, path) } };
  const answer = askYarn([{ ...named, text: asYaml(named, workspaces) }], false)[0]!;
  if (answer.refused !== undefined) throw new Error(answer.refused);
  return linesOf(
    answer.packages.map((pkg) => ({
      label:
        pkg.source.protocol === 'workspace:'
          ? `workspace ${pkg.source.place}`
          : `${pkg.name}@${pkg.version === '0.0.0-use.local' ? null : pkg.version}${pkg.isLimited ? ' limited' : ''}`,
      isCompared: pkg.isReached,
      edges: pkg.edges.map(({ name, kind, range, to }) => ({
        text: `-${kind}-> ${name}@${declared(range)}`,
        to: to ?? undefined,
      })),
    })),
  );
}

/** A graph of ours in the same words. */
export function jsonGraphLines(graph: LockGraph): YarnLines {
  const string = (id: number) => (id === NONE ? null : graph.strings[id]!);
  const projects = new Map(graph.projects.map((project) => [project.node, project.path]));
  const unreached = unreachedNodes(graph);
  return linesOf(
    Array.from({ length: graph.nodeCount }, (_, node) => {
      const edges: { text: string; to: number | undefined }[] = [];
      for (let edge = graph.edgeStart[node]!; edge < graph.edgeStart[node + 1]!; edge++) {
        const kind = EDGE_KINDS[graph.edgeKind[edge]!]!;
        const to = graph.edgeTo[edge]!;
        if (projects.has(node) && (kind.startsWith('peer') || isAssumed(graph, node, edge))) continue;
        const range = string(graph.edgeRange[edge]!)?.replace(/^builtin:/, '') ?? null;
        edges.push({ text: `-${kind}-> ${string(graph.edgeName[edge]!)}@${range}`, to: to === NONE ? undefined : to });
      }
      const limited = graph.flags[node]! & NODE_FLAGS.platform ? ' limited' : '';
      const label = projects.has(node)
        ? `workspace ${projects.get(node)}`
        : `${string(graph.name[node]!)}@${string(graph.version[node]!)}${limited}`;
      return { label, isCompared: unreached[node] === 0, edges };
    }),
  );
}

/** Yarn makes up a name for a workspace without one; here it gets one that is known. Yarn 4 has no workspaceProfiles. */
function readNamed(input: LockfileInput, path: string): string | undefined {
  const text = input.siblings.read(path);
  if (text === undefined || !path.endsWith('package.json')) return text;
  const manifest = JSON.parse(text) as Partial<Manifest>;
  const devDependencies = { ...profileOf(input), ...manifest.devDependencies };
  return JSON.stringify({ name: `at-${path.replaceAll('/', '-')}`, ...manifest, devDependencies });
}

function asYaml(input: LockfileInput, workspaces: readonly string[]): string {
  const { entries } = JSON.parse(input.text.replaceAll('builtin:', 'npm:')) as {
    entries: Record<string, { resolution: Resolution }>;
  };
  const descriptors = new Map<YamlEntry, string[]>();
  for (const [key, { resolution }] of Object.entries(entries)) {
    descriptors.set(yamlEntry(resolution), key.split(/, */));
  }
  for (const path of workspaces) addWorkspace(input, path, descriptors);
  for (const entry of [...descriptors.keys()]) {
    for (const [name, range] of Object.entries(entry.dependencies)) addUnlisted(name, range, descriptors);
  }
  const listed = [...descriptors].map(([entry, keys]) => [[...new Set(keys)].join(', '), entry] as const);
  const yaml = { __metadata: { version: 8 }, ...Object.fromEntries(listed) };
  return dump(yaml, { noRefs: true, lineWidth: -1 });
}

function flags(names: readonly string[]): Record<string, { optional: true }> {
  return Object.fromEntries(names.map((name) => [name, { optional: true as const }]));
}

function yamlEntry(resolution: Resolution): YamlEntry {
  const optional = [...(resolution.optionalDependencies ?? [])];
  const dependencies = { ...resolution.dependencies };
  for (const variant of resolution.variants ?? []) {
    const at = variant.lastIndexOf('@');
    dependencies[variant.slice(0, at)] = variant.slice(at + 1);
    optional.push(variant.slice(0, at));
  }
  return {
    version: resolution.version,
    resolution: resolution.resolution,
    dependencies,
    dependenciesMeta: flags(optional),
    peerDependencies: resolution.peerDependencies ?? {},
    peerDependenciesMeta: flags(resolution.optionalPeerDependencies ?? []),
    ...(resolution.requirements && { conditions: 'os=any' }),
    linkType: 'hard',
  };
}

function addWorkspace(input: LockfileInput, path: string, descriptors: Map<YamlEntry, string[]>): void {
  const { name, dependencies, optionalDependencies, devDependencies, resolutions } = manifestOf(input, path);
  const all = { ...dependencies, ...optionalDependencies, ...devDependencies };
  const dependenciesMeta = flags(Object.keys(optionalDependencies ?? {}));
  const resolution = `${name}@workspace:${path}`;
  const entry = { version: '0.0.0-use.local', resolution, dependencies: all, dependenciesMeta, linkType: 'soft' };
  descriptors.set(entry, [resolution]);
  for (const [asked, range] of Object.entries({ ...all, ...(path === '.' && resolutions) })) {
    if (!range.startsWith('file:')) continue;
    const key = `${asked}@${range}::locator=${encodeURIComponent(resolution)}`;
    const archive = { version: '0.0.0-use.local', resolution: key, dependencies: {}, linkType: 'hard' };
    descriptors.set(archive, [key]);
  }
}

/** Yarn 6 lists neither aliases nor what leads to workspaces. */
function addUnlisted(name: string, range: string, descriptors: Map<YamlEntry, string[]>): void {
  const target = /^npm:(@?[^@]+)@(.*)$/.exec(range);
  for (const [entry, keys] of descriptors) {
    const isAlias = target !== null && keys.includes(`${target[1]}@npm:${target[2]}`);
    const isWorkspace = range.startsWith('workspace:') && entry.resolution.startsWith(`${name}@workspace:`);
    if (isAlias || isWorkspace) keys.push(`${name}@${range}`);
  }
}

function manifestOf(input: LockfileInput, path: string): Manifest {
  return JSON.parse(input.siblings.read(posix.join(path, 'package.json'))!) as Manifest;
}

function profileOf(input: LockfileInput): Record<string, string> {
  const settings = load(input.siblings.read('.yarnrc.yml') ?? '') as {
    workspaceProfiles?: { default?: { devDependencies?: Record<string, string> } };
  } | null;
  const profile = settings?.workspaceProfiles?.default?.devDependencies ?? {};
  return Object.fromEntries(Object.entries(profile).map(([name, range]) => [name, range.replace('builtin:', 'npm:')]));
}
