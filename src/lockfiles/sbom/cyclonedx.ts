/**
 * CycloneDX SBOMs as JSON, specification 1.2 to 1.7 (ECMA-424). Where the format leaves a choice, docs/readers/sbom.md
 * says what is chosen and why.
 */
import type { LockGraph } from '../../graph/model.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import { parseLockfileJson } from '../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { namelessRoot, noteNameless, noteOdd, packageFields } from './component.ts';
import { componentFacts } from './cyclonedx-component.ts';
import { SbomGraph, tooComplex } from './graph.ts';
import { sbomError } from './notes.ts';

/**
 * Reads a CycloneDX JSON SBOM of any ecosystem: metadata.component is the root, every other component a node, every
 * dependsOn an edge.
 *
 * @throws LockfileError LOCKFILE_SYNTAX, LOCKFILE_SHAPE where bomFormat is not CycloneDX, LOCKFILE_TOO_COMPLEX
 */
export async function readCycloneDx(input: LockfileInput): Promise<LockGraph> {
  const bom = await parseLockfileJson(input.path, input.text);
  // CycloneDX 2.0 names the field specFormat.
  if (bom.bomFormat !== 'CycloneDX' && bom.specFormat !== 'CycloneDX') {
    throw sbomError(
      input,
      'LOCKFILE_SHAPE',
      "bomFormat is not 'CycloneDX': expected a CycloneDX SBOM, specification 1.2 or later",
      'check that this is an SBOM; export it as CycloneDX JSON, or rename a file that is none',
      'bomFormat',
    );
  }
  const version = asString(bom.specVersion) ?? '';
  const graph = new SbomGraph('cyclonedx', version, input);
  noteVersion(graph, version);
  const metadata = isObject(bom.metadata) ? bom.metadata : {};
  const root = isObject(metadata.component) ? metadata.component : {};
  addRoot(graph, input, root);
  addComponents(graph, input, root.components, '/metadata/component/components');
  addComponents(graph, input, bom.components, '/components');
  addServices(graph, input, bom.services);
  addDependencies(graph, bom.dependencies);
  noteFormulation(graph, bom.formulation);
  return graph.finish();
}

function noteVersion(graph: SbomGraph, version: string): void {
  if (/^1\.[2-7]$/.test(version)) return;
  const later = /^(\d+)\./.exec(version);
  graph.notes.count(
    'LOCKFILE_VERSION',
    later !== null && Number(later[1]) > 1 ? 'incomplete' : 'notice',
    'unknown specVersion, expected 1.2 to 1.7: read as 1.7',
    version,
    'export the SBOM as CycloneDX 1.6 or 1.7, or update this program',
  );
}

function addRoot(graph: SbomGraph, input: LockfileInput, component: JsonObject): void {
  const ref = asString(component['bom-ref']);
  const key = ref ?? '';
  const fields = packageFields(componentFacts(component, key).facts, input.path)?.fields;
  graph.root(fields ?? namelessRoot(key), ref, asString(component.purl));
}

interface Place {
  readonly list: readonly unknown[];
  readonly pointer: string;
  next: number;
}

/** Visits components and those nested in them in the order of the file. Nesting is containment and makes no edge. */
function addComponents(graph: SbomGraph, input: LockfileInput, list: unknown, pointer: string): void {
  const stack: Place[] = [];
  const enter = (inner: unknown, at: string): void => {
    if (inner === undefined || inner === null) return;
    if (!Array.isArray(inner)) {
      const what = 'lists of components that are no array: left out';
      graph.notes.count('ENTRY_SKIPPED', 'incomplete', what, '', 'write the SBOM again');
      return;
    }
    if (stack.length >= LIMITS.depth) throw tooComplex(input, `components nested more than ${LIMITS.depth} deep`);
    stack.push({ list: inner, pointer: at, next: 0 });
  };
  enter(list, pointer);
  for (let place = stack.at(-1); place !== undefined; place = stack.at(-1)) {
    if (place.next >= place.list.length) {
      stack.pop();
      continue;
    }
    const at = `${place.pointer}/${place.next}`;
    const component = place.list[place.next++];
    if (isObject(component)) {
      addComponent(graph, input, component, at);
      enter(component.components, `${at}/components`);
    } else {
      const what = 'components that are no objects, expected an object with a type and a name: left out';
      graph.notes.count('ENTRY_SKIPPED', 'incomplete', what, '', 'write the SBOM again');
    }
  }
}

function addComponent(graph: SbomGraph, input: LockfileInput, component: JsonObject, pointer: string): void {
  const ref = asString(component['bom-ref']);
  const purl = asString(component.purl);
  const type = asString(component.type);
  if (purl === undefined && (type === 'file' || type === 'cryptographic-asset')) {
    if (ref !== undefined) graph.other(ref);
    const what = `components of type ${type} without a package URL, which are no packages: left out`;
    graph.notes.count('ENTRY_SKIPPED', 'notice', what, asString(component.name) ?? '', 'nothing to do');
    return;
  }
  const { facts, development } = componentFacts(component, ref ?? pointer);
  const found = packageFields(facts, input.path);
  if (found === undefined) {
    noteNameless(graph.notes, ref ?? '');
    return;
  }
  noteOdd(graph.notes, found);
  graph.package(found.fields, ref, purl, development);
}

/** Services are called over a network and are no packages; dependencies may name them. */
function addServices(graph: SbomGraph, input: LockfileInput, list: unknown): void {
  const stack: { list: readonly unknown[]; depth: number }[] = Array.isArray(list) ? [{ list, depth: 1 }] : [];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.depth > LIMITS.depth) throw tooComplex(input, `services nested more than ${LIMITS.depth} deep`);
    for (const service of top.list) {
      if (!isObject(service)) continue;
      const ref = asString(service['bom-ref']);
      if (ref !== undefined) graph.other(ref);
      if (Array.isArray(service.services)) stack.push({ list: service.services, depth: top.depth + 1 });
    }
  }
}

function addDependencies(graph: SbomGraph, list: unknown): void {
  if (!Array.isArray(list)) return;
  for (const entry of list) {
    const ref = isObject(entry) ? asString(entry.ref) : undefined;
    if (ref === undefined) {
      const what = "entries of 'dependencies' without a ref: left out";
      graph.notes.count('ENTRY_SKIPPED', 'incomplete', what, '', 'write the SBOM again');
      continue;
    }
    const targets: unknown = (entry as JsonObject).dependsOn;
    for (const target of Array.isArray(targets) ? targets : []) {
      if (typeof target === 'string') graph.depends(ref, target, 'prod');
    }
  }
}

/** Since 1.5 a BOM may describe how the product was made, with components of its own. */
function noteFormulation(graph: SbomGraph, list: unknown): void {
  for (const formula of Array.isArray(list) ? list : []) {
    if (!isObject(formula) || !Array.isArray(formula.components) || formula.components.length === 0) continue;
    const what = "formulas under 'formulation' with components of the build environment: left out";
    graph.notes.count('ENTRY_SKIPPED', 'notice', what, '', 'nothing to do');
  }
}
