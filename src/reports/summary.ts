/** What an audit comes to, for every format: its headline, its layers in a table, the title of a ranking. */
import type { Audit, LayerResult } from '../analysis/audit.ts';
import type { RankedCause } from '../analysis/rank.ts';
import { sufficeText } from './collusion.ts';
import { LAYER_NAMES } from './layer-words.ts';
import { count, percent } from './numbers.ts';
import { nameOf } from './ranking.ts';
import type { Cells, Column } from './table.ts';

/** Why there is nothing to answer; undefined where there is. */
export function nothingText(audit: Audit): string | undefined {
  if (audit.fleet.lockfiles.length === 0)
    return 'No lockfile or SBOM was found: nothing was audited. Name a directory that has one, or make one (npm install --package-lock-only).';
  if (audit.artifacts.of > 0) return undefined;
  return 'Nothing is known to be shared: no service holds a component in this scope.';
}

/** How much was looked at. */
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

/** Shares of all systems, as targets of the collusion curve. */
const SUFFICE_HEADER = '50/80/100%';

export const SUMMARY_COLUMNS: readonly Column[] = [
  { header: 'one bad', align: 'left', shrinkTo: 8, says: 'the layer: what it is that fails as one' },
  { header: 'causes', align: 'right', says: 'how many of them some service holds' },
  { header: 'known', align: 'right', says: 'components, or services, of which the cause is known, of all' },
  { header: 'defeating', align: 'right', says: 'causes that take down a system on their own' },
  { header: 'the worst', align: 'left', shrinkTo: 8, says: 'first by rank' },
  { header: 'lost', align: 'right', says: 'systems that the worst takes down' },
  { header: 'services', align: 'right', says: 'that hold the worst' },
  {
    header: SUFFICE_HEADER,
    align: 'right',
    says: 'bad ones that suffice, at most, to take down that share of the systems; -: all of them together do not',
  },
];

/** A row for every layer. @param known how its coverage is told, of known and all components or services */
export function summary(audit: Audit, known = shareText): Cells {
  const rows = audit.layers.map((layer) => {
    const worst = layer.ranked[0];
    return [
      layer.table.layer,
      count(layer.ranked.length),
      layer.of === 0 ? '-' : known(layer.known, layer.of),
      count(layer.ranked.filter((cause) => cause.lost > 0).length),
      worst ? nameOf(layer, worst) : '-',
      worst ? `${worst.lost} of ${audit.systems.length}` : '-',
      worst ? `${worst.reach} of ${audit.services.length}` : '-',
      sufficeText(audit, layer),
    ];
  });
  return { columns: SUMMARY_COLUMNS, rows };
}

function shareText(known: number, of: number): string {
  return percent(known / of);
}

/** Rows of every ranking but the first: the layers of one fleet say much the same. */
const ROWS_OF_OTHERS = 5;

/** The causes of a layer that a report for reading lists. @param at of the layer among those asked for */
export function shownCauses({ ranked }: LayerResult, at: number, top: number): readonly RankedCause[] {
  return ranked.slice(0, at === 0 ? top : Math.min(top, ROWS_OF_OTHERS));
}

/** Said of a run that misses some of its input. */
export const INCOMPLETE = 'Incomplete: every number is a lower bound.';

/** @param shown how many of its causes are listed */
export function rankingTitle(audit: Audit, layer: LayerResult, shown: number): string {
  const noun = LAYER_NAMES[layer.table.layer];
  const of =
    shown === layer.ranked.length ? `all ${count(shown)}` : `top ${count(shown)} of ${count(layer.ranked.length)}`;
  const ignored = layer.ignored === 0 ? '' : `, ${layer.ignored} ignored`;
  // What the order means is said once.
  const order =
    layer === audit.layers[0]
      ? `, by blast radius: the share of ${count(audit.systems.length, 'system')} lost, by weight`
      : '';
  return `${noun}, ${of}${ignored}${order}.`;
}
