/**
 * Referee for pnpm lockfiles: pnpm's own libraries read the file (5.x and 6.x: @pnpm/lockfile-file of pnpm 8, 9.x:
 * @pnpm/lockfile.fs of pnpm 10), turn references into dependency paths and take these apart. Graphs and readings are
 * compared as sorted lines.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import * as path9 from '@pnpm/dependency-path';
import { readWantedLockfile as read9 } from '@pnpm/lockfile.fs';
import * as path5 from 'pnpm-dependency-path-5';
import { readWantedLockfile as read5 } from 'pnpm-lockfile-file-5';
import { nameVerFromPkgSnapshot } from 'pnpm-lockfile-utils-5';
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE, SOURCE_KINDS } from '../../src/graph/model.ts';

export interface Lines {
  readonly nodes: string[];
  readonly edges: string[];
}

type References = Record<string, string>;

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly resolution?: Record<string, unknown>;
  readonly optional?: boolean;
  readonly requiresBuild?: boolean;
  readonly patched?: boolean;
  readonly os?: unknown;
  readonly cpu?: unknown;
  readonly libc?: unknown;
  readonly dependencies?: References;
  readonly optionalDependencies?: References;
  readonly peerDependencies?: References;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  readonly bundledDependencies?: string[] | boolean;
}

interface Project {
  readonly specifiers?: References;
  readonly dependencies?: References;
  readonly devDependencies?: References;
  readonly optionalDependencies?: References;
  readonly publishDirectory?: string;
  readonly configDependencies?: Record<string, { specifier: string; version: string }>;
  readonly packageManagerDependencies?: Record<string, { specifier: string; version: string }>;
}

interface Lockfile {
  readonly lockfileVersion: string | number;
  readonly importers: Record<string, Project>;
  readonly packages?: Record<string, Package>;
  readonly catalogs?: Record<string, Record<string, { specifier: string }>>;
}

/** The reading of a lockfile by pnpm. Throws where pnpm refuses it. */
export async function pnpmReferee(text: string): Promise<Lines> {
  const lines: Lines = { nodes: [], edges: [] };
  const unix = text.replaceAll('\r\n', '\n');
  const separator = unix.startsWith('---\n') ? unix.indexOf('\n---\n') : -1;
  const documents = separator === -1 ? [unix] : [unix.slice(0, separator + 1), unix.slice(separator + 5)];
  const projects = new Set<string>();
  for (const document of documents) addLines(lines, await readLockfile(document), projects);
  for (const path of projects) lines.nodes.push(`project ${path || '.'}`);
  lines.nodes.sort();
  lines.edges.sort();
  return lines;
}

async function readLockfile(text: string): Promise<Lockfile> {
  const directory = await mkdtemp(join(tmpdir(), 'pnpm-referee-'));
  try {
    await writeFile(join(directory, 'pnpm-lock.yaml'), text);
    const old = /^lockfileVersion: *['"]?[56]/m.test(text);
    const lockfile = await (old ? read5 : read9)(directory, { ignoreIncompatible: false });
    if (lockfile === null) throw new Error('no lockfile');
    return lockfile as unknown as Lockfile;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function addLines(lines: Lines, lockfile: Lockfile, projects: Set<string>): void {
  const isOld = Number.parseInt(String(lockfile.lockfileVersion), 10) < 9;
  const packages = lockfile.packages ?? {};
  const paths = new Map<string, string>();
  for (const [id, project] of Object.entries(lockfile.importers)) {
    const path = normal(id);
    projects.add(path);
    paths.set(path, path);
    if (project.publishDirectory) paths.set(normal(posix.join(id, project.publishDirectory)), path);
  }
  const target = (from: string, name: string, reference: string | undefined): string => {
    if (reference === undefined) return 'none';
    const depPath = (isOld ? path5 : path9).refToRelative(reference, name);
    if (depPath !== null) return Object.hasOwn(packages, depPath) ? label(depPath, isOld) : 'none';
    const path = normal(posix.join(from, reference.slice('link:'.length)));
    const project = paths.get(path);
    if (project === undefined) lines.nodes.push(`link ${path}`);
    return project === undefined ? `link ${path}` : `project ${project || '.'}`;
  };
  for (const [id, project] of Object.entries(lockfile.importers)) {
    const from = `project ${normal(id) || '.'}`;
    for (const { kind, name, range, reference } of declaredBy(project)) {
      const declared = range?.startsWith('catalog:') ? fromCatalog(lockfile, name, range) : range;
      lines.edges.push(`${from} -${kind}-> ${name}@${declared ?? '-'} = ${target(id, name, reference)}`);
    }
  }
  for (const [depPath, pkg] of Object.entries(packages)) {
    lines.nodes.push(nodeLine(depPath, pkg, isOld));
    addPackageEdges(lines, label(depPath, isOld), pkg, (name, reference) => target('', name, reference));
  }
  lines.nodes.splice(0, lines.nodes.length, ...new Set(lines.nodes));
}

function* declaredBy(project: Project) {
  const seen = new Set<string>();
  for (const [field, kind] of [
    ['dependencies', 'prod'],
    ['devDependencies', 'dev'],
    ['optionalDependencies', 'optional'],
  ] as const) {
    for (const [name, reference] of Object.entries(project[field] ?? {})) {
      seen.add(name);
      yield { kind, name, range: project.specifiers?.[name], reference };
    }
  }
  for (const field of ['configDependencies', 'packageManagerDependencies'] as const) {
    for (const [name, { specifier, version }] of Object.entries(project[field] ?? {})) {
      yield { kind: 'dev', name, range: specifier, reference: version };
    }
  }
  for (const [name, range] of Object.entries(project.specifiers ?? {})) {
    if (!seen.has(name)) yield { kind: 'prod', name, range, reference: undefined };
  }
}

function addPackageEdges(
  lines: Lines,
  from: string,
  pkg: Package,
  target: (name: string, reference: string | undefined) => string,
): void {
  const edges = new Map<string, { kind: string; reference: string | undefined }>();
  for (const [name, reference] of Object.entries(pkg.dependencies ?? {})) edges.set(name, { kind: 'prod', reference });
  for (const [name, reference] of Object.entries(pkg.optionalDependencies ?? {})) {
    edges.set(name, { kind: 'optional', reference });
  }
  for (const name of Object.keys(pkg.peerDependencies ?? {})) {
    const kind = pkg.peerDependenciesMeta?.[name]?.optional ? 'peerOptional' : 'peer';
    edges.set(name, { kind, reference: edges.get(name)?.reference });
  }
  for (const [name, { kind, reference }] of edges) {
    const range = pkg.peerDependencies?.[name] ?? '-';
    lines.edges.push(`${from} -${kind}-> ${name}@${range} = ${target(name, reference)}`);
  }
  if (Array.isArray(pkg.bundledDependencies)) {
    for (const name of pkg.bundledDependencies) lines.edges.push(`${from} -prod-> ${name}@- = bundled ${name}`);
  }
}

function nodeLine(depPath: string, pkg: Package, isOld: boolean): string {
  const { name, version, isPatched } = isOld ? oldIdentity(depPath, pkg) : identity(depPath, pkg);
  const flags = [
    pkg.optional && 'optional',
    pkg.requiresBuild && 'installScript',
    (pkg.os ?? pkg.cpu ?? pkg.libc) !== undefined && 'platform',
    (pkg.patched || isPatched) && 'patched',
  ];
  const { integrity, ...place } = pkg.resolution ?? {};
  return [
    label(depPath, isOld),
    `${name}@${version ?? '-'}`,
    integrity ?? '-',
    placeOf(place),
    flags.filter(Boolean).join(),
  ].join(' | ');
}

function identity(depPath: string, pkg: Package) {
  const parsed = path9.parse(depPath);
  return { name: parsed.name, version: pkg.version ?? parsed.version, isPatched: parsed.patchHash !== undefined };
}

function oldIdentity(depPath: string, pkg: Package) {
  const parsed = nameVerFromPkgSnapshot(depPath, pkg as never);
  return { name: parsed.name, version: pkg.version ?? parsed.version, isPatched: false };
}

function placeOf(resolution: Record<string, unknown>): string {
  const { tarball, directory, repo, commit } = resolution;
  if (typeof repo === 'string') return `git ${repo}#${commit}`;
  if (typeof directory === 'string') return `file ${posix.normalize(directory)}`;
  if (typeof tarball !== 'string') return '-';
  const github = /^https:\/\/codeload\.github\.com\/([^/]+\/[^/]+)\/tar\.gz\/(.+)$/.exec(tarball);
  if (github) return `git https://github.com/${github[1]}.git#${github[2]}`;
  return tarball.startsWith('file:') ? `file ${posix.normalize(tarball.slice('file:'.length))}` : tarball;
}

function fromCatalog(lockfile: Lockfile, name: string, range: string): string {
  const catalog = lockfile.catalogs?.[range.slice('catalog:'.length) || 'default'];
  return catalog?.[name]?.specifier ?? range;
}

/** The library turns keys of 6.x into those of 5.x: both are written name@version(peers). */
function label(depPath: string, isOld: boolean): string {
  if (!isOld) return depPath;
  try {
    const { host, name, version, peersSuffix } = path5.parse(depPath);
    if (name === undefined || version === undefined) return depPath;
    const suffix = peersSuffix === undefined || peersSuffix.startsWith('(') ? (peersSuffix ?? '') : `_${peersSuffix}`;
    return `${host === undefined ? '' : `${host}/`}${name}@${version}${suffix}`;
  } catch {
    return depPath;
  }
}

function normal(path: string): string {
  const normalised = posix.normalize(path).replace(/\/$/, '');
  return normalised === '.' ? '' : normalised;
}

// --- our graph, in the same lines ------------------------------------------------------------------------------------

/** A graph in the referee's terms. */
export function comparable(graph: LockGraph): Lines {
  const text = (id: number) => (id === NONE ? '-' : graph.strings[id]!);
  const isNine = graph.formatVersion.startsWith('9');
  const projects = new Map(graph.projects.map(({ node, path }) => [node, path]));
  const source = (node: number) => SOURCE_KINDS[graph.source[node]!]!;
  const name = (node: number): string => {
    const path = projects.get(node);
    if (path !== undefined) return `project ${path || '.'}`;
    if (source(node) === 'link') return `link ${text(graph.resolved[node]!)}`;
    if (graph.flags[node]! & NODE_FLAGS.bundled) return `bundled ${text(graph.name[node]!)}`;
    return isNine ? text(graph.key[node]!) : oldLabel(text(graph.key[node]!));
  };
  const nodes: string[] = [];
  const edges: string[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    const own = name(node);
    if (projects.has(node) || source(node) === 'link') nodes.push(own);
    else if (!own.startsWith('bundled ')) nodes.push([own, ...fieldsOf(graph, node)].join(' | '));
    for (let edge = graph.edgeStart[node]!; edge < graph.edgeStart[node + 1]!; edge++) {
      const to = graph.edgeTo[edge]!;
      const kind = EDGE_KINDS[graph.edgeKind[edge]!]!;
      const asked = `${text(graph.edgeName[edge]!)}@${text(graph.edgeRange[edge]!)}`;
      edges.push(`${own} -${kind}-> ${asked} = ${to === NONE ? 'none' : name(to)}`);
    }
  }
  return { nodes: [...new Set(nodes)].sort(), edges: edges.sort() };
}

function fieldsOf(graph: LockGraph, node: number): string[] {
  const text = (id: number) => (id === NONE ? '-' : graph.strings[id]!);
  const flags = graph.flags[node]!;
  const source = SOURCE_KINDS[graph.source[node]!]!;
  const resolved = text(graph.resolved[node]!);
  const names = (['optional', 'installScript', 'platform', 'patched'] as const).filter((f) => flags & NODE_FLAGS[f]);
  return [
    `${text(graph.name[node]!)}@${text(graph.version[node]!)}`,
    text(graph.integrity[node]!),
    source === 'git' ? `git ${resolved}` : source === 'file' ? `file ${resolved}` : resolved,
    names.join(),
  ];
}

/** /name/1.0.0_peers and /name@1.0.0(peers) as name@1.0.0 with the suffix. */
function oldLabel(key: string): string {
  const slash = /^\/((?:@[^/]+\/)?[^/@]+)\/(\d.*)$/.exec(key) ?? /^([^/]+\/(?:@[^/]+\/)?[^/@]+)\/(\d[^/]*)$/.exec(key);
  if (slash) return `${slash[1]}@${slash[2]}`;
  return key.replace(/^\//, '');
}
