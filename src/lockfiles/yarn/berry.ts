/**
 * yarn.lock of Yarn 2 to 4 ("Berry"): YAML, one mapping per resolved package under the descriptors that lead to it.
 * Facts from the lockfile's writer and reader in Yarn's own core (`generateLockfile`, `setupResolutions`).
 */
import { type Diagnostic, LockfileError } from '../../diagnostics.ts';
import type { LockGraph } from '../../graph/model.ts';
import { asString, entriesOf, isObject, type JsonObject } from '../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type BerryDocument, type BerryEntry, emptyEntry, scanBerry } from './berry-text.ts';
import { declaredRange, splitKey, splitName } from './descriptor.ts';
import { allPeers, newDependency, type YarnEntry } from './entry.ts';
import { yarnGraph } from './resolve.ts';
import { isTrue, textEntries } from './settings.ts';

/** Newest lock version whose meaning is known. */
const NEWEST = 10;

/**
 * Reads a yarn.lock of lock version 4 to 10. Kinds of workspace dependencies come from the manifests beside it.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE, LOCKFILE_TOO_COMPLEX
 */
export async function readYarnBerry(input: LockfileInput): Promise<LockGraph> {
  const skipped: string[] = [];
  const document = scanBerry(input.text) ?? parsedDocument(input, skipped);
  if (document.entries.length > LIMITS.nodes) throw tooMany(input.path, document.entries.length);
  const entries: YarnEntry[] = [];
  for (const raw of document.entries) {
    const entry = entryOf(raw, document.cacheKey);
    if (entry === undefined) skipped.push(raw.key);
    else entries.push(entry);
  }
  const formatVersion = document.version ?? '';
  const diagnostics: Diagnostic[] = [];
  if (Number(formatVersion) > NEWEST) diagnostics.push(newerVersion(input.path, formatVersion));
  if (skipped.length > 0) diagnostics.push(skippedEntries(input.path, skipped));
  return yarnGraph(input, { formatVersion, entries, listsLocal: true, diagnostics });
}

/** The same from any YAML. */
function parsedDocument(input: LockfileInput, skipped: string[]): BerryDocument {
  const document = parseYaml(input.path, input.text);
  if (!isObject(document)) throw notALockfile(input.path);
  const metadata = isObject(document.__metadata) ? document.__metadata : {};
  const entries: BerryEntry[] = [];
  for (const [key, value] of Object.entries(document)) {
    if (key === '__metadata') continue;
    if (isObject(value)) entries.push(parsedEntry(key, value));
    else skipped.push(key);
  }
  return { version: scalar(metadata.version), cacheKey: scalar(metadata.cacheKey), entries };
}

function parsedEntry(key: string, value: JsonObject): BerryEntry {
  const entry = emptyEntry(key);
  entry.version = scalar(value.version);
  entry.resolution = asString(value.resolution);
  entry.checksum = scalar(value.checksum);
  entry.isLimited = value.conditions !== undefined && value.conditions !== null;
  entry.dependencies = textEntries(value.dependencies).map(([name, range]) =>
    newDependency(name, declaredRange(range), 'prod'),
  );
  const optional: string[] = [];
  for (const [name, meta] of entriesOf(value.dependenciesMeta)) {
    if (isObject(meta) && isTrue(meta.optional)) optional.push(name);
  }
  entry.optional = optional;
  entry.peers = new Map(textEntries(value.peerDependencies));
  entry.peersMeta = new Map();
  for (const [name, meta] of entriesOf(value.peerDependenciesMeta)) {
    if (isObject(meta)) entry.peersMeta.set(name, isTrue(meta.optional));
  }
  return entry;
}

/** Text of a scalar YAML took for text or for a number. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asString(value);
}

const NO_NAMES: ReadonlyMap<string, never> = new Map<string, never>();

function entryOf(raw: BerryEntry, cacheKey: string | undefined): YarnEntry | undefined {
  const descriptors = splitKey(raw.key);
  const locator = splitName(raw.resolution ?? fallbackLocator(descriptors[0]!, raw.version));
  if (locator === undefined) return undefined;
  const { dependencies, peers, peersMeta } = raw;
  if (raw.optional !== undefined) {
    const optional = new Set(raw.optional);
    for (const dependency of dependencies) if (optional.has(dependency.name)) dependency.kind = 'optional';
  }
  return {
    key: raw.key,
    descriptors,
    name: locator.name,
    reference: locator.rest,
    version: raw.version,
    checksum: checksumOf(raw.checksum, cacheKey),
    platform: raw.isLimited,
    flags: 0,
    dependencies,
    peers: peers || peersMeta ? allPeers(peers ?? NO_NAMES, peersMeta ?? NO_NAMES, dependencies) : [],
  };
}

/** An entry without `resolution` is not Yarn's; what it names is kept. */
function fallbackLocator(descriptor: string, version: string | undefined): string {
  const asked = splitName(descriptor);
  return asked === undefined || version === undefined ? '' : `${asked.name}@npm:${version}`;
}

/** The checksum is of Yarn's own archive. The cache key before the slash names how that was made. */
function checksumOf(checksum: string | undefined, cacheKey: string | undefined): string | undefined {
  if (checksum === undefined || checksum === '') return undefined;
  const slash = checksum.indexOf('/');
  const [made, hex] = slash === -1 ? [cacheKey ?? '', checksum] : [checksum.slice(0, slash), checksum.slice(slash + 1)];
  return `yarn${made}-${hex}`;
}

function notALockfile(file: string): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_SHAPE',
    file,
    line: 1,
    column: 1,
    message: 'expected a mapping of descriptors to entries',
    next: 'restore the file from version control, or run yarn install',
  });
}

function tooMany(file: string, count: number): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file,
    message: `${count} entries: expected at most ${LIMITS.nodes}`,
    next: 'check that this is a lockfile; if it is, split it, or report the size that is needed',
  });
}

function newerVersion(file: string, version: string): Diagnostic {
  return {
    code: 'LOCKFILE_VERSION',
    severity: 'notice',
    file,
    message: `lock version ${version} is newer than ${NEWEST}, the newest known; it was read as that`,
    next: 'update spof-deps',
  };
}

function skippedEntries(file: string, keys: readonly string[]): Diagnostic {
  const names = keys.map((key) => splitName(key)?.name ?? 'an unnamed one');
  return {
    code: 'ENTRY_SKIPPED',
    severity: 'incomplete',
    file,
    message: `${keys.length} entries are not packages: expected a mapping with a resolution (${names.slice(0, 5).join(', ')}${keys.length > 5 ? ', ...' : ''})`,
    next: 'restore the file from version control, or run yarn install',
  };
}
