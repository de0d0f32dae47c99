/**
 * Pieces of Markdown, each whole: a heading, a paragraph, an item of a list, a row of a table. Every text goes through
 * forMarkdown here, so callers hand over text only.
 */
import { forHtml, forMarkdown, forMarkdownCode } from '../safe.ts';
import type { Cells } from '../table.ts';

/** A blank line, for what follows a table or a list. */
export const BREAK = '\n';

/** Ends what `folded` began. */
const FOLDED_END = '\n</details>\n\n';

export function heading(level: number, text: string): string {
  return `${'#'.repeat(level)} ${forMarkdown(text)}\n\n`;
}

export function paragraph(text: string): string {
  return `${forMarkdown(text)}\n\n`;
}

export function strong(text: string): string {
  return `**${forMarkdown(text)}**\n\n`;
}

export function item(text: string): string {
  return `- ${forMarkdown(text)}\n`;
}

/** A list, and the line that ends it; nothing where there is no item. */
export function* items(texts: Iterable<string>): Iterable<string> {
  let some = false;
  for (const text of texts) {
    some = true;
    yield item(text);
  }
  if (some) yield BREAK;
}

/** Columns whose cells may be cut hold names and lists of names; those stand as code. */
export function* table({ columns, rows }: Cells): Iterable<string> {
  const header = row(columns.map((column) => forMarkdown(column.header)));
  yield header + row(columns.map(({ align }) => (align === 'left' ? '---' : '--:')));
  for (const cells of rows) {
    yield row(
      cells.map((cell, at) =>
        columns[at]!.shrinkTo === undefined || cell === '-' ? forMarkdown(cell) : forMarkdownCode(cell),
      ),
    );
  }
  yield BREAK;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** What is opened by who wants it. @param summary words of our own */
export function* folded(summary: string, pieces: Iterable<string>): Iterable<string> {
  yield `<details>\n<summary>${forHtml(summary)}</summary>\n\n`;
  yield* pieces;
  yield FOLDED_END;
}

/**
 * Pieces up to so many bytes of UTF-8: ends before the piece that would not fit, closes what is open, and says `cut`.
 *
 * @returns whether anything was left out
 */
export function* capped(pieces: Iterable<string>, most: number, cut: string): Generator<string, boolean> {
  const last = `\n${cut}\n\n`;
  let left = most - Buffer.byteLength(last);
  let open = 0;
  for (const piece of pieces) {
    const opens = piece.startsWith('<details>');
    left -= Buffer.byteLength(piece) + (opens ? FOLDED_END.length : 0);
    // What was set aside when it was opened pays for the end.
    if (piece === FOLDED_END) left += FOLDED_END.length;
    if (left < 0) {
      for (; open > 0; open--) yield FOLDED_END;
      yield last;
      return true;
    }
    if (opens) open++;
    if (piece === FOLDED_END) open--;
    yield piece;
  }
  return false;
}

const CUT_PART = '*The rest of this part is left out; what has all of it is said at the end.*';

/** Parts of bounded length, and whether any was cut. */
export class Parts {
  cut = false;

  *within(room: number, pieces: Iterable<string>): Iterable<string> {
    if (yield* capped(pieces, room, CUT_PART)) this.cut = true;
  }
}
