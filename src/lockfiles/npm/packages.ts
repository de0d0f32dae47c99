/**
 * The `packages` of an npm lockfile (version 2 and 3) as a graph: one node per place, links folded into their target,
 * edges found the way Node.js finds a package. Facts: npm's documentation of package-lock.json
 */
import { posix } from 'node:path';
import type { Diagnostic } from '../../diagnostics.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { LockfileKind, LockGraph } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { entriesSkipped, rootsAssumed, Tally, targetsMissing, tooComplex } from './diagnostics.ts';
import { EdgeReader, type Required } from './edges.ts';
import { addNode, addRoot, type Place } from './nodes.ts';
import { childName, folderName, LocationTree, TooDeep } from './tree.ts';

export interface PackagesSource {
  readonly kind: LockfileKind;
  readonly formatVersion: string;
  readonly input: LockfileInput;
  /** Entries by location. */
  readonly packages: JsonObject;
  /** What declares the root's dependencies: its entry, or the manifest beside; undefined where neither is known. */
  readonly root: JsonObject | undefined;
  /** Top level of the lockfile: name and version of a root whose entry has none. */
  readonly lock?: JsonObject;
  /** The entries do not say what they depend on (npm before 5.1): whatever nothing depends on hangs from the root. */
  readonly edgesUnknown?: boolean;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Node n + 1 is places[n]; the root is node 0. */
interface Tree {
  readonly places: readonly Place[];
  /** Directory each link points at, by the location of the link. */
  readonly links: ReadonlyMap<string, string>;
  readonly locations: LocationTree;
}

/**
 * The graph of some `packages`.
 *
 * @throws LockfileError LOCKFILE_TOO_COMPLEX beyond LIMITS
 */
export async function packagesGraph(source: PackagesSource): Promise<LockGraph> {
  const builder = new GraphBuilder(source.kind, source.formatVersion);
  for (const diagnostic of source.diagnostics ?? []) builder.diagnostic(diagnostic);
  const { places, links } = sortEntries(source, builder);
  const workspaces = await workspaceLocations(source, links, builder);
  const root = addRoot(builder, source.root, source.lock);
  const locations = new LocationTree(builder, root);
  for (const place of places) locations.add(place.location, addNode(builder, place, workspaces));
  try {
    placeAll(source.input, { places, links, locations }, builder);
    readEdges(source, root, { places, links, locations }, builder);
  } catch (error) {
    if (error instanceof TooDeep) throw tooComplex(source.input, 'levels of packages', LIMITS.depth);
    throw error;
  }
  return builder.build();
}

function sortEntries(source: PackagesSource, builder: GraphBuilder): { places: Place[]; links: Map<string, string> } {
  const locations = Object.keys(source.packages);
  if (locations.length > LIMITS.nodes) throw tooComplex(source.input, 'packages', LIMITS.nodes);
  const places: Place[] = [];
  const links = new Map<string, string>();
  const skipped = new Tally();
  for (const location of locations) {
    if (location === '') continue;
    const entry = source.packages[location];
    if (!isObject(entry)) skipped.add(folderName(location), location);
    else if (entry.link === true) links.set(location, linkTarget(entry));
    else places.push({ location, entry, child: childName(location) });
  }
  if (skipped.count > 0) builder.diagnostic(entriesSkipped(source.input, skipped, 'objects'));
  return { places, links };
}

/** Directory a link points at, relative to the lockfile's; '' is the root itself. */
function linkTarget(entry: JsonObject): string {
  const path = posix.normalize(asString(entry.resolved) ?? '').replace(/\/$/, '');
  return path === '.' ? '' : path;
}

/** Link targets that the root's workspace globs name; the others are directories somebody depends on by file:. */
async function workspaceLocations(
  source: PackagesSource,
  links: ReadonlyMap<string, string>,
  builder: GraphBuilder,
): Promise<ReadonlySet<string>> {
  if (links.size === 0 || source.root?.workspaces === undefined) return new Set();
  const targets = [...new Set(links.values())].filter((target) => !/(?:^|\/)node_modules\//.test(target)).sort();
  const { workspaceDirectories } = await import('../workspaces.ts');
  const siblings = { read: () => undefined, packageDirectories: () => targets };
  const report = (diagnostic: Diagnostic) => builder.diagnostic(diagnostic);
  return new Set(workspaceDirectories(source.root, siblings, { lockfile: source.input.path, report }));
}

function placeAll(input: LockfileInput, { places, links, locations }: Tree, builder: GraphBuilder): void {
  for (let at = 0; at < places.length; at++) locations.place(places[at]!.location, places[at]!.child, at + 1);
  const missing = new Tally();
  for (const [location, target] of links) {
    const child = childName(location);
    const node = locations.at(finalTarget(target, links));
    if (node === undefined) missing.add(child ?? location, location);
    locations.place(location, child, node ?? addUnknown(builder, location, target));
  }
  if (missing.count > 0) builder.diagnostic(targetsMissing(input, missing));
}

/** A link without an entry for its directory stays in the graph as a directory nothing is known about. */
function addUnknown(builder: GraphBuilder, location: string, target: string): number {
  return builder.node({
    key: location,
    ecosystem: 'npm',
    name: folderName(location),
    version: undefined,
    source: 'link',
    resolved: target,
  });
}

function finalTarget(target: string, links: ReadonlyMap<string, string>): string {
  let at = target;
  for (let steps = 0; steps < LIMITS.depth; steps++) {
    const next = links.get(at);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function readEdges(source: PackagesSource, root: number, { places, locations }: Tree, builder: GraphBuilder): void {
  const edges = new EdgeReader(locations, builder, source.input);
  if (source.root !== undefined) edges.read(root, source.root, 'all');
  for (let at = 0; at < places.length; at++) {
    const { location, entry } = places[at]!;
    edges.read(at + 1, entry, requiredOf(location, entry));
  }
  edges.reportMissing();
  if (source.root !== undefined && source.edgesUnknown !== true) return;
  builder.assumeRoots(root);
  builder.diagnostic(rootsAssumed(source.input, source.root !== undefined));
}

/**
 * Nothing needs an extraneous package, so nothing is lost with what it misses. npm locks only what lies inside the
 * project: a linked directory outside has its own lockfile, and its development tools are never part of this project.
 */
function requiredOf(location: string, entry: JsonObject): Required {
  if (entry.extraneous === true) return 'none';
  return /^(?:\/|\.\.(?:\/|$))/.test(location) ? 'runtime' : 'all';
}
