/** A release as a registry serves it, and what npm and spof-deps make of it. */
import type { EvidenceKind, Reason } from '../../../src/evidence/state.ts';
import type { MadePackage } from './registries.ts';

/** `silent`: neither verified nor missing nor invalid. An error that stops npm's run says nothing of any package. */
export type NpmOutcome = 'verified' | 'missing' | 'silent' | `invalid ${string}` | `stops ${string}`;
export type Ours = Readonly<Record<EvidenceKind, Reason>>;

export interface Case extends MadePackage {
  readonly what: string;
  readonly npm: NpmOutcome;
  /** With a pacote that compares a manifest with what was asked for, where that is another outcome. */
  readonly comparingNpm?: NpmOutcome;
  readonly ours: Ours;
  /** Whether the lockfile has lost the digest after the install. */
  readonly unpinned?: boolean;
}

/** @param comparesManifests whether this npm's pacote compares a manifest with what was asked for */
export function expectedOf({ npm, comparingNpm = npm }: Case, comparesManifests: boolean): NpmOutcome {
  return comparesManifests ? comparingNpm : npm;
}

export const ours = (signature: Reason, publish: Reason = 'not-attested', provenance: Reason = publish): Ours => ({
  signature,
  publish,
  provenance,
});
