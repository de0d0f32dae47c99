/** SPDX 3.0 as JSON-LD in its serialised form: a flat '@graph' of elements that refer to one another by spdxId. */
import type { EdgeKind } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import type { Digest } from './digest.ts';
import { type SpdxDocument, type SpdxPackage, type SpdxRelation, stated } from './spdx-document.ts';

const PACKAGE_TYPES = new Set(['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage']);
const RELATIONS = new Map<string, EdgeKind | 'contains'>([
  ['dependsOn', 'prod'],
  ['hasStaticLink', 'prod'],
  ['hasDynamicLink', 'prod'],
  ['hasOptionalDependency', 'optional'],
  ['hasOptionalComponent', 'optional'],
  ['hasPrerequisite', 'peer'],
  ['hasProvidedDependency', 'peer'],
  ['usesTool', 'dev'],
  ['contains', 'contains'],
]);
/** Scopes of a LifecycleScopedRelationship that end before the software runs. */
const BUILD_SCOPES = new Set(['design', 'development', 'build', 'test']);

/** Reads the elements of a graph: packages, relationships, and what the document and its SBOMs have as root elements. */
export function readSpdx3(elements: readonly unknown[]): SpdxDocument {
  const packages: SpdxPackage[] = [];
  const describes: string[] = [];
  const relations: SpdxRelation[] = [];
  const others = new Set<string>();
  let version = '';
  let document: JsonObject = {};
  let unreadable = 0;
  for (const element of elements) {
    if (!isObject(element)) continue;
    const type = asString(element.type) ?? asString(element['@type']) ?? '';
    const id = idOf(element);
    version ||= specVersionOf(type === 'CreationInfo' ? element : element.creationInfo);
    if (PACKAGE_TYPES.has(type)) {
      if (id === undefined) unreadable++;
      else packages.push(packageOf(element, id));
      continue;
    }
    if (id !== undefined) others.add(id);
    if (type === 'SpdxDocument') document = element;
    for (const root of stringsOf(element.rootElement)) describes.push(root);
    if (type.endsWith('Relationship')) for (const relation of relationsOf(element)) relations.push(relation);
  }
  return {
    version,
    knownVersion: /^3\.0(?:\.|$)/.test(version),
    id: idOf(document) ?? '',
    name: asString(document.name) ?? '',
    packages,
    describes,
    relations,
    others,
    unreadable,
  };
}

function specVersionOf(creation: unknown): string {
  return (isObject(creation) ? asString(creation.specVersion) : undefined) ?? '';
}

function packageOf(element: JsonObject, id: string): SpdxPackage {
  const download = stated(asString(element.software_downloadLocation));
  return {
    id,
    facts: {
      key: id,
      purl: asString(element.software_packageUrl) ?? purlOf(element.externalIdentifier),
      name: asString(element.name),
      version: stated(asString(element.software_packageVersion)),
      purpose: asString(element.software_primaryPurpose),
      urls: download === undefined ? [] : [download],
      distributionDigests: digestsOf(element.verifiedUsing),
      ownDigests: [],
      flags: 0,
    },
  };
}

function relationsOf(element: JsonObject): SpdxRelation[] {
  const from = asString(element.from);
  const kind = RELATIONS.get(asString(element.relationshipType) ?? '');
  if (from === undefined || kind === undefined) return [];
  const scoped = kind === 'prod' && BUILD_SCOPES.has(asString(element.scope) ?? '') ? 'dev' : kind;
  return stringsOf(element.to)
    .filter((to) => !/(?:^|[/:])(?:NoneElement|NoAssertionElement)$/.test(to))
    .map((to) => ({ from, to, kind: scoped }));
}

function purlOf(identifiers: unknown): string | undefined {
  for (const identifier of Array.isArray(identifiers) ? identifiers : []) {
    if (isObject(identifier) && identifier.externalIdentifierType === 'packageUrl') {
      return asString(identifier.identifier);
    }
  }
  return undefined;
}

function digestsOf(methods: unknown): Digest[] {
  const digests: Digest[] = [];
  for (const method of Array.isArray(methods) ? methods : []) {
    if (!isObject(method)) continue;
    const algorithm = asString(method.algorithm);
    const hex = asString(method.hashValue);
    if (algorithm !== undefined && hex !== undefined) digests.push({ algorithm, hex });
  }
  return digests;
}

function idOf(element: JsonObject): string | undefined {
  return asString(element.spdxId) ?? asString(element['@id']);
}

/** A JSON-LD value that may stand alone or in a list. */
function stringsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === 'string');
}
