/** Where the entries of an npm lockfile stand: under `packages` by their path, in version 1 nested under `dependencies`. */
import { posix } from 'node:path';
import { LIMITS } from '../reader.ts';
import { JsonCursor } from './json-cursor.ts';
import { JsonPath } from './json-paths.ts';

const MODULES = 'node_modules/';
const BELOW = '/node_modules/';

/** Offsets by key, of the keys that are found. */
export function npmOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const lock = new JsonPath();
  const packages = lock.member('packages');
  const version = lock.member('lockfileVersion');
  for (const key of keys) packages.add([key], key);
  lock.find(new JsonCursor(text));
  if (isTree(text, version.foundIn(lock))) return treeOffsets(text, keys);
  const offsets = new Map<string, number>();
  if (packages.foundIn(lock) !== undefined) packages.collect(offsets);
  return offsets;
}

/** Whether the version, which is at an offset, is one whose `dependencies` are read. */
function isTree(text: string, at: number | undefined): boolean {
  if (at === undefined) return true;
  const cursor = new JsonCursor(text, at);
  cursor.key();
  return cursor.number() === 1;
}

/**
 * Version 1 has what is installed below one another, and linked directories under the name of the link, with what they
 * hold below it; their keys have the path of the directory instead.
 */
function treeOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const lock = new JsonPath();
  let links: ReadonlyMap<string, string> | undefined;
  for (const key of keys) {
    if (key.startsWith(MODULES)) {
      lock.add(pathInTree(key), key);
    } else if (key !== '') {
      links ??= linkLocations(new JsonCursor(text));
      const end = key.indexOf(BELOW);
      const location = links.get(end === -1 ? key : key.slice(0, end));
      if (location !== undefined) lock.add(pathInTree(location + (end === -1 ? '' : key.slice(end))), key);
    }
  }
  lock.find(new JsonCursor(text));
  const offsets = new Map<string, number>();
  lock.collect(offsets);
  return offsets;
}

/** node_modules/a/node_modules/b -> dependencies, a, dependencies, b */
function pathInTree(location: string): string[] {
  return location
    .slice(MODULES.length)
    .split(BELOW)
    .flatMap((name) => ['dependencies', name]);
}

/** Location of the link by the directory it leads to. */
function linkLocations(cursor: JsonCursor): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  addLinks(cursor, '', links, 0);
  return links;
}

function addLinks(cursor: JsonCursor, location: string, links: Map<string, string>, depth: number): void {
  if (depth > LIMITS.depth || !cursor.enter()) {
    cursor.skip();
    return;
  }
  while (cursor.key()) {
    const name = cursor.keyText();
    if (name === 'version' && depth > 0) {
      const path = /^(?:file|link):(.*)$/s.exec(cursor.string() ?? '')?.[1];
      if (path !== undefined) links.set(posix.normalize(path).replace(/\/$/, ''), location);
    } else if (name === 'dependencies' && cursor.enter()) {
      while (cursor.key()) {
        const child = `${location === '' ? '' : `${location}/`}${MODULES}${cursor.keyText()}`;
        addLinks(cursor, child, links, depth + 1);
      }
    } else {
      cursor.skip();
    }
  }
}
