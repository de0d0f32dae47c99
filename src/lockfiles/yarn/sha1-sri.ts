/** SHA-1 in hex to Subresource Integrity text, by tables: a lockfile has one per package, and two copies each add up. */
const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const HEX = hexTable();
const PREFIX = 'sha1-';
const SRI = Buffer.from(PREFIX + '='.repeat(28));

/** 'sha1-<base64>' of the 40 hex digits from `at` on, or undefined where they are none. */
export function sha1Sri(text: string, at: number): string | undefined {
  let to = PREFIX.length;
  for (let i = at; i < at + 39; i += 3) {
    const bits = (digit(text, i) << 8) | (digit(text, i + 1) << 4) | digit(text, i + 2);
    if (bits < 0) return undefined;
    SRI[to++] = BASE64[bits >> 6]!;
    SRI[to++] = BASE64[bits & 63]!;
  }
  const last = digit(text, at + 39);
  if (last < 0) return undefined;
  // 160 bits leave one digit over: filled up with zeros to 6 bits, before the one sign of padding that stands there.
  SRI[to] = BASE64[last << 2]!;
  return SRI.toString('latin1');
}

function digit(text: string, at: number): number {
  return HEX[text.charCodeAt(at)] ?? -1;
}

function hexTable(): Int8Array {
  const table = new Int8Array(128).fill(-1);
  for (let value = 0; value < 16; value++) {
    table[value.toString(16).charCodeAt(0)] = value;
    table[value.toString(16).toUpperCase().charCodeAt(0)] = value;
  }
  return table;
}
