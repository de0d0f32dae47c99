/** Verifies one Sigstore bundle: timestamp, key or certificate, log entry, signature. Offline and pure. */
import { createHash } from 'node:crypto';
import { type Bundle, bundleFromJSON, isBundleWithDsseEnvelope, type TransparencyLogEntry } from '@sigstore/bundle';
import { type SignedEntity, toSignedEntity, VerificationError, type Signer as VerifiedSigner } from '@sigstore/verify';
import { isObject, type JsonObject } from '../../json.ts';
import type { Reason } from '../state.ts';
import { type BundleVerifier, KeyRefused } from './trust.ts';

export interface CertificateSigner {
  readonly kind: 'certificate';
  /** OIDC issuer that vouched for the identity. */
  readonly issuer: string;
  /** Subject alternative name: the URI of the workflow that signed, or an e-mail address. */
  readonly identity: string;
  /** Fulcio's extensions as text, by dotted object identifier. */
  readonly extensions: ReadonlyMap<string, string>;
}

export type Signer = { readonly kind: 'key'; readonly keyId: string } | CertificateSigner;

export interface VerifiedBundle {
  readonly ok: true;
  readonly signer: Signer;
  /** What was signed: the envelope's payload, or the artifact. */
  readonly payload: Buffer;
  /** Of an envelope; signed too. */
  readonly payloadType: string | undefined;
  /** The key id the envelope gives its signature, often empty; not signed. */
  readonly envelopeKeyId: string | undefined;
  /** The earliest time a log or a timestamp authority vouches for, ISO 8601. */
  readonly loggedAt: string;
}

export interface RefusedBundle {
  readonly ok: false;
  readonly reason: Reason;
  readonly detail: string;
}

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

/** Where Fulcio's extensions are (sigstore/fulcio, docs/oid-info.md); `.8` and up are DER UTF8Strings, those below raw text. */
export const FULCIO = '1.3.6.1.4.1.57264.1';
const UTF8_STRING = 0x0c;

const LONGEST_DETAIL = 200;
/** Log entries the library compares with the signed content: kind and version. */
const KNOWN_ENTRIES = new Set(['intoto 0.0.2', 'dsse 0.0.1', 'dsse 0.0.2', 'hashedrekord 0.0.1', 'hashedrekord 0.0.2']);
/** A signature line of a checkpoint by a log that has a host for a name: dash, name, base64. */
const SIGNATURE_LINE = /^\u2014 [\w./:-]+ [A-Za-z0-9+/]+=*$/;

/**
 * Verifies a bundle (Sigstore protobuf-specs, versions 0.1 to 0.3) against the verifier's root and keys. Who may have
 * signed is not judged: any key of the registry, and any identity the certificate authority vouches for.
 *
 * @param artifact the signed bytes of a bundle that has no envelope; without it such a bundle is refused
 * @returns never throws. `unsupported` where the format or log entry is newer than the library, and nothing else that can
 *   be checked is wrong; otherwise why it is refused
 */
export function verifyBundle(
  verifier: BundleVerifier,
  value: unknown,
  artifact?: Buffer,
): VerifiedBundle | RefusedBundle {
  if (!isObject(value)) return refused('bad-bundle', 'not an object');
  const problem = versionProblem(value) ?? limitProblem(value);
  if (problem !== undefined) return problem;
  try {
    const bundle = bundleFromJSON(value);
    const { content } = bundle;
    if (content.$case === 'messageSignature' && artifact === undefined) return refused('bad-bundle', 'no envelope');
    bundle.verificationMaterial.tlogEntries.forEach(dropStrangeSignatures);
    const entity = toSignedEntity(bundle, artifact);
    const checked = check(verifier, bundle, entity);
    if ('ok' in checked) return checked;
    const signer = signerOf(bundle, checked);
    if (signer === undefined) return refused('unsupported', 'a certificate without an issuer or a name');
    const envelope = isBundleWithDsseEnvelope(bundle) ? bundle.content.dsseEnvelope : undefined;
    return {
      ok: true,
      signer,
      payload: envelope?.payload ?? artifact ?? Buffer.alloc(0),
      payloadType: envelope?.payloadType,
      envelopeKeyId: envelope?.signatures[0]?.keyid,
      loggedAt: earliest(entity),
    };
  } catch (error) {
    return refusal(error);
  }
}

function refused(reason: Reason, detail: string): RefusedBundle {
  return {
    ok: false,
    reason,
    detail: detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}...` : detail,
  };
}

function refusal(error: unknown): RefusedBundle {
  if (error instanceof KeyRefused) return refused(error.reason, error.message);
  if (error instanceof VerificationError) return refused('bad-bundle', `${error.code}: ${error.message}`);
  return refused('bad-bundle', error instanceof Error ? `${error.name}: ${error.message}` : 'cannot be read');
}

function check(verifier: BundleVerifier, bundle: Bundle, entity: SignedEntity): VerifiedSigner | RefusedBundle {
  try {
    return verifier.logged.verify(entity);
  } catch (error) {
    // Thrown after timestamps, key and the entry's inclusion have been verified, before the signature is.
    if (!(error instanceof VerificationError) || error.code !== 'TLOG_BODY_ERROR') throw error;
    const entries = entity.tlogEntries;
    const unknown = entries.findIndex((entry) => !KNOWN_ENTRIES.has(kindOf(entry)));
    if (unknown >= 0) {
      const entry = entries[unknown]!;
      if (kindInBody(entry) !== kindOf(entry)) throw error;
      verifier.unlogged.verify({ ...entity, tlogEntries: entries.slice(0, unknown) });
      return refused('unsupported', `log entry ${kindOf(entry)}`);
    }
    if (isBundleWithDsseEnvelope(bundle) && entries.every((entry) => kindOf(entry) === 'hashedrekord 0.0.2')) {
      const { payloadType, payload } = bundle.content.dsseEnvelope;
      verifier.logged.verify({ ...entity, signature: overEncoding(entity.signature, payloadType, payload) });
      return refused('unsupported', 'log entry hashedrekord 0.0.2 of an envelope');
    }
    throw error;
  }
}

/**
 * A signed content that compares a log entry's digest with that of the envelope's pre-authentication encoding (DSSE v1),
 * which Rekor v2 logs (its specification, 6.1.4) where the library compares with that of the payload alone.
 */
function overEncoding(content: SignedEntity['signature'], type: string, payload: Buffer): SignedEntity['signature'] {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  const digest = createHash('sha256').update(head).update(payload).digest();
  return {
    signature: content.signature,
    compareSignature: (signature) => content.compareSignature(signature),
    compareDigest: (logged) => digest.equals(logged),
    verifySignature: (key) => content.verifySignature(key),
  };
}

function kindOf(entry: TransparencyLogEntry): string {
  return `${entry.kindVersion.kind} ${entry.kindVersion.version}`;
}

function kindInBody(entry: TransparencyLogEntry): string {
  const body: unknown = JSON.parse(entry.canonicalizedBody.toString('utf8'));
  return isObject(body) ? `${String(body.kind)} ${String(body.apiVersion)}` : '';
}

/**
 * Leaves out the signature lines of a checkpoint (a signed note) that no trusted log can have made. The library takes
 * the name in each for a regular expression, which in hostile hands could keep it busy for ever.
 */
function dropStrangeSignatures(entry: TransparencyLogEntry): void {
  const checkpoint = entry.inclusionProof?.checkpoint;
  const end = checkpoint?.envelope.indexOf('\n\n') ?? -1;
  if (checkpoint === undefined || end < 0) return;
  const lines = checkpoint.envelope.slice(end + 2).split('\n');
  const plain = lines.filter((line) => SIGNATURE_LINE.test(line)).map((line) => `${line}\n`);
  checkpoint.envelope = checkpoint.envelope.slice(0, end + 2) + plain.join('');
}

function signerOf(bundle: Bundle, verified: VerifiedSigner): Signer | undefined {
  const { content } = bundle.verificationMaterial;
  if (content.$case === 'publicKey') return { kind: 'key', keyId: content.publicKey.hint };
  return certificateSigner(verified.identity);
}

/** Only what was verified: a log entry vouches for its time by its promise alone, a proof of inclusion has no time. */
function earliest(entity: SignedEntity): string {
  const times = entity.timestamps.flatMap((stamp) => {
    if (stamp.$case === 'timestamp-authority') return [stamp.timestamp.signingTime.getTime()];
    return stamp.tlogEntry.inclusionPromise === undefined ? [] : [Number(stamp.tlogEntry.integratedTime) * 1000];
  });
  return new Date(Math.min(...times)).toISOString();
}

/** @returns undefined where the certificate has no issuer or no name that can be read */
function certificateSigner(identity: VerifiedSigner['identity']): CertificateSigner | undefined {
  const extensions = new Map<string, string>();
  for (const { oid, value } of identity?.oids ?? []) {
    const name = oid?.id.join('.') ?? '';
    if (!name.startsWith(`${FULCIO}.`) || extensions.has(name)) continue;
    const text = Number(name.slice(FULCIO.length + 1)) < 8 ? textOf(value) : derText(value);
    if (text !== undefined) extensions.set(name, text);
  }
  const issuer = extensions.get(`${FULCIO}.8`) ?? extensions.get(`${FULCIO}.1`);
  const name = identity?.subjectAlternativeName;
  if (issuer === undefined || name === undefined) return undefined;
  return { kind: 'certificate', issuer, identity: name, extensions };
}

/** The text of a DER UTF8String (X.690) that fills the bytes. */
function derText(bytes: Buffer): string | undefined {
  if (bytes[0] !== UTF8_STRING) return undefined;
  const first = bytes[1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 2 || first === 0x80 || bytes.length < 2 + more) return undefined;
  const length = more === 0 ? first : bytes.readUIntBE(2, more);
  return bytes.length === 2 + more + length ? textOf(bytes.subarray(2 + more)) : undefined;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function versionProblem(bundle: JsonObject): RefusedBundle | undefined {
  const { mediaType } = bundle;
  if (typeof mediaType !== 'string') return refused('bad-bundle', 'no media type');
  if (KNOWN_VERSIONS.has(mediaType)) return undefined;
  const version = VERSION.exec(mediaType)?.[1];
  if (version === undefined) return refused('bad-bundle', 'media type of no bundle');
  return refused('unsupported', `bundle version ${version}`);
}

function limitProblem(bundle: JsonObject): RefusedBundle | undefined {
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
