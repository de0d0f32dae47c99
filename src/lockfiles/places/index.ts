/** Lines and columns of lockfile entries, found in the text again only for what is reported. */
import type { FormatName } from '../index.ts';
import { bunOffsets } from './bun.ts';
import { npmOffsets } from './npm.ts';
import { pnpmOffsets } from './pnpm.ts';
import { sbomOffsets } from './sbom.ts';
import { yarnOffsets } from './yarn.ts';

/** Both from 1; the column in UTF-16 code units, as SARIF counts by default (columnKind utf16CodeUnits). */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Offset of each entry that is found, by key. Linear in the text; never throws. */
type Finder = (text: string, keys: ReadonlySet<string>) => Map<string, number>;

const BYTE_ORDER_MARK = 0xfeff;

const FINDERS: Record<FormatName, Finder> = {
  npm: npmOffsets,
  pnpm: pnpmOffsets,
  yarn: yarnOffsets,
  bun: bunOffsets,
  sbom: sbomOffsets,
  unknown: anyOffsets,
};

/**
 * Where the entries of a lockfile stand: at the start of the key (with its quote), or of the id of a package of an SBOM.
 *
 * @param text as the reader had it; a byte order mark is no part of its first line
 * @param keys of nodes, as in the `key` column of the graph
 * @returns the places of the keys that are in the text; a project that the lockfile does not list has none
 */
export function placesOf(format: FormatName, text: string, keys: Iterable<string>): Map<string, Place> {
  const wanted = new Set(keys);
  if (wanted.size === 0) return new Map();
  const bare = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  return placesAt(bare, FINDERS[format](bare, wanted));
}

/** For a file whose format only its content tells: the first format that has a key under its own rules has its place. */
function anyOffsets(text: string, keys: ReadonlySet<string>): Map<string, number> {
  const finders = /^\s*\{/.test(text) ? [npmOffsets, bunOffsets, yarnOffsets, sbomOffsets] : [pnpmOffsets, yarnOffsets];
  return new Map(finders.toReversed().flatMap((find) => [...find(text, keys)]));
}

/** Lines are counted once for all offsets, in the order of the text. */
function placesAt(text: string, offsets: ReadonlyMap<string, number>): Map<string, Place> {
  const places = new Map<string, Place>();
  let start = 0;
  let line = 1;
  let newline = text.indexOf('\n');
  for (const [key, at] of [...offsets].sort((a, b) => a[1] - b[1])) {
    while (newline !== -1 && newline < at) {
      line++;
      start = newline + 1;
      newline = text.indexOf('\n', start);
    }
    places.set(key, { line, column: at - start + 1 });
  }
  return places;
}
