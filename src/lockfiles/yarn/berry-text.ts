/**
 * Reads the lines Yarn 2 to 4 writes, and nothing else: any line that looks different (a comment inside an entry, an
 * escape, an unknown field, a key over two lines) makes it give up, and the file is read as YAML. Yarn reads every
 * scalar of its lockfile as text, so `1.10` stays `1.10` here, which YAML would take for a number.
 */
import { declaredRange } from './descriptor.ts';
import { newDependency, type YarnDependency } from './entry.ts';

/** An entry as the file has it. */
export interface BerryEntry {
  readonly key: string;
  version: string | undefined;
  resolution: string | undefined;
  checksum: string | undefined;
  isLimited: boolean;
  /** All of kind prod: which are optional is said in another field. */
  dependencies: readonly YarnDependency[];
  /** Names dependenciesMeta makes optional. */
  optional: string[] | undefined;
  peers: Map<string, string> | undefined;
  /** Names in peerDependenciesMeta, with whether they are optional. */
  peersMeta: Map<string, boolean> | undefined;
}

export interface BerryDocument {
  readonly version: string | undefined;
  readonly cacheKey: string | undefined;
  readonly entries: BerryEntry[];
}

const NO_DEPENDENCIES: readonly YarnDependency[] = [];

export function emptyEntry(key: string): BerryEntry {
  return {
    key,
    version: undefined,
    resolution: undefined,
    checksum: undefined,
    isLimited: false,
    dependencies: NO_DEPENDENCIES,
    optional: undefined,
    peers: undefined,
    peersMeta: undefined,
  };
}

/** The document, or undefined where the text is not exactly what Yarn writes. */
export function scanBerry(text: string): BerryDocument | undefined {
  if (text.includes('\\') || text.includes('\t')) return undefined;
  return new Scanner(text).document();
}

const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COLON = 0x3a;
/** Characters a plain scalar cannot begin with, or not without a look at what follows. */
const IS_INDICATOR = new Uint8Array(128).fill(1, 0, SPACE + 1);
for (const character of '-?:,[]{}#&*!|>\'"%@`') IS_INDICATOR[character.charCodeAt(0)] = 1;

/** Yarn writes entries in the order of their keys; others are compared with a set. */
function isUnique(entries: readonly BerryEntry[]): boolean {
  let nth = 1;
  while (nth < entries.length && entries[nth - 1]!.key < entries[nth]!.key) nth++;
  return nth >= entries.length || new Set(entries.map((entry) => entry.key)).size === entries.length;
}

class Scanner {
  readonly #text: string;
  /** Start of the line that is looked at, its first character behind the indentation, its end. */
  #line = 0;
  #start = 0;
  #end = 0;
  #indent = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): BerryDocument | undefined {
    const entries: BerryEntry[] = [];
    let metadata: Map<string, string> | undefined;
    this.#open();
    while (this.#line < this.#text.length) {
      if (this.#isSkipped()) {
        this.#advance();
        continue;
      }
      const key = this.#indent === 0 ? this.#key() : undefined;
      if (key === undefined) return undefined;
      this.#advance();
      if (key === '__metadata') {
        if (metadata !== undefined) return undefined;
        metadata = this.#flat(2);
        if (metadata === undefined) return undefined;
        continue;
      }
      const entry = emptyEntry(key);
      if (!this.#fields(entry)) return undefined;
      entries.push(entry);
    }
    if (metadata === undefined || !isUnique(entries)) return undefined;
    return { version: metadata.get('version'), cacheKey: metadata.get('cacheKey'), entries };
  }

  #open(): void {
    const text = this.#text;
    let end = text.indexOf('\n', this.#line);
    if (end === -1) end = text.length;
    let start = this.#line;
    while (start < end && text.charCodeAt(start) === SPACE) start++;
    this.#indent = start - this.#line;
    this.#start = start;
    this.#end = end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
  }

  #advance(): void {
    const end = this.#text.indexOf('\n', this.#end);
    this.#line = end === -1 ? this.#text.length : end + 1;
    this.#open();
  }

  /** Whether the line is empty, or a comment between entries. */
  #isSkipped(): boolean {
    return this.#start === this.#end || (this.#indent === 0 && this.#text.charCodeAt(this.#start) === HASH);
  }

  /** The key of an entry: `key:`, or `? key` with a colon on the next line where it is long. */
  #key(): string | undefined {
    if (!this.#text.startsWith('? ', this.#start)) return this.#mapping();
    const key = this.#scalar(this.#start + 2, this.#end);
    this.#advance();
    const isColon = this.#indent === 0 && this.#end === this.#start + 1 && this.#text.charCodeAt(this.#start) === COLON;
    return isColon ? key : undefined;
  }

  /** The key of a line `key:`. */
  #mapping(): string | undefined {
    const end = this.#end - 1;
    return this.#text.charCodeAt(end) === COLON ? this.#scalar(this.#start, end) : undefined;
  }

  /** Fields of an entry, up to the next line without indentation. */
  #fields(entry: BerryEntry): boolean {
    let seen = 0;
    for (; this.#line < this.#text.length && !(this.#indent === 0 && this.#start < this.#end); ) {
      if (this.#start === this.#end) {
        this.#advance();
        continue;
      }
      const bit = this.#indent === 2 ? this.#field(entry) : 0;
      if (bit === 0 || (seen & bit) !== 0) return false;
      seen |= bit;
    }
    return seen !== 0;
  }

  /** Reads one field and what belongs to it. Returns a bit of its own for each, 0 for one that is not known. */
  #field(entry: BerryEntry): number {
    const text = this.#text;
    const start = this.#start;
    if (text.charCodeAt(this.#end - 1) === COLON) return this.#nested(entry);
    if (text.startsWith('version: ', start)) {
      entry.version = this.#value(9);
      return entry.version === undefined ? 0 : 1;
    }
    if (text.startsWith('resolution: ', start)) {
      entry.resolution = this.#value(12);
      return entry.resolution === undefined ? 0 : 2;
    }
    if (text.startsWith('checksum: ', start)) {
      entry.checksum = this.#value(10);
      return entry.checksum === undefined ? 0 : 4;
    }
    if (text.startsWith('languageName: ', start)) return this.#value(14) === undefined ? 0 : 8;
    if (text.startsWith('linkType: ', start)) return this.#value(10) === undefined ? 0 : 16;
    if (!text.startsWith('conditions: ', start)) return 0;
    entry.isLimited = true;
    return this.#value(12) === undefined ? 0 : 32;
  }

  /** The value of a field whose name (with colon and space) is that long. */
  #value(nameLength: number): string | undefined {
    const value = this.#scalar(this.#start + nameLength, this.#end);
    this.#advance();
    return value;
  }

  #nested(entry: BerryEntry): number {
    const name = this.#text.slice(this.#start, this.#end - 1);
    this.#advance();
    switch (name) {
      case 'dependencies':
        entry.dependencies = this.#dependencies();
        return entry.dependencies.length === 0 ? 0 : 64;
      case 'peerDependencies':
        entry.peers = this.#flat(4);
        return entry.peers === undefined ? 0 : 128;
      case 'dependenciesMeta': {
        const meta = this.#meta();
        if (meta === undefined) return 0;
        entry.optional = [...meta].filter(([, isOptional]) => isOptional).map(([dependency]) => dependency);
        return 256;
      }
      case 'peerDependenciesMeta':
        entry.peersMeta = this.#meta();
        return entry.peersMeta === undefined ? 0 : 512;
      case 'bin':
        return this.#flat(4) === undefined ? 0 : 1024;
      default:
        return 0;
    }
  }

  /** Empty where a line is not as expected. */
  #dependencies(): readonly YarnDependency[] {
    const dependencies: YarnDependency[] = [];
    let isSorted = true;
    let last = '';
    while (this.#indent === 4) {
      const colon = this.#pair();
      if (colon === -1) return NO_DEPENDENCIES;
      const name = this.#scalar(this.#start, colon);
      const range = this.#scalar(colon + 2, this.#end);
      if (name === undefined || range === undefined) return NO_DEPENDENCIES;
      if (name <= last) isSorted = false;
      last = name;
      dependencies.push(newDependency(name, declaredRange(range), 'prod'));
      this.#advance();
    }
    if (isSorted) return dependencies;
    return new Set(dependencies.map(({ name }) => name)).size === dependencies.length ? dependencies : NO_DEPENDENCIES;
  }

  /** Lines `name: value` of one indentation. */
  #flat(indent: number): Map<string, string> | undefined {
    const result = new Map<string, string>();
    while (this.#indent === indent && this.#start < this.#end) {
      const colon = this.#pair();
      if (colon === -1) return undefined;
      const name = this.#scalar(this.#start, colon);
      const value = this.#scalar(colon + 2, this.#end);
      if (name === undefined || value === undefined || result.has(name)) return undefined;
      result.set(name, value);
      this.#advance();
    }
    return result.size === 0 || this.#indent > indent ? undefined : result;
  }

  /** Lines `name:` with flags below them: the names, with whether `optional` is true. */
  #meta(): Map<string, boolean> | undefined {
    const result = new Map<string, boolean>();
    while (this.#indent === 4 && this.#start < this.#end) {
      const name = this.#mapping();
      if (name === undefined || result.has(name)) return undefined;
      this.#advance();
      const flags = this.#flat(6);
      if (flags === undefined) return undefined;
      result.set(name, flags.get('optional') === 'true');
    }
    return result.size === 0 ? undefined : result;
  }

  /** Offset of the colon between key and value, -1 where there is none. */
  #pair(): number {
    const text = this.#text;
    let from = this.#start;
    if (text.charCodeAt(from) === QUOTE) {
      from = text.indexOf('"', from + 1) + 1;
      if (from === 0 || text.charCodeAt(from) !== COLON) return -1;
    }
    const colon = text.indexOf(':', from);
    return colon !== -1 && colon + 2 < this.#end && text.charCodeAt(colon + 1) === SPACE ? colon : -1;
  }

  /** A quoted scalar without escapes, or a plain one of which there are no two readings. */
  #scalar(from: number, to: number): string | undefined {
    const text = this.#text;
    const first = text.charCodeAt(from);
    if (from >= to) return undefined;
    if (first === QUOTE) {
      if (to - from < 2 || text.indexOf('"', from + 1) !== to - 1) return undefined;
      return text.slice(from + 1, to - 1);
    }
    if (first > 0x7e || IS_INDICATOR[first] === 1 || text.charCodeAt(to - 1) === COLON) return undefined;
    for (let at = text.indexOf(' ', from); at !== -1 && at < to; at = text.indexOf(' ', at + 1)) {
      const next = text.charCodeAt(at + 1);
      if (at + 1 === to || next === HASH || text.charCodeAt(at - 1) === COLON) return undefined;
    }
    return text.slice(from, to);
  }
}
