/** The reports of the upload command: every file, where it went, and why it did not. */
import type { Outcome } from '../upload/outcome.ts';
import { isIncomplete, STATUSES } from '../upload/outcome.ts';
import { VERSION } from '../version.ts';
import { jsonList } from './json-pieces.ts';
import {
  items,
  heading as markdownHeading,
  paragraph as markdownParagraph,
  table as markdownTable,
} from './markdown/pieces.ts';
import { count } from './numbers.ts';
import type { Layout } from './report.ts';
import { forTerminal } from './safe.ts';
import { type Cells, type Column, cellLines } from './table.ts';
import { heading, lines, paragraph, textOf } from './text.ts';

export interface UploadContent {
  readonly outcomes: readonly Outcome[];
  readonly dryRun: boolean;
  /** That is uploaded to. */
  readonly host: string;
}

type Input = UploadContent & Layout;

export function* uploadTerminal(input: Input): Iterable<string> {
  const text = textOf(input);
  yield `${forTerminal(summaryOf(input))}\n`;
  yield heading(TITLES.files, text);
  const { columns, rows } = cellsOf(input);
  yield* lines(cellLines({ columns, rows: rows.map((row) => row.map(forTerminal)) }, text.width), text);
  const told = troublesOf(input);
  if (told.length > 0) yield heading(TITLES.troubles, text);
  for (const words of told) yield text.paint('red', paragraph(`- ${forTerminal(words)}`, text));
}

export function* uploadMarkdown(input: Input): Iterable<string> {
  yield markdownHeading(2, 'Upload of findings');
  yield markdownParagraph(summaryOf(input));
  const told = troublesOf(input);
  if (told.length > 0) yield markdownHeading(3, TITLES.troubles);
  yield* items(told);
  yield markdownHeading(3, TITLES.files);
  yield* markdownTable(cellsOf(input));
}

/** schema/upload.schema.json */
export function* uploadJson({ outcomes, dryRun, host }: Input): Iterable<string> {
  yield '{\n  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "host": ${JSON.stringify(host)},\n`;
  yield `  "dryRun": ${dryRun},\n`;
  yield `  "complete": ${!isIncomplete(outcomes)},\n`;
  yield `  "counts": ${JSON.stringify(Object.fromEntries(countsOf(outcomes)))},\n`;
  yield* jsonList('  ', 'files', outcomes.map(outcomeJson), '');
  yield '}\n';
}

function outcomeJson({ file, status, target, facts, trouble }: Outcome): object {
  return { file, status, target: target ?? null, facts: facts ?? null, trouble: trouble ?? null };
}

const TITLES = { files: 'What went where?', troubles: 'What did not arrive, and what helps?' } as const;

const COLUMNS: readonly Column[] = [
  { header: 'file', align: 'left', shrinkTo: 16 },
  { header: 'repository', align: 'left', shrinkTo: 16 },
  { header: 'branch', align: 'left', shrinkTo: 8 },
  { header: 'commit', align: 'left' },
  { header: 'results', align: 'right' },
  { header: 'bytes', align: 'right' },
  { header: 'outcome', align: 'left' },
];

function cellsOf({ outcomes }: UploadContent): Cells {
  const rows = outcomes.map(({ file, status, target, facts, trouble }) => [
    file,
    target?.repository ?? '-',
    target?.ref.replace(/^refs\/heads\//, '') ?? '-',
    target?.commit.slice(0, 12) ?? '-',
    facts === undefined ? '-' : count(facts.results),
    facts === undefined ? '-' : count(facts.bytes),
    trouble === undefined ? WORDS[status] : `${WORDS[status]}: ${trouble.code}`,
  ]);
  return { columns: COLUMNS, rows };
}

const WORDS: Readonly<Record<Outcome['status'], string>> = {
  processed: 'processed',
  uploaded: 'uploaded',
  planned: 'would be uploaded',
  skipped: 'skipped',
  failed: 'failed',
};

function summaryOf({ outcomes, dryRun, host }: UploadContent): string {
  const told = countsOf(outcomes)
    .filter(([, number]) => number > 0)
    .map(([status, number]) => `${count(number)} ${WORDS[status]}`);
  const nobody = dryRun ? '; nobody was asked (--dry-run)' : '';
  return `${count(outcomes.length, 'SARIF file')} for the code scanning of ${host}: ${told.join(', ')}${nobody}`;
}

function countsOf(outcomes: readonly Outcome[]): [Outcome['status'], number][] {
  return STATUSES.map((status) => [status, outcomes.filter((outcome) => outcome.status === status).length]);
}

/** The same of many files is told once, with the first of them. */
function troublesOf({ outcomes }: UploadContent): string[] {
  const files = new Map<string, string[]>();
  for (const { file, trouble } of outcomes) {
    if (!trouble) continue;
    const words = `${trouble.code} ${trouble.message}; ${trouble.next}`;
    const known = files.get(words);
    if (known) known.push(file);
    else files.set(words, [file]);
  }
  return [...files].map(([words, [first = '', ...others]]) =>
    others.length === 0 ? `${first}: ${words}` : `${first} and ${count(others.length, 'more file')}: ${words}`,
  );
}
