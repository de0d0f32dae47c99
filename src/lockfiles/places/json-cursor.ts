/**
 * Walks through JSON by offsets, without making values of it. What stands between values is passed over whatever it is
 * (white space, commas, colons, comments): only texts that a reader has accepted are looked at, some with comments and
 * trailing commas. A text it cannot follow ends early; nothing is thrown.
 */

const SPACE = 0x20;
const QUOTE = 0x22;
const ASTERISK = 0x2a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export class JsonCursor {
  readonly text: string;
  /** What comes next. */
  at: number;
  /** Offset of the quote that opens the last key. */
  keyAt = 0;
  #keyEnd = 0;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  /** Enters the object that is next; false where it is something else, which stays next. */
  enter(): boolean {
    return this.#open(OPEN_BRACE);
  }

  /** Enters the array that is next; false where it is something else, which stays next. */
  enterList(): boolean {
    return this.#open(OPEN_BRACKET);
  }

  /** Moves to the next key of the object that was entered last, its value is next; false behind the end of the object. */
  key(): boolean {
    for (;;) {
      const next = this.#next();
      if (next === QUOTE) break;
      if (next === CLOSE_BRACE || Number.isNaN(next)) {
        this.at++;
        return false;
      }
      this.skip();
    }
    this.keyAt = this.at;
    this.#keyEnd = stringEnd(this.text, this.at);
    this.at = this.#keyEnd;
    return true;
  }

  /** The last key. */
  keyText(): string {
    return unquoted(this.text, this.keyAt, this.#keyEnd);
  }

  /** Moves to the next value of the array that was entered last; false behind its end. */
  item(): boolean {
    const next = this.#next();
    if (next !== CLOSE_BRACKET && !Number.isNaN(next)) return true;
    this.at++;
    return false;
  }

  /** Goes to the value that is next and returns where it starts. */
  start(): number {
    this.#next();
    return this.at;
  }

  /** Goes behind the value that is next and returns it where it is a string. */
  string(): string | undefined {
    if (this.#next() === QUOTE) {
      const from = this.at;
      this.at = stringEnd(this.text, from);
      return unquoted(this.text, from, this.at);
    }
    this.skip();
    return undefined;
  }

  /** Goes behind the value that is next and returns it where it is a number. */
  number(): number | undefined {
    const first = this.start();
    this.skip();
    const text = this.text.slice(first, Math.min(this.at, first + 32));
    return /^-?\d/.test(text) ? Number(text) : undefined;
  }

  /** Goes behind the value that is next. */
  skip(): void {
    const next = this.#next();
    if (next === QUOTE) this.at = stringEnd(this.text, this.at);
    else if (next === OPEN_BRACE || next === OPEN_BRACKET) this.at = collectionEnd(this.text, this.at);
    else this.at = wordEnd(this.text, this.at);
  }

  #open(bracket: number): boolean {
    if (this.#next() !== bracket) return false;
    this.at++;
    return true;
  }

  /** The first character of what comes next, NaN at the end of the text. */
  #next(): number {
    const { text } = this;
    let code = text.charCodeAt(this.at);
    while (code <= SPACE || code === COMMA || code === COLON || code === SLASH) {
      this.at = code === SLASH ? commentEnd(text, this.at) : this.at + 1;
      code = text.charCodeAt(this.at);
    }
    return code;
  }
}

/** Behind the closing quote of the string that opens at an offset. */
function stringEnd(text: string, at: number): number {
  let close = text.indexOf('"', at + 1);
  while (close !== -1 && text.charCodeAt(close - 1) === BACKSLASH && isEscaped(text, close)) {
    close = text.indexOf('"', close + 1);
  }
  return close === -1 ? text.length : close + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at--;
  return (quote - at) % 2 === 0;
}

/**
 * Behind the end of the object or array that opens at an offset. Most of all time is spent here, so what is most often
 * there is asked for first: spaces, then what stands before brackets in ASCII.
 */
function collectionEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === SPACE) at++;
    else if (code === QUOTE) at = stringEnd(text, at);
    else if (code < OPEN_BRACKET) at = code === SLASH ? commentEnd(text, at) : at + 1;
    else {
      at++;
      if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
      else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) break;
    }
  }
  return at;
}

/** Behind the number or word at an offset; one character on where there is neither. */
function wordEnd(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE || code === SLASH) break;
  }
  return at;
}

/** Behind the comment at a slash, behind the slash where there is none. */
function commentEnd(text: string, slash: number): number {
  const second = text.charCodeAt(slash + 1);
  if (second !== SLASH && second !== ASTERISK) return slash + 1;
  const end = second === SLASH ? text.indexOf('\n', slash) : text.indexOf('*/', slash + 2) + 1;
  return end <= 0 ? text.length : end + 1;
}

function unquoted(text: string, from: number, end: number): string {
  const inner = text.slice(from + 1, end - 1);
  if (!inner.includes('\\')) return inner;
  try {
    return String(JSON.parse(text.slice(from, end)));
  } catch {
    return inner;
  }
}
