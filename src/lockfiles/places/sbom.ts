/**
 * Where the packages of an SBOM stand: at the value that is their id, or at the object of a component without one. Of
 * several with one id it is the first, as in the readers.
 */
import { LIMITS } from '../reader.ts';
import { JsonCursor } from './json-cursor.ts';

/** SPDX 3 has elements of all types in one list. */
const PACKAGES = new Set(['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage']);

interface Found {
  key: string | undefined;
  at: number;
}

/** What was found in one object, by the member it was found in: a member that is there twice counts as it is the second time. */
type Members = Map<string, readonly Found[]>;

/** Offsets by key, of the keys that are found. */
export function sbomOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const { key, at } of inDocument(new JsonCursor(text), 0)) {
    if (key !== undefined && keys.has(key) && !offsets.has(key)) offsets.set(key, at);
  }
  return offsets;
}

/** The object at the top level, or the one GitHub's export has in it under `sbom`. */
function inDocument(cursor: JsonCursor, depth: number): readonly Found[] {
  const members: Members = new Map();
  if (!cursor.enter()) return [];
  while (cursor.key()) {
    const name = cursor.keyText();
    if (name === 'metadata') members.set(name, inMetadata(cursor));
    else if (name === 'components') members.set(name, inComponents(cursor, '/components'));
    else if (name === 'packages') members.set(name, inList(cursor, packageOf));
    else if (name === '@graph') members.set(name, packagesFirst(inList(cursor, elementOf)));
    else if (name === 'SPDXID') members.set(name, [idAt(cursor)]);
    else if (name === 'sbom' && depth === 0) members.set(name, inDocument(cursor, 1));
    else cursor.skip();
  }
  return ['sbom', 'metadata', 'components', 'packages', '@graph', 'SPDXID'].flatMap((name) => members.get(name) ?? []);
}

function inMetadata(cursor: JsonCursor): readonly Found[] {
  let found: Found[] = [];
  if (!cursor.enter()) {
    cursor.skip();
    return found;
  }
  while (cursor.key()) {
    if (cursor.keyText() === 'component') {
      found = [];
      addComponent(cursor, '', '/metadata/component', found, 0);
    } else {
      cursor.skip();
    }
  }
  return found;
}

function inComponents(cursor: JsonCursor, pointer: string): readonly Found[] {
  const found: Found[] = [];
  addComponents(cursor, pointer, found, 0);
  return found;
}

function addComponents(cursor: JsonCursor, pointer: string, found: Found[], depth: number): void {
  if (depth > LIMITS.depth || !cursor.enterList()) {
    cursor.skip();
    return;
  }
  for (let index = 0; cursor.item(); index++) {
    const at = `${pointer}/${index}`;
    addComponent(cursor, at, at, found, depth);
  }
}

/** @param otherwise its key where it has no bom-ref */
function addComponent(cursor: JsonCursor, otherwise: string, pointer: string, found: Found[], depth: number): void {
  const component: Found = { key: otherwise, at: cursor.start() };
  if (!cursor.enter()) {
    cursor.skip();
    return;
  }
  const start = component.at;
  const own = found.push(component);
  while (cursor.key()) {
    const name = cursor.keyText();
    if (name === 'bom-ref') {
      const { key, at } = idAt(cursor);
      component.key = key ?? otherwise;
      component.at = key === undefined ? start : at;
    } else if (name === 'components') {
      found.length = own;
      addComponents(cursor, `${pointer}/components`, found, depth + 1);
    } else {
      cursor.skip();
    }
  }
}

function inList(cursor: JsonCursor, read: (cursor: JsonCursor) => Element): readonly Element[] {
  const found: Element[] = [];
  if (!cursor.enterList()) {
    cursor.skip();
    return found;
  }
  while (cursor.item()) {
    if (cursor.enter()) found.push(read(cursor));
    else cursor.skip();
  }
  return found;
}

interface Element extends Found {
  readonly type: string | undefined;
}

/** An entry of `packages` of SPDX 2. */
function packageOf(cursor: JsonCursor): Element {
  let id: Found | undefined;
  while (cursor.key()) {
    if (cursor.keyText() === 'SPDXID') id = idAt(cursor);
    else cursor.skip();
  }
  return { key: id?.key, at: id?.at ?? 0, type: undefined };
}

/** An entry of `@graph` of SPDX 3. */
function elementOf(cursor: JsonCursor): Element {
  const ids: Record<'spdxId' | '@id', Found | undefined> = { spdxId: undefined, '@id': undefined };
  const types: Record<'type' | '@type', string | undefined> = { type: undefined, '@type': undefined };
  while (cursor.key()) {
    const name = cursor.keyText();
    if (name === 'spdxId' || name === '@id') ids[name] = idAt(cursor);
    else if (name === 'type' || name === '@type') types[name] = cursor.string();
    else cursor.skip();
  }
  const id = ids.spdxId?.key === undefined ? ids['@id'] : ids.spdxId;
  return { key: id?.key, at: id?.at ?? 0, type: types.type ?? types['@type'] };
}

/** The document comes after the packages: its id stands for the file only where no package has it. */
function packagesFirst(elements: readonly Element[]): readonly Element[] {
  const isPackage = ({ type }: Element): boolean => type !== undefined && PACKAGES.has(type);
  return [...elements.filter(isPackage), ...elements.filter(({ type }) => type === 'SpdxDocument')];
}

/** The string that is next as an id, with its place. */
function idAt(cursor: JsonCursor): Found {
  const at = cursor.start();
  return { key: cursor.string(), at };
}
