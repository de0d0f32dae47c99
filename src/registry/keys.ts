/** Reads a registry's key list: npm's keys endpoint and the TUF target of the same name, which has another shape. Pure. */
import { createPublicKey } from 'node:crypto';
import { asString, isObject, type JsonObject } from '../json.ts';
import { KEY_USAGES, type KeyUsage, type RegistryKey } from './key.ts';

/** More than any registry has had since signing began, few enough to look through. */
const MOST_KEYS = 256;
/** The one curve and hash npm signs with; a key of another kind cannot verify a signature and is left out. */
const KINDS = new Set(['PKIX_ECDSA_P256_SHA_256', 'ecdsa-sha2-nistp256']);

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
  const validFor = isObject(publicKey.validFor) ? publicKey.validFor : {};
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
  spki: unknown,
  start: number | undefined,
  end: number | undefined,
): RegistryKey[] {
  const keyId = asString(id);
  const bytes = asString(spki);
  if (keyId === undefined || bytes === undefined || !KINDS.has(asString(kind) ?? '')) return [];
  try {
    const key = createPublicKey({ key: Buffer.from(bytes, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return [];
    return usages.map((usage) => ({ keyId, usage, key, start, end }));
  } catch {
    return [];
  }
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(asString(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
