/**
 * A fast cursor over the YAML that package managers write: block mappings and sequences, scalars and flow collections
 * on one line, block scalars, `? key`, comments on lines of their own. It reads exactly as js-yaml does or gives up
 * with OUTSIDE: whatever is not certain, an error included, is left to js-yaml.
 */
import type { YamlCursor } from './cursor.ts';
import { FLOW, Levels } from './levels.ts';
import { resolvePlain, type YamlScalar } from './plain.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  codesOf,
  DASH,
  DOT,
  DOUBLE_QUOTE,
  doubleQuoteEnd,
  flowEnd,
  GREATER,
  HASH,
  hasTwoDots,
  isSurelyString,
  keyEnd,
  LF,
  lineEnd,
  OPEN_BRACE,
  OPEN_BRACKET,
  OUTSIDE,
  PIPE,
  PLAIN_START,
  plainEnd,
  QUESTION,
  SINGLE_QUOTE,
  SPACE,
  singleQuoteEnd,
  skipSpaces,
} from './scan.ts';

export class TextCursor implements YamlCursor {
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #levels: Levels;
  /** First character of the next line with content, and its column; column -1 at the end of the text. */
  #at = 0;
  #indent = 0;
  /** The current value: on the line at #pos, or, where #below, on the next lines at #at. */
  #pos = 0;
  #below = false;

  /** @throws OUTSIDE, as every method does */
  constructor(text: string) {
    const unix = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
    this.#text = unix.endsWith('\n') ? unix : `${unix}\n`;
    this.#codes = codesOf(this.#text);
    this.#levels = new Levels(this.#text, this.#codes);
    this.#seek(0);
    // What a text without content is, is for js-yaml to judge.
    if (this.#indent !== 0) throw OUTSIDE;
  }

  document(): boolean {
    if (this.#indent === -1) return false;
    if (this.#atDocumentStart()) this.#seek(this.#at + 4);
    // At the start of a document js-yaml takes any three dashes for its marker.
    else if (this.#text.startsWith('---', this.#at)) throw OUTSIDE;
    if (this.#indent !== 0 || this.#atDocumentStart() || this.#atItem()) throw OUTSIDE;
    this.#below = true;
    return true;
  }

  enter(): boolean {
    if (this.#below) {
      if (this.#indent > this.#levels.column && !this.#atItem()) {
        this.#levels.enter(this.#indent);
        return true;
      }
    } else if (this.#codes[this.#pos] === OPEN_BRACE) {
      this.#pos++;
      this.#levels.enter(FLOW);
      return true;
    }
    this.skip();
    return false;
  }

  key(): string | undefined {
    const { column } = this.#levels;
    if (column === FLOW) return this.#flowKey();
    if (this.#indent !== column || (column === 0 && this.#atDocumentStart())) {
      if (this.#indent > column) throw OUTSIDE;
      this.#levels.leave();
      return undefined;
    }
    const key = this.#blockKey();
    const pos = skipSpaces(this.#codes, this.#pos);
    this.#pos = pos;
    this.#below = this.#codes[pos] === LF;
    if (this.#below) this.#seek(pos + 1);
    return key;
  }

  string(): string | undefined {
    if (!this.#below) {
      const first = this.#codes[this.#pos]!;
      if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
        const value = this.#scalar(first);
        return typeof value === 'string' ? value : undefined;
      }
    }
    this.skip();
    return undefined;
  }

  value(): unknown {
    if (!this.#below) {
      const first = this.#codes[this.#pos]!;
      if (first === OPEN_BRACKET) return this.#flowSequence();
      if (first !== OPEN_BRACE) return this.#scalar(first);
    } else if (this.#atItem()) {
      return this.#indent >= this.#levels.column ? this.#blockSequence(this.#indent) : null;
    } else if (this.#indent <= this.#levels.column) {
      return null;
    }
    this.enter();
    return this.#object();
  }

  skip(): void {
    if (this.#below || !this.#skipSmallMap()) this.value();
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let key = this.key(); key !== undefined; key = this.key()) {
      const value = this.value();
      // Assigning to __proto__ would set the prototype instead of a property.
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
      } else {
        object[key] = value;
      }
    }
    return object;
  }

  /** Moves to the next line with content, from the start of a line. */
  #seek(lineStart: number): void {
    const codes = this.#codes;
    let start = lineStart;
    let at = start;
    for (;;) {
      const c = codes[at];
      if (c === SPACE) at++;
      else if (c === LF) start = at = at + 1;
      else if (c === HASH) start = at = lineEnd(codes, at) + 1;
      else break;
    }
    this.#at = at;
    this.#indent = at < this.#text.length ? at - start : -1;
  }

  /** At '---' on a line of its own; at any other document marker it gives up. */
  #atDocumentStart(): boolean {
    if (this.#indent !== 0) return false;
    const codes = this.#codes;
    const c = codes[this.#at];
    if ((c !== DASH && c !== DOT) || codes[this.#at + 1] !== c || codes[this.#at + 2] !== c) return false;
    const after = codes[this.#at + 3];
    if (after !== LF && after !== SPACE) return false;
    if (c === DOT || after === SPACE) throw OUTSIDE;
    return true;
  }

  #atItem(): boolean {
    return this.#codes[this.#at] === DASH && this.#codes[this.#at + 1] === SPACE;
  }

  /** The key at #at, which is added to its level; leaves #pos behind its colon. */
  #blockKey(): string {
    const codes = this.#codes;
    const at = this.#at;
    const first = codes[at]!;
    if (first === SINGLE_QUOTE || first === DOUBLE_QUOTE) {
      this.#pos = at;
      const key = this.#quotedKey(first);
      this.#takeColon(this.#pos);
      return key;
    }
    const start = PLAIN_START[first];
    if (start === 1) {
      if (first === QUESTION && codes[at + 1] === SPACE) return this.#explicitKey();
      throw OUTSIDE;
    }
    const end = keyEnd(codes, at);
    this.#pos = end + 1;
    return this.#plainKey(start, at, end);
  }

  /** A key that does not read as it is written, such as 1.0, is left to js-yaml: levels compare what is written. */
  #plainKey(start: number | undefined, at: number, end: number): string {
    this.#levels.add(at, end);
    const key = this.#text.slice(at, end);
    if (start === 2 && typeof resolvePlain(key) !== 'string') throw OUTSIDE;
    return key;
  }

  #quotedKey(quote: number): string {
    const at = this.#pos + 1;
    const key = this.#quoted(quote);
    if (key.length !== this.#pos - 1 - at) throw OUTSIDE;
    this.#levels.add(at, this.#pos - 1);
    return key;
  }

  #takeColon(at: number): void {
    const after = this.#codes[at + 1];
    if (this.#codes[at] !== COLON || (after !== SPACE && after !== LF)) throw OUTSIDE;
    this.#pos = at + 1;
  }

  /** `? key` on one line, `: value` or `:` on the next. */
  #explicitKey(): string {
    const indent = this.#indent;
    this.#pos = skipSpaces(this.#codes, this.#at + 2);
    const first = this.#codes[this.#pos]!;
    const key = this.#explicitKeyText(first);
    this.#endLine();
    if (this.#indent !== indent) throw OUTSIDE;
    this.#takeColon(this.#at);
    return key;
  }

  #explicitKeyText(first: number): string {
    if (first === SINGLE_QUOTE || first === DOUBLE_QUOTE) return this.#quotedKey(first);
    const at = this.#pos;
    const start = PLAIN_START[first];
    if (start === 1) throw OUTSIDE;
    this.#pos = plainEnd(this.#codes, at);
    return this.#plainKey(start, at, this.#pos);
  }

  /** The scalar at #pos, and what has to follow it. */
  #scalar(first: number): YamlScalar {
    const isQuoted = first === SINGLE_QUOTE || first === DOUBLE_QUOTE;
    if (this.#levels.column === FLOW) {
      return isQuoted ? this.#quoted(first) : this.#plain(first, flowEnd(this.#codes, this.#pos, false));
    }
    if (first === PIPE || first === GREATER) return this.#blockScalar();
    const value = isQuoted ? this.#quoted(first) : this.#plain(first, plainEnd(this.#codes, this.#pos));
    this.#endLine();
    return value;
  }

  #plain(first: number, end: number): YamlScalar {
    const start = PLAIN_START[first];
    if (start === 1) throw OUTSIDE;
    const at = this.#pos;
    this.#pos = end;
    const text = this.#text.slice(at, end);
    return start === 0 || hasTwoDots(this.#codes, at, end) ? text : resolvePlain(text);
  }

  /** The quoted scalar at #pos; leaves #pos behind its closing quote. */
  #quoted(quote: number): string {
    const at = this.#pos + 1;
    if (quote === SINGLE_QUOTE) return this.#singleQuoted(at);
    const end = doubleQuoteEnd(this.#codes, at);
    this.#pos = end + 1;
    const text = this.#text.slice(at, end);
    return text.includes('\\') ? jsonString(text) : text;
  }

  #singleQuoted(at: number): string {
    const codes = this.#codes;
    let end = singleQuoteEnd(codes, at);
    const isDoubled = codes[end + 1] === SINGLE_QUOTE;
    while (codes[end + 1] === SINGLE_QUOTE) end = singleQuoteEnd(codes, end + 2);
    this.#pos = end + 1;
    const text = this.#text.slice(at, end);
    return isDoubled ? text.replaceAll("''", "'") : text;
  }

  /** Nothing may follow a value on its line. */
  #endLine(): void {
    if (this.#codes[this.#pos] !== LF) throw OUTSIDE;
    this.#seek(this.#pos + 1);
  }

  /** Behind a flow collection: its line ends there, unless it is inside another one. */
  #endFlow(): void {
    if (this.#levels.column !== FLOW) this.#endLine();
  }

  /** Next key of the flow mapping entered last. */
  #flowKey(): string | undefined {
    const codes = this.#codes;
    let pos = skipSpaces(codes, this.#pos);
    const c = codes[pos];
    if (c === CLOSE_BRACE) {
      this.#pos = pos + 1;
      this.#levels.leave();
      this.#endFlow();
      return undefined;
    }
    if (!this.#levels.isEmpty()) {
      if (c !== COMMA) throw OUTSIDE;
      pos = skipSpaces(codes, pos + 1);
    }
    this.#pos = pos;
    const key = this.#flowKeyText(codes[pos]!);
    if (codes[this.#pos] !== COLON || codes[this.#pos + 1] !== SPACE) throw OUTSIDE;
    this.#pos = skipSpaces(codes, this.#pos + 2);
    this.#below = false;
    return key;
  }

  #flowKeyText(first: number): string {
    if (first === SINGLE_QUOTE || first === DOUBLE_QUOTE) return this.#quotedKey(first);
    const at = this.#pos;
    const start = PLAIN_START[first];
    if (start === 1) throw OUTSIDE;
    this.#pos = flowEnd(this.#codes, at, true);
    return this.#plainKey(start, at, this.#pos);
  }

  #flowSequence(): unknown[] {
    const codes = this.#codes;
    const items: unknown[] = [];
    // A level of its own tells what is inside that it is in a flow collection.
    this.#levels.enter(FLOW);
    let pos = skipSpaces(codes, this.#pos + 1);
    if (codes[pos] !== CLOSE_BRACKET) {
      for (;;) {
        this.#pos = pos;
        this.#below = false;
        items.push(this.value());
        pos = skipSpaces(codes, this.#pos);
        const c = codes[pos];
        if (c === CLOSE_BRACKET) break;
        if (c !== COMMA) throw OUTSIDE;
        pos = skipSpaces(codes, pos + 1);
      }
    }
    this.#pos = pos + 1;
    this.#levels.leave();
    this.#endFlow();
    return items;
  }

  /** `{name: value}` where both are sure to be read as strings: the common case of what nobody needs. */
  #skipSmallMap(): boolean {
    const codes = this.#codes;
    const at = this.#pos + 1;
    if (codes[this.#pos] !== OPEN_BRACE || !isSurelyString(codes, at)) return false;
    let pos = flowEnd(codes, at, true);
    if (codes[pos] !== COLON) return false;
    pos = skipSpaces(codes, pos + 1);
    // After a doubled quote comes no closing brace, and the map is taken the long way.
    if (codes[pos] === SINGLE_QUOTE) pos = singleQuoteEnd(codes, pos + 1) + 1;
    else if (isSurelyString(codes, pos)) pos = flowEnd(codes, pos, false);
    else return false;
    if (codes[pos] !== CLOSE_BRACE) return false;
    this.#pos = pos + 1;
    this.#endFlow();
    return true;
  }

  #blockSequence(indent: number): unknown[] {
    const codes = this.#codes;
    const items: unknown[] = [];
    do {
      const pos = skipSpaces(codes, this.#at + 2);
      const first = codes[pos]!;
      if (this.#isEntry(pos, first)) {
        this.#indent = indent + pos - this.#at;
        this.#at = pos;
        this.#levels.enter(this.#indent);
        items.push(this.#object());
      } else {
        if (first === PIPE || first === GREATER) throw OUTSIDE;
        this.#pos = pos;
        this.#below = false;
        items.push(this.value());
      }
      if (this.#indent > indent) throw OUTSIDE;
    } while (this.#indent === indent && this.#atItem());
    return items;
  }

  /** Whether a sequence item on one line is the first entry of a mapping. */
  #isEntry(pos: number, first: number): boolean {
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return false;
    if (first === SINGLE_QUOTE || first === DOUBLE_QUOTE) {
      this.#pos = pos;
      this.#quoted(first);
      return this.#codes[this.#pos] === COLON;
    }
    const line = this.#text.slice(pos, this.#text.indexOf('\n', pos));
    return line.endsWith(':') || line.includes(': ');
  }

  /** A literal or folded scalar without indentation indicator; blank lines in it have no spaces. */
  #blockScalar(): string {
    const text = this.#text;
    const codes = this.#codes;
    const header = text.slice(this.#pos, text.indexOf('\n', this.#pos));
    if (header !== '|' && header !== '|-' && header !== '>' && header !== '>-') throw OUTSIDE;
    const folded = header.startsWith('>');
    let result = '';
    let column = -1;
    let blank = 0;
    let line = this.#pos + header.length + 1;
    while (line < text.length) {
      const start = skipSpaces(codes, line);
      if (codes[start] === LF) {
        if (start !== line) throw OUTSIDE;
        blank++;
        line++;
        continue;
      }
      const isFirst = column === -1;
      if (isFirst && start - line > this.#levels.column) column = start - line;
      if (column === -1 || start - line < column) break;
      if (folded && start - line > column) throw OUTSIDE;
      const end = lineEnd(codes, start);
      const breaks = isFirst || folded ? blank : blank + 1;
      result += (breaks === 0 && !isFirst ? ' ' : '\n'.repeat(breaks)) + text.slice(line + column, end);
      blank = 0;
      line = end + 1;
    }
    if (column === -1) throw OUTSIDE;
    this.#seek(line);
    return header.length === 1 ? `${result}\n` : result;
  }
}

/** The escapes of JSON mean the same in YAML; any other escape is outside the subset. */
function jsonString(inner: string): string {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    throw OUTSIDE;
  }
}
