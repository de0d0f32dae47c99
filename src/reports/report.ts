/** What every report is: a function from what a command found to pieces of text. */
import type { Audit } from '../analysis/audit.ts';
import type { Changes } from '../analysis/changes.ts';
import type { FleetEffect } from '../analysis/fleet-effect.ts';
import type { GateResult } from '../analysis/gate.ts';
import type { Trend } from '../analysis/trend.ts';
import type { Locate } from '../locate.ts';
import type { Repositories } from '../sources/repositories.ts';
import type { AuditFormat, Format, TextFormat } from './formats.ts';
import type { ChosenCause } from './witness.ts';

/** What every command has. */
export interface RunContent {
  readonly audit: Audit;
  readonly gates: readonly GateResult[];
  /** Rows of each ranking. */
  readonly top: number;
}

/** What the audit has. */
export interface AuditContent extends RunContent {
  /** Finds the lines of alerts. */
  readonly locate: Locate;
  /** What is worse than in an earlier report, where one was given. */
  readonly changes?: Changes | undefined;
  /** What causes mean for the whole fleet, where its report was given. */
  readonly fleet?: FleetEffect | undefined;
  /** Which repository files lie in; without it files are named as the audit names them. */
  readonly repositories?: Repositories | undefined;
  /** Earlier runs, where a folder of snapshots was given. */
  readonly trend?: Trend | undefined;
  /** The cause whose paths were asked for. */
  readonly witness?: ChosenCause | undefined;
}

export interface Layout {
  /** Columns a terminal report may use. */
  readonly width: number;
  readonly color: boolean;
}

export type ReportInput = AuditContent & Layout;
export type RunInput = RunContent & Layout;

/** Pieces, because the report of a large fleet is longer than one string may be. */
export type Report<Content = AuditContent> = (input: Content & Layout) => Iterable<string>;

/** One command's reports: one for each of its formats, and no other. */
export type Reports<Content, Formats extends Format> = Readonly<Record<Formats, Report<Content>>>;
export type AuditReports = Reports<AuditContent, AuditFormat>;
export type TextReports<Content = RunContent> = Reports<Content, TextFormat>;
