/** Writes the few ASN.1 types that certificates and timestamps are made of, in DER (X.690). */

function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const digits = bigEndian(BigInt(body.length));
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, body]);
}

/** The shortest bytes of a number that is not negative; one byte for 0. */
function bigEndian(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

export const sequence = (...members: readonly Uint8Array[]) => tagged(0x30, ...members);
/** DER orders the members of a SET OF by their encoding. */
export const setOf = (...members: readonly Uint8Array[]) =>
  tagged(0x31, ...[...members].sort((a, b) => Buffer.compare(a, b)));
export const octets = (...bytes: readonly Uint8Array[]) => tagged(0x04, ...bytes);
export const bits = (bytes: Uint8Array, unused = 0) => tagged(0x03, Buffer.from([unused]), bytes);
export const utf8 = (text: string) => tagged(0x0c, Buffer.from(text));
export const truth = () => tagged(0x01, Buffer.from([0xff]));
export const explicit = (tag: number, ...members: readonly Uint8Array[]) => tagged(0xa0 | tag, ...members);
export const implicit = (tag: number, bytes: Uint8Array) => tagged(0x80 | tag, bytes);

export function integer(value: bigint): Buffer {
  const digits = bigEndian(value);
  return (digits[0] ?? 0) >= 0x80 ? tagged(0x02, Buffer.from([0]), digits) : tagged(0x02, digits);
}

/** @param dotted 1.3.6.1.4.1.57264.1.8 */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left % 128));
  return digits;
}

const timeDigits = (time: Date) => time.toISOString().replace(/[-:T]|\.\d+/g, '');
/** Whole seconds; years 1950 to 2049. */
export const utcTime = (time: Date) => tagged(0x17, Buffer.from(timeDigits(time).slice(2)));
/** Whole seconds. */
export const generalizedTime = (time: Date) => tagged(0x18, Buffer.from(timeDigits(time)));
