/** Made keys of a registry, and the document that lists them (the TUF target `keys.json`). */
import { KEY_USAGES, type KeyUsage } from '../../src/registry/key.ts';
import { type KeyPair, keyPair, spki } from './certificate.ts';

export interface KeyDescription {
  readonly keyId: string;
  /** ISO 8601; absent: no bound. */
  readonly start?: string;
  readonly end?: string;
  /** What the document lists it for; both unless told, and none for a key that the document does not have. */
  readonly usages?: readonly KeyUsage[];
}

export interface MadeKey extends KeyDescription {
  readonly keys: KeyPair;
}

/** An old key and the one it was replaced by, valid as those of the public registry are. */
export const OLD_KEY: KeyDescription = {
  keyId: 'SHA256:made-old-key',
  start: '1999-01-01T00:00:00.000Z',
  end: '2025-01-29T00:00:00.000Z',
};
export const NEW_KEY: KeyDescription = { keyId: 'SHA256:made-new-key', start: '2025-01-13T00:00:00.000Z' };

export const madeKey = (described: KeyDescription): MadeKey => ({ ...described, keys: keyPair() });

/** The document as JSON text. */
export function keysDocument(keys: readonly MadeKey[]): string {
  const listed = keys.flatMap(({ keyId, start, end, usages = KEY_USAGES, keys: { publicKey } }) =>
    usages.map((keyUsage) => ({
      keyId,
      keyUsage,
      publicKey: {
        rawBytes: spki(publicKey).toString('base64'),
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        validFor: { ...(start !== undefined && { start }), ...(end !== undefined && { end }) },
      },
    })),
  );
  return JSON.stringify({ keys: listed });
}
