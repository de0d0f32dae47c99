/** A finding is a code, arguments and a place; the reports make the text (reports/messages.ts). */

import type { EvidenceKind, Reason } from './evidence/state.ts';

/** One release, and some of the lockfiles that pin it. */
interface AboutRelease {
  readonly package: string;
  readonly version: string;
  readonly lockfiles: readonly string[];
}

export type FindingArgs =
  | {
      /** One name and version, several sets of bytes in the fleet. */
      readonly code: 'DIGEST_DIFFERS';
      readonly package: string;
      readonly version: string;
      readonly variants: readonly { readonly artifact: string; readonly lockfiles: readonly string[] }[];
    }
  | (AboutRelease & {
      /** Checked and wrong. */
      readonly code: 'EVIDENCE_INVALID';
      readonly kind: EvidenceKind;
      readonly reason: Reason;
      readonly detail: string;
    })
  | (AboutRelease & {
      /** The registry serves other bytes for this name and version than the lockfile pins. */
      readonly code: 'INTEGRITY_DIFFERS';
      readonly locked: string;
    })
  | (AboutRelease & {
      /** An earlier release of the same line was published with more evidence. */
      readonly code: 'PROVENANCE_LOST';
      readonly what: 'trusted-publishing' | 'provenance';
      readonly since: string;
    })
  | (AboutRelease & {
      /** Built from another repository, or by another workflow, than the release before it. */
      readonly code: 'SOURCE_CHANGED';
      readonly what: 'repository' | 'workflow';
      readonly before: string;
      readonly now: string;
      readonly since: string;
    })
  | (AboutRelease & {
      /** Built from another repository than its manifest declares. */
      readonly code: 'SOURCE_DIFFERS';
      readonly declared: string;
      readonly attested: string;
    })
  | { readonly code: 'IGNORE_EXPIRED'; readonly cause: string; readonly expires: string }
  | { readonly code: 'IGNORE_WITHOUT_REASON'; readonly cause: string }
  | { readonly code: 'IGNORE_STALE'; readonly cause: string; readonly near: string };

export type Finding = FindingArgs & {
  readonly level: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
};
