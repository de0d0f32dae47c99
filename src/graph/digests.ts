/** Digests in Subresource Integrity text (W3C SRI: `alg-base64`, several separated by white space, options after '?'). */

/** Length of the base64 text of each algorithm whose digest is taken over the bytes that get installed. */
const BASE64_LENGTH = new Map([
  ['md5', 24],
  ['sha1', 28],
  ['sha224', 40],
  ['sha256', 44],
  ['sha384', 64],
  ['sha512', 88],
]);

export interface Digest {
  readonly algorithm: string;
  /** `sha512-...`: equal text means equal digest. */
  readonly text: string;
}

/** The well-formed digests of an integrity text; anything else in it (a checksum of some other archive) is left out. */
export function digestsOf(integrity: string | undefined): Digest[] {
  if (integrity === undefined) return [];
  return integrity.split(/\s+/).flatMap((token) => {
    const text = token.split('?', 1)[0]!;
    const algorithm = text.slice(0, Math.max(0, text.indexOf('-')));
    return BASE64_LENGTH.get(algorithm) === text.length - algorithm.length - 1 ? [{ algorithm, text }] : [];
  });
}
