/** A part of a report for people: a heading, a table and sentences, the same for the terminal, Markdown and HTML. */
import type { Cells } from './table.ts';

export interface Part {
  /** Unique among the parts of a report. */
  readonly id: string;
  readonly title: string;
  readonly cells: Cells | undefined;
  /** Safe for the terminal. */
  readonly texts: readonly string[];
}
