/** One line of a Yarn 1 lockfile: its words as Yarn's own tokenizer takes them, and errors with their place. */
import { LockfileError } from '../../diagnostics.ts';
import { lineAt } from '../../lines.ts';
import { type Pattern, splitPattern } from './classic-patterns.ts';

const NEWLINE = 10;
export const SPACE = 32;
const QUOTE = 34;
export const HASH = 35;
export const COMMA = 44;
export const COLON = 58;
const BACKSLASH = '\\';

/** A place in a text that moves through one line at a time, from `at` to `end`. */
export class LineCursor {
  protected readonly path: string;
  protected readonly text: string;
  readonly #escapes: boolean;
  /** The next character to read. */
  protected at = 0;
  /** The end of the line, without blanks. */
  protected end = 0;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.#escapes = text.includes(BACKSLASH);
  }

  /** A pattern: quoted, or plain. */
  protected pattern(): Pattern {
    const text = this.text;
    const start = this.at;
    if (text.charCodeAt(start) !== QUOTE) {
      const end = this.#plainEnd('a pattern such as name@range');
      this.skip(end - start);
      return splitPattern(text, start, end);
    }
    if (!this.#escapes) {
      const close = this.#closingQuote();
      this.skip(close + 1 - start);
      return splitPattern(text, start + 1, close);
    }
    const pattern = this.#quoted();
    return splitPattern(pattern, 0, pattern.length);
  }

  /** A name or a field: quoted, or plain. */
  protected token(what: string): string {
    const start = this.at;
    if (this.text.charCodeAt(start) === QUOTE) return this.#quoted();
    const end = this.#plainEnd(what);
    this.skip(end - start);
    return this.text.slice(start, end);
  }

  /** The end of a plain word: up to a space, a comma or a colon. */
  #plainEnd(what: string): number {
    const text = this.text;
    const start = this.at;
    const end = this.end;
    let at = start;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE || code === COLON || code === COMMA) break;
    }
    if (at === start || !startsPlain(text.charCodeAt(start))) {
      throw this.error(`expected ${what}, in quotes unless it starts with a letter`);
    }
    return at;
  }

  /**
   * The value of a field or item, which ends its line: quoted, a plain word or a number. Converters write several digests
   * without quotes, which Yarn itself refuses; nothing is unclear about them.
   */
  protected value(digests: boolean): string {
    const text = this.text;
    const start = this.at;
    const first = text.charCodeAt(start);
    if (start >= this.end) throw this.error('expected a value');
    if (first === QUOTE) {
      const value = this.#quoted();
      this.lineEnd();
      return value;
    }
    const value = text.slice(start, this.end);
    if (startsPlain(first) ? !endsEarly(value, digests) : /^\d+$/.test(value)) return value;
    throw this.error('expected a value, in quotes unless it starts with a letter');
  }

  #quoted(): string {
    const start = this.at;
    const close = this.#closingQuote();
    this.skip(close + 1 - start);
    const inner = this.text.slice(start + 1, close);
    return this.#escapes && inner.includes(BACKSLASH) ? this.#unescape(start, close) : inner;
  }

  #closingQuote(): number {
    const text = this.text;
    const start = this.at;
    let close = text.indexOf('"', start + 1);
    if (this.#escapes) while (close !== -1 && isEscaped(text, close, start)) close = text.indexOf('"', close + 1);
    if (close === -1 || close >= this.end) throw this.error('expected a closing quote on the same line');
    return close;
  }

  #unescape(start: number, close: number): string {
    try {
      return String(JSON.parse(this.text.slice(start, close + 1)));
    } catch {
      this.at = start;
      throw this.error('expected the escapes of JSON in quotes');
    }
  }

  protected peek(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : NEWLINE;
  }

  /** Moves on by some characters and over the spaces after them. */
  protected skip(count: number): void {
    let at = this.at + count;
    while (at < this.end && this.text.charCodeAt(at) === SPACE) at++;
    this.at = at;
  }

  protected lineEnd(): void {
    if (this.at < this.end && this.peek() !== HASH) throw this.error('expected the end of the line');
  }

  protected error(message: string): LockfileError {
    return new LockfileError({
      code: 'LOCKFILE_SYNTAX',
      file: this.path,
      line: lineAt(this.text, this.at),
      column: this.at - this.text.lastIndexOf('\n', this.at - 1),
      message,
      next: 'restore the file from version control, or write it again with Yarn 1',
    });
  }
}

/** Whether Yarn takes a word that starts so without quotes: a letter, a dot, a dash or a slash. */
function startsPlain(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 45 && code <= 47);
}

/** Whether Yarn would take a plain value to end before its line does. */
function endsEarly(value: string, digests: boolean): boolean {
  return value.includes(':') || value.includes(',') || (!digests && value.includes(' '));
}

function isEscaped(text: string, quote: number, start: number): boolean {
  let at = quote - 1;
  while (at > start && text.charCodeAt(at) === 92) at--;
  return (quote - 1 - at) % 2 === 1;
}
