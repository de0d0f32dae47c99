/** Resolves the references of a pnpm lockfile into a graph. */
import { LockfileError } from '../diagnostics.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type EdgeKind, type LockGraph, NODE_FLAGS, NONE } from '../graph/model.ts';
import { asString, isObject } from './json.ts';
import type { Declared, PackageEntry, PnpmFile, Range, Snapshot } from './pnpm-file.ts';
import { type IdScheme, type ParsedId, suffixStart } from './pnpm-ids.ts';
import { Directories } from './pnpm-importers.ts';
import { originOf } from './pnpm-sources.ts';
import { LIMITS, type LockfileInput } from './reader.ts';

/** Nodes of one name are searched one by one up to this many, then by their whole key. */
const FEW_NODES = 32;

/** Names a diagnostic shows before it only counts. */
const NAMES_SHOWN = 5;

export class PnpmGraph {
  readonly #input: LockfileInput;
  readonly #builder: GraphBuilder;
  readonly #directories: Directories;
  readonly #unresolved: string[] = [];
  readonly #skipped: string[] = [];
  readonly #withoutEntry: string[] = [];
  readonly #bundling: string[] = [];
  #edges = 0;

  constructor(input: LockfileInput, version: string) {
    this.#input = input;
    this.#builder = new GraphBuilder('pnpm', version);
    this.#directories = new Directories(this.#builder, input);
  }

  /**
   * Adds the nodes and edges of one document. The dependency paths of two documents are apart, their projects are the
   * same: the environment's importer '.' is the root.
   */
  add(file: PnpmFile, ids: IdScheme): void {
    const importers = file.importers ?? [file.root];
    const projects = importers.map((importer) => this.#directories.project(importer));
    for (const [i, importer] of importers.entries()) this.#directories.published(importer, projects[i]!);
    const snapshots = file.snapshots ?? file.packages;
    const entries = file.snapshots ? entriesOfSnapshots(file.packages, file.snapshots) : file.packages;
    const resolver = new Resolver(this.#builder, ids);
    const bundled = new Map<PackageEntry, number[]>();
    const names = new ReferredNames(file);
    const nodes = snapshots.map((snapshot, i) => this.#node(snapshot, entries[i], resolver, names));
    importers.forEach((importer, i) => {
      for (const declared of importer.declared) this.#declaredEdge(file, projects[i]!, importer.id, declared, resolver);
    });
    snapshots.forEach((snapshot, i) => {
      const node = nodes[i]!;
      if (node === NONE) return;
      const entry = entries[i];
      this.#snapshotEdges(file, node, snapshot, entry, resolver);
      if (entry?.bundled !== undefined) this.#bundledEdges(node, entry, bundled);
    });
    for (const key of file.skipped) this.#skipped.push(key);
  }

  build(): LockGraph {
    this.#report('EDGE_UNRESOLVED', 'incomplete', this.#unresolved, 'dependencies without a package in the lockfile');
    this.#report('ENTRY_SKIPPED', 'incomplete', this.#skipped, 'entries that are not as expected');
    this.#report('ENTRY_SKIPPED', 'incomplete', this.#withoutEntry, 'snapshots without an entry in packages');
    this.#report(
      'ENTRY_SKIPPED',
      'notice',
      this.#bundling,
      'packages with dependencies inside, whose versions the lockfile does not have',
    );
    return this.#builder.build();
  }

  /** NONE, and nothing added, where the key says neither a name nor a place. */
  #node(snapshot: Snapshot, entry: PackageEntry | undefined, resolver: Resolver, names: ReferredNames): number {
    if (this.#builder.nodeCount >= LIMITS.nodes) throw this.#tooComplex('packages', LIMITS.nodes);
    const { key } = snapshot;
    const id = resolver.ids.parse(key);
    const name = entry?.name ?? id.name ?? (isPlace(key) ? (names.of(key) ?? key) : undefined);
    if (name === undefined) {
      this.#skipped.push(key);
      return NONE;
    }
    const { source, resolved } = originOf(entry, key, id.isRegistry);
    if (entry === undefined) this.#withoutEntry.push(key);
    const node = this.#builder.node({
      key,
      ecosystem: 'npm',
      name,
      version: entry?.version ?? id.version,
      source,
      integrity: entry?.integrity,
      resolved,
      flags: flagsOf(snapshot, entry),
    });
    resolver.add(key, id, node, name === id.name);
    return node;
  }

  #edge(from: number, to: number, kind: EdgeKind, name: number, range: string | undefined): void {
    if (++this.#edges > LIMITS.edges) throw this.#tooComplex('dependencies', LIMITS.edges);
    this.#builder.namedEdge(from, to, kind, name, range);
  }

  #declaredEdge(file: PnpmFile, from: number, path: string, declared: Declared, resolver: Resolver): void {
    const { kind, name, reference } = declared;
    const id = this.#builder.text(name);
    const to = reference === undefined ? NONE : this.#target(path, id, name, reference, resolver);
    if (to === NONE && kind !== 'optional') this.#unresolved.push(name);
    this.#edge(from, to, kind, id, declaredRange(file, name, declared.specifier));
  }

  #target(path: string, id: number, name: string, reference: string, resolver: Resolver): number {
    if (reference.startsWith('link:')) return this.#directories.link(path, reference.slice(5), name);
    return resolver.find(id, name, reference);
  }

  #snapshotEdges(
    file: PnpmFile,
    from: number,
    snapshot: Snapshot,
    entry: PackageEntry | undefined,
    resolver: Resolver,
  ): void {
    const peers = entry?.peers;
    const met = peers === undefined ? undefined : new Set<string>();
    this.#references(file, from, snapshot.dependencies, 'prod', entry, resolver, met);
    this.#references(file, from, snapshot.optionalDependencies, 'optional', entry, resolver, met);
    if (peers === undefined || met === undefined) return;
    for (const [name, range] of peers) {
      if (!met.has(name)) this.#edge(from, NONE, peerKind(entry, name), this.#builder.text(name), range);
    }
  }

  /** A dependency that the package declares as a peer is one: pnpm lists no peer that is a dependency of its own. */
  #references(
    file: PnpmFile,
    from: number,
    { from: start, to: end }: Range,
    kind: EdgeKind,
    entry: PackageEntry | undefined,
    resolver: Resolver,
    met: Set<string> | undefined,
  ): void {
    const { references } = file;
    for (let i = start; i < end; i += 2) {
      const name = references[i]!;
      const id = this.#builder.text(name);
      const to = this.#target('', id, name, references[i + 1]!, resolver);
      if (to === NONE && kind === 'prod') this.#unresolved.push(name);
      if (met !== undefined && entry!.peers!.has(name)) {
        met.add(name);
        this.#edge(from, to, peerKind(entry, name), id, entry!.peers!.get(name));
      } else {
        this.#edge(from, to, kind, id, undefined);
      }
    }
  }

  /** What is inside a tarball is known by name alone; all snapshots of a package have the same tarball. */
  #bundledEdges(from: number, entry: PackageEntry, known: Map<PackageEntry, number[]>): void {
    const names = Array.isArray(entry.bundled) ? entry.bundled : [];
    let nodes = known.get(entry);
    if (nodes === undefined) {
      this.#bundling.push(entry.key);
      nodes = names.map((name) => this.#bundledNode(entry.key, name));
      known.set(entry, nodes);
    }
    for (const [i, name] of names.entries()) this.#edge(from, nodes[i]!, 'prod', this.#builder.text(name), undefined);
  }

  #bundledNode(key: string, name: string): number {
    if (this.#builder.nodeCount >= LIMITS.nodes) throw this.#tooComplex('packages', LIMITS.nodes);
    const flags = NODE_FLAGS.bundled;
    return this.#builder.node({ key, ecosystem: 'npm', name, version: undefined, source: 'registry', flags });
  }

  #report(
    code: 'EDGE_UNRESOLVED' | 'ENTRY_SKIPPED',
    severity: 'incomplete' | 'notice',
    names: readonly string[],
    what: string,
  ): void {
    if (names.length === 0) return;
    const more = names.length > NAMES_SHOWN ? ', ...' : '';
    this.#builder.diagnostic({
      code,
      severity,
      file: this.#input.path,
      message: `${what}: ${names.length} (${names.slice(0, NAMES_SHOWN).join(', ')}${more})`,
      next:
        severity === 'notice'
          ? 'nothing to do: they are in the graph without a version'
          : 'run pnpm install once and commit the lockfile it writes',
    });
  }

  #tooComplex(what: string, limit: number): LockfileError {
    return new LockfileError({
      code: 'LOCKFILE_TOO_COMPLEX',
      file: this.#input.path,
      message: `too many ${what}: expected at most ${limit}`,
      next: 'check that this is a lockfile; if it is, report the size that is needed',
    });
  }
}

/** Finds nodes by reference: those of the dependency's own name, one after the other, or by the whole key. */
class Resolver {
  readonly ids: IdScheme;
  readonly #builder: GraphBuilder;
  readonly #keys: string[] = [];
  readonly #nodes: number[] = [];
  readonly #references: (string | undefined)[] = [];
  /** The one added last for a name, by the name's id, and for each the one of the same name added before it. */
  readonly #last: number[] = [];
  readonly #previous: number[] = [];
  #byKey: Map<string, number> | undefined;

  constructor(builder: GraphBuilder, ids: IdScheme) {
    this.#builder = builder;
    this.ids = ids;
  }

  /** @param isNodeName the name in the key is the node's */
  add(key: string, { name, reference }: ParsedId, node: number, isNodeName: boolean): void {
    const index = this.#keys.push(key) - 1;
    this.#nodes.push(node);
    this.#references.push(reference);
    if (name === undefined || reference === undefined) {
      this.#previous.push(NONE);
      return;
    }
    const id = isNodeName ? this.#builder.nameId(node) : this.#builder.text(name);
    while (this.#last.length <= id) this.#last.push(NONE);
    this.#previous.push(this.#last[id]!);
    this.#last[id] = index;
  }

  /** @param name the id of the dependency's name, `text` */
  find(name: number, text: string, reference: string): number {
    if (this.ids.isOwnName(reference)) return this.#findOwn(name, reference, text);
    const alias = this.ids.parse(reference);
    if (alias.name === undefined || alias.reference === undefined) return this.#findKey(reference);
    return this.#findOwn(this.#builder.text(alias.name), alias.reference, alias.name);
  }

  #findOwn(name: number, reference: string, text: string): number {
    let index = this.#last[name] ?? NONE;
    for (let steps = 0; index !== NONE && steps < FEW_NODES; steps++) {
      if (this.#references[index] === reference) return this.#nodes[index]!;
      index = this.#previous[index]!;
    }
    return index === NONE ? NONE : this.#findKey(this.ids.ownKey(text, reference));
  }

  #findKey(key: string): number {
    this.#byKey ??= new Map(this.#keys.map((known, i) => [known, this.#nodes[i]!]));
    return this.#byKey.get(key) ?? NONE;
  }
}

/** The entry of each snapshot. Both sections have the same order, so the next entry is mostly the one. */
function entriesOfSnapshots(
  packages: readonly PackageEntry[],
  snapshots: readonly Snapshot[],
): (PackageEntry | undefined)[] {
  let byKey: Map<string, number> | undefined;
  let index = 0;
  return snapshots.map(({ key }) => {
    const suffix = suffixStart(key);
    const base = suffix === -1 ? key : key.slice(0, suffix);
    if (packages[index]?.key === base) return packages[index];
    if (packages[index + 1]?.key === base) return packages[++index];
    byKey ??= new Map(packages.map((entry, i) => [entry.key, i]));
    const found = byKey.get(base);
    if (found === undefined) return undefined;
    index = found;
    return packages[index];
  });
}

/** Up to 6.x: the directory, archive or host and path of something that is not in the project's registry. */
function isPlace(key: string): boolean {
  return !key.startsWith('/') && key.includes('/');
}

/** Names under which others depend on a key, for the few places whose entry does not say their name. */
class ReferredNames {
  readonly #file: PnpmFile;
  #names: Map<string, string> | undefined;

  constructor(file: PnpmFile) {
    this.#file = file;
  }

  of(key: string): string | undefined {
    this.#names ??= referredNames(this.#file);
    return this.#names.get(key);
  }
}

function referredNames({ importers, root, references }: PnpmFile): Map<string, string> {
  const names = new Map<string, string>();
  for (let i = references.length - 2; i >= 0; i -= 2) names.set(references[i + 1]!, references[i]!);
  for (const { declared } of importers ?? [root]) {
    for (const { name, reference } of declared) if (reference !== undefined) names.set(reference, name);
  }
  return names;
}

function flagsOf(snapshot: Snapshot, entry: PackageEntry | undefined): number {
  let flags = entry?.flags ?? 0;
  if (snapshot.isOptional) flags |= NODE_FLAGS.optional;
  if (isPatchedKey(snapshot.key)) flags |= NODE_FLAGS.patched;
  return flags;
}

function isPatchedKey(key: string): boolean {
  return key.endsWith(')') && key.includes('(patch_hash=');
}

function peerKind(entry: PackageEntry | undefined, name: string): EdgeKind {
  return entry?.optionalPeers?.has(name) ? 'peerOptional' : 'peer';
}

/** A specifier `catalog:` or `catalog:name` stands for the range in that catalog. */
function declaredRange(file: PnpmFile, name: string, specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith('catalog:')) return specifier;
  const catalog = own(file.catalogs, specifier.slice(8).trim() || 'default');
  const entry = own(catalog, name);
  return (isObject(entry) ? asString(entry.specifier) : asString(entry)) ?? specifier;
}

function own(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}
