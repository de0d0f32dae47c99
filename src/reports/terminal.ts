/** Terminal report: what are we vulnerable to, what matters most, what do we do. */
import { Details } from '../analysis/detail.ts';
import { advice } from './advice.ts';
import { changeCells, changeTexts, fleetCells, fleetTexts } from './changes.ts';
import { collusionText } from './collusion.ts';
import { evidenceParagraph } from './evidence-summary.ts';
import { QUESTIONS } from './questions.ts';
import { ranking } from './ranking.ts';
import type { ReportInput } from './report.ts';
import { resilienceText } from './resilience.ts';
import { forTerminal } from './safe.ts';
import { headline, nothingText, rankingTitle, shownCauses, summary } from './summary.ts';
import { cellLines, wrap } from './table.ts';
import { heading, lines, paragraph, remarks, type Text, textOf } from './text.ts';
import { historyText } from './trend/formats.ts';
import { briefHistory } from './trend/parts.ts';
import { witnessTexts } from './witness.ts';

export function* terminalReport(input: ReportInput): Iterable<string> {
  const { audit, width } = input;
  const text = textOf(input);
  const nothing = nothingText(audit);
  if (audit.fleet.lockfiles.length === 0) yield `${nothing}\n`;
  else {
    yield `${wrap(headline(audit), width, '  ').join('\n')}\n`;
    if (nothing === undefined) yield* answers(input, text);
    else yield heading(nothing, text);
  }
  yield* remarks(audit, text);
}

function* answers(input: ReportInput, text: Text): Iterable<string> {
  const { audit } = input;
  const details = new Details(audit);
  yield heading(QUESTIONS.vulnerable, text);
  yield* lines(cellLines(summary(audit), text.width), text);
  yield '\n';
  const suffice = collusionText(audit);
  if (suffice !== undefined) yield `${paragraph(suffice, text)}\n`;
  yield paragraph(evidenceParagraph(audit), text);
  if (audit.systems.some(({ origin }) => origin === 'declared') || audit.guards.length > 0) {
    yield heading(QUESTIONS.against, text);
    yield* resilienceText(audit, text);
  }
  if (input.changes) {
    yield heading(QUESTIONS.changes, text);
    const cells = changeCells(input.changes, input.top);
    if (cells.rows.length > 0) yield* lines(cellLines(cells, text.width), text);
    for (const words of changeTexts(input.changes, cells.rows.length)) yield paragraph(`- ${words}`, text);
  }
  if (input.fleet) {
    yield heading(QUESTIONS.fleet, text);
    yield* lines(cellLines(fleetCells({ ...input, fleet: input.fleet }), text.width), text);
    for (const words of fleetTexts(input.fleet)) yield paragraph(`- ${words}`, text);
  }
  if (input.witness) {
    const { layer, cause } = input.witness;
    yield heading(`${QUESTIONS.witness} ${forTerminal(layer.table.causes[cause]!.id)}`, text);
    for (const words of witnessTexts(audit, input.witness)) yield paragraph(`- ${words}`, text);
  }
  if (input.trend) yield* historyText(briefHistory(input, input.trend), text);
  yield heading(QUESTIONS.matter, text);
  for (const [at, layer] of audit.layers.entries()) {
    if (layer.ranked.length === 0) continue;
    const shown = shownCauses(layer, at, input.top);
    if (at > 0) yield '\n';
    yield paragraph(rankingTitle(audit, layer, shown.length), text);
    if (shown.length > 0) yield* lines(ranking(layer, shown, details, audit.evidence.mode !== 'off', text.width), text);
  }
  yield heading(QUESTIONS.act, text);
  for (const words of advice(audit, input.gates, details)) yield paragraph(`- ${words}`, text);
}
