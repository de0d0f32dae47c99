/** The ranking of one layer as a table. */
import type { LayerResult } from '../analysis/audit.ts';
import type { CauseDetail, Details } from '../analysis/detail.ts';
import type { RankedCause } from '../analysis/rank.ts';
import { count, percent } from './numbers.ts';
import { forTerminal } from './safe.ts';
import { type Column, table } from './table.ts';

interface RankingColumn extends Column {
  readonly cell: (layer: LayerResult, ranked: RankedCause, detail: CauseDetail, versionsWidth: number) => string;
  /** Shown in these layers only; in all where absent. */
  readonly layers?: readonly string[];
}

const COLUMNS: readonly RankingColumn[] = [
  { header: 'name', align: 'left', shrinkTo: 12, cell: (layer, ranked) => nameOf(layer, ranked) },
  {
    header: 'versions',
    align: 'left',
    shrinkTo: 8,
    layers: ['package'],
    cell: (_, __, detail, width) => versionList(detail, width),
  },
  {
    header: 'identity',
    align: 'left',
    layers: ['artifact'],
    cell: (layer, ranked) => layer.table.causes[ranked.cause]!.identity,
  },
  { header: 'blast', align: 'right', cell: (_, ranked) => percent(ranked.blastRadius) },
  { header: 'lost', align: 'right', cell: (_, ranked) => count(ranked.lost) },
  { header: 'reach', align: 'right', cell: (_, ranked) => count(ranked.reach) },
  { header: 'same', align: 'right', layers: ['package'], cell: (_, __, detail) => percent(detail.sameBytes.share) },
  { header: 'load', align: 'right', cell: (_, ranked) => percent(ranked.load) },
  { header: 'scope', align: 'left', cell: (_, ranked) => scopeOf(ranked) },
  { header: 'direct', align: 'right', cell: (_, ranked) => count(ranked.direct) },
];
const EVIDENCE: RankingColumn = { header: 'evidence', align: 'left', cell: (_, ranked) => ranked.evidence };

/** Lines of the table, header first. @param checked whether evidence was gathered, and has a column */
export function ranking(
  layer: LayerResult,
  causes: readonly RankedCause[],
  details: Details,
  checked: boolean,
  width: number,
): string[] {
  const versions = Math.max(8, Math.min(36, Math.floor(width / 5)));
  const columns = [...COLUMNS, ...(checked ? [EVIDENCE] : [])].filter(
    ({ layers }) => layers === undefined || layers.includes(layer.table.layer),
  );
  const rows = causes.map((ranked, at) => {
    const detail = details.of(layer, ranked);
    return [String(at + 1), ...columns.map(({ cell }) => cell(layer, ranked, detail, versions))];
  });
  return table([{ header: '#', align: 'right' }, ...columns], rows, width);
}

/** A cause's name for the terminal. */
export function nameOf(layer: LayerResult, ranked: RankedCause): string {
  const cause = layer.table.causes[ranked.cause]!;
  const own = cause.firstParty ? ' (own)' : '';
  return forTerminal(
    cause.ecosystem === 'npm' || cause.ecosystem === ''
      ? `${cause.name}${own}`
      : `${cause.ecosystem}/${cause.name}${own}`,
  );
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
