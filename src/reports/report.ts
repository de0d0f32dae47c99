/** What every report is: a function from what a command found to pieces of text. */
import type { Audit } from '../analysis/audit.ts';
import type { GateResult } from '../analysis/gate.ts';
import type { Format } from './formats.ts';

export interface AuditContent {
  readonly audit: Audit;
  readonly gates: readonly GateResult[];
  /** Rows of each ranking. */
  readonly top: number;
}

export interface Layout {
  /** Columns a terminal report may use. */
  readonly width: number;
  readonly color: boolean;
}

export type ReportInput = AuditContent & Layout;

/** Pieces, because the report of a large fleet is longer than one string may be. */
export type Report<Content = AuditContent> = (input: Content & Layout) => Iterable<string>;

/** One command's reports. */
export type Reports<Content = AuditContent> = Readonly<Record<Format, Report<Content>>>;
