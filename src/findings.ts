/** A finding is a code, arguments and a place; the reports make the text (reports/messages.ts). */

import type { LayerName } from './causes/layer.ts';
import type { DiagnosticCode } from './diagnostics.ts';
import type { EvidenceKind, Reason } from './evidence/state.ts';

export const CONCENTRATED = {
  maintainer: 'CONCENTRATED_MAINTAINER',
  owner: 'CONCENTRATED_OWNER',
  'attested-owner': 'CONCENTRATED_OWNER',
  builder: 'CONCENTRATED_BUILDER',
  registry: 'CONCENTRATED_REGISTRY',
  runtime: 'CONCENTRATED_RUNTIME',
} as const satisfies Partial<Record<LayerName, string>>;
export type ConcentratedLayer = keyof typeof CONCENTRATED;
export type ConcentratedCode = (typeof CONCENTRATED)[ConcentratedLayer];

/**
 * How sure a finding is. `verified`: proved with keys. `locked`: what lockfiles pin. `assumed`: where they have nothing to
 * compare, the worse was assumed. `declared`: what manifests say of themselves. `hypothetical`: what could come.
 */
export const CONFIDENCES = ['verified', 'locked', 'assumed', 'declared', 'hypothetical'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** What several services stand on, and what goes down with it. */
interface AboutCause {
  /** Id of the cause. */
  readonly cause: string;
  readonly name: string;
  /** Services in its reach, systems lost, and of how many. */
  readonly services: number;
  readonly lost: number;
  readonly of: number;
}

/** Causes that do something to a system or guard, the first few by name. */
interface AboutLayer {
  readonly layer: LayerName;
  readonly causes: readonly string[];
  readonly count: number;
}

/** One release, and some of the lockfiles that pin it. */
interface AboutRelease {
  readonly package: string;
  readonly version: string;
  readonly lockfiles: readonly string[];
}

/** A package of an incident list, in one lockfile. */
interface AboutIncident {
  /** Its name, as published. */
  readonly bad: string;
  /** Versions of it that the lockfile holds: the bad ones where some are. */
  readonly versions: readonly string[];
  /** Ids of records that name it. */
  readonly records: readonly string[];
  /** How many services this is so of, the first few by name, and whom to tell. */
  readonly services: number;
  readonly names: readonly string[];
  readonly tell: readonly string[];
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
  | (AboutCause & {
      /** One package under several services. */
      readonly code: 'SHARED_PACKAGE';
      readonly versions: readonly string[];
      /** Share of the services that run the same bytes, 0 to 1. */
      readonly sameBytes: number;
    })
  | (AboutCause & {
      /** One account, owner, builder, registry or runtime behind several services. */
      readonly code: ConcentratedCode;
      /** Packages by which it reaches them; 0 where services stand on it as a whole. */
      readonly packages: number;
    })
  | (AboutLayer & {
      /** A declared redundancy that any one of these causes defeats. */
      readonly code: 'REDUNDANCY_DEFEATED';
      readonly system: string;
    })
  | (AboutLayer & {
      /** Causes that take down a guard together with what it protects. */
      readonly code: 'BLIND_GUARD';
      readonly guard: string;
      readonly system: string;
      /** Of so many that defeat the system. */
      readonly of: number;
    })
  | (AboutRelease & {
      /** Shared, and without the signature that its registry gives others. */
      readonly code: 'UNSIGNED_SHARED_PACKAGE';
      readonly services: number;
    })
  | {
      /** Entries of a lockfile that nothing can be checked against. */
      readonly code: 'ENTRY_UNBOUND';
      readonly entries: number;
      readonly of: number;
      readonly packages: readonly string[];
    }
  | (AboutRelease & {
      /** Not from a registry, or without TLS. */
      readonly code: 'SOURCE_UNEXPECTED';
      readonly source: 'git' | 'url' | 'http';
      readonly host: string;
    })
  | {
      /** Something of the input is missing from the result. */
      readonly code: 'INPUT_INCOMPLETE';
      readonly reason: DiagnosticCode;
      readonly message: string;
      readonly next: string;
    }
  | (AboutIncident & {
      /** A bad version is held; by no service where `services` is 0. */
      readonly code: 'BAD_VERSION_LOCKED';
      /** Whether an install script of it has run where the lockfile was installed. */
      readonly ran: 'yes' | 'maybe' | 'no';
      /** Systems lost with all that lock it in the fleet, and of how many. */
      readonly lost: number;
      readonly of: number;
    })
  | (AboutIncident & {
      /** None is held, and a declared range would take one. */
      readonly code: 'BAD_VERSION_ADMITTED';
      readonly takes: readonly string[];
      readonly lost: number;
      readonly of: number;
    })
  /** Whether either is so cannot be told; or only other versions are held. */
  | (AboutIncident & { readonly code: 'BAD_VERSION_UNKNOWN' })
  | (AboutIncident & { readonly code: 'BAD_PACKAGE_WATCHED'; readonly listed: readonly string[] })
  | { readonly code: 'IGNORE_EXPIRED'; readonly cause: string; readonly expires: string }
  | { readonly code: 'IGNORE_WITHOUT_REASON'; readonly cause: string }
  | { readonly code: 'IGNORE_STALE'; readonly cause: string; readonly near: string };

export type Finding = FindingArgs & {
  readonly level: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
};

/** Every code of the audit, for options and schemas that name one. */
export const AUDIT_CODES = [
  'SHARED_PACKAGE',
  'REDUNDANCY_DEFEATED',
  'BLIND_GUARD',
  'CONCENTRATED_MAINTAINER',
  'CONCENTRATED_OWNER',
  'CONCENTRATED_BUILDER',
  'CONCENTRATED_REGISTRY',
  'CONCENTRATED_RUNTIME',
  'EVIDENCE_INVALID',
  'INTEGRITY_DIFFERS',
  'DIGEST_DIFFERS',
  'PROVENANCE_LOST',
  'SOURCE_CHANGED',
  'SOURCE_DIFFERS',
  'UNSIGNED_SHARED_PACKAGE',
  'ENTRY_UNBOUND',
  'SOURCE_UNEXPECTED',
  'INPUT_INCOMPLETE',
  'IGNORE_EXPIRED',
  'IGNORE_WITHOUT_REASON',
  'IGNORE_STALE',
] as const satisfies readonly Finding['code'][];

/** Every code of the impact command, but for INPUT_INCOMPLETE, which both have. */
export const INCIDENT_CODES = [
  'BAD_VERSION_LOCKED',
  'BAD_VERSION_ADMITTED',
  'BAD_VERSION_UNKNOWN',
  'BAD_PACKAGE_WATCHED',
] as const satisfies readonly Finding['code'][];

export const FINDING_CODES = [...AUDIT_CODES, ...INCIDENT_CODES] as const satisfies readonly Finding['code'][];

/** `SHARED_PACKAGE` as options, rules and pages name it: `shared-package`. */
export function ruleName(code: Finding['code']): string {
  return code.toLowerCase().replaceAll('_', '-');
}

/** The code of a rule of the audit by the name that options give it. */
export function ruleCalled(name: string): Finding['code'] | undefined {
  return AUDIT_CODES.find((code) => ruleName(code) === name);
}
