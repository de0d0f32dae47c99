/** The reports of the trend for the terminal and as Markdown, and the same as a part of another report. */
import {
  capped,
  items,
  heading as markdownHeading,
  paragraph as markdownParagraph,
  strong,
  table,
} from '../markdown/pieces.ts';
import { count } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import type { Layout } from '../report.ts';
import { cellLines } from '../table.ts';
import { heading, lines, paragraph, type Text, textOf } from '../text.ts';
import { type TrendContent, trendAlerts, trendHeadline, trendParts } from './parts.ts';

type Input = TrendContent & Layout;

/** What the numbers of a row take, and a name that can be told from others. */
const NUMBERS_ROOM = 70;
const LEAST_SPARKLINE = 8;
const MOST_SPARKLINE = 60;
const MARKDOWN_SPARKLINE = 30;

/** UTF-8; a step summary of GitHub takes 1 MiB. */
const MOST_BYTES = 1_000_000;

export function trendTerminal(input: Input): Iterable<string> {
  return historyText(input, textOf(input));
}

/** The history below its heading. */
export function* historyText(content: TrendContent, text: Text): Iterable<string> {
  const width = Math.min(MOST_SPARKLINE, Math.max(LEAST_SPARKLINE, text.width - NUMBERS_ROOM));
  yield heading(QUESTIONS.history, text);
  yield paragraph(`${trendHeadline(content.trend)}.`, text);
  for (const alert of trendAlerts(content.trend)) yield text.paint('yellow', paragraph(alert, text));
  for (const { title, tables, texts } of trendParts(content, width)) {
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
  yield* capped(historyMarkdown(input, 2), MOST_BYTES, cut);
}

/** The history below its heading. @param level of that heading */
export function* historyMarkdown(content: TrendContent, level: number): Iterable<string> {
  yield markdownHeading(level, QUESTIONS.history);
  yield markdownParagraph(`${trendHeadline(content.trend)}.`);
  for (const alert of trendAlerts(content.trend)) yield strong(alert);
  for (const { title, tables, texts } of trendParts(content, MARKDOWN_SPARKLINE)) {
    yield markdownHeading(level + 1, title);
    for (const part of tables) {
      yield markdownParagraph(part.title);
      yield* table(part.cells);
    }
    yield* items(texts);
  }
}
