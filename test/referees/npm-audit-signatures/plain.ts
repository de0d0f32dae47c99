/** Packages that are all as they should be, to measure on. */
import type { MadePackage } from './registries.ts';

export interface PlainPackage extends MadePackage {
  readonly isAttested: boolean;
}

/** Signed packages, every other one with a publish attestation and provenance. */
export function plainPackages(count: number): PlainPackage[] {
  return Array.from({ length: count }, (_, nth) => {
    const isAttested = nth % 2 === 1;
    return {
      name: `package-${nth}`,
      isAttested,
      serve: (about, sigstore) => {
        const signed = { published: '2025-06-01T00:00:00.000Z', signatures: [sigstore.signRelease(about)] };
        if (!isAttested) return signed;
        const provenance = sigstore.provenance({ ...about, predicate: 'v1' });
        return { ...signed, attestations: sigstore.response(sigstore.publishAttestation(about), provenance) };
      },
    };
  });
}
