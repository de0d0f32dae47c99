/** Hexadecimal digests of CycloneDX and SPDX as Subresource Integrity text. */

/** Strongest first; the number is the length in bytes. The '_' keeps 'algorithm-digest' unambiguous at its first '-'. */
const BYTES = new Map([
  ['sha512', 64],
  ['sha3_512', 64],
  ['blake2b_512', 64],
  ['streebog_512', 64],
  ['sha384', 48],
  ['sha3_384', 48],
  ['blake2b_384', 48],
  ['sha256', 32],
  ['sha3_256', 32],
  ['blake2b_256', 32],
  ['blake3', 32],
  ['streebog_256', 32],
  ['sha224', 28],
  ['sha1', 20],
  ['md5', 16],
]);
const STRENGTH = new Map([...BYTES.keys()].map((algorithm, rank) => [algorithm, rank]));
/** Named by SPDX, and no evidence of the same bytes. */
const CHECKSUMS_ONLY = new Set(['adler32', 'md2', 'md4', 'md6']);

/** All zeros is a placeholder: taken at its word it would make different bytes the same. */
const HEX = /^(?!0+$)[0-9a-f]+$/i;

export interface Digest {
  /** As the format spells it: SHA-512, SHA512, sha3_256, BLAKE2b-256. */
  readonly algorithm: string;
  readonly hex: string;
}

export interface Integrity {
  /** 'sha512-... sha1-...', strongest first, or undefined where no digest can be used. */
  readonly text: string | undefined;
  /** Digests of an unknown algorithm, of the wrong length, or all zeros. */
  readonly unusable: number;
}

/**
 * All digests of one artifact in one text. `first` are those of the bytes at the distribution URL; of `second`, those of
 * the component itself, only algorithms that `first` does not have are taken.
 */
export function integrityOf(first: readonly Digest[], second: readonly Digest[] = []): Integrity {
  const found: { rank: number; text: string }[] = [];
  const seen = new Set<string>();
  let unusable = 0;
  const add = (digest: Digest, taken: ReadonlySet<number>): void => {
    const algorithm = algorithmOf(digest.algorithm);
    if (CHECKSUMS_ONLY.has(algorithm)) return;
    const rank = STRENGTH.get(algorithm);
    const hex = digest.hex.trim();
    if (rank === undefined || hex.length !== BYTES.get(algorithm)! * 2 || !HEX.test(hex)) {
      unusable++;
      return;
    }
    const text = `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;
    if (taken.has(rank) || seen.has(text)) return;
    seen.add(text);
    found.push({ rank, text });
  };
  for (const digest of first) add(digest, new Set());
  const taken = new Set(found.map((digest) => digest.rank));
  for (const digest of second) add(digest, taken);
  found.sort((a, b) => a.rank - b.rank);
  return { text: found.length === 0 ? undefined : found.map((digest) => digest.text).join(' '), unusable };
}

function algorithmOf(spelling: string): string {
  return spelling
    .trim()
    .toLowerCase()
    .replace(/^sha-(?=\d)/, 'sha')
    .replace(/^(sha3|blake2b|streebog)[-_]?(?=\d{3}$)/, '$1_');
}
