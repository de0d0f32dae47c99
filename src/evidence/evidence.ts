/** What a run found out about every component of a fleet, and what it trusted to do so. Plain data. */
import type { Diagnostic } from '../diagnostics.ts';
import type { History, Packument } from '../registry/release.ts';
import type { Provenance } from './provenance.ts';
import { EVIDENCE_KINDS, type EvidenceKind, type Reason, stateOf, type Verdict } from './state.ts';

export interface ComponentEvidence {
  readonly verdicts: Readonly<Record<EvidenceKind, Verdict>>;
  /** The lockfile's sha512 against the one the registry serves, whatever the signature says. */
  readonly digest: 'same' | 'differs' | 'unknown';
  /** Where provenance is verified: who built it, from what. */
  readonly build: Provenance | undefined;
  /** How the release compares with those before it; undefined where the registry was not asked or does not know it. */
  readonly history: ReleaseHistory | undefined;
  /** Who may publish the package; undefined where that is not known. */
  readonly publishers: Publishers | undefined;
  /** What the registry lists of its package and of the release; undefined where that is not known. */
  readonly listing: Listing | undefined;
}

/** What a package manager goes by when it makes a lockfile anew. */
export interface Listing extends Pick<Packument, 'newest' | 'tags'> {
  /** What the release depends on, name to range; undefined where the registry does not list the release. */
  readonly dependencies: ReadonlyMap<string, string> | undefined;
}

/** Every account that may publish a package. The same name on another registry is another account. */
export interface Publishers {
  /** URL of the registry. */
  readonly registry: string;
  readonly accounts: readonly string[];
}

export interface ReleaseHistory extends Pick<History, 'lost' | 'repositoryBefore' | 'predecessor'> {
  /** The repository its manifest declares, canonical. */
  readonly declared: string | undefined;
  /** Who built the predecessor, where its provenance is verified too. */
  readonly buildBefore: Provenance | undefined;
}

/** Why evidence was not gathered at all. */
export type Mode = 'online' | 'offline' | 'off';

/** What the run itself trusted. */
export interface Trust {
  /** The clock of the run, ISO 8601. */
  readonly clock: string;
  /** The Sigstore trusted root; undefined where none was needed. */
  readonly root: TrustedDocument | undefined;
  readonly registries: readonly { readonly url: string; readonly keys: TrustedKeys }[];
}

/**
 * `file`: given by the user. `tuf`: from the TUF repository, now. `kept`: from the TUF repository or the registry, by an
 * earlier run. `embedded`: shipped with the sigstore library. `registry`: served by the registry that is being checked.
 */
export type Origin = 'file' | 'tuf' | 'kept' | 'embedded' | 'registry';

export interface TrustedDocument {
  readonly origin: Origin;
  /** Version of the TUF root it was verified with, where it came from TUF in this run. */
  readonly version: number | undefined;
  readonly sha256: string;
}

/** `none`: the registry has no keys. `failed`: it did not answer. */
export type TrustedKeys = (TrustedDocument & { readonly ids: readonly string[] }) | 'none' | 'failed';

export interface Evidence {
  readonly mode: Mode;
  /** By component of the fleet. */
  readonly components: readonly ComponentEvidence[];
  readonly trust: Trust | undefined;
  /** Requests sent to registries. */
  readonly requests: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** One verdict for every kind. */
export function everyKind(reason: Reason, detail?: string): ComponentEvidence {
  const verdict = detail === undefined ? { reason } : { reason, detail };
  return {
    verdicts: { signature: verdict, publish: verdict, provenance: verdict },
    digest: 'unknown',
    build: undefined,
    history: undefined,
    publishers: undefined,
    listing: undefined,
  };
}

/** Evidence of a run that asked nobody. */
export function notAsked(components: number): Evidence {
  const nothing = everyKind('not-asked');
  return {
    mode: 'off',
    components: new Array<ComponentEvidence>(components).fill(nothing),
    trust: undefined,
    requests: 0,
    diagnostics: [],
  };
}

/**
 * How much is known of a component, weakest first. `invalid`: some evidence is wrong, or the registry serves other bytes.
 * `none`: nothing is verified. `signed`: the registry's signature or publish attestation is. `attested`: its provenance is.
 */
export const STRENGTHS = ['invalid', 'none', 'signed', 'attested'] as const;
export type Strength = (typeof STRENGTHS)[number];

export function strengthOf({ verdicts, digest }: ComponentEvidence): Strength {
  if (digest === 'differs' || EVIDENCE_KINDS.some((kind) => stateOf(verdicts[kind]) === 'invalid')) return 'invalid';
  if (stateOf(verdicts.provenance) === 'verified') return 'attested';
  const signed = stateOf(verdicts.signature) === 'verified' || stateOf(verdicts.publish) === 'verified';
  return signed ? 'signed' : 'none';
}
