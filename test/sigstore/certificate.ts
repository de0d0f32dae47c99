/** X.509 certificates of the made authorities (RFC 5280), as Fulcio writes them. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, explicit, implicit, integer, octets, oid, sequence, setOf, truth, utcTime, utf8 } from './der.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const keyPair = (namedCurve: 'P-256' | 'P-384' = 'P-256'): KeyPair => generateKeyPairSync('ec', { namedCurve });

/** DER of a public key (SubjectPublicKeyInfo). */
export const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export const pem = (label: 'CERTIFICATE' | 'PUBLIC KEY', der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

/** One who issues certificates: everything the next certificate needs of the one before it. */
export interface Authority {
  readonly name: Buffer;
  readonly keys: KeyPair;
  readonly certificate: Buffer;
}

interface Contents {
  /** DER Name; absent: empty, as in the certificates Fulcio issues. */
  readonly subject?: Buffer;
  readonly publicKey: KeyObject;
  readonly from: Date;
  readonly until: Date;
  readonly extensions: readonly Buffer[];
  readonly serial?: bigint;
}

export const distinguishedName = (organization: string, common: string): Buffer =>
  sequence(setOf(sequence(oid('2.5.4.10'), utf8(organization))), setOf(sequence(oid('2.5.4.3'), utf8(common))));

export const extension = (id: string, value: Uint8Array, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [truth()] : []), octets(value));

export const keyUsage = (what: 'sign' | 'certify'): Buffer =>
  extension('2.5.29.15', what === 'sign' ? bits(Buffer.from([0x80]), 7) : bits(Buffer.from([0x06]), 1), true);
/** @param purpose last arc of id-kp: 3 code signing, 8 time stamping */
export const extendedKeyUsage = (purpose: number, critical = false): Buffer =>
  extension('2.5.29.37', sequence(oid(`1.3.6.1.5.5.7.3.${purpose}`)), critical);
export const alternativeUri = (uri: string): Buffer =>
  extension('2.5.29.17', sequence(implicit(6, Buffer.from(uri))), true);
const certifies = () => extension('2.5.29.19', sequence(truth()), true);

/** A self-signed authority, or one below `parent`. */
export function authority(name: Buffer, from: Date, until: Date, parent?: Authority): Authority {
  const keys = keyPair('P-384');
  const extensions = [keyUsage('certify'), certifies()];
  const contents = { subject: name, publicKey: keys.publicKey, from, until, extensions };
  return { name, keys, certificate: issue(parent ?? { name, keys }, contents) };
}

/**
 * @param stamp makes a list of signed certificate timestamps, as an extension, of the certificate without it (RFC 6962, 3.2)
 */
export function issue(
  issuer: Pick<Authority, 'name' | 'keys'>,
  contents: Contents,
  stamp?: (tbs: Buffer, issuerKeyHash: Buffer) => Buffer,
): Buffer {
  const all = [...contents.extensions, ...keyIdentifiers(contents.publicKey, issuer.keys.publicKey)];
  const serial = contents.serial ?? BigInt(`0x40${randomBytes(18).toString('hex')}`);
  const tbs = (extensions: readonly Buffer[]) =>
    sequence(
      explicit(0, integer(2n)),
      integer(serial),
      ECDSA_SHA384,
      issuer.name,
      sequence(utcTime(contents.from), utcTime(contents.until)),
      contents.subject ?? sequence(),
      spki(contents.publicKey),
      explicit(3, sequence(...extensions)),
    );
  const signed = stamp === undefined ? tbs(all) : tbs([...all, stamp(tbs(all), sha256(spki(issuer.keys.publicKey)))]);
  return sequence(signed, ECDSA_SHA384, bits(sign('sha384', signed, issuer.keys.privateKey)));
}

const ECDSA_SHA384 = sequence(oid('1.2.840.10045.4.3.3'));

function keyIdentifiers(own: KeyObject, issuer: KeyObject): Buffer[] {
  const identifier = (key: KeyObject) => createHash('sha1').update(spki(key)).digest();
  return [
    extension('2.5.29.14', octets(identifier(own))),
    extension('2.5.29.35', sequence(implicit(0, identifier(issuer)))),
  ];
}
