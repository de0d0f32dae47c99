/** A made timestamp authority (RFC 3161 over CMS, RFC 5652). */
import { sign } from 'node:crypto';
import {
  type Authority,
  authority,
  distinguishedName,
  extendedKeyUsage,
  issue,
  keyPair,
  keyUsage,
  sha256,
} from './certificate.ts';
import { explicit, generalizedTime, integer, octets, oid, sequence, setOf } from './der.ts';

const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const TST_INFO = oid('1.2.840.113549.1.9.16.1.4');
const SERIAL = 0x5eedn;

export interface TimestampAuthority {
  /** DER, the signing certificate first. */
  readonly chain: readonly Buffer[];
  /** A TimeStampResp that these bytes existed at that time (whole seconds). */
  stamp(data: Buffer, time: Date): Buffer;
}

export function timestampAuthority(from: Date, until: Date): TimestampAuthority {
  const root: Authority = authority(distinguishedName('sigstore.example', 'timestamps'), from, until);
  const keys = keyPair();
  const leaf = issue(root, {
    subject: distinguishedName('sigstore.example', 'timestamp signing'),
    publicKey: keys.publicKey,
    from,
    until,
    extensions: [keyUsage('sign'), extendedKeyUsage(8, true)],
    serial: SERIAL,
  });

  return {
    chain: [leaf, root.certificate],
    stamp(data, time) {
      const info = sequence(
        integer(1n),
        oid('1.3.6.1.4.1.57264.2'),
        sequence(SHA256, octets(sha256(data))),
        integer(BigInt(time.getTime())),
        generalizedTime(time),
      );
      const attributes = [
        sequence(oid('1.2.840.113549.1.9.3'), setOf(TST_INFO)),
        sequence(oid('1.2.840.113549.1.9.4'), setOf(octets(sha256(info)))),
        // Which certificate signed (RFC 5816).
        sequence(oid('1.2.840.113549.1.9.16.2.47'), setOf(sequence(sequence(sequence(octets(sha256(leaf))))))),
      ];
      // Signed as a SET, written with the context's tag (RFC 5652, 5.4).
      const signed = setOf(...attributes);
      const tagged = Buffer.concat([Buffer.from([0xa0]), signed.subarray(1)]);
      const signer = sequence(
        integer(1n),
        sequence(root.name, integer(SERIAL)),
        SHA256,
        tagged,
        ECDSA_SHA256,
        octets(sign('sha256', signed, keys.privateKey)),
      );
      const content = sequence(
        integer(3n),
        setOf(SHA256),
        sequence(TST_INFO, explicit(0, octets(info))),
        setOf(signer),
      );
      const token = sequence(oid('1.2.840.113549.1.7.2'), explicit(0, content));
      return sequence(sequence(integer(0n)), token);
    },
  };
}
