/** What a registry serves of a release: right, or with one thing otherwise. */
import type { Attestation, AttestedBuild, Sigstore } from '../../sigstore/instance.ts';
import type { About, MadePackage, Served } from './registries.ts';

const PUBLISHED = '2025-06-01T00:00:00.000Z';
export const IN_TIME_OF_OLD_KEY = '2024-06-01T00:00:00.000Z';
export const REPOSITORY = 'https://github.com/acme/made';

/** A release signed as it should be, with what is to be otherwise. */
export const signing =
  (otherwise: (about: About, sigstore: Sigstore) => Served = () => ({})): MadePackage['serve'] =>
  (about, sigstore) => ({
    published: PUBLISHED,
    signatures: [sigstore.signRelease(about)],
    ...otherwise(about, sigstore),
  });

export const publish = (about: About, sigstore: Sigstore) => sigstore.publishAttestation(about);
export const provenance = (about: About, sigstore: Sigstore, otherwise: Partial<AttestedBuild> = {}) =>
  sigstore.provenance({ ...about, predicate: 'v1', repository: REPOSITORY, ...otherwise });

/** A signed release with these attestations. */
export const attesting = (make: (about: About, sigstore: Sigstore) => readonly Attestation[]) =>
  signing((about, sigstore) => ({ attestations: sigstore.response(...make(about, sigstore)) }));

export const both = attesting((about, sigstore) => [publish(about, sigstore), provenance(about, sigstore)]);

/** A right provenance that says it is of another bundle format; the media type is not signed. */
export const inForm = (form: string) =>
  attesting((about, sigstore) => {
    const right = provenance(about, sigstore);
    right.bundle.mediaType = `application/vnd.dev.sigstore.bundle.${form}+json`;
    return [publish(about, sigstore), right];
  });

/** The same attestation with another text in what was signed. */
export function rewritten(attestation: Attestation, from: string, to: string): Attestation {
  const payload = Buffer.from(attestation.bundle.dsseEnvelope.payload, 'base64').toString();
  const changed = payload.replace(from, to);
  if (changed === payload) throw new Error(`${from} is not in the statement`);
  attestation.bundle.dsseEnvelope.payload = Buffer.from(changed).toString('base64');
  return attestation;
}
