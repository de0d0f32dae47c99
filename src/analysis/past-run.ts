/** One run of a history, as its snapshot tells it: what is compared over time. Plain data. */
import type { LayerName } from '../causes/layer.ts';
import type { EvidenceKind } from '../evidence/state.ts';
import type { Scope } from '../graph/closure.ts';
import type { Survival } from './redundancy.ts';

/** A cause in one run. */
export interface PastCause {
  readonly id: string;
  readonly name: string;
  /** From 1, within its layer; undefined where an ignore takes it out. */
  readonly rank: number | undefined;
  /** 0 to 1. */
  readonly blastRadius: number;
  /** Systems lost, and services in reach. */
  readonly lost: number;
  readonly reach: number;
}

/** A layer in one run: how many causes it ranked, how many take a system down, and of how much causes are known. */
export interface PastLayer {
  readonly causes: number;
  readonly defeating: number;
  readonly known: number;
  readonly of: number;
  /** Its first causes by rank. */
  readonly top: readonly PastCause[];
}

/** A declared system in one run. */
export interface PastSystem {
  readonly name: string;
  readonly need: number;
  readonly weight: number;
  /** Names of services and systems, as declared. */
  readonly members: readonly string[];
  /** Against each layer that the run looked at. */
  readonly against: ReadonlyMap<LayerName, PastResilience>;
}

export interface PastResilience {
  /** Services below it, and those of them of which not everything is known. */
  readonly members: number;
  readonly unknown: number;
  readonly survivesAnyOne: Survival;
  readonly survivesAnyTwo: Survival;
  /** Causes that defeat it alone. */
  readonly defeating: number;
  /** 1 to `members`; undefined where there is no cause. */
  readonly effectiveMembers: number | undefined;
}

/** Components whose evidence of a kind is verified, of all that some service holds. */
export interface PastEvidence {
  readonly verified: number;
  readonly invalid: number;
  readonly of: number;
}

export interface PastRun {
  /** The snapshot, as messages name it. */
  readonly file: string;
  /** Instant at which its lockfiles were read, ISO 8601 in UTC. */
  readonly readAt: string;
  /** Name and version of the program. */
  readonly tool: string;
  readonly scope: Scope;
  /** Whether nothing of its input was missing. */
  readonly complete: boolean;
  readonly lockfiles: number;
  /** Lockfiles that could not be read. */
  readonly unread: number;
  /** Of how many services and systems, implicit ones too. */
  readonly services: number;
  readonly systems: number;
  /** Services that the run before did not have, and that it had and this one has not; of the first run none. */
  readonly joined: number;
  readonly left: number;
  readonly layers: ReadonlyMap<LayerName, PastLayer>;
  /** The declared ones, in their order. */
  readonly declared: readonly PastSystem[];
  /** By kind; undefined where nobody was asked. */
  readonly evidence: Readonly<Record<EvidenceKind, PastEvidence>> | undefined;
  /** What its config said, a digest for each section. */
  readonly config: ReadonlyMap<string, string>;
}
