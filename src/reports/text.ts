/** How a terminal report is laid out: headings, paragraphs and tables inside an indent, and the remarks at its end. */
import { styleText } from 'node:util';
import type { Audit } from '../analysis/audit.ts';
import { trustLines } from './evidence-summary.ts';
import { QUESTIONS } from './questions.ts';
import type { Layout } from './report.ts';
import { forTerminal } from './safe.ts';
import { bounded, MOST_OF_A_KIND, type Skipped, skipped } from './skipped.ts';
import { wrap } from './table.ts';

type Style = Parameters<typeof styleText>[0];

/** The columns there are inside the indent, and the colours. */
export interface Text {
  readonly width: number;
  readonly paint: (style: Style, words: string) => string;
}

export function textOf({ width, color }: Layout): Text {
  return {
    width: width - 2,
    paint: (style, words) => (color ? styleText(style, words, { validateStream: false }) : words),
  };
}

export function heading(words: string, { paint }: Text): string {
  return `\n${paint('bold', words)}\n`;
}

export function paragraph(words: string, { width }: Text): string {
  return `${wrap(words, width, '  ')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}

/** The lines of a table, its header dimmed. */
export function* lines(texts: readonly string[], { paint }: Text): Iterable<string> {
  for (const [at, line] of texts.entries()) yield `  ${at === 0 ? paint('dim', line) : line}\n`;
}

/** What the run trusted, and what of the input needs a look: all there is to say, or what a command chooses of it. */
export function* remarks(
  audit: Audit,
  text: Text,
  left: readonly Skipped[] = bounded(skipped(audit), MOST_OF_A_KIND),
): Iterable<string> {
  const trusted = trustLines(audit.evidence.trust);
  if (trusted.length > 0) yield heading(QUESTIONS.trust, text);
  for (const words of trusted) yield paragraph(`- ${forTerminal(words)}`, text);
  if (left.length > 0) yield heading(QUESTIONS.skipped, text);
  for (const { text: words, level } of left) {
    yield text.paint(level === 'error' ? 'red' : 'yellow', paragraph(`- ${words}`, text));
  }
}
