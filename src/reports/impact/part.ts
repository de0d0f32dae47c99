/** A part of what the impact command tells: a heading, a table and how it is sorted, and sentences. */
import type { Cells } from '../table.ts';

export interface ImpactPart {
  /** Of its heading, unique in a report. */
  readonly id: string;
  readonly title: string;
  readonly table: ImpactTable | undefined;
  readonly texts: readonly string[];
}

export interface ImpactTable {
  readonly cells: Cells;
  /** How it is sorted. */
  readonly order: string;
}
