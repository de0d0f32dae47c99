/** Reads the packages and snapshots of a pnpm lockfile. */
import { NODE_FLAGS } from '../../graph/model.ts';
import { entriesOf, isObject } from '../../json.ts';
import type { YamlCursor } from '../yaml/cursor.ts';
import { NOTHING, PackageEntry, type PnpmFile, type Range, Snapshot, versionText } from './file.ts';

export function readPackages(cursor: YamlCursor, file: PnpmFile): void {
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

export function readSnapshots(cursor: YamlCursor, file: PnpmFile): void {
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
