/** A finding as reports for people to act on have it: what it is about, how much is lost, how sure it is, and where. */
import type { Confidence, Finding } from '../../findings.ts';

/** An entry of a lockfile, or a file as a whole where `node` is undefined. */
export interface Site {
  readonly file: string;
  /** Index into Fleet.lockfiles, and node in it. */
  readonly entry: { readonly lockfile: number; readonly node: number } | undefined;
}

export interface Alert {
  readonly finding: Finding;
  /** What it is about, without versions: with the finding's code it is the same finding in every run. */
  readonly subject: string;
  /** Blast radius of what it is about, 0 to 1; undefined where it is about nothing that could fail. Severity is this alone. */
  readonly blastRadius: number | undefined;
  readonly confidence: Confidence;
  /** The first is its place; the others are where the same is found. Not empty. */
  readonly sites: readonly Site[];
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From which blast radius on a severity counts. */
export const SEVERITY_FROM: Readonly<Record<Severity, number>> = { critical: 0.8, high: 0.5, medium: 0.2, low: 0 };

/** undefined where nothing is lost. */
export function severityOf({ blastRadius }: Pick<Alert, 'blastRadius'>): Severity | undefined {
  if (blastRadius === undefined || blastRadius === 0) return undefined;
  return SEVERITIES.find((severity) => blastRadius >= SEVERITY_FROM[severity]);
}
