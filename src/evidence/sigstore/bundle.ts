/** Verifies one Sigstore bundle: timestamp, key or certificate, log entry, signature. Offline and pure. */
import { createHash } from 'node:crypto';
import { type Bundle, bundleFromJSON, isBundleWithDsseEnvelope, type TransparencyLogEntry } from '@sigstore/bundle';
import { type SignedEntity, toSignedEntity, VerificationError, type Signer as VerifiedSigner } from '@sigstore/verify';
import { isObject } from '../../json.ts';
import { type CertificateSigner, certificateSigner } from './certificate.ts';
import { limitProblem, versionProblem } from './limits.ts';
import { type RefusedBundle, refused } from './refusal.ts';
import { type BundleVerifier, KeyRefused } from './trust.ts';

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
