/** The reports of the trend for the terminal and as Markdown. */
import {
  capped,
  items,
  heading as markdownHeading,
  paragraph as markdownParagraph,
  strong,
  table,
} from './markdown/pieces.ts';
import { count } from './numbers.ts';
import type { Layout } from './report.ts';
import { cellLines } from './table.ts';
import { heading, lines, paragraph, textOf } from './text.ts';
import { HISTORY, type TrendContent, trendAlerts, trendHeadline, trendParts } from './trend-parts.ts';

type Input = TrendContent & Layout;

/** What the numbers of a row take, and a name that can be told from others. */
const NUMBERS_ROOM = 66;
const LEAST_SPARKLINE = 8;
const MOST_SPARKLINE = 60;
const MARKDOWN_SPARKLINE = 30;

/** UTF-8; a step summary of GitHub takes 1 MiB. */
const MOST_BYTES = 1_000_000;

export function* trendTerminal(input: Input): Iterable<string> {
  const text = textOf(input);
  const width = Math.min(MOST_SPARKLINE, Math.max(LEAST_SPARKLINE, text.width - NUMBERS_ROOM));
  yield heading(HISTORY, text);
  yield paragraph(`${trendHeadline(input.trend)}.`, text);
  for (const alert of trendAlerts(input.trend)) yield text.paint('yellow', paragraph(alert, text));
  for (const { title, tables, texts } of trendParts(input, width)) {
    yield heading(title, text);
    for (const part of tables) {
      yield paragraph(part.title, text);
      yield* lines(cellLines(part.cells, text.width), text);
      yield '\n';
    }
    for (const words of texts) yield paragraph(`- ${words}`, text);
  }
}

export function* trendMarkdown(input: Input): Iterable<string> {
  const cut = `**Cut**: this report is never longer than ${count(MOST_BYTES, 'byte')}. --format json and --format csv have all of it.`;
  yield* capped(sections(input), MOST_BYTES, cut);
}

function* sections(input: Input): Iterable<string> {
  yield markdownHeading(2, HISTORY);
  yield markdownParagraph(`${trendHeadline(input.trend)}.`);
  for (const alert of trendAlerts(input.trend)) yield strong(alert);
  for (const { title, tables, texts } of trendParts(input, MARKDOWN_SPARKLINE)) {
    yield markdownHeading(3, title);
    for (const part of tables) {
      yield markdownParagraph(part.title);
      yield* table(part.cells);
    }
    yield* items(texts);
  }
}
