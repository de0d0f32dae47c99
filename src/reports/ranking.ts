/** The ranking of one layer as a table. */
import type { LayerResult } from '../analysis/audit.ts';
import type { CauseDetail, Details } from '../analysis/detail.ts';
import type { RankedCause } from '../analysis/rank.ts';
import { STRENGTHS } from '../evidence/evidence.ts';
import { count, percent } from './numbers.ts';
import { forTerminal } from './safe.ts';
import { type Cells, type Column, cellLines } from './table.ts';

export interface RankingColumn extends Column {
  readonly says: string;
  /** Text for people, safe for the terminal. @param room characters that a list in it may take */
  readonly cell: (layer: LayerResult, ranked: RankedCause, detail: CauseDetail, room: number) => string;
  /** What it is sorted by; by the text where absent. */
  readonly value?: (ranked: RankedCause, detail: CauseDetail) => number;
  /** Shown in these layers only; in all where absent. */
  readonly layers?: readonly string[];
}

const COLUMNS: readonly RankingColumn[] = [
  {
    header: 'name',
    align: 'left',
    shrinkTo: 10,
    says: 'what fails as one; (own) is your own code',
    cell: (layer, ranked) => nameOf(layer, ranked),
  },
  {
    header: 'versions',
    align: 'left',
    shrinkTo: 8,
    says: 'versions in use, newest first',
    layers: ['package'],
    cell: (_, __, detail, room) => versionList(detail, room),
    value: (_, detail) => detail.versions.length,
  },
  {
    header: 'next',
    align: 'left',
    says: 'the release that would be bad',
    layers: ['release'],
    cell: (_, __, detail) => forTerminal(detail.release?.next ?? ''),
  },
  {
    header: 'waits',
    align: 'right',
    says: 'services whose package manager waits some time before it takes a new release; ? where some may',
    layers: ['release'],
    cell: (_, __, { release }) => (release ? `${count(release.delayed)}${release.maybeDelayed > 0 ? '?' : ''}` : ''),
    value: (_, detail) => detail.release?.delayed ?? 0,
  },
  {
    header: 'scripts',
    align: 'right',
    says: 'services that would run an install script of it; ? where some may',
    layers: ['release'],
    cell: (_, __, { release }) =>
      release ? `${count(release.scripts.run)}${release.scripts.unknown > 0 ? '?' : ''}` : '',
    value: (_, detail) => detail.release?.scripts.run ?? 0,
  },
  {
    header: 'identity',
    align: 'left',
    says: 'how sure it is that these are the same bytes',
    layers: ['artifact'],
    cell: (layer, ranked) => layer.table.causes[ranked.cause]!.identity,
  },
  {
    header: 'blast',
    align: 'right',
    says: 'blast radius: weight of the systems lost / weight of all systems',
    cell: (_, ranked) => percent(ranked.blastRadius),
    value: (ranked) => ranked.blastRadius,
  },
  {
    header: 'lost',
    align: 'right',
    says: 'systems lost',
    cell: (_, ranked) => count(ranked.lost),
    value: (ranked) => ranked.lost,
  },
  {
    header: 'reach',
    align: 'right',
    says: 'services that hold it',
    cell: (_, ranked) => count(ranked.reach),
    value: (ranked) => ranked.reach,
  },
  {
    header: 'same',
    align: 'right',
    says: 'share of these services that hold the same bytes',
    layers: ['package'],
    cell: (_, __, detail) => percent(detail.sameBytes.share),
    value: (_, detail) => detail.sameBytes.share,
  },
  {
    header: 'load',
    align: 'right',
    says: "share of a service's components that depend on it, averaged over the reach",
    cell: (_, ranked) => percent(ranked.load),
    value: (ranked) => ranked.load,
  },
  {
    header: 'scope',
    align: 'left',
    says: 'held at run time, for building, or both',
    cell: (_, ranked) => scopeOf(ranked),
  },
  {
    header: 'direct',
    align: 'right',
    says: 'services that hold it by a manifest of their own',
    cell: (_, ranked) => count(ranked.direct),
    value: (ranked) => ranked.direct,
  },
];
const EVIDENCE: RankingColumn = {
  header: 'evidence',
  align: 'left',
  // What stands behind many packages is as weak as the weakest of them: that says nothing of it.
  layers: ['package', 'artifact'],
  says: 'what is verified of its weakest component; it never lowers a rank',
  cell: (_, ranked) => ranked.evidence,
  value: (ranked) => STRENGTHS.indexOf(ranked.evidence),
};

/** The columns of the ranking of a layer. @param checked whether evidence was gathered, and has a column */
export function rankingColumns(layer: LayerResult, checked: boolean): RankingColumn[] {
  return [...COLUMNS, ...(checked ? [EVIDENCE] : [])].filter(
    ({ layers }) => layers === undefined || layers.includes(layer.table.layer),
  );
}

/** A row for every cause given, numbered from 1. @param room characters that a list in a cell may take */
export function rankingCells(
  layer: LayerResult,
  causes: readonly RankedCause[],
  details: Details,
  checked: boolean,
  room: number,
): Cells {
  const columns = rankingColumns(layer, checked);
  const rows = causes.map((ranked, at) => {
    const detail = details.of(layer, ranked);
    return [String(at + 1), ...columns.map(({ cell }) => cell(layer, ranked, detail, room))];
  });
  return { columns: [{ header: '#', align: 'right' }, ...columns], rows };
}

/** Lines of the table, header first. @param checked whether evidence was gathered, and has a column */
export function ranking(
  layer: LayerResult,
  causes: readonly RankedCause[],
  details: Details,
  checked: boolean,
  width: number,
): string[] {
  const room = Math.max(8, Math.min(36, Math.floor(width / 5)));
  return cellLines(rankingCells(layer, causes, details, checked, room), width);
}

/** A cause's name for the terminal. */
export function nameOf(layer: LayerResult, ranked: RankedCause): string {
  const cause = layer.table.causes[ranked.cause]!;
  const own = cause.firstParty ? ' (own)' : '';
  return forTerminal(
    cause.ecosystem === 'npm' || cause.ecosystem === ''
      ? `${cause.name.replace(/^https:\/\//, '')}${own}`
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
