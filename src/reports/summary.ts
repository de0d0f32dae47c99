/** What an audit comes to, for every format: its headline, its layers in a table, the title of a ranking. */
import type { Audit, LayerResult } from '../analysis/audit.ts';
import { LAYER_NAMES } from './layer-words.ts';
import { count, percent } from './numbers.ts';
import { nameOf } from './ranking.ts';
import type { Cells, Column } from './table.ts';

/** Why there is nothing to answer; undefined where there is. */
export function nothingText(audit: Audit): string | undefined {
  if (audit.fleet.lockfiles.length === 0) return 'No lockfile or SBOM was found: nothing was audited.';
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

export const SUMMARY_COLUMNS: readonly Column[] = [
  { header: 'one bad', align: 'left', shrinkTo: 12, says: 'the layer: what it is that fails as one' },
  { header: 'causes', align: 'right', says: 'how many of them some service holds' },
  { header: 'known', align: 'right', says: 'components, or services, of which the cause is known, of all' },
  { header: 'defeating', align: 'right', says: 'causes that take down a system on their own' },
  { header: 'the worst', align: 'left', shrinkTo: 8, says: 'first by rank' },
  { header: 'systems lost', align: 'right', says: 'by the worst' },
  { header: 'services', align: 'right', says: 'that hold the worst' },
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
    ];
  });
  return { columns: SUMMARY_COLUMNS, rows };
}

function shareText(known: number, of: number): string {
  return percent(known / of);
}

/** @param shown how many of its causes are listed */
export function rankingTitle(audit: Audit, layer: LayerResult, shown: number): string {
  const noun = LAYER_NAMES[layer.table.layer];
  const of =
    shown === layer.ranked.length ? `all ${count(shown)}` : `top ${count(shown)} of ${count(layer.ranked.length)}`;
  const ignored = layer.ignored === 0 ? '' : `, ${layer.ignored} ignored`;
  return `${noun}, ${of}${ignored}, by blast radius: the share of ${count(audit.systems.length, 'system')} lost, by weight.`;
}
