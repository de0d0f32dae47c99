/**
 * Where a scalar on one line ends, in text as bytes. Whatever is outside the subset of YAML that package managers write
 * is thrown as OUTSIDE.
 */

/** Thrown where something is outside the subset. It says nothing to anybody, so it has no stack. */
export const OUTSIDE = Object.freeze({ outside: true });

export const LF = 0x0a;
export const SPACE = 0x20;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const SINGLE_QUOTE = 0x27;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DOT = 0x2e;
const NINE = 0x39;
export const COLON = 0x3a;
const LESS = 0x3c;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const PIPE = 0x7c;
export const CLOSE_BRACE = 0x7d;
const TILDE = 0x7e;

/** By first character of a plain scalar: 1 is none in the subset, 2 may be the first of something other than a string. */
export const PLAIN_START = stopsAt(' ,[]{}#&*!|>\'"%@`?:');
for (const c of '0123456789+-.~<nNtTfF') PLAIN_START[c.charCodeAt(0)] = 2;

/** Second characters of null, true and false. */
const WORD_SECOND = new Uint8Array(256);
for (const c of 'uUrRaA') WORD_SECOND[c.charCodeAt(0)] = 1;

/** Whether a plain scalar can be nothing but a string, by its first two characters. */
export function isSurelyString(codes: Uint8Array, at: number): boolean {
  const first = codes[at]!;
  return PLAIN_START[first] === 0 || (first > NINE && first !== TILDE && first !== LESS && isNoWord(codes, at));
}

function isNoWord(codes: Uint8Array, at: number): boolean {
  return PLAIN_START[codes[at]!] === 2 && WORD_SECOND[codes[at + 1]!] === 0;
}

/** Characters that need a look inside a scalar, by its style. Control characters are among them. */
const PLAIN_STOP = stopsAt(':#');
const FLOW_STOP = stopsAt(':#,[]{}');
const SINGLE_STOP = stopsAt("'");
const DOUBLE_STOP = stopsAt('"\\');

function stopsAt(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(1, 0, 0x20);
  table.fill(1, 0x7f, 0xa0);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
}

/** How far behind the end of the text its bytes are read. */
const LOOKAHEAD = 4;

const WIDE = /[^\0-\xff]/;
const ALL_WIDE = /[^\0-\xff]/g;
/** Surrogates, byte order marks, line separators: whether they may stand there, js-yaml knows. */
const WIDE_UNUSUAL = /[\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/;

/**
 * One byte for each unit of a text, zeros behind its end: reading them is faster than reading the string. A character of
 * more than a byte, which YAML gives no meaning, is 0xff.
 */
export function codesOf(text: string): Uint8Array {
  const isWide = WIDE.test(text);
  if (isWide && WIDE_UNUSUAL.test(text)) throw OUTSIDE;
  const bytes = Buffer.allocUnsafeSlow(text.length + LOOKAHEAD);
  bytes.write(isWide ? text.replace(ALL_WIDE, '\xff') : text, 'latin1');
  bytes.fill(0, text.length);
  return bytes;
}

export function skipSpaces(codes: Uint8Array, from: number): number {
  let at = from;
  while (codes[at] === SPACE) at++;
  return at;
}

/** End of a plain key of a block mapping, which is at its colon. */
export function keyEnd(codes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const c = codes[end]!;
    if (PLAIN_STOP[c] === 0) {
      end++;
    } else if (c === COLON) {
      const after = codes[end + 1];
      if (after === SPACE || after === LF) break;
      end++;
    } else if (c === HASH && codes[end - 1] !== SPACE) {
      end++;
    } else {
      throw OUTSIDE;
    }
  }
  return checkedEnd(codes, at, end);
}

/** End of a plain scalar that fills its line. */
export function plainEnd(codes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const c = codes[end]!;
    if (PLAIN_STOP[c] === 0) {
      end++;
    } else if (c === LF) {
      break;
    } else if (c === COLON) {
      const after = codes[++end];
      if (after === SPACE || after === LF) throw OUTSIDE;
    } else if (c === HASH && codes[end - 1] !== SPACE) {
      end++;
    } else {
      throw OUTSIDE;
    }
  }
  return checkedEnd(codes, at, end);
}

/** End of a plain scalar in a flow collection: of a key at its colon, of a value before a comma or a bracket. */
export function flowEnd(codes: Uint8Array, at: number, isKey: boolean): number {
  let end = at;
  for (;;) {
    // Most bytes of a lockfile are digests in such scalars: four at a time.
    while (
      (FLOW_STOP[codes[end]!]! |
        FLOW_STOP[codes[end + 1]!]! |
        FLOW_STOP[codes[end + 2]!]! |
        FLOW_STOP[codes[end + 3]!]!) ===
      0
    ) {
      end += 4;
    }
    while (FLOW_STOP[codes[end]!] === 0) end++;
    const c = codes[end];
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET) break;
    if (c === COLON) {
      const after = codes[end + 1]!;
      if (after === SPACE && isKey) break;
      // What js-yaml makes of other separators is not worth knowing.
      if (after === SPACE || FLOW_STOP[after] !== 0) throw OUTSIDE;
    } else if (c !== HASH || codes[end - 1] === SPACE) {
      throw OUTSIDE;
    }
    end++;
  }
  return checkedEnd(codes, at, end);
}

function checkedEnd(codes: Uint8Array, at: number, end: number): number {
  if (end === at || codes[end - 1] === SPACE || (codes[at] === DASH && codes[at + 1] === SPACE)) throw OUTSIDE;
  return end;
}

/** The next single quote, which closes a scalar unless another one follows; `at` is inside of it. */
export function singleQuoteEnd(codes: Uint8Array, at: number): number {
  let end = at;
  while (SINGLE_STOP[codes[end]!] === 0) end++;
  if (codes[end] !== SINGLE_QUOTE) throw OUTSIDE;
  return end;
}

/** The closing quote of a double-quoted scalar; `at` is behind the opening one. */
export function doubleQuoteEnd(codes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const c = codes[end]!;
    if (DOUBLE_STOP[c] === 0) end++;
    else if (c === DOUBLE_QUOTE) return end;
    else if (c === BACKSLASH && codes[end + 1] !== LF) end += 2;
    else throw OUTSIDE;
  }
}

/** Whether a scalar that begins with a digit has two dots, as versions have, but no number and no timestamp. */
export function hasTwoDots(codes: Uint8Array, at: number, end: number): boolean {
  let dots = 0;
  for (let i = at; i < end; i++) if (codes[i] === DOT && ++dots === 2) return true;
  return false;
}

/** End of a line in which every printable character may stand: of a block scalar, of a comment. */
export function lineEnd(codes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const c = codes[end]!;
    if (PLAIN_STOP[c] === 0 || c === COLON || c === HASH) end++;
    else if (c === LF) return end;
    else throw OUTSIDE;
  }
}
