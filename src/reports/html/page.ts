/** The sections of the page that are there without a script, in the order of the three questions. */
import { type Audit, isIncomplete } from '../../analysis/audit.ts';
import type { Details } from '../../analysis/detail.ts';
import { VERSION } from '../../version.ts';
import { advice } from '../advice.ts';
import { changeCells, changeTexts, fleetCells, fleetTexts } from '../changes.ts';
import { collusionText } from '../collusion.ts';
import { evidenceParagraph, trustLines } from '../evidence-summary.ts';
import { ALL_VERIFIED, buildCells, NO_BUILD, reasonTexts, serviceCells, stateCells } from '../evidence-tables.ts';
import { count } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import { rankingCells, rankingColumns } from '../ranking.ts';
import type { ReportInput } from '../report.ts';
import { guardTexts, RESILIENCE_COLUMNS, type SystemTable, systemTables } from '../resilience.ts';
import { forHtml, forTerminal } from '../safe.ts';
import { skipped } from '../skipped.ts';
import { headline, nothingText, rankingTitle, SUMMARY_COLUMNS, summary } from '../summary.ts';
import type { Cells } from '../table.ts';
import { historySection } from '../trend/html.ts';
import { briefHistory } from '../trend/parts.ts';
import { witnessTexts } from '../witness.ts';
import { shownLayers } from './data.ts';
import { LIVE_PARTS } from './live.ts';
import { cellsTable, glossary, list, paragraph } from './markup.ts';

/** Sentences of one list: a fleet may have thousands of findings. */
const MOST_SENTENCES = 500;

/** Systems shown at once, and behind a click. */
const SYSTEMS_AT_ONCE = 12;
const MOST_SYSTEMS = 500;

/** Where what is left out can be had. */
const LISTED = '(--format json lists all)';

/** Rows of a table that has one for every service. */
const MOST_ROWS = 2000;

export function* head({ audit, gates, trend }: ReportInput): Iterable<string> {
  const failed = gates.filter(({ over }) => over.length > 0).length;
  const nothing = nothingText(audit);
  yield '<a class="skip" href="#main">Skip to the report</a>\n<header>\n<div class="bar">\n';
  yield '<p class="brand">spof-deps</p>\n';
  yield `<nav aria-label="Sections">${links(audit, trend !== undefined)}</nav>\n`;
  yield '<button type="button" id="theme" hidden>Theme</button>\n</div>\n';
  yield '<h1>What is our redundancy redundant against?</h1>\n';
  yield paragraph(headline(audit), 'headline');
  if (failed > 0)
    yield `<p class="alert">${forHtml(`${count(failed, 'gate')} failed: `)}<a href="#act">see what to do</a>.</p>\n`;
  if (isIncomplete(audit))
    yield '<p class="alert">Incomplete: every number is a lower bound. <a href="#skipped">See what is missing</a>.</p>\n';
  if (nothing !== undefined) yield paragraph(nothing, 'alert');
  yield '</header>\n';
}

function links(audit: Audit, hasHistory: boolean): string {
  const answered = nothingText(audit) === undefined;
  const all: [string, string][] = [
    ...(answered
      ? ([
          ['vulnerable', 'Vulnerable'],
          ...(hasHistory ? ([['history', 'History']] satisfies [string, string][]) : []),
          ['matter', 'Matter'],
          ['act', 'Do'],
          ['evidence', 'Evidence'],
        ] satisfies [string, string][])
      : []),
    ...(skipped(audit).length > 0 ? ([['skipped', 'Skipped']] satisfies [string, string][]) : []),
    ...(audit.evidence.trust ? ([['trust', 'Trust']] satisfies [string, string][]) : []),
  ];
  const live = answered ? '\n<a href="#fallen" data-live hidden>What falls</a>' : '';
  return all.map(([id, words]) => `<a href="#${id}">${words}</a>`).join('\n') + live;
}

export function* answers(input: ReportInput, details: Details): Iterable<string> {
  const { audit } = input;
  yield section('vulnerable', QUESTIONS.vulnerable);
  yield* cellsTable(
    summary(audit, (known, of) => `${count(known)} of ${count(of)}`),
    'Every layer and its worst cause',
    'layers',
  );
  const suffice = collusionText(audit);
  if (suffice !== undefined) yield paragraph(suffice);
  yield* against(audit);
  yield* compared(input);
  yield '</section>\n';
  if (input.trend) {
    yield section('history', QUESTIONS.history);
    yield* historySection(briefHistory(input, input.trend));
    yield '</section>\n';
  }
  yield section('matter', QUESTIONS.matter);
  if (shownLayers(audit).length > 0) {
    yield LIVE_PARTS;
    yield* staticRanking(input, details);
  }
  yield '</section>\n';
  yield `${section('act', QUESTIONS.act)}${list(advice(audit, input.gates, details), MOST_SENTENCES)}</section>\n`;
  yield* evidence(audit);
}

function* against(audit: Audit): Iterable<string> {
  const systems = systemTables(audit);
  const guards = guardTexts(audit);
  if (systems.length + guards.length === 0) return;
  yield `<h3>${forHtml(QUESTIONS.against)}</h3>\n`;
  yield* systemGrid(systems, 0, SYSTEMS_AT_ONCE);
  if (systems.length > SYSTEMS_AT_ONCE) {
    const left = systems.length - SYSTEMS_AT_ONCE;
    yield `<details><summary>${forHtml(`${count(left)} more systems`)}</summary>\n`;
    yield* systemGrid(systems, SYSTEMS_AT_ONCE, MOST_SYSTEMS);
    if (systems.length > MOST_SYSTEMS) yield paragraph(`and ${count(systems.length - MOST_SYSTEMS)} more ${LISTED}`);
    yield '</details>\n';
  }
  yield list(guards, MOST_SENTENCES, `more ${LISTED}`);
}

/** Against an earlier report, in the fleet, and how a cause gets there: what was asked for. */
function* compared(input: ReportInput): Iterable<string> {
  const { audit, changes, fleet, witness, top } = input;
  if (changes) {
    const cells = changeCells(changes, top);
    if (cells.rows.length > 0) yield* cellsTable(cells, QUESTIONS.changes, 'changes');
    else yield `<h3>${forHtml(QUESTIONS.changes)}</h3>\n`;
    yield list(changeTexts(changes, cells.rows.length), MOST_SENTENCES);
  }
  if (fleet) {
    yield* cellsTable(fleetCells({ ...input, fleet }), QUESTIONS.fleet, 'in-fleet');
    yield list(fleetTexts(fleet), MOST_SENTENCES);
  }
  if (!witness) return;
  yield `<h3>${forHtml(`${QUESTIONS.witness} ${witness.layer.table.causes[witness.cause]!.id}`)}</h3>\n`;
  yield list([...witnessTexts(audit, witness)], MOST_SENTENCES);
}

function* systemGrid(systems: readonly SystemTable[], from: number, to: number): Iterable<string> {
  yield '<div class="systems">\n';
  for (let at = from; at < Math.min(to, systems.length); at++) {
    const { title, cells, news } = systems[at]!;
    yield '<div>\n';
    yield* cellsTable(cells, title, `system-${at}`);
    yield `${list(news)}</div>\n`;
  }
  yield '</div>\n';
}

/** For who has no script: the script takes it away once all is drawn. */
function* staticRanking({ audit, top }: ReportInput, details: Details): Iterable<string> {
  yield '<div id="plain">\n<p>The picture, the whole ranking and failing causes need JavaScript.</p>\n';
  for (const layer of shownLayers(audit)) {
    const shown = layer.ranked.slice(0, Math.min(top, MOST_ROWS));
    const cells = rankingCells(layer, shown, details, audit.evidence.mode !== 'off', 36);
    yield* cellsTable(cells, rankingTitle(audit, layer, shown.length), `ranking-${layer.table.layer}`);
  }
  yield '</div>\n';
}

function* evidence(audit: Audit): Iterable<string> {
  yield `${section('evidence', 'What is verified, of what the lockfiles pin?')}${paragraph(evidenceParagraph(audit))}`;
  if (audit.evidence.mode !== 'off') {
    yield* cellsTable(stateCells(audit), 'Components by what is known of them', 'states');
    const reasons = [...reasonTexts(audit)];
    yield '<h3>What is not, and why?</h3>\n';
    yield reasons.length === 0 ? paragraph(ALL_VERIFIED) : list(reasons);
    yield '<h3>Who built it? Verified provenance only</h3>\n';
    const builds = buildCells(audit);
    if (builds.rows.length === 0) yield paragraph(NO_BUILD);
    else yield* folded(builds, 'source owner', 'owners');
    yield '<h3>By service, the least verified first</h3>\n';
    yield* folded(serviceCells(audit), 'service', 'services');
  }
  yield '</section>\n';
}

/** A table that is opened by who wants it. */
function* folded(cells: Cells, noun: string, id: string): Iterable<string> {
  const { columns, rows } = cells;
  const shown = rows.slice(0, MOST_ROWS);
  yield `<details><summary>${forHtml(count(rows.length, noun))}</summary>\n`;
  yield* cellsTable({ columns, rows: shown }, `Evidence by ${noun}`, id);
  if (rows.length > shown.length) yield paragraph(`and ${count(rows.length - shown.length)} more ${LISTED}`);
  yield '</details>\n';
}

/** What is odd or missing, what was trusted, and what the words mean. */
export function* remarks(audit: Audit): Iterable<string> {
  const left = skipped(audit);
  if (left.length > 0) {
    yield section('skipped', QUESTIONS.skipped);
    yield '<ul class="levels">\n';
    for (const { level, text } of left.slice(0, MOST_SENTENCES)) yield `<li class="${level}">${forHtml(text)}</li>\n`;
    if (left.length > MOST_SENTENCES) {
      yield `<li>${forHtml(`and ${count(left.length - MOST_SENTENCES)} more ${LISTED}`)}</li>\n`;
    }
    yield '</ul>\n</section>\n';
  }
  const trusted = trustLines(audit.evidence.trust);
  if (trusted.length > 0) {
    yield `${section('trust', QUESTIONS.trust)}${list(trusted.map(forTerminal), MOST_SENTENCES)}</section>\n`;
  }
  yield '<footer>\n<details><summary>What the columns mean</summary>\n';
  yield glossary([
    ...SUMMARY_COLUMNS,
    ...RESILIENCE_COLUMNS,
    ...audit.layers.flatMap((layer) => rankingColumns(layer, true)),
  ]);
  yield `</details>\n${paragraph(`spof-deps ${VERSION}`)}</footer>\n`;
}

function section(id: string, title: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${forHtml(title)}</h2>\n`;
}
