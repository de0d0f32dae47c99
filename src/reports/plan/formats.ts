/** The reports of the plan command for people: terminal, Markdown, HTML. */
import { isIncomplete } from '../../analysis/audit.ts';
import { type PageSection, stillPage } from '../html/frame.ts';
import { cellsTable, glossary, list } from '../html/markup.ts';
import { simulationCharts } from '../html/simulation-chart.ts';
import { capped, items, heading as markdownHeading, strong, table } from '../markdown/pieces.ts';
import { count, percent } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import type { Layout } from '../report.ts';
import { skipped } from '../skipped.ts';
import { headline, INCOMPLETE } from '../summary.ts';
import { cellLines, wrap } from '../table.ts';
import { heading, lines, paragraph, remarks, textOf } from '../text.ts';
import { type PlanContent, sumWords } from './content.ts';
import { planParts } from './parts.ts';

type Input = PlanContent & Layout;

/** UTF-8; a step summary of GitHub takes 1 MiB. */
const MOST_BYTES = 1_000_000;

export function* planTerminal(input: Input): Iterable<string> {
  const text = textOf(input);
  yield `${wrap(headline(input.audit), input.width, '  ').join('\n')}\n`;
  for (const { title, cells, texts } of planParts(input)) {
    yield heading(title, text);
    if (cells) {
      yield* lines(cellLines(cells, text.width), text);
      yield '\n';
    }
    for (const words of texts) yield paragraph(`- ${words}`, text);
  }
  yield* remarks(input.audit, text);
}

export function* planMarkdown(input: Input): Iterable<string> {
  const cut = `**Cut**: this report is never longer than ${count(MOST_BYTES, 'byte')}. --format json has all of it.`;
  yield* capped(sections(input), MOST_BYTES, cut);
}

function* sections(input: Input): Iterable<string> {
  yield markdownHeading(2, verdict(input));
  if (isIncomplete(input.audit)) yield strong(INCOMPLETE);
  for (const { title, cells, texts } of planParts(input)) {
    yield markdownHeading(3, title);
    if (cells) yield* table(cells);
    yield* items(texts);
  }
  const left = skipped(input.audit);
  if (left.length === 0) return;
  yield markdownHeading(3, QUESTIONS.skipped);
  yield* items(left.map(({ text }) => text));
}

/** What the plan comes to. */
function verdict({ plan }: PlanContent): string {
  const { before, after, steps } = plan;
  if (steps.length === 0) return 'No change of dependencies lowers the blast radius';
  const used = steps.reduce((sum, step) => sum + step.edits.length, 0);
  return `${count(used, 'change')} ${used === 1 ? 'lowers' : 'lower'} the sum of blast radii from ${sumWords(before.objective)} to ${sumWords(after.objective)} (${percent((before.objective - after.objective) / before.objective)} less)`;
}

export function* planHtml(input: Input): Iterable<string> {
  const { audit, simulation, isDetectionGiven } = input;
  const parts = planParts(input);
  const left = skipped(audit);
  const pages = parts.map(
    ({ id, title, cells, texts }): PageSection => ({
      id,
      title,
      content: [
        ...(cells ? cellsTable(cells, `${title} In numbers`, `${id}-table`) : []),
        ...(id === 'simulation' && simulation ? simulationCharts({ audit, simulation, isDetectionGiven }) : []),
        list(texts),
      ],
    }),
  );
  const columns = parts.flatMap(({ cells }) => cells?.columns ?? []);
  const terms: PageSection[] = columns.some(({ says }) => says !== undefined)
    ? [{ id: 'terms', title: 'What the columns say', content: [glossary(columns)] }]
    : [];
  const rest: PageSection[] =
    left.length === 0
      ? []
      : [{ id: 'skipped', title: QUESTIONS.skipped, content: [list(left.map(({ text }) => text))] }];
  const alerts = isIncomplete(audit) ? [INCOMPLETE] : [];
  yield* stillPage(verdict(input), headline(audit), alerts, [...pages, ...terms, ...rest]);
}
