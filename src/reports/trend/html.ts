/** The trend as a page: a chart for every table, and the table below it. It needs no script. */
import { stillPage } from '../html/frame.ts';
import { lineChart, MOST_LINES } from '../html/line-chart.ts';
import { cellsTable, list, paragraph } from '../html/markup.ts';
import { count } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import type { Layout } from '../report.ts';
import { forHtml } from '../safe.ts';
import { type TrendContent, type TrendPart, trendAlerts, trendHeadline, trendParts } from './parts.ts';
import { timeAxis } from './times.ts';

/** Sentences of one list. */
const MOST_SENTENCES = 500;

export function* trendHtml(input: TrendContent & Layout): Iterable<string> {
  const { trend } = input;
  const sections = trendParts(input, 0).map((part) => ({ ...part, content: partContent(input, part) }));
  yield* stillPage(QUESTIONS.history, trendHeadline(trend), trendAlerts(trend), sections);
}

/** The history as a part of another page, below a heading of its own. */
export function* historySection(content: TrendContent): Iterable<string> {
  yield paragraph(`${trendHeadline(content.trend)}.`);
  for (const alert of trendAlerts(content.trend)) yield paragraph(alert, 'alert');
  for (const part of trendParts(content, 0)) {
    yield `<h3>${forHtml(part.title)}</h3>\n`;
    yield* partContent(content, part);
  }
}

/** The charts, tables and sentences of one part; ids begin with the part's. */
function* partContent({ trend }: Pick<TrendContent, 'trend'>, part: TrendPart): Iterable<string> {
  const x = timeAxis(trend.runs);
  const numbers = new Map(trend.breaks.map(({ run }, at) => [run, `${at + 1}`]));
  const moments = trend.runs.flatMap(({ readAt, complete }, run) => {
    const label = [numbers.get(run) ?? '', complete ? '' : '!'].join('');
    return label === '' ? [] : [{ at: Date.parse(readAt), label }];
  });
  for (const [at, { title, cells, y, lines }] of part.tables.entries()) {
    const drawn = lines.filter(({ points }) => points.some((point) => point.y !== undefined));
    const id = `${part.id}-${at}`;
    const left = drawn.length - MOST_LINES;
    if (trend.runs.length > 1 && drawn.length > 0) {
      yield lineChart({ title, x, y, lines: drawn, moments }, `${id}-chart`);
      if (left > 0) yield paragraph(`${count(left, 'more line')} in the table.`, 'note');
    }
    yield* cellsTable(cells, `${title}, in numbers`, id);
  }
  yield list(part.texts, MOST_SENTENCES);
}
