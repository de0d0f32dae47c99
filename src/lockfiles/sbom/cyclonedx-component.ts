/** One component object of a CycloneDX BOM: names, hashes, URLs, and what its properties say. */
import { NODE_FLAGS } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import type { PackageFacts } from './component.ts';
import type { Digest } from './digest.ts';

/** Properties that npm, cyclonedx-npm, cyclonedx-php and cdxgen write, by what they stand for; each counts where 'true'. */
const DEVELOPMENT = ['cdx:npm:package:development', 'cdx:composer:package:isDevRequirement'];
const BUNDLED = ['cdx:npm:package:bundled', 'cdx:npm:bundled', 'cdx:npm:inBundle'];
const INSTALL_SCRIPT = ['cdx:npm:hasInstallScript'];
/** cdxgen: the lists that limit an npm package to an operating system, a processor or a libc. */
const PLATFORM = ['cdx:npm:os', 'cdx:npm:cpu', 'cdx:npm:libc'];
/** cdxgen: where a 'file:' dependency or a link leads, relative to the lockfile. */
const LOCAL_PATH = 'cdx:npm:resolvedPath';

export interface ComponentFacts {
  readonly facts: PackageFacts;
  /** The BOM says that it is not part of what runs: scope 'excluded', or a development property. */
  readonly development: boolean;
}

/** The facts of a component, key given by the caller. A package URL decides over group, name and version. */
export function componentFacts(component: JsonObject, key: string): ComponentFacts {
  const name = asString(component.name);
  const group = asString(component.group);
  const properties = propertiesOf(component.properties);
  const distribution = distributions(component.externalReferences);
  const local = properties.get(LOCAL_PATH);
  const markedDevelopment = isTrue(properties, DEVELOPMENT);
  const facts: PackageFacts = {
    key,
    purl: asString(component.purl),
    name: name !== undefined && group !== undefined && group !== '' ? `${group}/${name}` : name,
    version: asString(component.version) || undefined,
    purpose: asString(component.type),
    urls: local === undefined ? distribution.urls : [`file:${local}`],
    distributionDigests: distribution.digests,
    ownDigests: digests(component.hashes),
    // npm and cdxgen give development dependencies the scope 'optional' too; there it says nothing more.
    flags:
      (component.scope === 'optional' && !markedDevelopment ? NODE_FLAGS.optional : 0) |
      (isTrue(properties, BUNDLED) ? NODE_FLAGS.bundled : 0) |
      (isTrue(properties, INSTALL_SCRIPT) ? NODE_FLAGS.installScript : 0) |
      (PLATFORM.some((limit) => properties.has(limit)) ? NODE_FLAGS.platform : 0) |
      (isPatched(component) ? NODE_FLAGS.patched : 0),
  };
  return { facts, development: component.scope === 'excluded' || markedDevelopment };
}

function isPatched(component: JsonObject): boolean {
  if (component.modified === true) return true;
  const patches = isObject(component.pedigree) ? component.pedigree.patches : undefined;
  return Array.isArray(patches) && patches.length > 0;
}

function isTrue(properties: ReadonlyMap<string, string>, names: readonly string[]): boolean {
  return names.some((name) => properties.get(name) === 'true');
}

function propertiesOf(list: unknown): Map<string, string> {
  const properties = new Map<string, string>();
  for (const property of Array.isArray(list) ? list : []) {
    if (!isObject(property)) continue;
    const name = asString(property.name);
    const value = asString(property.value);
    if (name !== undefined && value !== undefined) properties.set(name, value);
  }
  return properties;
}

/** The hashes of an external reference of type 'distribution' are those of the bytes its URL serves: npm's tarball. */
function distributions(references: unknown): { urls: string[]; digests: Digest[] } {
  const urls: string[] = [];
  const found: Digest[] = [];
  for (const reference of Array.isArray(references) ? references : []) {
    if (!isObject(reference) || reference.type !== 'distribution') continue;
    const url = asString(reference.url);
    if (url !== undefined) urls.push(url);
    for (const digest of digests(reference.hashes)) found.push(digest);
  }
  return { urls, digests: found };
}

function digests(hashes: unknown): Digest[] {
  const found: Digest[] = [];
  for (const hash of Array.isArray(hashes) ? hashes : []) {
    if (!isObject(hash)) continue;
    const algorithm = asString(hash.alg);
    const hex = asString(hash.content);
    if (algorithm !== undefined && hex !== undefined) found.push({ algorithm, hex });
  }
  return found;
}
