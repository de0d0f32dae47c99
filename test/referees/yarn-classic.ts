/**
 * Referees for Yarn 1 lockfiles. Entries: Yarn's own parser, @yarnpkg/lockfile. Tree: the resolver inside Yarn 1 itself
 * (npm package yarn), run offline over a copy of lockfile and manifests; it resolves from the lockfile alone, installs
 * nothing and stops before anything would be fetched. Yarn's bundle exports none of this, so its modules are picked by
 * what they export.
 */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { parse } from '@yarnpkg/lockfile';
import { EDGE_KINDS, type LockGraph, NONE, SOURCE_KINDS } from '../../src/graph/model.ts';

const ABSENT = 'absent';

interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

interface Manifest extends Entry {
  readonly devDependencies?: Record<string, string>;
  readonly _loc?: string;
  readonly _remote?: { readonly type: string; readonly reference: string; readonly resolved?: string };
}

interface Lines {
  readonly nodes: string[];
  readonly edges: string[];
}

// --- entries ---------------------------------------------------------------------------------------------------------

/** Every entry and every dependency of an entry as Yarn's parser has them. Throws where it refuses the text. */
export function refereeEntries(text: string): Lines {
  const entries = parse(text).object as Record<string, Entry>;
  const patternsOf = new Map<Entry, string[]>();
  for (const [pattern, entry] of Object.entries(entries)) {
    const patterns = patternsOf.get(entry);
    if (patterns) patterns.push(pattern);
    else patternsOf.set(entry, [pattern]);
  }
  const nodes: string[] = [];
  const edges: string[] = [];
  for (const [entry, patterns] of patternsOf) {
    const source = sourceOf(patterns, entry);
    const id = idOf(patterns);
    const fragment =
      source === 'git' && !/\/tar\.gz\/|archive\.tar/.test(entry.resolved ?? '') ? '' : (entry.resolved ?? '');
    const digests = [...digestsOf(entry.integrity), ...fragmentDigest(fragment)];
    const resolved = source === 'file' || source === 'link' ? '-' : withoutFragment(entry.resolved);
    nodes.push(nodeLine(id, nameOf(patterns, entry), entry.version, source, digests, resolved));
    for (const [kind, group] of [
      ['prod', entry.dependencies],
      ['optional', entry.optionalDependencies],
    ] as const) {
      for (const [name, range] of Object.entries(group ?? {})) {
        const target = Object.hasOwn(entries, `${name}@${range}`) ? entries[`${name}@${range}`] : undefined;
        edges.push(`${id} -${kind}-> ${name}@${range} = ${target ? idOf(patternsOf.get(target)!) : 'none'}`);
      }
    }
  }
  return { nodes: nodes.sort(), edges: edges.sort() };
}

/** The same lines of a graph: nodes that are entries, and their edges to other entries. */
export function graphEntries(graph: LockGraph): Lines {
  const projects = new Set(graph.projects.map((project) => project.node));
  const ids = Array.from({ length: graph.nodeCount }, (_, n) =>
    projects.has(n) ? 'project' : idOf(patternsOf(textOf(graph, graph.key[n]!))),
  );
  const nodes: string[] = [];
  const edges: string[] = [];
  for (let n = 0; n < graph.nodeCount; n++) {
    if (projects.has(n)) continue;
    const source = SOURCE_KINDS[graph.source[n]!]!;
    const resolved =
      source === 'file' || source === 'link' ? '-' : withoutFragment(optionalText(graph, graph.resolved[n]!));
    const digests = digestsOf(optionalText(graph, graph.integrity[n]!));
    nodes.push(
      nodeLine(
        ids[n]!,
        textOf(graph, graph.name[n]!),
        optionalText(graph, graph.version[n]!),
        source,
        digests,
        resolved,
      ),
    );
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const to = graph.edgeTo[e]!;
      edges.push(
        `${ids[n]} -${EDGE_KINDS[graph.edgeKind[e]!]}-> ${textOf(graph, graph.edgeName[e]!)}@${textOf(graph, graph.edgeRange[e]!)} = ${to === NONE ? 'none' : ids[to]}`,
      );
    }
  }
  return { nodes: nodes.sort(), edges: edges.sort() };
}

function nodeLine(
  id: string,
  name: string,
  version: string | undefined,
  source: string,
  digests: readonly string[],
  resolved: string,
): string {
  return [id, name, version ?? '-', source, [...new Set(digests)].sort().join(' ') || '-', resolved].join(' | ');
}

function idOf(patterns: readonly string[]): string {
  return [...patterns].sort().join(', ');
}

function patternsOf(key: string): string[] {
  return Object.keys(parse(`${key}:\n  version "1"\n`).object);
}

function digestsOf(sri: string | undefined): string[] {
  return (sri ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map((digest) => {
      const dash = digest.indexOf('-');
      return `${digest.slice(0, dash)}:${Buffer.from(digest.slice(dash + 1), 'base64').toString('hex')}`;
    });
}

function fragmentDigest(resolved: string): string[] {
  const hex = /#([0-9a-f]{40})$/i.exec(resolved)?.[1];
  return hex === undefined ? [] : [`sha1:${hex.toLowerCase()}`];
}

function withoutFragment(resolved: string | undefined): string {
  return resolved?.replace(/#.*$/, '') || '-';
}

/** By the exotic resolver that Yarn picks for a range. */
function sourceOf(patterns: readonly string[], entry: Entry): string {
  for (const pattern of patterns) {
    const range = yarn().getExoticResolver(pattern) ? pattern : yarn().normalizePattern(pattern).range;
    const resolver = yarn().getExoticResolver(range)?.name;
    if (resolver === 'GitResolver' || /^(?:GitHub|GitLab|Bitbucket|Gist)Resolver$/.test(resolver ?? '')) return 'git';
    if (resolver === 'TarballResolver') return /^https?:/.test(range) ? 'url' : 'file';
    if (resolver === 'FileResolver') return 'file';
    if (resolver === 'LinkResolver') return 'link';
  }
  return /^git(?:\+[a-z0-9]+)?:\/\//.test(entry.resolved ?? '') ? 'git' : 'registry';
}

/** The name behind npm:, by the pattern that Yarn's RegistryResolver takes a range apart with. */
function nameOf(patterns: readonly string[], entry: Entry): string {
  for (const pattern of patterns) {
    const alias = /^npm:(@?.*?)(?:@.*)?$/.exec(yarn().normalizePattern(pattern).range)?.[1];
    if (alias) return alias;
  }
  return entry.name ?? yarn().normalizePattern(patterns[0]!).name;
}

function textOf(graph: LockGraph, id: number): string {
  return optionalText(graph, id) ?? '-';
}

function optionalText(graph: LockGraph, id: number): string | undefined {
  return id === NONE ? undefined : graph.strings[id];
}

// --- tree ------------------------------------------------------------------------------------------------------------

/**
 * The edges that Yarn's resolver finds from the root and the workspaces on, by name and range, in a copy of a directory
 * with a lockfile (or `text` in its place) and manifests. Throws what Yarn throws.
 */
export async function refereeTree(directory: string, text?: string): Promise<string[]> {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'yarn-classic-')));
  try {
    cpSync(directory, copy, { recursive: true, filter: (path) => !/^\.(?:npmrc|yarnrc)$/.test(basename(path)) });
    if (text !== undefined) writeFileSync(join(copy, 'yarn.lock'), text);
    return await resolvedTree(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function resolvedTree(cwd: string): Promise<string[]> {
  const { Config, BaseReporter, Lockfile, Install } = yarn();
  const reporter = new BaseReporter();
  const config = new Config(reporter);
  await config.init({
    cwd,
    offline: true,
    nonInteractive: true,
    cacheFolder: join(cwd, '.cache'),
    enableDefaultRc: false,
  });
  const lockfile = await Lockfile.fromDirectory(cwd, reporter);
  const install = new Install({ frozenLockfile: true, workspaceRootIsCwd: true }, config, reporter, lockfile);
  const { requests, manifest, workspaceLayout } = await install.fetchRequestFromCwd();
  await install.resolver.init(requests, { isFlat: false, isFrozen: true, workspaceLayout });
  const patterns = install.resolver.patterns;
  const lines = new Set<string>();
  const seen = new Set<Manifest>();
  const visit = (from: Manifest, id: string): void => {
    if (seen.has(from)) return;
    seen.add(from);
    const isProject = id.startsWith('workspace:');
    for (const [kind, group] of [
      ['prod', from.dependencies],
      ['optional', from.optionalDependencies],
      ['dev', isProject ? from.devDependencies : undefined],
    ] as const) {
      for (const [name, range] of Object.entries(group ?? {})) {
        const pattern = id === 'workspace:' && lockfile.getLocked(name) ? name : `${name}@${range}`;
        const to = Object.hasOwn(patterns, pattern) ? patterns[pattern] : undefined;
        const target = to === undefined ? 'none' : manifestId(to, cwd);
        lines.add(`${id} -${kind}-> ${name}@${pathless(range)} = ${target}`);
        if (to !== undefined && target !== 'none') visit(to, target);
      }
    }
  };
  visit(manifest, 'workspace:');
  for (const { loc, manifest: workspace } of Object.values(workspaceLayout?.workspaces ?? {})) {
    if (loc !== cwd) visit(workspace, `workspace:${relative(cwd, loc)}`);
  }
  return [...lines].sort();
}

function manifestId(manifest: Manifest, cwd: string): string {
  const remote = manifest._remote;
  if (remote?.type === ABSENT) return 'none';
  if (remote?.type === 'workspace') return `workspace:${relative(cwd, remote.reference)}`;
  if (remote?.type === 'link') return `link:${relative(cwd, remote.reference)}`;
  if (remote?.type === 'copy' && remote.resolved === undefined) return `file:${relative(cwd, remote.reference)}`;
  return `${manifest.version} ${withoutFragment(remote?.resolved)}`;
}

/** Yarn rewrites the paths of a manifest in memory; the targets say whether they were understood. */
function pathless(range: string): string {
  return range.replace(/^(file|link):.*/s, '$1:');
}

/** The same lines of a graph: without the peers of projects, which Yarn 1 leaves to chance. */
export function graphTree(graph: LockGraph): string[] {
  const projects = new Map(graph.projects.map((project) => [project.node, project.path]));
  const id = (n: number): string => {
    const path = projects.get(n);
    if (path !== undefined) return `workspace:${path}`;
    const source = SOURCE_KINDS[graph.source[n]!]!;
    const resolved = optionalText(graph, graph.resolved[n]!);
    if (source === 'link' || (source === 'file' && !/\.t(?:ar\.)?gz$/.test(resolved ?? '')))
      return `${source}:${resolved}`;
    return `${textOf(graph, graph.version[n]!)} ${source === 'file' ? `file:${resolved}` : withoutFragment(resolved)}`;
  };
  const lines = new Set<string>();
  const seen = new Set(projects.keys());
  for (const n of seen) {
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const kind = EDGE_KINDS[graph.edgeKind[e]!]!;
      if (kind === 'peer' || kind === 'peerOptional') continue;
      const to = graph.edgeTo[e]!;
      lines.add(
        `${id(n)} -${kind}-> ${textOf(graph, graph.edgeName[e]!)}@${pathless(textOf(graph, graph.edgeRange[e]!))} = ${to === NONE ? 'none' : id(to)}`,
      );
      if (to !== NONE) seen.add(to);
    }
  }
  return [...lines].sort();
}

// --- Yarn's own modules ----------------------------------------------------------------------------------------------

interface Yarn {
  readonly Config: new (reporter: object) => { init(options: object): Promise<void> };
  readonly BaseReporter: new () => object;
  readonly Lockfile: {
    fromDirectory(directory: string, reporter: object): Promise<{ getLocked(pattern: string): object | undefined }>;
  };
  readonly Install: new (
    flags: object,
    config: object,
    reporter: object,
    lockfile: object,
  ) => {
    fetchRequestFromCwd(): Promise<{
      requests: object[];
      manifest: Manifest;
      workspaceLayout?: { workspaces: Record<string, { loc: string; manifest: Manifest }> };
    }>;
    readonly resolver: {
      init(requests: object[], options: object): Promise<void>;
      readonly patterns: Record<string, Manifest>;
    };
  };
  readonly NpmResolver: { readonly prototype: NpmResolver };
  getExoticResolver(range: string): { readonly name: string } | null;
  normalizePattern(pattern: string): { readonly name: string; readonly range: string };
}

interface NpmResolver {
  readonly name: string;
  readonly request: { readonly pattern: string; readonly lockfile: { getLocked(pattern: string): Entry | undefined } };
  resolve(): Promise<object>;
}

let loaded: Yarn | undefined;

function yarn(): Yarn {
  if (loaded) return loaded;
  loaded = loadYarn();
  const { prototype } = loaded.NpmResolver;
  const resolve = prototype.resolve;
  // Where Yarn would ask the registry for what is not locked (an entry without `resolved` is none to it), it gets a package that says so.
  prototype.resolve = async function () {
    if (this.request.lockfile.getLocked(this.request.pattern)?.resolved) return resolve.call(this);
    const version = '0.0.0-absent';
    return {
      name: this.name,
      version,
      _uid: version,
      _registry: 'npm',
      _remote: { type: ABSENT, reference: '', registry: 'npm' },
    };
  };
  return loaded;
}

function loadYarn(): Yarn {
  const file = createRequire(import.meta.url).resolve('yarn/lib/cli.js');
  const source = readFileSync(file, 'utf8')
    .replace(/^#!.*/, '')
    .replace(/return __webpack_require__\(__webpack_require__\.s = \d+\);/, 'return __webpack_require__;');
  const module = { exports: {} as { (id: number): Record<string, never>; m: object[] }, children: [{}] };
  const bundle = new Function('module', 'exports', 'require', '__filename', '__dirname', source);
  const require = createRequire(file);
  const scoped = Object.assign((id: string) => require(id), { main: module });
  bundle(module, module.exports, scoped, file, dirname(file));
  const pick = (sign: string): Record<string, never> => {
    const id = module.exports.m.findIndex((body) => String(body).includes(sign));
    if (id === -1) throw new Error(`Yarn's bundle has no module with ${sign}`);
    return module.exports(id);
  };
  return {
    Config: pick('exports.default = Config;').default!,
    BaseReporter: pick('exports.default = BaseReporter;').default!,
    Lockfile: pick('exports.default = Lockfile;').default!,
    Install: pick('exports.Install = ').Install!,
    NpmResolver: pick('exports.default = NpmResolver;').default!,
    getExoticResolver: pick('exports.getExoticResolver = ').getExoticResolver!,
    normalizePattern: pick('exports.normalizePattern = ').normalizePattern!,
  };
}
