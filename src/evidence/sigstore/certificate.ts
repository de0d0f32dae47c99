/** What a verified signing certificate says of who signed. Pure. */
import type { Signer } from '@sigstore/verify';

export interface CertificateSigner {
  readonly kind: 'certificate';
  /** OIDC issuer that vouched for the identity. */
  readonly issuer: string;
  /** Subject alternative name: the URI of the workflow that signed, or an e-mail address. */
  readonly identity: string;
  /** Fulcio's extensions as text, by dotted object identifier. */
  readonly extensions: ReadonlyMap<string, string>;
}

/** Where Fulcio's extensions are (sigstore/fulcio, docs/oid-info.md); `.8` and up are DER UTF8Strings, those below raw text. */
export const FULCIO = '1.3.6.1.4.1.57264.1';
const UTF8_STRING = 0x0c;

/** @returns undefined where the certificate has no issuer or no name that can be read */
export function certificateSigner(identity: Signer['identity']): CertificateSigner | undefined {
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
