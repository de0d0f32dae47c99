/** Terminal report: what are we vulnerable to, what matters most, what do we do. */
import { styleText } from 'node:util';
import type { Audit, LayerResult } from '../analysis/audit.ts';
import { type CauseDetail, Details } from '../analysis/detail.ts';
import type { RankedCause } from '../analysis/rank.ts';
import { advice } from './advice.ts';
import { count, percent } from './numbers.ts';
import type { ReportInput } from './report.ts';
import { forTerminal } from './safe.ts';
import { skipped } from './skipped.ts';
import { type Column, table, wrap } from './table.ts';

type Style = Parameters<typeof styleText>[0];

export function* terminalReport(input: ReportInput): Iterable<string> {
  const { audit, width } = input;
  const text: Text = {
    width: width - 2,
    paint: (style, words) => (input.color ? styleText(style, words, { validateStream: false }) : words),
  };
  if (audit.fleet.lockfiles.length === 0) yield 'No lockfile or SBOM was found: nothing was audited.\n';
  else {
    yield `${wrap(headline(audit), width, '  ').join('\n')}\n`;
    if (audit.artifacts.of > 0) yield* answers(input, text);
    else yield `${heading('Nothing is known to be shared: no service holds a component in this scope.', text)}`;
  }
  const left = skipped(audit);
  if (left.length > 0) yield heading('What was skipped, and what needs a look', text);
  for (const { text: words, level } of left) {
    yield text.paint(level === 'error' ? 'red' : 'yellow', paragraph(`- ${words}`, text));
  }
}

/** How text is laid out: the columns there are inside the indent, and the colours. */
interface Text {
  readonly width: number;
  readonly paint: (style: Style, words: string) => string;
}

function* answers(input: ReportInput, text: Text): Iterable<string> {
  const { audit } = input;
  const details = new Details(audit);
  yield heading('What failures are we vulnerable to?', text);
  yield* lines(summary(audit, text.width), text);
  yield heading('Which matter most?', text);
  for (const [at, layer] of audit.layers.entries()) {
    const shown = layer.ranked.slice(0, input.top);
    if (at > 0) yield '\n';
    yield paragraph(rankingTitle(audit, layer, shown.length), text);
    if (shown.length > 0) yield* lines(ranking(layer, shown, details, text.width), text);
  }
  yield heading('What do we do about them?', text);
  for (const words of advice(audit, input.gates, details)) yield paragraph(`- ${words}`, text);
}

function heading(words: string, { paint }: Text): string {
  return `\n${paint('bold', words)}\n`;
}

function paragraph(words: string, { width }: Text): string {
  return `${wrap(words, width, '  ')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}

function* lines(texts: readonly string[], { paint }: Text): Iterable<string> {
  for (const [at, line] of texts.entries()) yield `  ${at === 0 ? paint('dim', line) : line}\n`;
}

function headline(audit: Audit): string {
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
  { header: 'one bad', align: 'left' },
  { header: 'causes', align: 'right' },
  { header: 'known', align: 'right' },
  { header: 'defeat a system', align: 'right' },
  { header: 'the worst', align: 'left', shrinkTo: 16 },
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

function rankingTitle(audit: Audit, layer: LayerResult, shown: number): string {
  const noun = layer.table.layer === 'package' ? 'Packages' : 'Artifacts (same bytes)';
  const of = shown === layer.ranked.length ? `all ${count(shown)}` : `top ${shown} of ${count(layer.ranked.length)}`;
  const ignored = layer.ignored === 0 ? '' : `, ${layer.ignored} ignored`;
  return `${noun}, ${of}${ignored}, by blast radius: the share of ${count(audit.systems.length, 'system')} lost, by weight.`;
}

const RANKING: readonly Column[] = [
  { header: '#', align: 'right' },
  { header: 'name', align: 'left', shrinkTo: 12 },
  { header: 'versions', align: 'left', shrinkTo: 8 },
  { header: 'blast', align: 'right' },
  { header: 'lost', align: 'right' },
  { header: 'reach', align: 'right' },
  { header: 'same', align: 'right' },
  { header: 'load', align: 'right' },
  { header: 'scope', align: 'left' },
  { header: 'direct', align: 'right' },
];

function ranking(layer: LayerResult, causes: readonly RankedCause[], details: Details, width: number): string[] {
  const versions = Math.max(8, Math.min(36, Math.floor(width / 5)));
  const rows = causes.map((ranked, at) => {
    const detail = details.of(layer, ranked);
    return [
      String(at + 1),
      nameOf(layer, ranked),
      layer.table.layer === 'artifact' ? identityOf(layer, ranked) : versionList(detail, versions),
      percent(ranked.blastRadius),
      count(ranked.lost),
      count(ranked.reach),
      percent(detail.sameBytes.share),
      percent(ranked.load),
      scopeOf(ranked),
      count(ranked.direct),
    ];
  });
  const columns = RANKING.filter((_, at) => layer.table.layer === 'package' || at !== 6).map((column) =>
    layer.table.layer === 'artifact' && column.header === 'versions' ? { ...column, header: 'identity' } : column,
  );
  return table(
    columns,
    layer.table.layer === 'package' ? rows : rows.map((row) => row.filter((_, at) => at !== 6)),
    width,
  );
}

function nameOf(layer: LayerResult, ranked: RankedCause): string {
  const cause = layer.table.causes[ranked.cause]!;
  const own = cause.firstParty ? ' (own)' : '';
  return forTerminal(cause.ecosystem === 'npm' ? `${cause.name}${own}` : `${cause.ecosystem}/${cause.name}${own}`);
}

function identityOf(layer: LayerResult, ranked: RankedCause): string {
  return layer.table.causes[ranked.cause]!.identity;
}

function versionList(detail: CauseDetail, room: number): string {
  const newestFirst = [...detail.versions].reverse().map(forTerminal);
  let text = newestFirst[0] ?? '?';
  for (let at = 1; at < newestFirst.length; at++) {
    const left = newestFirst.length - at;
    const longer = `${text}, ${newestFirst[at]}`;
    if (longer.length + (left > 1 ? ` +${left - 1}`.length : 0) > room) return `${text} +${left}`;
    text = longer;
  }
  return text;
}

function scopeOf(ranked: RankedCause): string {
  if (ranked.buildReach === 0) return 'run';
  return ranked.runtimeReach === 0 ? 'build' : 'run+build';
}
