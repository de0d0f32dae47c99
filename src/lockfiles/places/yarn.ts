/** Where the entries of a yarn.lock stand, in each of the three formats of that name. */
import { JsonCursor } from './json-cursor.ts';
import { JsonPath } from './json-paths.ts';
import { hasContent, keyStart, Wanted, wantedKey } from './yaml-lines.ts';

const SPACE = 0x20;
const COLON = 0x3a;

/** Offsets by key, of the keys that are found. */
export function yarnOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  if (/^\s*\{/.test(text)) return jsonOffsets(text, keys);
  return /^__metadata:/m.test(text) ? berryOffsets(text, keys) : classicOffsets(text, keys);
}

function jsonOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const lock = new JsonPath();
  const entries = lock.member('entries');
  for (const key of keys) entries.add([key], key);
  lock.find(new JsonCursor(text));
  const offsets = new Map<string, number>();
  lock.collect(offsets);
  return offsets;
}

/** A key that is there twice is once within a text: YAML has no key twice. */
function berryOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const wanted = new Wanted(keys);
  const offsets = new Map<string, number>();
  const doubtful = new Set<string>();
  for (const line of topLines(text)) {
    const key = wantedKey(text, line, wanted);
    if (key === undefined) continue;
    if (offsets.has(key)) doubtful.add(key);
    else offsets.set(key, keyStart(text, line));
  }
  for (const key of doubtful) offsets.delete(key);
  return offsets;
}

/** Yarn 1 keeps the last of two entries with one key, which here is all that stands before its colon. */
function classicOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const wanted = new Wanted(keys);
  const offsets = new Map<string, number>();
  for (const line of topLines(text)) {
    const key = classicKey(text, line, wanted);
    if (key !== undefined) offsets.set(key, line);
  }
  return offsets;
}

function classicKey(text: string, line: number, wanted: Wanted): string | undefined {
  const newline = text.indexOf('\n', line);
  let end = newline === -1 ? text.length : newline;
  while (end > line && text.charCodeAt(end - 1) <= SPACE) end--;
  const key = text.charCodeAt(end - 1) === COLON ? wanted.at(text, line, end - 1) : undefined;
  return key ?? commentedKey(text.slice(line, end), wanted);
}

/** The key of a line with a comment behind its colon. */
function commentedKey(line: string, wanted: Wanted): string | undefined {
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    let colon = at - 1;
    while (line.charCodeAt(colon) === SPACE) colon--;
    const key = line.charCodeAt(colon) === COLON ? wanted.at(line, 0, colon) : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

/** The starts of lines without indentation that are neither empty nor comments. */
function* topLines(text: string): Generator<number> {
  for (let line = 0; line < text.length; ) {
    const code = text.charCodeAt(line);
    if (hasContent(code)) yield line;
    const newline = text.indexOf('\n', line);
    line = newline === -1 ? text.length : newline + 1;
  }
}
