/** What every report is: a function from an audit to pieces of text. */
import type { Audit } from '../analysis/audit.ts';
import type { GateResult } from '../analysis/gate.ts';

export interface ReportInput {
  readonly audit: Audit;
  readonly gates: readonly GateResult[];
  /** Rows of each ranking. */
  readonly top: number;
  /** Columns a terminal report may use. */
  readonly width: number;
  readonly color: boolean;
}

/** Pieces, because the report of a large fleet is longer than one string may be. */
export type Report = (input: ReportInput) => Iterable<string>;
