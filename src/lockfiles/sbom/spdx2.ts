/** SPDX 2.x JSON. */
import { asString, isObject, type JsonObject } from '../../json.ts';
import type { Digest } from './digest.ts';
import { type SpdxDocument, type SpdxPackage, type SpdxRelation, stated } from './spdx-document.ts';

/** Relationship types that say that one package needs another; `reversed` ones name the needed package first. */
const RELATIONS = new Map<string, { kind: SpdxRelation['kind']; reversed: boolean }>([
  ['DEPENDS_ON', { kind: 'prod', reversed: false }],
  ['DEPENDENCY_OF', { kind: 'prod', reversed: true }],
  ['RUNTIME_DEPENDENCY_OF', { kind: 'prod', reversed: true }],
  ['STATIC_LINK', { kind: 'prod', reversed: false }],
  ['DYNAMIC_LINK', { kind: 'prod', reversed: false }],
  ['OPTIONAL_DEPENDENCY_OF', { kind: 'optional', reversed: true }],
  ['OPTIONAL_COMPONENT_OF', { kind: 'optional', reversed: true }],
  // npm writes peer dependencies so; a provided one likewise is there without being brought along.
  ['PREREQUISITE_FOR', { kind: 'peer', reversed: true }],
  ['HAS_PREREQUISITE', { kind: 'peer', reversed: false }],
  ['PROVIDED_DEPENDENCY_OF', { kind: 'peer', reversed: true }],
  ['DEV_DEPENDENCY_OF', { kind: 'dev', reversed: true }],
  ['BUILD_DEPENDENCY_OF', { kind: 'dev', reversed: true }],
  ['TEST_DEPENDENCY_OF', { kind: 'dev', reversed: true }],
  ['DEV_TOOL_OF', { kind: 'dev', reversed: true }],
  ['BUILD_TOOL_OF', { kind: 'dev', reversed: true }],
  ['TEST_TOOL_OF', { kind: 'dev', reversed: true }],
  ['CONTAINS', { kind: 'contains', reversed: false }],
  ['CONTAINED_BY', { kind: 'contains', reversed: true }],
  ['PACKAGE_OF', { kind: 'contains', reversed: true }],
]);

const KNOWN_VERSIONS = new Set(['2.0', '2.1', '2.2', '2.3']);

/** Reads the packages and relationships of a document; `version` is that of its spdxVersion. */
export function readSpdx2(json: JsonObject, version: string): SpdxDocument {
  const id = asString(json.SPDXID) ?? 'SPDXRef-DOCUMENT';
  const packages: SpdxPackage[] = [];
  let unreadable = json.packages === undefined || Array.isArray(json.packages) ? 0 : 1;
  for (const entry of listOf(json.packages)) {
    const found = isObject(entry) ? packageOf(entry) : undefined;
    if (found === undefined) unreadable++;
    else packages.push(found);
  }
  const others = new Set([id, 'NONE', 'NOASSERTION']);
  for (const entry of [...listOf(json.files), ...listOf(json.snippets)]) {
    const other = isObject(entry) ? asString(entry.SPDXID) : undefined;
    if (other !== undefined) others.add(other);
  }
  const describes = listOf(json.documentDescribes).filter((entry) => typeof entry === 'string');
  const relations: SpdxRelation[] = [];
  for (const entry of listOf(json.relationships)) {
    if (!isObject(entry)) continue;
    const from = asString(entry.spdxElementId);
    const to = asString(entry.relatedSpdxElement);
    const type = asString(entry.relationshipType)?.trim().toUpperCase();
    if (from === undefined || to === undefined || type === undefined) continue;
    // tools-golang wrote DESCRIBE for a while.
    if (from === id && (type === 'DESCRIBES' || type === 'DESCRIBE')) describes.push(to);
    else if (to === id && type === 'DESCRIBED_BY') describes.push(from);
    const relation = RELATIONS.get(type);
    if (relation === undefined) continue;
    const { kind, reversed } = relation;
    relations.push(reversed ? { from: to, to: from, kind } : { from, to, kind });
  }
  const name = asString(json.name) ?? '';
  return {
    version,
    knownVersion: KNOWN_VERSIONS.has(version),
    id,
    name,
    packages,
    describes,
    relations,
    others,
    unreadable,
  };
}

function packageOf(entry: JsonObject): SpdxPackage | undefined {
  const id = asString(entry.SPDXID);
  if (id === undefined) return undefined;
  const download = stated(asString(entry.downloadLocation));
  return {
    id,
    facts: {
      key: id,
      purl: purlOf(entry.externalRefs),
      name: asString(entry.name),
      version: stated(asString(entry.versionInfo)),
      purpose: asString(entry.primaryPackagePurpose),
      urls: download === undefined ? [] : [download],
      distributionDigests: digestsOf(entry.checksums),
      ownDigests: [],
      flags: 0,
    },
  };
}

/** The reference type is 'purl', or in older documents its URL on spdx.org. */
function purlOf(references: unknown): string | undefined {
  for (const reference of listOf(references)) {
    if (!isObject(reference)) continue;
    const type = asString(reference.referenceType);
    const locator = asString(reference.referenceLocator);
    if (locator !== undefined && (type === 'purl' || type?.endsWith('/purl'))) return locator;
  }
  return undefined;
}

function digestsOf(checksums: unknown): Digest[] {
  const digests: Digest[] = [];
  for (const checksum of listOf(checksums)) {
    if (!isObject(checksum)) continue;
    const algorithm = asString(checksum.algorithm);
    const hex = asString(checksum.checksumValue);
    if (algorithm !== undefined && hex !== undefined) digests.push({ algorithm, hex });
  }
  return digests;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
