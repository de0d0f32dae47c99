/** Sigstore bundles in the forms that npm registries serve: a DSSE envelope, its log entry, and what it was signed with. */
import { type KeyObject, sign } from 'node:crypto';
import { type KeyPair, pem, sha256, spki } from './certificate.ts';
import type { LogEntry, RekorLog } from './logs.ts';
import type { TimestampAuthority } from './timestamps.ts';

export type BundleForm = keyof typeof MEDIA_TYPES;

const MEDIA_TYPES = {
  'v0.1': 'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'v0.2': 'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'v0.3': 'application/vnd.dev.sigstore.bundle.v0.3+json',
} as const;

/** A bundle as protobuf JSON. Writable, so that a test can spoil it. */
export interface Bundle {
  mediaType: string;
  verificationMaterial: {
    publicKey?: { hint: string };
    certificate?: { rawBytes: string };
    x509CertificateChain?: { certificates: { rawBytes: string }[] };
    tlogEntries: LogEntry[];
    timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
}

/** How a statement is signed and logged; what is left out is as npm has it. */
export interface Sealing {
  /** When the log saw it (its integratedTime, whole seconds): ISO 8601; 2025-06-01T12:00:00Z unless told. */
  readonly loggedAt?: string;
  /** Bundle format. Before v0.3 a certificate comes with its chain, v0.1 has no inclusion proof. */
  readonly form?: BundleForm;
  /** Kind of log entry. */
  readonly entry?: 'intoto' | 'dsse';
  /** Whether the log entry has an inclusion promise, which alone makes its time count. */
  readonly promise?: boolean;
  readonly proof?: boolean;
  /** Whether a timestamp authority stamped the signature too, at `loggedAt`. */
  readonly timestamped?: boolean;
  readonly payloadType?: string;
  /** Key id in the envelope, where it is to be another than the signing key's (for a certificate: empty). */
  readonly envelopeKeyId?: string;
}

export const LOGGED_AT = '2025-06-01T12:00:00Z';

export type SealedBy =
  | { readonly kind: 'key'; readonly keyId: string; readonly keys: KeyPair }
  /** DER, the signing certificate first. */
  | { readonly kind: 'certificate'; readonly chain: readonly [Buffer, ...Buffer[]]; readonly privateKey: KeyObject };

/** @param statement what gets signed, as JSON */
export function seal(
  statement: unknown,
  by: SealedBy,
  sealing: Sealing & Required<Pick<Sealing, 'form' | 'entry'>>,
  services: { readonly log: RekorLog; readonly timestamps: TimestampAuthority },
): Bundle {
  const { form, entry, payloadType = 'application/vnd.in-toto+json' } = sealing;
  const time = new Date(sealing.loggedAt ?? LOGGED_AT);
  const payload = Buffer.from(JSON.stringify(statement));
  const signature = sign(
    'sha256',
    preAuthentication(payloadType, payload),
    by.kind === 'key' ? by.keys.privateKey : by.privateKey,
  );
  const keyid = sealing.envelopeKeyId ?? (by.kind === 'key' ? by.keyId : '');
  const envelope = {
    payload: payload.toString('base64'),
    payloadType,
    signatures: [{ sig: signature.toString('base64'), keyid }],
  };
  const verifier = by.kind === 'key' ? pem('PUBLIC KEY', spki(by.keys.publicKey)) : pem('CERTIFICATE', by.chain[0]);
  const has = { promise: sealing.promise ?? true, proof: sealing.proof ?? form !== 'v0.1' };
  const logged = services.log.add(BODIES[entry](envelope, payload, Buffer.from(verifier)), time, has);
  const stamps = sealing.timestamped ? [services.timestamps.stamp(signature, time).toString('base64')] : [];
  return {
    mediaType: MEDIA_TYPES[form],
    verificationMaterial: {
      ...material(by, form),
      tlogEntries: [logged],
      timestampVerificationData: { rfc3161Timestamps: stamps.map((signedTimestamp) => ({ signedTimestamp })) },
    },
    dsseEnvelope: envelope,
  };
}

/** DSSE's PAE: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
function preAuthentication(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

function material(by: SealedBy, form: BundleForm) {
  if (by.kind === 'key') return { publicKey: { hint: by.keyId } };
  const certificates = by.chain.map((der) => ({ rawBytes: der.toString('base64') }));
  return form === 'v0.3' ? { certificate: certificates[0]! } : { x509CertificateChain: { certificates } };
}

const hash = (bytes: Buffer) => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });

/** Rekor's types intoto 0.0.2 and dsse 0.0.1, members in canonical order. */
const BODIES = {
  intoto: (envelope: Bundle['dsseEnvelope'], payload: Buffer, verifier: Buffer) => ({
    apiVersion: '0.0.2',
    kind: 'intoto',
    spec: {
      content: {
        envelope: {
          payloadType: envelope.payloadType,
          signatures: envelope.signatures.map(({ sig, keyid }) => ({
            ...(keyid !== '' && { keyid }),
            publicKey: verifier.toString('base64'),
            // Encoded twice, as the type has it.
            sig: Buffer.from(sig).toString('base64'),
          })),
        },
        hash: hash(Buffer.from(JSON.stringify(envelope))),
        payloadHash: hash(payload),
      },
    },
  }),
  dsse: (envelope: Bundle['dsseEnvelope'], payload: Buffer, verifier: Buffer) => ({
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hash(Buffer.from(JSON.stringify(envelope))),
      payloadHash: hash(payload),
      signatures: envelope.signatures.map(({ sig }) => ({ signature: sig, verifier: verifier.toString('base64') })),
    },
  }),
};
