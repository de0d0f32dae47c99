/** Resolves the references of a pnpm lockfile into a graph. */
import { LockfileError } from '../../diagnostics.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import { type EdgeKind, type LockGraph, NODE_FLAGS, NONE } from '../../graph/model.ts';
import { asString, isObject } from '../../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import type { Declared, PackageEntry, PnpmFile, Range, Snapshot } from './file.ts';
import { type IdScheme, type ParsedId, suffixStart } from './ids.ts';
import { Directories } from './importers.ts';
import { ReferredNames, Resolver } from './resolver.ts';
import { originOf } from './sources.ts';

/** Names a diagnostic shows before it only counts. */
const NAMES_SHOWN = 5;

export class PnpmGraph {
  readonly #input: LockfileInput;
  readonly #builder: GraphBuilder;
  readonly #directories: Directories;
  readonly #unresolved: string[] = [];
  readonly #skipped: string[] = [];
  readonly #withoutEntry: string[] = [];
  readonly #withoutSnapshot: string[] = [];
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
    const snapshots = ids.hasSnapshots ? file.snapshots : file.packages;
    const entries = ids.hasSnapshots ? this.#entriesOf(file) : file.packages;
    const bundled = new Map<PackageEntry, number[]>();
    const names = new ReferredNames(file);
    const parsed = snapshots.map(({ key }) => ids.parse(key));
    const nodes = snapshots.map((snapshot, i) => this.#node(snapshot, entries[i], parsed[i]!, names));
    const resolver = new Resolver(this.#builder, ids, snapshots, entries, parsed, nodes);
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
    this.#report('ENTRY_SKIPPED', 'incomplete', this.#withoutSnapshot, 'packages without an entry in snapshots');
    this.#report(
      'ENTRY_SKIPPED',
      'notice',
      this.#bundling,
      'packages with dependencies inside, whose versions the lockfile does not have',
    );
    return this.#builder.build();
  }

  /** The entry of each snapshot. Both sections have the same order, so the next entry is mostly the one. */
  #entriesOf({ packages, snapshots }: PnpmFile): (PackageEntry | undefined)[] {
    const used = new Uint8Array(packages.length);
    let byKey: Map<string, number> | undefined;
    let index = -1;
    const entries = snapshots.map(({ key }) => {
      const suffix = suffixStart(key);
      const base = suffix === -1 ? key : key.slice(0, suffix);
      if (packages[index + 1]?.key === base) {
        index++;
      } else if (packages[index]?.key !== base) {
        byKey ??= new Map(packages.map((entry, i) => [entry.key, i]));
        const found = byKey.get(base);
        if (found === undefined) return undefined;
        index = found;
      }
      used[index] = 1;
      return packages[index];
    });
    for (const [i, entry] of packages.entries()) if (used[i] === 0) this.#withoutSnapshot.push(entry.key);
    return entries;
  }

  /** NONE, and nothing added, where the key says neither a name nor a place. */
  #node(snapshot: Snapshot, entry: PackageEntry | undefined, id: ParsedId, names: ReferredNames): number {
    if (this.#builder.nodeCount >= LIMITS.nodes) throw this.#tooComplex('packages', LIMITS.nodes);
    const { key } = snapshot;
    const name = entry?.name ?? id.name ?? (isPlace(key) ? (names.of(key) ?? key) : undefined);
    if (name === undefined) {
      this.#skipped.push(key);
      return NONE;
    }
    const { source, resolved } = originOf(entry, key, id.isRegistry);
    if (entry === undefined) this.#withoutEntry.push(key);
    return this.#builder.node({
      key,
      ecosystem: 'npm',
      name,
      version: entry?.version ?? id.version,
      source,
      integrity: entry?.integrity,
      resolved,
      flags: flagsOf(snapshot, entry),
    });
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
    if (isLink(reference)) return this.#directories.link(path, reference.slice(5), name);
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

/** Up to 6.x: the directory, archive or host and path of something that is not in the project's registry. */
function isPlace(key: string): boolean {
  return !key.startsWith('/') && key.includes('/');
}

function flagsOf(snapshot: Snapshot, entry: PackageEntry | undefined): number {
  let flags = entry?.flags ?? 0;
  if (snapshot.isOptional) flags |= NODE_FLAGS.optional;
  if (isPatchedKey(snapshot.key)) flags |= NODE_FLAGS.patched;
  return flags;
}

function isLink(reference: string): boolean {
  return reference.charCodeAt(0) === 0x6c && reference.startsWith('link:');
}

/** The hash of the patch comes first; among peers it is the patch of a peer. */
function isPatchedKey(key: string): boolean {
  return key.endsWith(')') && key.startsWith('(patch_hash=', suffixStart(key));
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
