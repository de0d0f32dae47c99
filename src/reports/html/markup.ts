/** Pieces of markup. Every text goes through forHtml here, so callers hand over text only. */
import { forHtml } from '../safe.ts';
import type { Cells, Column } from '../table.ts';

export function paragraph(text: string, kind?: string): string {
  return `<p${kind === undefined ? '' : ` class="${kind}"`}>${forHtml(text)}</p>\n`;
}

/** Nothing where there is no item. @param most items shown; how many more there are is said */
export function list(texts: readonly string[], most = Number.POSITIVE_INFINITY, left = 'more'): string {
  if (texts.length === 0) return '';
  const items = texts.slice(0, most).map((text) => `<li>${forHtml(text)}</li>\n`);
  const more = texts.length > most ? `<li>and ${texts.length - most} ${forHtml(left)}</li>\n` : '';
  return `<ul>\n${items.join('')}${more}</ul>\n`;
}

/**
 * A table under its title, in a region of its own that scrolls where it is too wide. The first left-aligned column names
 * the row.
 *
 * @param id of the title, unique in the page
 */
export function* cellsTable({ columns, rows }: Cells, title: string, id: string): Iterable<string> {
  const name = columns.findIndex(({ align }) => align === 'left');
  yield `<p class="title" id="${forHtml(id)}">${forHtml(title)}</p>\n`;
  yield `<div class="scroll" tabindex="0" role="region" aria-labelledby="${forHtml(id)}">\n`;
  yield `<table aria-labelledby="${forHtml(id)}">\n`;
  yield `<thead><tr>${columns.map(headerCell).join('')}</tr></thead>\n<tbody>\n`;
  for (const row of rows) {
    yield `<tr>${row
      .map((cell, at) => {
        const { align } = columns[at]!;
        return at === name
          ? `<th scope="row" class="${align}">${forHtml(cell)}</th>`
          : `<td class="${align}${toneOf(cell)}">${forHtml(cell)}</td>`;
      })
      .join('')}</tr>\n`;
  }
  yield '</tbody>\n</table>\n</div>\n';
}

function headerCell({ header, align, says }: Column): string {
  const title = says === undefined ? '' : ` title="${forHtml(says)}"`;
  return `<th scope="col" class="${align}"${title}>${forHtml(header)}</th>`;
}

/** Of a cell that answers a question. */
function toneOf(cell: string): string {
  if (cell === 'lost' || cell === 'locked') return ' says-no';
  return cell === 'no' || cell === 'yes' || cell === 'unknown' ? ` says-${cell}` : '';
}

/** Terms and what they mean; of columns that say it, each header once. */
export function glossary(columns: readonly Column[]): string {
  const terms = new Map<string, string>();
  for (const { header, says } of columns) if (says !== undefined && !terms.has(header)) terms.set(header, says);
  const entries = [...terms].map(([term, says]) => `<div><dt>${forHtml(term)}</dt><dd>${forHtml(says)}</dd></div>\n`);
  return `<dl class="terms">\n${entries.join('')}</dl>\n`;
}
