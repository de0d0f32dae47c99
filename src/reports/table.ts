/** Plain-text tables that fit a width. */

import { count } from './numbers.ts';

export interface Column {
  readonly header: string;
  /** What it tells, for readers who have not read the documentation. */
  readonly says?: string;
  readonly align: 'left' | 'right';
  /** Width it may shrink to when the table is too wide; columns without one keep their width. */
  readonly shrinkTo?: number;
}

/** A column of words. @param shrinkTo 0 where it keeps its width */
export function left(header: string, shrinkTo: number): Column {
  return shrinkTo > 0 ? { header, align: 'left', shrinkTo } : { header, align: 'left' };
}

/** A column of numbers. */
export function right(header: string): Column {
  return { header, align: 'right' };
}

/** Said below a table that is cut. */
export function notShown(all: number, top: number): string[] {
  return all > top ? [`${count(all - top, 'more is', 'more are')} not shown (--top all).`] : [];
}

/** A table before it is laid out: cells are text for people, safe for the terminal. */
export interface Cells {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export function cellLines({ columns, rows }: Cells, width: number): string[] {
  return table(columns, rows, width);
}

const GAP = 2;

/** Lines of a table, header first. Cells must be safe for the terminal already. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columns.map((column, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]!.length), column.header.length),
  );
  shrink(columns, widths, width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => pad(cut(cell, widths[at]!), widths[at]!, columns[at]!.align))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(columns.map((column) => column.header)), ...rows.map(line)];
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const total = () => widths.reduce((sum, w) => sum + w, 0) + GAP * (widths.length - 1);
  for (let over = total() - width; over > 0; over = total() - width) {
    let widest = -1;
    columns.forEach((column, at) => {
      const spare = widths[at]! - (column.shrinkTo ?? widths[at]!);
      if (spare > 0 && (widest === -1 || widths[at]! > widths[widest]!)) widest = at;
    });
    if (widest === -1) return;
    widths[widest]!--;
  }
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function pad(text: string, width: number, align: Column['align']): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** Breaks a text at spaces into lines of at most `width`, each after the first indented. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const lead = lines.length === 0 ? '' : indent;
    if (line !== '' && lead.length + line.length + 1 + word.length > width) {
      lines.push(lead + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, (lines.length === 0 ? '' : indent) + line];
}
