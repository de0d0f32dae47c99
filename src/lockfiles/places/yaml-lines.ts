/** Keys of YAML mappings found by the lines they start: what package managers write, and what hands make of it. */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const COLON = 0x3a;

/** Texts that are looked for, found by their length first, so that nearly all lines cost no string. */
export class Wanted {
  readonly #texts: ReadonlySet<string>;
  readonly #lengths: ReadonlySet<number>;

  constructor(texts: ReadonlySet<string>) {
    this.#texts = texts;
    this.#lengths = new Set(Array.from(texts, ({ length }) => length));
  }

  /** The part of a text from `from` to `to` where it is wanted and not empty. */
  at(text: string, from: number, to: number): string | undefined {
    if (to === from || !this.#lengths.has(to - from)) return undefined;
    const part = text.slice(from, to);
    return this.#texts.has(part) ? part : undefined;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }
}

/** The key of a mapping that starts at an offset, where it is wanted: `key:`, quoted or not, or `? key`. */
export function wantedKey(text: string, start: number, wanted: Wanted): string | undefined {
  const at = keyStart(text, start);
  const needsColon = at === start;
  const first = text[at];
  if (first !== "'" && first !== '"') {
    const end = plainKeyEnd(text, at);
    return needsColon && text.charCodeAt(end) !== COLON ? undefined : wanted.at(text, at, withoutSpaces(text, at, end));
  }
  const end = quotedEnd(text, at, first);
  if (end === -1 || (needsColon && text.charCodeAt(behindSpaces(text, end + 1)) !== COLON)) return undefined;
  const key = unquoted(text, at, end, first);
  return key !== undefined && wanted.has(key) ? key : undefined;
}

/** Behind the question mark and the spaces of a long key; the offset itself where there are none. */
export function keyStart(text: string, at: number): number {
  if (text[at] !== '?' || text[at + 1] !== ' ') return at;
  return behindSpaces(text, at + 2);
}

/** Whether a line that has no indentation from `at` on starts something: it is neither empty nor a comment. */
export function hasContent(code: number): boolean {
  return code > SPACE && code !== HASH;
}

/** Where a plain key ends: at a colon with a space or the end of the line behind it, else at the end of the line. */
function plainKeyEnd(text: string, at: number): number {
  for (let end = at; ; end++) {
    const code = text.charCodeAt(end);
    if (code === COLON && isBreak(text.charCodeAt(end + 1))) return end;
    if (code === LINE_FEED || code === CARRIAGE_RETURN || Number.isNaN(code)) return end;
  }
}

function behindSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}

function withoutSpaces(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && text.charCodeAt(end - 1) === SPACE) end--;
  return end;
}

function isBreak(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || Number.isNaN(code);
}

/** Offset of the closing quote, -1 without one on the same line. */
function quotedEnd(text: string, at: number, quote: string): number {
  const newline = text.indexOf('\n', at);
  const last = newline === -1 ? text.length : newline;
  for (let end = at + 1; end < last; end++) {
    const code = text[end];
    if (code === '\\' && quote === '"') end++;
    else if (code === quote && quote === "'" && text[end + 1] === quote) end++;
    else if (code === quote) return end;
  }
  return -1;
}

/** The escapes of JSON mean the same in YAML; a key with another one is not found. */
function unquoted(text: string, at: number, end: number, quote: string): string | undefined {
  const inner = text.slice(at + 1, end);
  if (quote === "'") return inner.replaceAll("''", "'");
  if (!inner.includes('\\')) return inner;
  try {
    return String(JSON.parse(text.slice(at, end + 1)));
  } catch {
    return undefined;
  }
}
