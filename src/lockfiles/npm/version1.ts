/** Before and after npm's migration of a version 1 lockfile: what is handed to it, and paths as they were meant. */
import { resolve } from 'node:path';
import type { Diagnostic } from '../../diagnostics.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { entriesSkipped, Tally, tooComplex } from './diagnostics.ts';

const TEXT_FIELDS = ['version', 'resolved', 'integrity', 'from'] as const;
const FLAG_FIELDS = ['dev', 'optional', 'bundled'] as const;

/** The migration makes paths relative to its directory; from this many levels down, what climbs further was absolute. */
export const PRIVATE_DEPTH = 32;

/** Stands for `~/`, which npm would replace by the home directory of whoever reads. */
const HOME = 'spof-deps-home-directory/';

export interface Version1 {
  readonly lock: JsonObject;
  /** The entries do not say what they require: without `requires: true` at the top, as npm before 5.1 wrote it. */
  readonly edgesUnknown: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

type Fields = Record<string, unknown>;

/**
 * Copies a version 1 lockfile field by field. Entries of a wrong shape are reported and left out.
 *
 * @throws LockfileError LOCKFILE_TOO_COMPLEX where entries are nested deeper, or are more, than LIMITS
 */
export function cleanVersion1(input: LockfileInput, lock: JsonObject): Version1 {
  const skipped = new Tally();
  const lost = new Tally();
  const clean = ordinary({ lockfileVersion: 1, requires: true });
  let count = 0;
  const open = [{ from: lock, to: clean, depth: 0 }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (!isObject(at.from.dependencies)) continue;
    const dependencies = ordinary({});
    at.to.dependencies = dependencies;
    for (const name of Object.keys(at.from.dependencies)) {
      const entry = at.from.dependencies[name];
      if (!isObject(entry)) skipped.add(name);
      else {
        if (++count > LIMITS.nodes) throw tooComplex(input, 'packages', LIMITS.nodes);
        if (at.depth >= LIMITS.depth) throw tooComplex(input, 'levels of packages', LIMITS.depth);
        const fields = fieldsOf(entry, name, lost);
        dependencies[name] = fields;
        open.push({ from: entry, to: fields, depth: at.depth + 1 });
      }
    }
  }
  const diagnostics: Diagnostic[] = [];
  if (skipped.count > 0) diagnostics.push(entriesSkipped(input, skipped, 'objects with a version'));
  if (lost.count > 0) diagnostics.push(entriesSkipped(input, lost, 'requirements under names a package can have'));
  return { lock: clean, edgesUnknown: lock.requires !== true && count > 0, diagnostics };
}

function fieldsOf(entry: JsonObject, name: string, lost: Tally): Fields {
  const fields = ordinary({});
  for (const field of TEXT_FIELDS) {
    const text = entry[field];
    if (typeof text === 'string') fields[field] = withoutHome(text);
  }
  for (const field of FLAG_FIELDS) if (entry[field] === true) fields[field] = true;
  if (isObject(entry.requires)) {
    const requires = ordinary({});
    for (const required of Object.keys(entry.requires)) {
      // npm's migration assigns it to a plain object, where it is lost without a word.
      if (required === '__proto__') lost.add(name);
      else requires[required] = asString(entry.requires[required]) ?? '';
    }
    fields.requires = requires;
  }
  return fields;
}

function withoutHome(text: string): string {
  return text.replace(/^(?:file:|link:)?\/*~\//, `file:${HOME}`);
}

/** An object in which every key is an ordinary one. */
function ordinary(fields: Fields): Fields {
  return Object.assign(Object.create(null), fields);
}

/** The migrated `packages`, with paths relative to the lockfile instead of to the directory of the migration. */
export function withOriginalPaths(packages: Record<string, JsonObject>, directory: string): JsonObject {
  return Object.fromEntries(
    Object.entries(packages).map(([location, entry]) => [
      originalPath(location, directory),
      repaired(location, entry, directory),
    ]),
  );
}

function repaired(location: string, entry: JsonObject, directory: string): JsonObject {
  const resolved = asString(entry.resolved);
  if (entry.link === true) return { link: true, resolved: originalPath(resolved ?? '', directory) };
  const path = resolved?.startsWith('file:') ? `file:${originalPath(resolved.slice(5), directory)}` : resolved;
  // Where a package requires something marked dev, the migration files it under devDependencies, which count at the top only.
  const required = location.includes('node_modules/') && isObject(entry.devDependencies) ? entry.devDependencies : {};
  return { ...entry, resolved: path, dependencies: { ...required, ...(entry.dependencies as object | undefined) } };
}

/** A path as the lockfile means it: absolute again where it only became relative to the private directory. */
function originalPath(path: string, directory: string): string {
  if (path.startsWith(HOME)) return `~/${path.slice(HOME.length)}`;
  return path.startsWith('../'.repeat(PRIVATE_DEPTH + 1)) ? resolve(directory, path) : path;
}
