/** Verifies bundles with the Sigstore library alone, as the referee of what the made instance signs. */
import { bundleFromJSON } from '@sigstore/bundle';
import { PublicKey, TrustedRoot } from '@sigstore/protobuf-specs';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

/** @param keys JSON text of the keys document: its keys for attestations are trusted */
export function refereeOf(trustedRoot: string, keys: string): (bundle: unknown) => Signer {
  const entries: { keyId: string; keyUsage: string; publicKey: unknown }[] = JSON.parse(keys).keys;
  const known = entries.filter((entry) => entry.keyUsage === 'npm:attestations');
  const material = toTrustMaterial(
    TrustedRoot.fromJSON(JSON.parse(trustedRoot)),
    Object.fromEntries(known.map((entry) => [entry.keyId, PublicKey.fromJSON(entry.publicKey)])),
  );
  const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  return (bundle) => verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
}
