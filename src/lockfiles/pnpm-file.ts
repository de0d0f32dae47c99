/** pnpm-lock.yaml as it stands in the file, before any reference is resolved. */
import { NODE_FLAGS } from '../graph/model.ts';
import { entriesOf, isObject, type JsonObject } from './json.ts';
import type { YamlCursor } from './yaml-cursor.ts';

export type DependencyKind = 'prod' | 'dev' | 'optional';

/** An entry of an importer's dependencies. */
export interface Declared {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly specifier: string | undefined;
  /** Undefined where only a specifier is there. */
  readonly reference: string | undefined;
}

export interface Importer {
  /** As in the file: '.' or a path. */
  readonly id: string;
  readonly declared: Declared[];
  publishDirectory: string | undefined;
}

/** from .. to */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const NOTHING: Range = { from: 0, to: 0 };

/** A package with its peers: an entry of `snapshots`, up to 6.x one of `packages`. */
export class Snapshot {
  readonly key: string;
  isOptional = false;
  /** Its parts of PnpmFile.references. */
  dependencies = NOTHING;
  optionalDependencies = NOTHING;

  constructor(key: string) {
    this.key = key;
  }
}

/** Where a package comes from, as far as its resolution says more than a digest. */
export interface Place {
  tarball?: string | undefined;
  /** What a relative tarball is relative to. */
  registry?: string | undefined;
  directory?: string | undefined;
  repository?: string | undefined;
  commit?: string | undefined;
  isGitHosted?: boolean;
}

/** An entry of `packages`: what is known of a package without its peers, up to 6.x also its dependencies. */
export class PackageEntry extends Snapshot {
  name: string | undefined;
  version: string | undefined;
  integrity: string | undefined;
  place: Place | undefined;
  /** Bits of NODE_FLAGS. */
  flags = 0;
  /** Declared peer dependencies: range by name. */
  peers: Map<string, string | undefined> | undefined;
  optionalPeers: Set<string> | undefined;
  /** Names of dependencies inside the tarball; true for all of them. */
  bundled: readonly string[] | true | undefined;
}

export interface PnpmFile {
  version: string | undefined;
  importers: Importer[] | undefined;
  /** Dependencies beside `importers`: of the only project, '.'. */
  readonly root: Importer;
  readonly packages: PackageEntry[];
  /** Undefined up to 6.x. */
  snapshots: Snapshot[] | undefined;
  /** Dependencies of all snapshots, flat [name, reference, name, reference, ...]. */
  readonly references: string[];
  catalogs: JsonObject;
  /** Keys of entries with a wrong type. */
  readonly skipped: string[];
}

/** Reads the document the cursor is at; undefined where its top level is not a mapping. */
export function readPnpmFile(cursor: YamlCursor): PnpmFile | undefined {
  const file: PnpmFile = {
    version: undefined,
    importers: undefined,
    root: { id: '.', declared: [], publishDirectory: undefined },
    packages: [],
    snapshots: undefined,
    references: [],
    catalogs: {},
    skipped: [],
  };
  if (!cursor.enter()) return undefined;
  const root = new ImporterReader(cursor, file, file.root);
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'lockfileVersion') file.version = versionText(cursor.value());
    else if (key === 'importers') readImporters(cursor, file);
    else if (key === 'packages') readPackages(cursor, file);
    else if (key === 'snapshots') readSnapshots(cursor, file);
    else if (key === 'catalogs') readCatalogs(cursor, file);
    else if (!root.read(key)) cursor.skip();
  }
  root.finish();
  return file;
}

function versionText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function readCatalogs(cursor: YamlCursor, file: PnpmFile): void {
  const value = cursor.value();
  if (isObject(value)) file.catalogs = value;
}

function readImporters(cursor: YamlCursor, file: PnpmFile): void {
  file.importers ??= [];
  if (!cursor.enter()) {
    file.skipped.push('importers');
    return;
  }
  for (let id = cursor.key(); id !== undefined; id = cursor.key()) {
    const importer: Importer = { id, declared: [], publishDirectory: undefined };
    file.importers.push(importer);
    if (!cursor.enter()) {
      file.skipped.push(id);
      continue;
    }
    const reader = new ImporterReader(cursor, file, importer);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) if (!reader.read(key)) cursor.skip();
    reader.finish();
  }
}

/** Reads one importer; specifiers stand beside the references (up to 5.x) or with them. */
class ImporterReader {
  readonly #cursor: YamlCursor;
  readonly #file: PnpmFile;
  readonly #importer: Importer;
  readonly #references: { kind: DependencyKind; name: string; reference: string }[] = [];
  #specifiers: Map<string, string> | undefined;

  constructor(cursor: YamlCursor, file: PnpmFile, importer: Importer) {
    this.#cursor = cursor;
    this.#file = file;
    this.#importer = importer;
  }

  /** Takes the value of a key of an importer; false, and the value not taken, where it is none. */
  read(key: string): boolean {
    switch (key) {
      case 'dependencies':
        this.#dependencies('prod');
        return true;
      // What installs and configures the project is there for building it, not when it runs.
      case 'devDependencies':
      case 'configDependencies':
      case 'packageManagerDependencies':
        this.#dependencies('dev');
        return true;
      case 'optionalDependencies':
        this.#dependencies('optional');
        return true;
      case 'specifiers':
        this.#readSpecifiers();
        return true;
      case 'publishDirectory':
        this.#importer.publishDirectory = this.#cursor.string();
        return true;
      default:
        return false;
    }
  }

  #readSpecifiers(): void {
    this.#specifiers = new Map();
    if (!this.#cursor.enter()) return;
    for (let name = this.#cursor.key(); name !== undefined; name = this.#cursor.key()) {
      const specifier = versionText(this.#cursor.value());
      if (specifier !== undefined) this.#specifiers.set(name, specifier);
    }
  }

  #dependencies(kind: DependencyKind): void {
    const cursor = this.#cursor;
    if (!cursor.enter()) {
      this.#file.skipped.push(this.#importer.id);
      return;
    }
    for (let name = cursor.key(); name !== undefined; name = cursor.key()) {
      const value = cursor.value();
      const fields = isObject(value) ? value : undefined;
      if (fields === undefined && typeof value === 'string') this.#references.push({ kind, name, reference: value });
      else this.#importer.declared.push({ kind, name, ...inlineFields(fields) });
    }
  }

  /** Joins references and specifiers; a specifier without a reference is a dependency that was not resolved. */
  finish(): void {
    const declared = this.#importer.declared;
    const specifiers = this.#specifiers;
    for (const { kind, name, reference } of this.#references) {
      declared.push({ kind, name, specifier: specifiers?.get(name), reference });
    }
    if (specifiers === undefined || specifiers.size === 0) return;
    const resolved = new Set(declared.map(({ name }) => name));
    for (const [name, specifier] of specifiers) {
      if (!resolved.has(name)) declared.push({ kind: 'prod', name, specifier, reference: undefined });
    }
  }
}

function inlineFields(fields: JsonObject | undefined): Pick<Declared, 'specifier' | 'reference'> {
  const reference = fields?.version;
  return {
    specifier: versionText(fields?.specifier),
    reference: typeof reference === 'string' ? reference : undefined,
  };
}

function readPackages(cursor: YamlCursor, file: PnpmFile): void {
  if (!cursor.enter()) {
    file.skipped.push('packages');
    return;
  }
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    const entry = new PackageEntry(key);
    if (!cursor.enter()) {
      file.skipped.push(key);
      continue;
    }
    readPackage(cursor, file, entry);
    file.packages.push(entry);
  }
}

function readPackage(cursor: YamlCursor, file: PnpmFile, entry: PackageEntry): void {
  for (let field = cursor.key(); field !== undefined; field = cursor.key()) {
    switch (field) {
      case 'resolution':
        readResolution(cursor, entry);
        break;
      case 'os':
      case 'cpu':
      case 'libc':
        entry.flags |= NODE_FLAGS.platform;
        cursor.skip();
        break;
      case 'peerDependencies':
        readPeers(cursor, file, entry);
        break;
      case 'peerDependenciesMeta':
        entry.optionalPeers = optionalNames(cursor.value());
        break;
      case 'dependencies':
        entry.dependencies = readReferences(cursor, file, entry.key);
        break;
      case 'optionalDependencies':
        entry.optionalDependencies = readReferences(cursor, file, entry.key);
        break;
      case 'name':
        entry.name = cursor.string();
        break;
      case 'version':
        entry.version = cursor.string();
        break;
      case 'optional':
        entry.isOptional = cursor.value() === true;
        break;
      case 'requiresBuild':
        if (cursor.value() === true) entry.flags |= NODE_FLAGS.installScript;
        break;
      case 'patched':
        if (cursor.value() === true) entry.flags |= NODE_FLAGS.patched;
        break;
      case 'bundledDependencies':
      case 'bundleDependencies':
        entry.bundled = bundledNames(cursor.value());
        break;
      default:
        cursor.skip();
    }
  }
}

function bundledNames(value: unknown): readonly string[] | true | undefined {
  if (value === true) return true;
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : undefined;
}

function readResolution(cursor: YamlCursor, entry: PackageEntry): void {
  if (!cursor.enter()) return;
  for (let field = cursor.key(); field !== undefined; field = cursor.key()) {
    if (field === 'integrity') entry.integrity = cursor.string();
    else if (field === 'variants') entry.integrity = variantDigests(cursor.value());
    else readPlace(cursor, entry, field);
  }
}

function readPlace(cursor: YamlCursor, entry: PackageEntry, field: string): void {
  entry.place ??= {};
  const { place } = entry;
  if (field === 'tarball' || field === 'url') place.tarball = cursor.string();
  else if (field === 'registry') place.registry = cursor.string();
  else if (field === 'directory') place.directory = cursor.string();
  else if (field === 'repo') place.repository = cursor.string();
  else if (field === 'commit') place.commit = cursor.string();
  else if (field === 'gitHosted') place.isGitHosted = cursor.value() === true;
  else cursor.skip();
}

/** One archive per platform (a runtime such as node): any of the digests may be the one installed. */
function variantDigests(value: unknown): string | undefined {
  const digests: string[] = [];
  for (const variant of Array.isArray(value) ? value : []) {
    const resolution: unknown = isObject(variant) ? variant.resolution : undefined;
    if (isObject(resolution) && typeof resolution.integrity === 'string') digests.push(resolution.integrity);
  }
  return digests.length > 0 ? digests.join(' ') : undefined;
}

function readPeers(cursor: YamlCursor, file: PnpmFile, entry: PackageEntry): void {
  if (!cursor.enter()) {
    file.skipped.push(entry.key);
    return;
  }
  entry.peers = new Map();
  for (let name = cursor.key(); name !== undefined; name = cursor.key()) {
    entry.peers.set(name, versionText(cursor.value()));
  }
}

function optionalNames(meta: unknown): Set<string> {
  const optional = entriesOf(meta).filter(([, value]) => isObject(value) && value.optional === true);
  return new Set(optional.map(([name]) => name));
}

function readReferences(cursor: YamlCursor, file: PnpmFile, owner: string): Range {
  if (!cursor.enter()) {
    file.skipped.push(owner);
    return NOTHING;
  }
  const { references } = file;
  const from = references.length;
  for (let name = cursor.key(); name !== undefined; name = cursor.key()) {
    // A reference of a wrong type is one to nothing, which is reported as unresolved.
    references.push(name, cursor.string() ?? '');
  }
  return { from, to: references.length };
}

function readSnapshots(cursor: YamlCursor, file: PnpmFile): void {
  file.snapshots ??= [];
  if (!cursor.enter()) {
    file.skipped.push('snapshots');
    return;
  }
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (!cursor.enter()) {
      file.skipped.push(key);
      continue;
    }
    const snapshot = new Snapshot(key);
    for (let field = cursor.key(); field !== undefined; field = cursor.key()) {
      if (field === 'dependencies') snapshot.dependencies = readReferences(cursor, file, snapshot.key);
      else if (field === 'optionalDependencies')
        snapshot.optionalDependencies = readReferences(cursor, file, snapshot.key);
      else if (field === 'optional') snapshot.isOptional = cursor.value() === true;
      else cursor.skip();
    }
    file.snapshots.push(snapshot);
  }
}
