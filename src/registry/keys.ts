/** Reads a registry's key list: npm's keys endpoint and the TUF target of the same name, which has another shape. Pure. */
import { createPublicKey } from 'node:crypto';
import { asString, isObject, type JsonObject } from '../json.ts';
import { KEY_USAGES, type KeyUsage, type RegistryKey } from './key.ts';

/** More than any registry has had since signing began, few enough to look through. */
const MOST_KEYS = 256;
/** The one curve and hash npm signs with; a key of another kind cannot verify a signature and is left out. */
const KINDS = new Set(['PKIX_ECDSA_P256_SHA_256', 'ecdsa-sha2-nistp256']);
/** SubjectPublicKeyInfo of a P-256 key up to its point, which is uncompressed (RFC 5480); the point takes 64 bytes more. */
const SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
/** RFC 3339, or a day of it. Without a zone a time would depend on where the program runs. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The keys of a document `{ keys: [...] }`, each entry either `{ keyId, keyUsage, publicKey: { rawBytes, keyDetails,
 * validFor } }` (TUF) or `{ keyid, keytype, key, expires }` (endpoint; good for every use). Entries of other kinds and
 * malformed ones are left out: a signature that names one meets an unknown key, which is an outcome of its own.
 *
 * @returns undefined where the document is no list of keys at all
 */
export function parseKeys(text: string): RegistryKey[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(document) || !Array.isArray(document.keys) || document.keys.length > MOST_KEYS) return undefined;
  return document.keys.flatMap((entry: unknown) => (isObject(entry) ? keysOf(entry) : []));
}

function keysOf(entry: JsonObject): RegistryKey[] {
  const { publicKey } = entry;
  if (!isObject(publicKey)) {
    if (entry.expires !== undefined && entry.expires !== null && timeOf(entry.expires) === undefined) return [];
    return made(KEY_USAGES, entry.keyid, entry.keytype, entry.key, undefined, timeOf(entry.expires));
  }
  const usage = KEY_USAGES.filter((known) => known === entry.keyUsage);
  const validFor = publicKey.validFor ?? {};
  if (!isObject(validFor)) return [];
  const start = timeOf(validFor.start);
  const end = timeOf(validFor.end);
  // A bound that cannot be read must not become no bound.
  if ((start === undefined && validFor.start != null) || (end === undefined && validFor.end != null)) return [];
  return made(usage, entry.keyId, publicKey.keyDetails, publicKey.rawBytes, start, end);
}

function made(
  usages: readonly KeyUsage[],
  id: unknown,
  kind: unknown,
  base64: unknown,
  start: number | undefined,
  end: number | undefined,
): RegistryKey[] {
  const keyId = asString(id);
  const bytes = asString(base64);
  if (keyId === undefined || bytes === undefined || !KINDS.has(asString(kind) ?? '')) return [];
  const spki = Buffer.from(bytes, 'base64');
  // OpenSSL takes other encodings of a key for the same key, and bytes after it.
  if (spki.length !== SPKI.length + 64 || !spki.subarray(0, SPKI.length).equals(SPKI)) return [];
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return usages.map((usage) => ({ keyId, usage, key, start, end }));
  } catch {
    return [];
  }
}

/** Milliseconds since 1970 of a date or a time with its zone (ISO 8601 as in RFC 3339), undefined for anything else. */
export function timeOf(value: unknown): number | undefined {
  const text = asString(value) ?? '';
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
