/** The trusted_root.json of a made Sigstore. */
import { type Authority, type KeyPair, spki } from './certificate.ts';
import { logId, type RekorLog } from './logs.ts';
import type { TimestampAuthority } from './timestamps.ts';

interface Services {
  /** The issuing authority first. */
  readonly fulcio: readonly Authority[];
  readonly transparency: KeyPair;
  readonly log: RekorLog;
  readonly timestamps: TimestampAuthority;
}

/** @param from when everything in it begins to be valid */
export function trustedRootOf({ fulcio, transparency, log, timestamps }: Services, from: Date): string {
  const validFor = { start: from.toISOString() };
  const logOf = (baseUrl: string, keys: KeyPair) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: spki(keys.publicKey).toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor,
    },
    logId: { keyId: logId(keys).toString('base64') },
  });
  const authorityOf = (uri: string, commonName: string, chain: readonly Buffer[]) => ({
    subject: { organization: 'sigstore.example', commonName },
    uri,
    certChain: { certificates: chain.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor,
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(`https://${log.host}`, log.keys)],
    certificateAuthorities: [
      authorityOf(
        'https://fulcio.sigstore.example',
        'sigstore',
        fulcio.map((one) => one.certificate),
      ),
    ],
    ctlogs: [logOf('https://ctfe.sigstore.example', transparency)],
    timestampAuthorities: [authorityOf('https://timestamp.sigstore.example', 'timestamps', timestamps.chain)],
  });
}
