/** Indented lines of a Berry lockfile: pairs, flags, and the order of their names. */
import { BerryCursor } from './berry-cursor.ts';

// Constants of the module itself: the compiler folds those, and not imported ones, which cost a fifth of the time here.
const HASH_START = 0x811c9dc5 | 0;
const HASH_STEP = 0x01000193;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SLASH = 0x2f;
const AT = 0x40;

/** How a name follows another: not in the order of the texts, in that order alone, or with an `@` behind each as well. */
export const UNORDERED = 0;
export const BEFORE_AS_TEXT = 1;
export const BEFORE = 2;

export class BerryLines extends BerryCursor {
  /** Whether the pairs read last say `optional: true`. */
  #isOptional = false;

  /** Goes behind the indentation of the line where it is as deep as that. */
  protected isIndented(indent: number): boolean {
    const { units, at } = this;
    for (let nth = 0; nth < indent; nth++) if (units[at + nth] !== SPACE) return false;
    const next = units[at + indent];
    if (next === SPACE || next === NEWLINE) return false;
    this.at = at + indent;
    return true;
  }

  /** How the last scalar follows the part of the text from `from` to `to`. */
  protected orderAfter(from: number, to: number): number {
    const units = this.units;
    let a = from;
    let b = this.from;
    while (a < to && b < this.to && units[a] === units[b]) {
      a++;
      b++;
    }
    if (b === this.to) return UNORDERED;
    if (a < to) return units[a]! < units[b]! ? BEFORE : UNORDERED;
    return AT < units[b]! ? BEFORE : BEFORE_AS_TEXT;
  }

  /** Reads lines `name: value` in the order of their names, at least one. */
  protected pairs(indent: number): boolean {
    this.#isOptional = false;
    let from = 0;
    let to = 0;
    while (this.isIndented(indent)) {
      if (!this.name() || !this.isNext(SPACE)) return false;
      if (to > 0 && this.orderAfter(from, to) === UNORDERED) return false;
      from = this.from;
      to = this.to;
      if (!this.value()) return false;
      if (to - from === 8 && this.text.startsWith('optional', from)) this.#isOptional = this.slice() === 'true';
    }
    return to > 0;
  }

  /** Lines `name:` with flags below them: the names, with whether `optional` is true. */
  protected meta(): Map<number, boolean> | undefined {
    const result = new Map<number, boolean>();
    while (this.isIndented(4)) {
      if (!this.name() || !this.isNext(NEWLINE)) return undefined;
      const name = this.id();
      if (result.has(name) || !this.pairs(6)) return undefined;
      result.set(name, this.#isOptional);
    }
    return result.size === 0 ? undefined : result;
  }

  /** Reads a name, with or without scope, and the `@` behind it. */
  protected packageName(): boolean {
    const units = this.units;
    const from = this.at;
    const isScoped = units[from] === AT;
    let at = from;
    let hash = HASH_START;
    let slash = 0;
    for (let unit = units[at]!; unit !== AT || at === from; unit = units[++at]!) {
      if (unit === NEWLINE || unit === QUOTE || unit === COMMA || unit === SPACE) return false;
      if (unit === SLASH) {
        if (slash !== 0 || !isScoped || at < from + 2) return false;
        slash = at;
      }
      hash = Math.imul(hash ^ unit, HASH_STEP);
    }
    if (isScoped && (slash === 0 || slash === at - 1)) return false;
    this.from = from;
    this.to = at;
    this.hash = hash;
    this.at = at + 1;
    return true;
  }
}
