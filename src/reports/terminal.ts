/** Terminal report: what are we vulnerable to, what matters most, what do we do. */
import type { Audit, LayerResult } from '../analysis/audit.ts';
import { Details } from '../analysis/detail.ts';
import { advice } from './advice.ts';
import { collusionText } from './collusion.ts';
import { evidenceParagraph } from './evidence-summary.ts';
import { LAYER_NAMES } from './layer-words.ts';
import { count, percent } from './numbers.ts';
import { nameOf, ranking } from './ranking.ts';
import type { ReportInput } from './report.ts';
import { resilienceText } from './resilience.ts';
import { type Column, table, wrap } from './table.ts';
import { heading, lines, paragraph, remarks, type Text, textOf } from './text.ts';

export function* terminalReport(input: ReportInput): Iterable<string> {
  const { audit, width } = input;
  const text = textOf(input);
  if (audit.fleet.lockfiles.length === 0) yield 'No lockfile or SBOM was found: nothing was audited.\n';
  else {
    yield `${wrap(headline(audit), width, '  ').join('\n')}\n`;
    if (audit.artifacts.of > 0) yield* answers(input, text);
    else yield `${heading('Nothing is known to be shared: no service holds a component in this scope.', text)}`;
  }
  yield* remarks(audit, text);
}

function* answers(input: ReportInput, text: Text): Iterable<string> {
  const { audit } = input;
  const details = new Details(audit);
  yield heading('What failures are we vulnerable to?', text);
  yield* lines(summary(audit, text.width), text);
  yield '\n';
  const suffice = collusionText(audit);
  if (suffice !== undefined) yield `${paragraph(suffice, text)}\n`;
  yield paragraph(evidenceParagraph(audit), text);
  if (audit.systems.some(({ origin }) => origin === 'declared') || audit.guards.length > 0) {
    yield heading('Redundant against what?', text);
    yield* resilienceText(audit, text);
  }
  yield heading('Which matter most?', text);
  for (const [at, layer] of audit.layers.entries()) {
    if (layer.ranked.length === 0) continue;
    const shown = layer.ranked.slice(0, at === 0 ? input.top : Math.min(input.top, ROWS_OF_OTHERS));
    if (at > 0) yield '\n';
    yield paragraph(rankingTitle(audit, layer, shown.length), text);
    if (shown.length > 0) yield* lines(ranking(layer, shown, details, audit.evidence.mode !== 'off', text.width), text);
  }
  yield heading('What do we do about them?', text);
  for (const words of advice(audit, input.gates, details)) yield paragraph(`- ${words}`, text);
}

export function headline(audit: Audit): string {
  const unread = audit.fleet.lockfiles.filter((lockfile) => lockfile.kind === 'unread').length;
  const declared = audit.systems.filter((system) => system.origin === 'declared').length;
  const scope = audit.scope === 'all' ? '' : `, ${audit.scope} scope only`;
  return [
    `${count(audit.services.length, 'service')} from ${count(audit.fleet.lockfiles.length, 'lockfile')}`,
    unread === 0 ? '' : ` (${unread} could not be read)`,
    `, ${count(audit.artifacts.of, 'component')}, ${count(audit.systems.length, 'system')}`,
    declared === 0 ? '' : ` (${declared} declared)`,
    audit.guards.length === 0 ? '' : `, ${count(audit.guards.length, 'guard')}`,
    scope,
  ].join('');
}

const SUMMARY: readonly Column[] = [
  { header: 'one bad', align: 'left', shrinkTo: 12 },
  { header: 'causes', align: 'right' },
  { header: 'known', align: 'right' },
  { header: 'defeating', align: 'right' },
  { header: 'the worst', align: 'left', shrinkTo: 8 },
  { header: 'systems lost', align: 'right' },
  { header: 'services', align: 'right' },
];

function summary(audit: Audit, width: number): string[] {
  const rows = audit.layers.map((layer) => {
    const worst = layer.ranked[0];
    return [
      layer.table.layer,
      count(layer.ranked.length),
      layer.of === 0 ? '-' : percent(layer.known / layer.of),
      count(layer.ranked.filter((cause) => cause.lost > 0).length),
      worst ? nameOf(layer, worst) : '-',
      worst ? `${worst.lost} of ${audit.systems.length}` : '-',
      worst ? `${worst.reach} of ${audit.services.length}` : '-',
    ];
  });
  return table(SUMMARY, rows, width);
}

/** Rows of every ranking but the first: the layers of one fleet say much the same. */
const ROWS_OF_OTHERS = 5;

function rankingTitle(audit: Audit, layer: LayerResult, shown: number): string {
  const noun = LAYER_NAMES[layer.table.layer];
  const of = shown === layer.ranked.length ? `all ${count(shown)}` : `top ${shown} of ${count(layer.ranked.length)}`;
  const ignored = layer.ignored === 0 ? '' : `, ${layer.ignored} ignored`;
  return `${noun}, ${of}${ignored}, by blast radius: the share of ${count(audit.systems.length, 'system')} lost, by weight.`;
}
