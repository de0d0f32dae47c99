/** The reports of the impact command for people. */

import { capped, items, heading as markdownHeading, strong, table } from '../markdown/pieces.ts';
import { count } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import type { Layout } from '../report.ts';
import { INCOMPLETE } from '../summary.ts';
import { cellLines } from '../table.ts';
import { heading, lines, paragraph, remarks, textOf } from '../text.ts';
import { type ImpactContent, isImpactIncomplete } from './content.ts';
import { withHistory } from './history-parts.ts';
import { impactParts } from './parts.ts';
import { impactRemarks } from './remarks.ts';

type Input = ImpactContent & Layout;

/** UTF-8; a step summary of GitHub takes 1 MiB. */
const MOST_BYTES = 1_000_000;

export function* impactTerminal(input: Input): Iterable<string> {
  const text = textOf(input);
  for (const { title, table: found, texts } of impactParts(input)) {
    yield heading(title, text);
    if (found) yield* lines(cellLines(found.cells, text.width), text);
    for (const words of texts) yield paragraph(`- ${words}`, text);
  }
  yield* remarks(input.audit, text, impactRemarks(input));
}

export function* impactMarkdown(input: Input): Iterable<string> {
  const cut = `**Cut**: this report is never longer than ${count(MOST_BYTES, 'byte')}. --format json and --format csv have all of it.`;
  yield* capped(sections(input), MOST_BYTES, cut);
}

function* sections(input: Input): Iterable<string> {
  const { services } = input.impact.locked;
  const all = count(input.audit.services.length, 'service');
  yield markdownHeading(
    2,
    withHistory(
      input,
      services.length === 0
        ? 'Nothing bad is locked'
        : `Bad versions are locked in ${count(services.length)} of ${all}`,
    ),
  );
  if (isImpactIncomplete(input)) yield strong(INCOMPLETE);
  for (const { title, table: found, texts } of impactParts(input)) {
    yield markdownHeading(3, title);
    if (found) yield* table(found.cells);
    yield* items(texts);
  }
  const left = impactRemarks(input);
  if (left.length === 0) return;
  yield markdownHeading(3, QUESTIONS.skipped);
  yield* items(left.map(({ text }) => text));
}
