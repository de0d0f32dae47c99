/** Makes text from outside safe for each medium. Every report passes names, paths and messages through here. */

// Controls (escape sequences), formats (bidirectional overrides, zero-width characters), separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const MAX_LENGTH = 300;

/** For terminals: nothing that moves the cursor, changes colours or reorders text; over-long text is cut. */
export function forTerminal(text: string): string {
  const visible = text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return visible.length > MAX_LENGTH ? `${visible.slice(0, MAX_LENGTH - 1)}…` : visible;
}
