/** npm's own reading of a lockfile: Arborist's loadVirtual on a temporary copy of the lockfile and the manifests. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Arborist, type ArboristEdge, type ArboristNode } from '@npmcli/arborist';
import { EDGE_KINDS, type LockGraph, NODE_FLAGS, NONE } from '../../src/graph/model.ts';

/** Sorted lines of both sides; equal where both read the lockfile alike. */
export interface Comparable {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

/** Not who the root is: where package.json and lockfile differ Arborist takes the former, and a folder name for neither. */
const ROOT_LINE = ' | root';
const IN_MODULES = /(?:^|\/)node_modules\//;

/**
 * Nodes (location, name, version, integrity, resolved, bundled, install script) and edges (from, kind, name, declared
 * range, target, links folded) as Arborist sees them.
 *
 * Its workspace edges say that a directory is a workspace, which the model keeps as projects: they are left out, and
 * what the root declares under the same name, which they replace, is put back.
 */
export async function npmReferee(lockfile: string): Promise<Comparable> {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'spof-referee-')));
  // A few levels down, so that a path out of the project does not meet what else lies in the temporary directory.
  const project = join(copy, 'a', 'b', 'c', 'd');
  try {
    copyManifests(dirname(lockfile), project);
    copyFileSync(lockfile, join(project, basename(lockfile)));
    return comparableTree(await new Arborist({ path: project }).loadVirtual());
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Lines of an Arborist tree, as npmReferee gives them. */
export function comparableTree(tree: ArboristNode): Comparable {
  const nodes: string[] = [];
  const edges: string[] = [];
  for (const node of tree.inventory.values()) {
    if (node.isLink) continue;
    nodes.push(nodeLine(node, tree.realpath));
    for (const edge of node.edgesOut.values()) edges.push(...edgeLinesOf(node, edge));
  }
  return { nodes: nodes.sort(), edges: edges.sort() };
}

function nodeLine(node: ArboristNode, root: string): string {
  if (node.location === '') return ROOT_LINE;
  const inModules = IN_MODULES.test(node.location);
  const file = node.resolved?.startsWith('file:')
    ? relative(root, node.resolved.slice(5)).split(sep).join('/')
    : node.resolved;
  return [
    node.location,
    `${node.packageName ?? ''}@${node.version || '-'}`,
    node.integrity ?? '-',
    inModules ? (file ?? '-') : node.location,
    inModules && node.inDepBundle ? 'bundled' : '',
    inModules && node.hasInstallScript ? 'script' : '',
  ].join(' | ');
}

function edgeLinesOf(node: ArboristNode, edge: ArboristEdge): string[] {
  const to = edge.to === null || edge.to === undefined ? 'none' : edge.to.target.location;
  const line = (kind: string, range: string) => `${node.location} -${kind}-> ${edge.name}@${range} = ${to}`;
  if (edge.type !== 'workspace') return [line(edge.type, edge.rawSpec)];
  const declared = (
    [
      ['dev', 'devDependencies'],
      ['optional', 'optionalDependencies'],
      ['prod', 'dependencies'],
      ['peer', 'peerDependencies'],
    ] as const
  ).find(([, field]) => Object.hasOwn((node.package[field] ?? {}) as object, edge.name));
  if (declared === undefined) return [];
  return [line(declared[0], (node.package[declared[1]] as Record<string, string>)[edge.name]!)];
}

function copyManifests(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  if (existsSync(join(from, 'package.json'))) copyFileSync(join(from, 'package.json'), join(to, 'package.json'));
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'node_modules') continue;
    copyManifests(join(from, entry.name), join(to, entry.name));
  }
}

/** A graph of ours in the same lines. Edges of assumed roots are ours alone and left out. */
export function comparable(graph: LockGraph): Comparable {
  const text = (id: number) => (id === NONE ? '-' : graph.strings[id]!);
  const nodes: string[] = [];
  const edges: string[] = [];
  for (let n = 0; n < graph.nodeCount; n++) {
    const location = text(graph.key[n]!);
    const inModules = IN_MODULES.test(location);
    nodes.push(
      n === 0
        ? ROOT_LINE
        : [
            location,
            `${text(graph.name[n]!)}@${text(graph.version[n]!)}`,
            text(graph.integrity[n]!),
            text(graph.resolved[n]!),
            graph.flags[n]! & NODE_FLAGS.bundled ? 'bundled' : '',
            inModules && graph.flags[n]! & NODE_FLAGS.installScript ? 'script' : '',
          ].join(' | '),
    );
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const range = graph.edgeRange[e]!;
      if (graph.roots === 'assumed' && n === 0 && range === NONE) continue;
      const to = graph.edgeTo[e]!;
      edges.push(
        `${location} -${EDGE_KINDS[graph.edgeKind[e]!]!}-> ${text(graph.edgeName[e]!)}@${text(range)} = ${to === NONE ? 'none' : text(graph.key[to]!)}`,
      );
    }
  }
  return { nodes: nodes.sort(), edges: edges.sort() };
}
