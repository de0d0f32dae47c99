/**
 * Markdown report, as GitHub shows it: for pull requests and step summaries. What it holds is the same as the terminal's,
 * with the findings, and never longer than a step summary may be.
 */
import { type Audit, isIncomplete } from '../analysis/audit.ts';
import { Details } from '../analysis/detail.ts';
import { advice } from './advice.ts';
import { changeCells, changeTexts, fleetCells, fleetTexts } from './changes.ts';
import { collusionText } from './collusion.ts';
import { evidenceParagraph, trustLines } from './evidence-summary.ts';
import { reasonTexts, stateCells } from './evidence-tables.ts';
import { findingItems, toldAlerts } from './markdown/findings.ts';
import { BREAK, capped, folded, heading, items, Parts, paragraph, strong, table } from './markdown/pieces.ts';
import { count } from './numbers.ts';
import { QUESTIONS } from './questions.ts';
import { rankingCells, rankingColumns } from './ranking.ts';
import type { ReportInput } from './report.ts';
import { guardTexts, RESILIENCE_COLUMNS, type SystemTable, systemTables } from './resilience.ts';
import { skippedInput } from './skipped.ts';
import { headline, INCOMPLETE, nothingText, rankingTitle, SUMMARY_COLUMNS, shownCauses, summary } from './summary.ts';
import type { Cells, Column } from './table.ts';
import { historyMarkdown } from './trend/formats.ts';
import { briefHistory } from './trend/parts.ts';
import { witnessTexts } from './witness.ts';

/** UTF-8; GITHUB_STEP_SUMMARY takes 1 MiB for a step. */
const MOST_BYTES = 1_000_000;

/** Bytes that one part may take, so that a long one leaves room for those after it. */
const ROOM = { systems: 200_000, rankings: 250_000, findings: 150_000, skipped: 80_000, other: 50_000 } as const;

const CUT = `**Cut**: this report is never longer than ${count(MOST_BYTES, 'byte')}. --format json and --format csv have all of it.`;

/** Systems shown at once; the others behind a click. */
const SYSTEMS_AT_ONCE = 12;

/** Bytes of a row at least: more rows than have room need not be made. */
const LEAST_ROW = 30;

/** Left out, as tables are narrow where this is read. */
const NOT_RANKED_BY: readonly string[] = ['lost', 'scope', 'direct'];

/** Characters that a list in a cell may take. */
const CELL_ROOM = 36;

export function* markdownReport(input: ReportInput): Iterable<string> {
  const parts = new Parts();
  const whole = yield* capped(sections(input, parts), MOST_BYTES - CUT.length, CUT);
  if (parts.cut && !whole) yield `${CUT}\n`;
}

function* sections(input: ReportInput, parts: Parts): Iterable<string> {
  const { audit, gates } = input;
  const nothing = nothingText(audit);
  const failed = gates.filter(({ over }) => over.length > 0).length;
  yield heading(1, 'spof-deps');
  yield paragraph(headline(audit));
  if (failed > 0) yield strong(`${count(failed, 'gate')} failed.`);
  if (isIncomplete(audit)) yield strong(INCOMPLETE);
  if (nothing === undefined) yield* answers(input, parts);
  else {
    yield strong(nothing);
    yield* parts.within(ROOM.findings, findings(input));
  }
  yield* parts.within(ROOM.skipped, remarks(audit));
}

function* answers(input: ReportInput, parts: Parts): Iterable<string> {
  const { audit, gates } = input;
  const details = new Details(audit);
  yield heading(2, QUESTIONS.vulnerable);
  yield* table(summary(audit));
  const suffice = collusionText(audit);
  if (suffice !== undefined) yield paragraph(suffice);
  yield* parts.within(ROOM.systems, against(audit));
  yield* parts.within(ROOM.other, changes(input));
  yield* parts.within(ROOM.other, inFleet(input));
  yield* parts.within(ROOM.other, witness(input));
  if (input.trend) yield* parts.within(ROOM.systems, historyMarkdown(briefHistory(input, input.trend), 3));
  yield heading(2, QUESTIONS.matter);
  yield* parts.within(ROOM.rankings, rankings(input, details));
  yield* parts.within(ROOM.findings, findings(input));
  yield heading(2, QUESTIONS.act);
  yield* parts.within(ROOM.other, items(advice(audit, gates, details)));
  yield* parts.within(ROOM.other, evidence(audit));
  yield* folded('What the columns mean', glossary(audit));
}

function* against(audit: Audit): Iterable<string> {
  const systems = systemTables(audit);
  const guards = guardTexts(audit);
  if (systems.length + guards.length === 0) return;
  yield heading(3, QUESTIONS.against);
  yield* items(guards);
  yield* systemParts(systems.slice(0, SYSTEMS_AT_ONCE));
  const left = systems.slice(SYSTEMS_AT_ONCE);
  if (left.length > 0) yield* folded(count(left.length, 'more system'), systemParts(left));
}

function* systemParts(systems: readonly SystemTable[]): Iterable<string> {
  for (const { title, cells, news } of systems) {
    yield heading(4, title);
    yield* table(cells);
    yield* items(news);
  }
}

function* changes({ changes: found, top }: ReportInput): Iterable<string> {
  if (!found) return;
  yield heading(3, QUESTIONS.changes);
  const cells = changeCells(found, top);
  if (cells.rows.length > 0) yield* table(cells);
  yield* items(changeTexts(found, cells.rows.length));
}

function* inFleet(input: ReportInput): Iterable<string> {
  const { fleet } = input;
  if (!fleet) return;
  yield heading(3, QUESTIONS.fleet);
  yield* table(fleetCells({ ...input, fleet }));
  yield* items(fleetTexts(fleet));
}

function* witness({ audit, witness: chosen }: ReportInput): Iterable<string> {
  if (!chosen) return;
  const { id } = chosen.layer.table.causes[chosen.cause]!;
  yield heading(3, `${QUESTIONS.witness} ${id}`);
  yield* items(witnessTexts(audit, chosen));
}

/** The first layer in full, the others behind a click. */
function* rankings({ audit, top }: ReportInput, details: Details): Iterable<string> {
  for (const [at, layer] of audit.layers.entries()) {
    const shown = shownCauses(layer, at, top);
    if (shown.length === 0) continue;
    const title = rankingTitle(audit, layer, shown.length);
    const fitting = shown.slice(0, ROOM.rankings / LEAST_ROW);
    const cells = rankingCells(layer, fitting, details, audit.evidence.mode !== 'off', CELL_ROOM);
    const rows = table(without(cells, NOT_RANKED_BY));
    if (at === 0) {
      yield paragraph(title);
      yield* rows;
    } else yield* folded(title, rows);
  }
}

function without({ columns, rows }: Cells, headers: readonly string[]): Cells {
  const kept = columns.flatMap(({ header }, at) => (headers.includes(header) ? [] : [at]));
  return { columns: kept.map((at) => columns[at]!), rows: rows.map((row) => kept.map((at) => row[at]!)) };
}

function* findings(input: ReportInput): Iterable<string> {
  const alerts = toldAlerts(input);
  if (alerts.length === 0) return;
  yield heading(3, count(alerts.length, 'finding'));
  yield* findingItems(alerts, input, ROOM.findings);
  yield BREAK;
}

function* evidence(audit: Audit): Iterable<string> {
  yield paragraph(evidenceParagraph(audit));
  if (audit.evidence.mode === 'off') return;
  yield* table(stateCells(audit));
  const reasons = [...reasonTexts(audit)];
  if (reasons.length > 0) yield* folded(count(reasons.length, 'reason'), items(reasons));
}

/** What was trusted, and what is missing or odd. */
function* remarks(audit: Audit): Iterable<string> {
  const left = skippedInput(audit);
  if (left.length > 0) {
    yield heading(2, QUESTIONS.skipped);
    yield* items(left.map(({ text }) => text));
  }
  const trusted = trustLines(audit.evidence.trust);
  if (trusted.length > 0) yield* folded(QUESTIONS.trust, items(trusted));
}

function* glossary(audit: Audit): Iterable<string> {
  const columns: Column[] = [
    ...SUMMARY_COLUMNS,
    ...RESILIENCE_COLUMNS,
    ...audit.layers.flatMap((layer) => rankingColumns(layer, true)),
  ];
  const said = new Map<string, string>();
  for (const { header, says } of columns) {
    if (says !== undefined && !said.has(header) && !NOT_RANKED_BY.includes(header)) said.set(header, says);
  }
  yield* items([...said].map(([header, says]) => `${header}: ${says}`));
}
