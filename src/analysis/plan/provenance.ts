/**
 * Requiring provenance of the causes at the top. What is locked does not change by it, so it lowers no rank: it refuses a
 * next release that lacks what all releases held have. Pure.
 */
import { stateOf } from '../../evidence/state.ts';
import type { Audit } from '../audit.ts';
import { CauseMembers } from '../cause-members.ts';

export interface ProvenanceRequirement {
  /** Index of a cause of layer package. */
  readonly cause: number;
  readonly blastRadius: number;
  /**
   * `all`: every release of it that the fleet holds has verified provenance, so it can be required. `some`, `none`: not every
   * one, or none has. `lost`: one that is held lacks what an earlier release had. `unknown`: that is not known of any.
   */
  readonly releases: 'all' | 'some' | 'none' | 'lost' | 'unknown';
}

/** `unavailable`: no registry was asked, so nothing can be said. */
export type ProvenancePlan =
  | { readonly state: 'unavailable' }
  | { readonly state: 'known'; readonly top: readonly ProvenanceRequirement[] };

/** @param most packages looked at: the first by rank that defeat a system */
export function provenancePlan(audit: Audit, most: number): ProvenancePlan {
  const { evidence, packages, held } = audit;
  if (evidence.mode === 'off') return { state: 'unavailable' };
  const members = new CauseMembers();
  const worst = packages.ranked.filter(({ cause, lost }) => lost > 0 && !packages.table.causes[cause]!.firstParty);
  return {
    state: 'known',
    top: worst.slice(0, most).map(({ cause, blastRadius }) => {
      const components = [...members.of(packages.table, cause)].filter((component) => held[component]);
      const states = components.map((component) => stateOf(evidence.components[component]!.verdicts.provenance));
      const verified = states.filter((state) => state === 'verified').length;
      const isLost = components.some(
        (component) => evidence.components[component]!.history?.lost?.what === 'provenance',
      );
      const isKnown = states.some((state) => state !== 'unchecked' && state !== 'unbound' && state !== 'unavailable');
      const releases = isLost
        ? 'lost'
        : !isKnown
          ? 'unknown'
          : verified === states.length
            ? 'all'
            : verified > 0
              ? 'some'
              : 'none';
      return { cause, blastRadius, releases };
    }),
  };
}
