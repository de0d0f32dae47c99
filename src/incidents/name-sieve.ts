/**
 * Which lockfiles may hold what a list calls bad, from their bytes alone: those that name none of its packages beside one of
 * its versions need not be parsed. Never misses one that a reader would find: names and versions stand literally in every
 * format, and where a text can spell them in another way (escapes, percent-encoding) it is not judged. Pure.
 */

import { append } from '../lists.ts';
import type { FormatName } from '../lockfiles/index.ts';
import type { BadPackage } from './builder.ts';

interface Needle {
  /** A name without its scope, which some formats keep apart or encode; one character a byte. */
  readonly name: string;
  /** Major, minor and patch of each bad version; undefined where any version may be bad. */
  readonly versions: readonly string[] | undefined;
}

/** With more names than this, one pass over the bytes is faster than one for each. */
const FEW = 16;
const PREFIX = 4;
const BITS = 18;

export class NameSieve {
  readonly #few: readonly Needle[];
  readonly #byPrefix = new Map<number, Needle[]>();
  readonly #marks = new Uint8Array(1 << BITS);

  constructor(packages: readonly BadPackage[]) {
    const needles = packages.map(needleOf);
    const isFew = needles.length <= FEW;
    this.#few = needles.filter(({ name }) => isFew || name.length < PREFIX);
    for (const needle of needles) {
      if (isFew || needle.name.length < PREFIX) continue;
      const prefix = Buffer.from(needle.name, 'latin1').readUInt32BE(0);
      append(this.#byPrefix, prefix, needle);
      this.#marks[hash(prefix)] = 1;
    }
  }

  /** @param bytes of a whole lockfile */
  mayHold(bytes: Uint8Array, format: FormatName): boolean {
    const text = latin1(bytes);
    if (isSpelledOtherwise(text, format)) return true;
    const known = new Map<string, boolean>();
    const has = (part: string): boolean => {
      const found = known.get(part) ?? text.includes(part);
      known.set(part, found);
      return found;
    };
    const isBad = ({ versions }: Needle): boolean => versions === undefined || versions.some(has);
    return this.#few.some((needle) => has(needle.name) && isBad(needle)) || this.#scan(bytes, text, isBad);
  }

  #scan(bytes: Uint8Array, text: string, isBad: (needle: Needle) => boolean): boolean {
    if (this.#byPrefix.size === 0) return false;
    const judged = new Set<Needle>();
    let word = 0;
    for (let at = 0; at < bytes.length; at++) {
      word = ((word << 8) | bytes[at]!) >>> 0;
      if (this.#marks[hash(word)] === 0) continue;
      for (const needle of this.#byPrefix.get(word) ?? []) {
        if (judged.has(needle) || !text.startsWith(needle.name, at - PREFIX + 1)) continue;
        if (isBad(needle)) return true;
        judged.add(needle);
      }
    }
    return false;
  }
}

function needleOf({ name, all, unsaid, ranges, versions }: BadPackage): Needle {
  const bare = latin1(Buffer.from(name.slice(name.indexOf('/') + 1)));
  if (all || unsaid || ranges.size > 0) return { name: bare, versions: undefined };
  return { name: bare, versions: [...new Set([...versions].map(coreOf))] };
}

// Prereleases and build metadata are written in more than one way.
function coreOf(version: string): string {
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? latin1(Buffer.from(version));
}

/** Whether a text may spell a name in another way: escapes of JSON and YAML, encoded characters in package URLs. */
function isSpelledOtherwise(text: string, format: FormatName): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 2)) {
    const next = text[at + 1];
    if (next !== '"' && next !== '\\') return true;
  }
  // %40 and %2F are in the package URLs of every scoped name, and concern its scope.
  return (format === 'sbom' || format === 'unknown') && /%(?!40|2f)[0-9a-f]{2}/i.test(text);
}

/** Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4). */
function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - BITS);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
