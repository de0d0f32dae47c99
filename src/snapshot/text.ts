/**
 * Texts as UTF-8. A string of JavaScript may hold half a surrogate pair, which UTF-8 has no form for, and two that differ
 * must stay two: each half becomes U+10FFFF and its number in four hexadecimal digits. Pure.
 */

const ESCAPE = '\u{10ffff}';
const ODD = /\p{Surrogate}|\u{10ffff}/gu;
const ESCAPED = /\u{10ffff}(.{0,4})/gsu;

export function toStored(text: string): string {
  return text.replace(ODD, (found) => {
    const code = found === ESCAPE ? 0 : found.charCodeAt(0);
    return ESCAPE + code.toString(16).padStart(4, '0');
  });
}

/** @returns undefined for what `toStored` never makes */
export function fromStored(text: string): string | undefined {
  if (!text.includes(ESCAPE)) return text;
  let isSound = true;
  const plain = text.replace(ESCAPED, (_, digits: string) => {
    if (digits === '0000') return ESCAPE;
    isSound &&= /^d[89a-f][0-9a-f]{2}$/.test(digits);
    return String.fromCharCode(Number.parseInt(digits, 16));
  });
  return isSound && toStored(plain) === text ? plain : undefined;
}
