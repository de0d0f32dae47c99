/**
 * Lists as JSON: an array of texts or of objects, an object from names to versions, OSV records, incidents with their
 * packages, and entries of an npm lockfile. Own properties only, whatever they are called.
 */
import { asString, isObject, type JsonObject } from '../json.ts';
import type { IncidentBuilder, ListForm, ListPlace } from './builder.ts';
import { ECOSYSTEM_FIELDS, isNpm, NAME_FIELDS, normalField, VERSION_FIELDS } from './headers.ts';
import { addSaid, type Said, selected } from './lines.ts';
import { addOsv, isOsv } from './osv.ts';
import { ALL, type BadVersions, exactVersion, UNSAID, type Unreadable, versionsOf } from './versions.ts';

/** Objects in which lists are put, by the key that holds the list. */
const WRAPPERS = [
  'packages',
  'vulns',
  'vulnerabilities',
  'advisories',
  'incidents',
  'records',
  'entries',
  'items',
  'data',
];
/** How deep lists are looked for. */
const DEEPEST = 4;
const KEY_IN_LOCKFILE = 'node_modules/';

/** Reads one JSON value. @param line of an NDJSON list; else records are counted */
export function readJson(value: unknown, file: string, into: IncidentBuilder, line?: number): ListForm {
  const reader = new JsonReader(file, into, line);
  reader.read(value, 0);
  return reader.form;
}

class JsonReader {
  form: ListForm = 'json';
  readonly #file: string;
  readonly #into: IncidentBuilder;
  readonly #line: number | undefined;
  #record = 0;

  constructor(file: string, into: IncidentBuilder, line: number | undefined) {
    this.#file = file;
    this.#into = into;
    this.#line = line;
  }

  read(value: unknown, depth: number): void {
    if (Array.isArray(value)) for (const item of value) this.#item(item, depth + 1);
    else this.#item(value, depth);
  }

  #item(value: unknown, depth: number): void {
    if (typeof value === 'string') {
      const place = this.#next();
      const text = value.trim();
      if (text === '') this.#into.unreadable(place, 'an empty text');
      else addSaid(selected(text), place, this.#into);
    } else if (!isObject(value) || depth > DEEPEST) {
      this.#into.unreadable(this.#next(), 'expected a text or an object');
    } else this.#object(value, depth);
  }

  #object(record: JsonObject, depth: number): void {
    if (isOsv(record)) {
      this.form = 'osv';
      addOsv(record, this.#next(), this.#into);
      return;
    }
    const entries = lockfileEntries(record);
    if (entries) {
      this.form = 'lockfile';
      for (const [key, entry] of entries) this.#locked(key, entry);
      return;
    }
    const wrapper = WRAPPERS.find((key) => Array.isArray(own(record, key)));
    if (wrapper !== undefined) {
      this.read(own(record, wrapper), depth + 1);
      return;
    }
    const name = fieldOf(record, NAME_FIELDS);
    // An object from names to versions may have a package that is called so.
    if (typeof name === 'string' && (!isVersion(name) || hasField(record, VERSION_FIELDS))) {
      addSaid(namedSaid(name.trim(), record), this.#next(), this.#into);
    } else for (const [key, versions] of Object.entries(record)) this.#keyed(key, versions);
  }

  #keyed(name: string, value: unknown): void {
    this.#add(name, isObject(value) ? keyedVersions(value) : jsonVersions(value), this.#next());
  }

  #locked(key: string, entry: unknown): void {
    const place = this.#next();
    if (!isObject(entry)) {
      this.#into.unreadable(place, 'an entry of a lockfile that is no object');
      return;
    }
    // The project itself, its workspaces, and links to them are nobody's release.
    if (!key.includes(KEY_IN_LOCKFILE) || entry.link === true) return;
    const name = asString(entry.name) ?? key.slice(key.lastIndexOf(KEY_IN_LOCKFILE) + KEY_IN_LOCKFILE.length);
    const version = exactVersion(asString(entry.version) ?? '');
    if (version === undefined) this.#into.unreadable(place, 'an entry of a lockfile without a version');
    else this.#into.add(name, { kind: 'some', exact: [version], ranges: [] }, place);
  }

  #add(name: string, versions: BadVersions | Unreadable, place: ListPlace): void {
    if ('problem' in versions) this.#into.unreadable(place, versions.problem);
    else this.#into.add(name, versions, place);
  }

  #next(): ListPlace {
    this.#record++;
    return this.#line === undefined
      ? { file: this.#file, record: this.#record }
      : { file: this.#file, line: this.#line };
  }
}

function namedSaid(text: string, record: JsonObject): Said {
  const ecosystem = asString(fieldOf(record, ECOSYSTEM_FIELDS)) ?? '';
  if (!isNpm(ecosystem)) return { ecosystem };
  const isWhole = /^pkg:/i.test(text) || text.indexOf('@', 1) !== -1;
  const said: Said = isWhole ? selected(text) : { name: text, versions: ALL };
  if ('problem' in said || 'ecosystem' in said || said.versions.kind === 'some') return said;
  const versions = versionsIn(record);
  return 'problem' in versions ? versions : { name: said.name, versions };
}

/** Entries of an npm lockfile, whole or in part: objects under keys with node_modules/, or the tree of version 1. */
function lockfileEntries(record: JsonObject): [string, unknown][] | undefined {
  const packages = own(record, 'packages');
  const entries = Object.entries(isObject(packages) ? packages : record);
  if (entries.some(([key, value]) => key.includes(KEY_IN_LOCKFILE) && isObject(value))) return entries;
  const tree = own(record, 'dependencies');
  if (!isObject(tree) || !Object.values(tree).some((value) => isObject(value) && Object.hasOwn(value, 'version')))
    return;
  return [...treeEntries(tree)];
}

function* treeEntries(tree: JsonObject): Generator<[string, unknown]> {
  const open = [tree];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [name, value] of Object.entries(next)) {
      yield [KEY_IN_LOCKFILE + name, value];
      const below = isObject(value) ? own(value, 'dependencies') : undefined;
      if (isObject(below)) open.push(below);
    }
  }
}

/** An object under a name that says nothing of versions may be anything. */
function keyedVersions(record: JsonObject): BadVersions | Unreadable {
  if (Object.keys(record).length === 0) return ALL;
  return hasField(record, VERSION_FIELDS) ? versionsIn(record) : UNSAID;
}

function versionsIn(record: JsonObject): BadVersions | Unreadable {
  if (hasField(record, VERSION_FIELDS)) return jsonVersions(fieldOf(record, VERSION_FIELDS));
  // Versions under a name that is not known may be the good ones.
  return Object.keys(record).some((key) => normalField(key).includes('version')) ? UNSAID : ALL;
}

/** Texts, or lists of them. `null` says that versions are not known. */
function jsonVersions(value: unknown): BadVersions | Unreadable {
  if (value === null || value === undefined || value === '') return UNSAID;
  if (value === true) return ALL;
  if (typeof value === 'string') return versionsOf(value);
  if (!Array.isArray(value)) return { problem: 'expected versions as a text or a list of texts' };
  const [exact, ranges]: [string[], string[]] = [[], []];
  for (const item of value) {
    const text = isObject(item) ? asString(fieldOf(item, VERSION_FIELDS)) : asString(item);
    const found: BadVersions | Unreadable =
      text === undefined ? { problem: 'expected versions as a text or a list of texts' } : versionsOf(text);
    if ('problem' in found || found.kind === 'all') return found;
    if (found.kind === 'unsaid') continue;
    for (const version of found.exact) exact.push(version);
    for (const range of found.ranges) ranges.push(range);
  }
  return exact.length + ranges.length === 0 ? UNSAID : { kind: 'some', exact, ranges };
}

function own(record: JsonObject, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function fieldOf(record: JsonObject, fields: readonly string[]): unknown {
  const keys = new Map(
    Object.keys(record)
      .slice(0, MOST_FIELDS)
      .map((key) => [normalField(key), key]),
  );
  const found = fields.find((field) => keys.has(field));
  return found === undefined ? undefined : record[keys.get(found)!];
}

/** A record with more is an object from names to versions. */
const MOST_FIELDS = 100;

function hasField(record: JsonObject, fields: readonly string[]): boolean {
  return Object.keys(record)
    .slice(0, MOST_FIELDS)
    .some((key) => fields.includes(normalField(key)));
}

/** Whether a text tells versions: then `name` above it is the name of a package called so. */
function isVersion(text: string): boolean {
  const versions = versionsOf(text);
  return !('problem' in versions) && versions.kind !== 'unsaid';
}
