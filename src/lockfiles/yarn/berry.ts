/**
 * yarn.lock of Yarn 2 to 4 ("Berry"): YAML, one mapping per resolved package under the descriptors that lead to it.
 * Facts from the lockfile's writer and reader in Yarn's own core (`generateLockfile`, `setupResolutions`).
 */
import type { Diagnostic } from '../../diagnostics.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { EdgeKind, LockGraph } from '../../graph/model.ts';
import { asString, entriesOf, isObject, type JsonObject } from '../../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { checksumOf, scanBerry } from './berry-text.ts';
import { declaredRange, splitKey, splitName } from './descriptor.ts';
import { newerVersion, notALockfile, tooMany } from './notes.ts';
import { peersOf, YarnPackages } from './packages.ts';
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
  const packages = scanBerry(input.text) ?? parsedPackages(input, skipped);
  const count = packages.entries.length;
  if (count > LIMITS.nodes) throw tooMany(input.path, count);
  const { formatVersion } = packages.builder;
  const diagnostics: Diagnostic[] = [];
  if (Number(formatVersion) > NEWEST) diagnostics.push(newerVersion(input.path, formatVersion, NEWEST));
  if (skipped.length > 0) diagnostics.push(skippedEntries(input.path, skipped));
  return yarnGraph(input, { packages, listsLocal: true, diagnostics });
}

/** The same from any YAML. */
function parsedPackages(input: LockfileInput, skipped: string[]): YarnPackages {
  const document = parseYaml(input.path, input.text);
  if (!isObject(document)) throw notALockfile(input.path, 'expected a mapping of descriptors to entries');
  const metadata = isObject(document.__metadata) ? document.__metadata : {};
  const packages = new YarnPackages(new GraphBuilder('yarn-berry', scalar(metadata.version) ?? ''));
  for (const [key, value] of Object.entries(document)) {
    if (key === '__metadata') continue;
    if (!isObject(value) || !addEntry(packages, key, value, scalar(metadata.cacheKey))) skipped.push(key);
  }
  return packages;
}

/** Whether it is an entry. */
function addEntry(packages: YarnPackages, key: string, value: JsonObject, cacheKey: string | undefined): boolean {
  const descriptors = splitKey(key);
  const version = scalar(value.version);
  const locator = splitName(asString(value.resolution) ?? fallbackLocator(descriptors[0]!, version));
  if (locator === undefined) return false;
  const optional = flagged(value.dependenciesMeta);
  const entry = {
    key,
    name: locator.name,
    reference: locator.rest,
    version,
    checksum: checksumOf(scalar(value.checksum) ?? '', cacheKey),
    isLimited: value.conditions !== undefined && value.conditions !== null,
    dependencies: textEntries(value.dependencies).map(([name, range]) => {
      const kind: EdgeKind = optional.get(name) === true ? 'optional' : 'prod';
      return { name, range: declaredRange(range), kind };
    }),
    peers: peersOf(packages.builder, new Map(textEntries(value.peerDependencies)), flagged(value.peerDependenciesMeta)),
  };
  packages.add(entry, descriptors);
  return true;
}

/** Names with flags, with whether `optional` is true. */
function flagged(value: unknown): Map<string, boolean> {
  const result = new Map<string, boolean>();
  for (const [name, meta] of entriesOf(value)) if (isObject(meta)) result.set(name, isTrue(meta.optional));
  return result;
}

/** Text of a scalar YAML took for text or for a number. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asString(value);
}

/** An entry without `resolution` is not Yarn's; what it names is kept. */
function fallbackLocator(descriptor: string, version: string | undefined): string {
  const asked = splitName(descriptor);
  return asked === undefined || version === undefined ? '' : `${asked.name}@npm:${version}`;
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
