/** The reports of the diff command. */
import { type Difference, isWorse } from '../../analysis/difference.ts';
import { VERSION } from '../../version.ts';
import { jsonList } from '../json-pieces.ts';
import { items, heading as markdownHeading, table } from '../markdown/pieces.ts';
import type { Layout } from '../report.ts';
import { cellLines } from '../table.ts';
import { heading, lines, paragraph, textOf } from '../text.ts';
import { differenceParts } from './parts.ts';

export interface DiffContent {
  readonly difference: Difference;
  readonly top: number;
}

type Input = DiffContent & Layout;

export function* diffTerminal(input: Input): Iterable<string> {
  const text = textOf(input);
  for (const { title, cells, texts } of differenceParts(input.difference, input.top)) {
    yield heading(title, text);
    if (cells) yield* lines(cellLines(cells, text.width), text);
    for (const words of texts) yield paragraph(`- ${words}`, text);
  }
}

export function* diffMarkdown({ difference, top }: Input): Iterable<string> {
  yield markdownHeading(
    2,
    isWorse(difference) ? 'The fleet is worse than before' : 'The fleet is not worse than before',
  );
  for (const { title, cells, texts } of differenceParts(difference, top)) {
    yield markdownHeading(3, title);
    if (cells) yield* table(cells);
    yield* items(texts);
  }
}

/** schema/diff.schema.json */
export function* diffJson({ difference }: Input): Iterable<string> {
  const { services, systems, redundancies, causes, weakened, coverage, unknown, asked, complete } = difference;
  yield '{\n  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "worse": ${isWorse(difference)},\n`;
  yield `  "complete": ${JSON.stringify(complete)},\n`;
  yield `  "evidenceAsked": ${JSON.stringify(asked)},\n`;
  yield `  "services": ${JSON.stringify(services)},\n`;
  yield `  "systems": ${JSON.stringify(systems)},\n`;
  yield* jsonList('  ', 'redundancies', redundancies, ',');
  yield* jsonList(
    '  ',
    'causes',
    causes.map(({ layer, cause, before, after, gain, worse }) => ({
      ...{ layer, cause, gain, worse },
      before: before ? reachJson(before) : null,
      after: after ? reachJson(after) : null,
    })),
    ',',
  );
  yield* jsonList('  ', 'weakened', weakened, ',');
  yield* jsonList('  ', 'coverage', coverage, ',');
  yield `  "unknown": ${JSON.stringify(unknown)}\n}\n`;
}

function reachJson(cause: NonNullable<Difference['causes'][number]['before']>): object {
  return {
    blastRadius: cause.blastRadius,
    lostSystems: [...cause.lostSystems].sort(),
    services: [...cause.services].sort(),
  };
}
