/** Makes text from outside safe for each medium. Every report passes names, paths and messages through here. */

// Controls (escape sequences), formats (bidirectional overrides, zero-width characters), separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const MAX_LENGTH = 300;

/** For terminals: nothing that moves the cursor, changes colours or reorders text; over-long text is cut. */
export function forTerminal(text: string): string {
  return cut(visible(text), MAX_LENGTH);
}

/** A sentence holds several names, each already cut. */
const MAX_HTML_LENGTH = 20 * MAX_LENGTH;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML, as text or inside a quoted attribute; the same characters are made visible as for terminals. */
export function forHtml(text: string): string {
  return cut(visible(text), MAX_HTML_LENGTH).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** JSON for inside a <script> element: nothing in it can end the element or begin a comment. */
export function forScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>\u2028\u2029]/g, (character) => `\\u${hex(character).padStart(4, '0')}`);
}

function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${hex(character)}}`);
}

function hex(character: string): string {
  return character.codePointAt(0)!.toString(16);
}

function cut(text: string, length: number): string {
  // Half of a surrogate pair is no character.
  return text.length > length ? `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}
