/**
 * Text of a Yarn 1 lockfile to entries, in one pass by lines. The grammar is that of what Yarn 1 writes: entries at no
 * indent (patterns, colon), fields at two spaces, items of a map field at four.
 */
import { LockfileError } from '../../diagnostics.ts';
import { lineAt } from '../../lines.ts';
import { LIMITS } from '../reader.ts';
import { COLON, COMMA, HASH, LineCursor, SPACE } from './classic-line.ts';
import type { Pattern } from './classic-patterns.ts';

export interface ClassicEntry {
  /** The patterns as written, without the colon at the end. */
  readonly key: string;
  /** Offset of the entry in the text. */
  readonly at: number;
  /** `name@range` as asked for by somebody; several that resolved to the same. */
  readonly patterns: readonly Pattern[];
  /** The field `name`, which old files have where the pattern does not hold it. */
  name: string | undefined;
  version: string | undefined;
  resolved: string | undefined;
  integrity: string | undefined;
  /** Name, range, name, range, ... */
  dependencies: readonly string[];
  optionalDependencies: readonly string[];
}

export interface ClassicText {
  /** The number in the comment `yarn lockfile v1`, or '' without one. */
  readonly formatVersion: string;
  readonly entries: readonly ClassicEntry[];
}

const RETURN = 13;

/** By how often they occur. */
const FIELDS = ['version', 'resolved', 'integrity', 'dependencies'] as const;
const NONE: readonly string[] = [];

/**
 * Reads the entries of a Yarn 1 lockfile.
 *
 * @throws LockfileError LOCKFILE_SYNTAX with line and column, LOCKFILE_VERSION, LOCKFILE_TOO_COMPLEX
 */
export function parseClassic(path: string, text: string): ClassicText {
  return new ClassicScanner(path, text).scan();
}

class ClassicScanner extends LineCursor {
  readonly #entries: ClassicEntry[] = [];
  #entry: ClassicEntry | undefined;
  /** Items of the open map field; undefined where none is open. */
  #items: string[] | undefined;
  #edges = 0;
  #formatVersion = '';

  scan(): ClassicText {
    const text = this.text;
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start);
      const next = newline === -1 ? text.length : newline;
      let end = next;
      while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
      if (end > start) this.#line(start, end);
      start = next + 1;
    }
    return { formatVersion: this.#formatVersion, entries: this.#entries };
  }

  #line(start: number, end: number): void {
    const text = this.text;
    let at = start;
    while (text.charCodeAt(at) === SPACE) at++;
    this.at = at;
    this.end = end;
    const indent = at - start;
    if (text.charCodeAt(at) === HASH) this.#comment();
    else if (indent === 4) this.#item();
    else if (indent === 2) this.#field();
    else if (indent === 0) this.#header();
    else throw this.error('expected an indent of 0, 2 or 4 spaces');
  }

  #comment(): void {
    const version = /^#\s*yarn lockfile v(\d{1,4})$/.exec(this.text.slice(this.at, this.end))?.[1];
    if (version === undefined) return;
    this.#formatVersion = version;
    if (Number(version) <= 1) return;
    throw new LockfileError({
      code: 'LOCKFILE_VERSION',
      file: this.path,
      line: lineAt(this.text, this.at),
      message: `yarn lockfile v${version}: expected v1, or the lockfile of Yarn 2 or later`,
      next: 'report this lockfile version, or lock again with a Yarn that is supported',
    });
  }

  #header(): void {
    const start = this.at;
    const patterns = [this.pattern()];
    while (this.peek() === COMMA) {
      this.skip(1);
      patterns.push(this.pattern());
    }
    const colon = this.at;
    if (this.peek() !== COLON) throw this.error('expected a colon after the patterns of an entry');
    this.skip(1);
    this.lineEnd();
    if (this.#entries.length >= LIMITS.nodes) throw this.#tooComplex('entries', LIMITS.nodes);
    this.#items = undefined;
    this.#entry = {
      key: this.text.slice(start, colon),
      at: start,
      patterns,
      name: undefined,
      version: undefined,
      resolved: undefined,
      integrity: undefined,
      dependencies: NONE,
      optionalDependencies: NONE,
    };
    this.#entries.push(this.#entry);
  }

  #field(): void {
    const entry = this.#entry;
    if (entry === undefined) throw this.error('expected a field to stand below an entry');
    const field = this.#knownField() ?? this.token('a field');
    if (this.peek() === COLON) {
      this.skip(1);
      if (this.at >= this.end || this.peek() === HASH) {
        this.#open(entry, field);
        return;
      }
    }
    this.#items = undefined;
    const value = this.value(field === 'integrity');
    if (field === 'version') entry.version = value;
    else if (field === 'resolved') entry.resolved = value;
    else if (field === 'integrity') entry.integrity = value;
    else if (field === 'name') entry.name = value;
  }

  /** The fields that nearly all lines have, without a copy of their names. */
  #knownField(): string | undefined {
    for (const field of FIELDS) {
      if (!this.text.startsWith(field, this.at)) continue;
      const after = this.text.charCodeAt(this.at + field.length);
      if (after !== SPACE && after !== COLON) return undefined;
      this.skip(field.length);
      return field;
    }
    return undefined;
  }

  #open(entry: ClassicEntry, field: string): void {
    this.#items = [];
    if (field === 'dependencies') entry.dependencies = this.#items;
    else if (field === 'optionalDependencies') entry.optionalDependencies = this.#items;
  }

  #item(): void {
    const items = this.#items;
    if (items === undefined)
      throw this.error('expected an indent of 4 spaces only below a field that ends with a colon');
    const name = this.token('a name');
    if (this.peek() === COLON) this.skip(1);
    items.push(name, this.value(false));
    if (++this.#edges > LIMITS.edges) throw this.#tooComplex('dependencies', LIMITS.edges);
  }

  #tooComplex(what: string, limit: number): LockfileError {
    return new LockfileError({
      code: 'LOCKFILE_TOO_COMPLEX',
      file: this.path,
      message: `more than ${limit} ${what}`,
      next: 'check that this is a lockfile; if it is, report the size that is needed',
    });
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === RETURN;
}
