/**
 * The scalars Yarn 2 to 4 writes, read character by character in one pass that also hashes them. Of a scalar that could
 * be read in two ways nothing is read. Yarn reads every scalar of its lockfile as text, so `1.10` stays `1.10` here,
 * which YAML would take for a number.
 */
import type { GraphBuilder } from '../../graph/builder.ts';
import { SliceTable } from './slice-table.ts';

// Constants of the module itself: the compiler folds those, and not imported ones, which cost a fifth of the time here.
const HASH_START = 0x811c9dc5 | 0;
const HASH_STEP = 0x01000193;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COLON = 0x3a;

/** Characters a plain scalar cannot begin with, or not without a look at what follows. */
const IS_INDICATOR = new Uint8Array(128).fill(1, 0, SPACE + 1);
for (const character of '-?:,[]{}#&*!|>\'"%@`') IS_INDICATOR[character.charCodeAt(0)] = 1;

export class BerryCursor {
  protected readonly text: string;
  /** Its characters and some newlines, so that no loop needs to look for the end. */
  protected readonly units: Uint8Array | Uint16Array;
  protected readonly slices: SliceTable;
  /** What comes next. */
  protected at = 0;
  /** The last scalar, without its quotes, and the hash of it. */
  protected from = 0;
  protected to = 0;
  protected hash = 0;

  constructor(text: string, builder: GraphBuilder) {
    this.text = text;
    this.units = unitsOf(text);
    this.slices = new SliceTable(this.text, this.units, builder);
  }

  /** Id of the last scalar. */
  protected id(): number {
    return this.slices.id(this.from, this.to, this.hash);
  }

  /** The last scalar. */
  protected slice(): string {
    return this.text.slice(this.from, this.to);
  }

  /** Whether these characters come next; goes behind them. */
  protected is(word: Uint8Array): boolean {
    const { units, at } = this;
    for (let nth = 0; nth < word.length; nth++) if (units[at + nth] !== word[nth]) return false;
    this.at = at + word.length;
    return true;
  }

  protected isNext(unit: number): boolean {
    if (this.units[this.at] !== unit) return false;
    this.at++;
    return true;
  }

  protected skipLine(): void {
    const newline = this.text.indexOf('\n', this.at);
    this.at = newline === -1 ? this.text.length : newline + 1;
  }

  /** Reads a key and the colon behind it. */
  protected name(): boolean {
    const units = this.units;
    const isQuoted = units[this.at] === QUOTE;
    let at = isQuoted ? this.at + 1 : this.at;
    if (!isQuoted && !this.isPlain(at)) return false;
    const end = isQuoted ? QUOTE : COLON;
    this.from = at;
    let hash = HASH_START;
    for (let unit = units[at]!; unit !== end; unit = units[++at]!) {
      if (unit === NEWLINE || (unit === SPACE && !isQuoted)) return false;
      hash = Math.imul(hash ^ unit, HASH_STEP);
    }
    this.to = at;
    this.hash = hash;
    this.at = isQuoted ? at + 1 : at;
    return this.isNext(COLON);
  }

  /** Reads the rest of the line, which is one scalar. */
  protected value(): boolean {
    return this.units[this.at] === QUOTE ? this.quoted(this.at + 1) : this.isPlain(this.at) && this.plain(this.at);
  }

  /** Reads up to the quote at the end of the line. */
  protected quoted(from: number): boolean {
    const units = this.units;
    let at = from;
    let hash = HASH_START;
    for (let unit = units[at]!; unit !== QUOTE; unit = units[++at]!) {
      if (unit === NEWLINE) return false;
      hash = Math.imul(hash ^ unit, HASH_STEP);
    }
    this.from = from;
    this.to = at;
    this.hash = hash;
    this.at = at + 1;
    return this.isNext(NEWLINE);
  }

  /** Reads up to the end of the line. */
  protected plain(from: number): boolean {
    const units = this.units;
    let at = from;
    let hash = HASH_START;
    for (let unit = units[at]!; unit !== NEWLINE; unit = units[++at]!) {
      if (unit === SPACE && this.#isUnclear(at)) return false;
      hash = Math.imul(hash ^ unit, HASH_STEP);
    }
    this.from = from;
    this.to = at;
    this.hash = hash;
    this.at = at + 1;
    return units[at - 1] !== COLON;
  }

  /** Reads the rest of the line like `value`, for long ones nobody asks the id of. */
  protected longValue(): boolean {
    const { text, units } = this;
    const isQuoted = units[this.at] === QUOTE;
    const newline = text.indexOf('\n', this.at);
    const end = newline === -1 ? text.length : newline;
    this.from = isQuoted ? this.at + 1 : this.at;
    this.to = isQuoted ? end - 1 : end;
    this.at = end + 1;
    if (isQuoted) return text.indexOf('"', this.from) === this.to;
    const space = text.indexOf(' ', this.from);
    return this.isPlain(this.from) && (space === -1 || space > end) && units[end - 1] !== COLON;
  }

  protected isPlain(at: number): boolean {
    const first = this.units[at]!;
    return first <= 0x7e && IS_INDICATOR[first] === 0;
  }

  /** Whether a space ends a plain scalar, or could. */
  #isUnclear(at: number): boolean {
    const next = this.units[at + 1];
    return next === HASH || next === NEWLINE || this.units[at - 1] === COLON;
  }
}

/** How far a loop looks ahead of a line's end. */
const PADDING = 16;

/** A lockfile is ASCII unless somebody uses other names for directories or patch files. */
function unitsOf(text: string): Uint8Array | Uint16Array {
  const length = text.length + PADDING;
  if (Buffer.byteLength(text) === text.length) {
    const units = Buffer.allocUnsafe(length);
    units.write(text, 'latin1');
    return units.fill(NEWLINE, text.length);
  }
  return Uint16Array.from({ length }, (_, at) => (at < text.length ? text.charCodeAt(at) : NEWLINE));
}
