/** What of a bundle is looked at before the verifying library is: its version, and its sizes. Pure. */
import { isObject, type JsonObject } from '../../json.ts';
import { type RefusedBundle, refused } from './refusal.ts';

const VERSION = /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=|\.v)(\d{1,4}\.\d{1,4})(?:\+json)?$/;
const KNOWN_VERSIONS = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);

/** One of each is the rule; the library works through all of them. */
const MOST_OF_A_LIST = 8;
/** A proof has at most twice as many hashes as a 64-bit index has bits. */
const MOST_HASHES = 128;
/** Base64 of a certificate or timestamp, or the text of a checkpoint: 2 to 4 kB in what is seen. */
const MOST_MATERIAL = 16 * 1024;
/** Base64 of a payload or a log entry's body. */
const MOST_CONTENT = 8 * 1024 * 1024;
const MOST_NUMBER = 32;

/** Whether the bundle is of a version that can be judged. */
export function versionProblem(bundle: JsonObject): RefusedBundle | undefined {
  const { mediaType } = bundle;
  if (typeof mediaType !== 'string') return refused('bad-bundle', 'no media type');
  if (KNOWN_VERSIONS.has(mediaType)) return undefined;
  const version = VERSION.exec(mediaType)?.[1];
  if (version === undefined) return refused('bad-bundle', 'media type of no bundle');
  return refused('unsupported', `bundle version ${version}`);
}

/** Whether it holds more, or longer things, than the library should be given. */
export function limitProblem(bundle: JsonObject): RefusedBundle | undefined {
  const material = objectAt(bundle, 'verificationMaterial');
  const envelope = objectAt(bundle, 'dsseEnvelope');
  const entries = listAt(material, 'tlogEntries');
  const certificates = listAt(objectAt(material, 'x509CertificateChain'), 'certificates');
  const timestamps = listAt(objectAt(material, 'timestampVerificationData'), 'rfc3161Timestamps');
  for (const list of [entries, certificates, timestamps, listAt(envelope, 'signatures')]) {
    if (list.length > MOST_OF_A_LIST)
      return refused('bad-bundle', `more than ${MOST_OF_A_LIST} entries, certificates, timestamps or signatures`);
  }
  for (const certificate of [...certificates, material.certificate]) {
    if (longer(certificate, 'rawBytes', MOST_MATERIAL)) return refused('bad-bundle', 'a certificate too long');
  }
  if (timestamps.some((timestamp) => longer(timestamp, 'signedTimestamp', MOST_MATERIAL)))
    return refused('bad-bundle', 'a timestamp too long');
  if (longer(envelope, 'payload', MOST_CONTENT)) return refused('bad-bundle', 'a payload too long');
  for (const entry of entries) {
    const proof = objectAt(entry, 'inclusionProof');
    if (listAt(proof, 'hashes').length > MOST_HASHES) return refused('bad-bundle', 'an inclusion proof too long');
    if (longer(objectAt(proof, 'checkpoint'), 'envelope', MOST_MATERIAL))
      return refused('bad-bundle', 'a checkpoint too long');
    if (longer(entry, 'canonicalizedBody', MOST_CONTENT)) return refused('bad-bundle', 'a log entry too long');
    const numbers = [longer(proof, 'logIndex', MOST_NUMBER), longer(entry, 'logIndex', MOST_NUMBER)];
    if (numbers.includes(true) || longer(entry, 'integratedTime', MOST_NUMBER))
      return refused('bad-bundle', 'a number too long');
  }
  return undefined;
}

function objectAt(value: unknown, name: string): JsonObject {
  const inner = isObject(value) ? value[name] : undefined;
  return isObject(inner) ? inner : {};
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const inner = isObject(value) ? value[name] : undefined;
  return Array.isArray(inner) ? inner : [];
}

/** A list or an object in the place of a text is beyond it too: the library would make a text or bytes of either. */
function longer(value: unknown, name: string, most: number): boolean {
  const inner = isObject(value) ? value[name] : undefined;
  return typeof inner === 'string' ? inner.length > most : typeof inner === 'object' && inner !== null;
}
