/** What every medium shows of a text before its own escapes: characters that show nothing made visible, and cut. */
export function visible(text: string, length = 300): string {
  const printed = text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return printed.length > length ? `${printed.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : printed;
}
