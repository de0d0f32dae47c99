/** bun.lock is JSON with trailing commas, and comments where someone wrote them: its text as a value, and places in it. */
import { LockfileError } from '../../diagnostics.ts';
import type { JsonObject } from '../../json.ts';
import { lineAt } from '../../lines.ts';
import { objectAtTop } from '../json.ts';

/** How a file starts that is laid out as bun writes it. */
const LAYOUT = /^\{\r?\n {2}"/;

const ENTRY_START = '\n    "';

/** A key at the two depths where bun.lock keeps its sections and their entries. */
const ENTRY_LINE = /\n( {2}| {4})"((?:[^"\\\n]|\\.)*)":/g;

/**
 * Parses the text of a bun.lock.
 *
 * @throws LockfileError LOCKFILE_SYNTAX with line and column, LOCKFILE_SHAPE where the top level is no object
 */
export async function parseBunText(path: string, text: string): Promise<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(withoutWrittenCommas(text));
  } catch {
    value = await parseCommented(path, text);
  }
  return objectAtTop(path, value);
}

/** 1-based line of an entry of a section, for files laid out as bun writes them; undefined otherwise. */
export function entryLine(text: string, key: string): number | undefined {
  const at = text.indexOf(`\n    ${JSON.stringify(key)}:`);
  return at === -1 ? undefined : lineAt(text, at + 1);
}

/**
 * Keys that a section holds twice, with the line of the second: JSON.parse keeps only the last. For files laid out as
 * bun writes them; `entries` is how many entries all sections have together once parsed.
 */
export function duplicateEntries(text: string, entries: number): { readonly key: string; readonly line: number }[] {
  if (!LAYOUT.test(text) || entryLines(text) <= entries) return [];
  const found: { key: string; line: number }[] = [];
  let seen = new Set<string>();
  for (const match of text.matchAll(ENTRY_LINE)) {
    const key = match[2]!;
    if (match[1]!.length === 2) seen = new Set();
    else if (seen.has(key)) found.push({ key, line: lineAt(text, match.index + 1) });
    else seen.add(key);
  }
  return found;
}

/** Lines that start an entry of a section: more of them than entries is a sign of entries with the same key. */
function entryLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf(ENTRY_START); at !== -1; at = text.indexOf(ENTRY_START, at + ENTRY_START.length)) count++;
  return count;
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const CLOSING_BRACKET = 93;
const CLOSING_BRACE = 125;

/**
 * The text without the trailing commas bun writes: before a line break, or after a string as in [ "linux", ]. Commas
 * like these are never part of a string: a string holds no line break, and a quote right after a letter or digit ends
 * one. What is written otherwise is left for JSON.parse to refuse.
 */
function withoutWrittenCommas(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) {
    let next = at + 1;
    let broken = false;
    let c = text.charCodeAt(next);
    while (c === SPACE || c === LINE_FEED || c === TAB || c === CARRIAGE_RETURN) {
      if (c === LINE_FEED) broken = true;
      c = text.charCodeAt(++next);
    }
    if (c !== CLOSING_BRACKET && c !== CLOSING_BRACE) continue;
    const before = text.charCodeAt(at - 1);
    const ends = before === QUOTE ? broken || isWordCharacter(text.charCodeAt(at - 2)) : broken && endsValue(before);
    if (!ends) continue;
    out += text.slice(from, at);
    from = at + 1;
  }
  return out + text.slice(from);
}

function endsValue(c: number): boolean {
  return c === CLOSING_BRACKET || c === CLOSING_BRACE || isWordCharacter(c);
}

/** Letters and digits of ASCII. */
function isWordCharacter(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 97 && c <= 122) || (c >= 65 && c <= 90);
}

async function parseCommented(path: string, text: string): Promise<unknown> {
  const jsonc = await import('jsonc-parser');
  try {
    return JSON.parse(withoutTrailingCommas(jsonc.stripComments(text, ' ')));
  } catch {
    throw syntaxError(path, text, jsonc);
  }
}

/** The text with every comma between a value and a closing bracket blanked. */
function withoutTrailingCommas(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  let comma = -1;
  let opening = true;
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (c === ' ' || c === '\n' || c === '\r' || c === '\t') continue;
    if (c === '"') at = endOfString(text, at);
    if ((c === '}' || c === ']') && comma !== -1) {
      pieces.push(text.slice(from, comma), ' ');
      from = comma + 1;
    }
    comma = c === ',' && !opening ? at : -1;
    opening = c === '{' || c === '[' || c === ',';
  }
  pieces.push(text.slice(from));
  return pieces.join('');
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function syntaxError(path: string, text: string, jsonc: typeof import('jsonc-parser')): LockfileError {
  let offset = text.length;
  let what = 'InvalidSymbol';
  try {
    jsonc.visit(
      text,
      {
        onError: (error, at) => {
          if (at >= offset) return;
          offset = at;
          what = jsonc.printParseErrorCode(error);
        },
      },
      { allowTrailingComma: true },
    );
  } catch {
    // Nested too deeply for the recursive parser: the place stays the end of the file.
  }
  return new LockfileError({
    code: 'LOCKFILE_SYNTAX',
    file: path,
    line: lineAt(text, offset),
    column: offset - text.lastIndexOf('\n', offset - 1),
    message: `not valid JSON (${what}): expected a complete bun.lock`,
    next: 'the file may be truncated: restore it from version control, or write it again with bun install',
  });
}
