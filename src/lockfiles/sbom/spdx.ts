/**
 * SPDX SBOMs as JSON, 2.2 and 2.3 (ISO/IEC 5962), and 3.0 as JSON-LD. Where the format leaves a choice,
 * docs/readers/sbom.md says what is chosen and why.
 */
import type { LockGraph } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import { parseLockfileJson } from '../json.ts';
import type { LockfileInput } from '../reader.ts';
import { namelessRoot, noteNameless, noteOdd, type PackageFields, packageFields } from './component.ts';
import { SbomGraph } from './graph.ts';
import { sbomError } from './notes.ts';
import type { SpdxDocument, SpdxPackage } from './spdx-document.ts';
import { readSpdx2 } from './spdx2.ts';
import { readSpdx3 } from './spdx3.ts';

/** GitHub writes the range that a manifest or workflow asks for where it knows no resolved version. */
const RANGE = /^\s*[\^~<>!]|[*|,]|\s-\s|\s[<>]/;

/**
 * Reads an SPDX JSON SBOM of any ecosystem: the packages it describes are the projects, the others nodes, dependency
 * relationships edges. GitHub's dependency graph export is read with and without its outer 'sbom' object.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE where it is no SPDX document, LOCKFILE_VERSION for SPDX 1,
 * LOCKFILE_TOO_COMPLEX
 */
export async function readSpdx(input: LockfileInput): Promise<LockGraph> {
  const json = await parseLockfileJson(input.path, input.text);
  const document = documentOf(input, isObject(json.sbom) ? json.sbom : json);
  const graph = new SbomGraph('spdx', document.version, input);
  if (!document.knownVersion) {
    const what = 'unknown version of SPDX, expected 2.2, 2.3 or 3.0: read as the nearest of them';
    graph.notes.count('LOCKFILE_VERSION', 'notice', what, document.version, 'export the SBOM as SPDX 2.3');
  }
  addPackages(graph, document, input.path);
  for (const other of document.others) graph.other(other);
  for (const { from, to, kind } of document.relations) {
    if (kind === 'contains') graph.contains(from, to);
    else graph.depends(from, to, kind);
  }
  return graph.finish();
}

function documentOf(input: LockfileInput, json: JsonObject): SpdxDocument {
  const version = asString(json.spdxVersion);
  if (version === undefined && Array.isArray(json['@graph'])) return readSpdx3(json['@graph']);
  if (version === undefined) {
    throw sbomError(
      input,
      'LOCKFILE_SHAPE',
      'neither spdxVersion nor @graph: expected an SPDX document, 2.2 to 3.0',
      'check that this is an SBOM; export it as SPDX 2.3 JSON, or rename a file that is none',
      'spdxVersion',
    );
  }
  if (/^SPDX-2\.\d+$/.test(version)) return readSpdx2(json, version.slice('SPDX-'.length));
  throw sbomError(
    input,
    'LOCKFILE_VERSION',
    'spdxVersion is not one that is known: expected SPDX-2.2 or SPDX-2.3, or SPDX 3.0 as JSON-LD',
    'export the SBOM as SPDX 2.3 JSON',
    'spdxVersion',
  );
}

/** One described package is the root. Several hang, as projects or packages, from a root that stands for the document. */
function addPackages(graph: SbomGraph, document: SpdxDocument, sbom: string): void {
  const described = new Set<SpdxPackage>();
  const byId = new Map(document.packages.toReversed().map((entry) => [entry.id, entry]));
  for (const id of document.describes) {
    const entry = byId.get(id);
    if (entry !== undefined && fieldsOf(entry, sbom) !== undefined) described.add(entry);
  }
  const [only] = described;
  if (described.size === 1) graph.root(fieldsOf(only!, sbom)!.fields, only!.id, undefined);
  else {
    graph.root({ ...namelessRoot(document.id), name: document.name }, undefined, undefined);
    for (const entry of described) graph.subject(fieldsOf(entry, sbom)!.fields, entry.id);
  }
  for (const entry of document.packages) if (!described.has(entry)) addPackage(graph, entry, sbom);
  for (let skipped = 0; skipped < document.unreadable; skipped++) {
    const what = 'entries for packages that cannot be read, expected an array of objects with an id: left out';
    graph.notes.count('ENTRY_SKIPPED', 'incomplete', what, '', 'write the SBOM again');
  }
}

function addPackage(graph: SbomGraph, entry: SpdxPackage, sbom: string): void {
  if (entry.facts.purl === undefined && entry.facts.purpose?.toUpperCase() === 'FILE') {
    graph.other(entry.id);
    const what = 'packages of purpose FILE without a package URL, which are no packages: left out';
    graph.notes.count('ENTRY_SKIPPED', 'notice', what, entry.facts.name ?? '', 'nothing to do');
    return;
  }
  const found = fieldsOf(entry, sbom);
  if (found === undefined) {
    noteNameless(graph.notes, entry.id);
    graph.other(entry.id);
    return;
  }
  noteOdd(graph.notes, found);
  if (found.range) {
    const what = 'packages with a range in place of the resolved version: kept without a version';
    const next = 'commit a lockfile before the SBOM is written, and read the lockfile rather than the SBOM';
    graph.notes.count('ENTRY_SKIPPED', 'incomplete', what, found.fields.name, next);
  }
  graph.package(found.fields, entry.id, undefined, false);
}

function fieldsOf({ facts }: SpdxPackage, sbom: string): (PackageFields & { readonly range: boolean }) | undefined {
  const found = packageFields(facts, sbom);
  if (found === undefined) return undefined;
  const range = found.fields.version !== undefined && RANGE.test(found.fields.version);
  return { ...found, fields: range ? { ...found.fields, version: undefined } : found.fields, range };
}
