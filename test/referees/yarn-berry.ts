/**
 * Yarn 4 itself as the referee: the released binary (@yarnpkg/cli-dist) with a plugin of ours that has it resolve a
 * project from its lockfile alone (`Project.resolveEverything({ lockfileOnly: true })`) and hands out its packages,
 * virtual ones included. Runs on a copy, with the network off and no setting of the scanned tree but packageExtensions
 * and catalogs. Yarn's own kinds, ranges, targets, checksums and places are compared.
 *
 * Which of several like packages Yarn calls by which virtual hash is its own affair: packages are named by their
 * locator and, refined until nothing changes, by what they depend on.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, FAILSAFE_SCHEMA, load } from 'js-yaml';
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE, SOURCE_KINDS } from '../../src/graph/model.ts';
import type { LockfileInput } from '../../src/lockfiles/reader.ts';

export interface RefereePackage {
  locator: string;
  name: string;
  version: string | null;
  checksum: string | null;
  isLimited: boolean;
  isReached: boolean;
  source: { protocol: string | null; place: string | null; isPatched?: boolean };
  edges: { name: string; kind: string; range: string | null; to: number | null }[];
}

export type RefereeAnswer =
  | { readonly packages: readonly RefereePackage[]; readonly refused?: never }
  | { readonly refused: string; readonly packages?: never };

/** A lockfile as both sides are compared: one line per node and per edge, sorted. */
export interface YarnLines {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

export interface Comparable {
  readonly label: string;
  readonly isCompared: boolean;
  readonly edges: readonly { readonly text: string; readonly to: number | undefined }[];
}

const HERE = dirname(fileURLToPath(import.meta.url));
const YARN = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js');
/** Settings of a scanned tree that change what is resolved. */
const KEPT_SETTINGS = ['packageExtensions', 'catalog', 'catalogs'];

type Lockfile = Record<string, { resolution?: string }>;

function parse(text: string): Lockfile {
  return load(text, { schema: FAILSAFE_SCHEMA }) as Lockfile;
}

/**
 * Has Yarn resolve several lockfiles in one process.
 *
 * @param builtinPatches whether Yarn puts patches of its own on a few packages, as it does
 */
export function askYarn(inputs: readonly LockfileInput[], builtinPatches = true): RefereeAnswer[] {
  const temporary = mkdtempSync(join(tmpdir(), 'spof-yarn-'));
  try {
    const directories = inputs.map((input, nth) => copy(input, join(temporary, `p${nth}`)));
    const home = join(temporary, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{}');
    writeFileSync(join(home, 'yarn.lock'), '');
    writeFileSync(join(home, '.yarnrc.yml'), dump({ plugins: [{ path: join(HERE, 'yarn-berry.plugin.cjs') }] }));
    const out = join(temporary, 'out.json');
    execFileSync(process.execPath, [YARN, 'referee'], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        HOME: home,
        YARN_ENABLE_TELEMETRY: '0',
        YARN_ENABLE_NETWORK: '0',
        YARN_GLOBAL_FOLDER: join(temporary, 'global'),
        REFEREE_DIRECTORIES: JSON.stringify(directories),
        REFEREE_BUILTIN_PATCHES: builtinPatches ? '1' : '0',
        REFEREE_OUT: out,
      },
    });
    return JSON.parse(readFileSync(out, 'utf8')) as RefereeAnswer[];
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Lockfile, manifests (empty ones where there are none) and harmless settings. */
function copy(input: LockfileInput, directory: string): string {
  const workspaces = new Map([['.', '']]);
  for (const { resolution } of Object.values(parse(input.text))) {
    const match = /^(@?[^@]+)@workspace:(.*)$/.exec(resolution ?? '');
    if (match) workspaces.set(match[2]!, match[1]!);
  }
  const globs = [...workspaces.keys()].filter((path) => path !== '.');
  for (const [path, name] of workspaces) {
    const manifest = posix.join(path, 'package.json');
    const made = { ...(name && { name }), ...(path === '.' && { workspaces: globs }) };
    put(join(directory, manifest), input.siblings.read(manifest) ?? JSON.stringify(made));
  }
  put(join(directory, 'yarn.lock'), input.text);
  const own = (load(input.siblings.read('.yarnrc.yml') ?? '') ?? {}) as Record<string, unknown>;
  const kept = Object.entries(own).filter(([name]) => KEPT_SETTINGS.includes(name));
  put(join(directory, '.yarnrc.yml'), dump(Object.fromEntries(kept)));
  return directory;
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What Yarn holds, as lines. Packages no workspace reaches are only there to be patched. */
export function refereeLines(packages: readonly RefereePackage[]): YarnLines {
  return linesOf(
    packages.map((pkg) => ({
      label: [
        pkg.locator,
        `${pkg.name}@${pkg.version === '0.0.0-use.local' ? null : pkg.version}`,
        ...placeOf(pkg.source),
        pkg.checksum === null ? '-' : pkg.checksum.replace(/^(?:([^/]*)\/)?/, 'yarn$1-'),
        pkg.isLimited ? 'limited' : '',
        pkg.source.isPatched ? 'patched' : '',
      ].join(' | '),
      isCompared: pkg.isReached,
      edges: pkg.edges.map(({ name, kind, range, to }) => ({
        text: `-${kind}-> ${name}@${declared(range)}`,
        to: to ?? undefined,
      })),
    })),
  );
}

/** Newer lockfiles have `npm:` in front of what the manifest says without it. */
export function declared(range: string | null): string | null {
  return range === null || range.includes('@') ? range : range.replace(/^npm:/, '');
}

function placeOf({ protocol, place }: RefereePackage['source']): string[] {
  switch (protocol) {
    case 'npm:':
      return ['registry', place ?? '-'];
    case 'workspace:':
      return ['workspace', place!];
    case 'link:':
    case 'portal:':
      return ['link', posix.join(place!).replace(/\/$/, '')];
    case 'file:':
    case 'exec:':
      return ['file', posix.join(place!).replace(/\/$/, '')];
    default:
      return place!.includes('#commit=') ? ['git', place!.replace('#commit=', '#')] : ['url', place!];
  }
}

/** A graph of ours as lines. Left out: what Yarn was not asked (peers of workspaces, edges assumed from the root). */
export function graphLines(graph: LockGraph, text: string): YarnLines {
  const lockfile = parse(text);
  const string = (id: number) => (id === NONE ? null : graph.strings[id]!);
  const isProject = new Set(graph.projects.map((project) => project.node));
  const unreached = unreachedNodes(graph);
  return linesOf(
    Array.from({ length: graph.nodeCount }, (_, node) => {
      const key = string(graph.key[node]!)!;
      const flags = graph.flags[node]!;
      const edges: { text: string; to: number | undefined }[] = [];
      for (let edge = graph.edgeStart[node]!; edge < graph.edgeStart[node + 1]!; edge++) {
        const kind = EDGE_KINDS[graph.edgeKind[edge]!]!;
        const to = graph.edgeTo[edge]!;
        if (isProject.has(node) && (kind.startsWith('peer') || isAssumed(graph, node, edge))) continue;
        const words = `-${kind}-> ${string(graph.edgeName[edge]!)}@${string(graph.edgeRange[edge]!)}`;
        edges.push({ text: words, to: to === NONE ? undefined : to });
      }
      return {
        label: [
          lockfile[key]?.resolution ?? key,
          `${string(graph.name[node]!)}@${isProject.has(node) ? null : string(graph.version[node]!)}`,
          SOURCE_KINDS[graph.source[node]!]!,
          string(graph.resolved[node]!) ?? '-',
          string(graph.integrity[node]!) ?? '-',
          flags & NODE_FLAGS.platform ? 'limited' : '',
          flags & NODE_FLAGS.patched ? 'patched' : '',
        ].join(' | '),
        isCompared: unreached[node] === 0,
        edges,
      };
    }),
  );
}

export function isAssumed(graph: LockGraph, node: number, edge: number): boolean {
  return graph.projects[0]!.node === node && graph.edgeRange[edge] === NONE;
}

export function unreachedNodes(graph: LockGraph): Uint8Array {
  const unreached = new Uint8Array(graph.nodeCount).fill(1);
  const stack = graph.projects.map((project) => project.node);
  for (const node of stack) unreached[node] = 0;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let edge = graph.edgeStart[node]!; edge < graph.edgeStart[node + 1]!; edge++) {
      const to = graph.edgeTo[edge]!;
      if (to === NONE || unreached[to] === 0 || isAssumed(graph, node, edge)) continue;
      unreached[to] = 0;
      stack.push(to);
    }
  }
  return unreached;
}

/**
 * Names like nodes apart by what they depend on, as deep as it goes, and writes the graph in those names. Equal graphs
 * take equally many rounds.
 */
export function linesOf(items: readonly Comparable[]): YarnLines {
  const compared = items.map((item, nth) => ({ item, nth })).filter(({ item }) => item.isCompared);
  let names = new Map(compared.map(({ item, nth }) => [nth, item.label]));
  const edgesOf = ({ edges }: Comparable) =>
    edges.map(({ text, to }) => `${text} = ${to === undefined ? 'none' : names.get(to)}`).sort();
  for (let count = 0, distinct = new Set(names.values()).size; distinct !== count; ) {
    count = distinct;
    names = new Map(
      compared.map(({ item, nth }) => {
        const hash = createHash('sha1').update(edgesOf(item).join('\n')).digest('hex');
        return [nth, `${item.label} #${hash.slice(0, 12)}`];
      }),
    );
    distinct = new Set(names.values()).size;
  }
  return {
    nodes: [...names.values()].sort(),
    edges: compared.flatMap(({ item, nth }) => edgesOf(item).map((edge) => `${names.get(nth)} ${edge}`)).sort(),
  };
}
