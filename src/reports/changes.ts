/** What is worse than in an earlier report, and what causes mean for the whole fleet: words and rows for every report. */
import type { Changes } from '../analysis/changes.ts';
import type { FleetEffect } from '../analysis/fleet-effect.ts';
import { count, percent } from './numbers.ts';
import type { ReportInput } from './report.ts';
import { forTerminal } from './safe.ts';
import type { Cells } from './table.ts';

/** Names in one cell. */
const EXAMPLES = 3;

/** A row for every cause that is worse. @param most rows */
export function changeCells({ worse }: Changes, most: number): Cells {
  return {
    columns: [
      { header: 'cause', align: 'left', shrinkTo: 12 },
      { header: 'is worse', align: 'left', shrinkTo: 8 },
      { header: 'blast', align: 'right' },
      { header: 'before', align: 'right' },
      { header: 'now takes down', align: 'left', shrinkTo: 12 },
    ],
    rows: worse
      .slice(0, most)
      .map(({ cause, kind, blastRadius, before, systems }) => [
        forTerminal(cause),
        kind === 'defeats' ? 'defeats a redundancy' : 'takes down more',
        percent(blastRadius),
        percent(before),
        forTerminal(named(systems)),
      ]),
  };
}

/** What the table does not say. */
export function changeTexts({ worse, unknown, newSystems, earlierComplete }: Changes, shown: number): string[] {
  return [
    ...(worse.length === 0
      ? ['Nothing: no cause defeats a redundancy, or takes down more systems, that did not.']
      : []),
    ...(worse.length > shown ? [`${count(worse.length - shown)} more are not shown.`] : []),
    ...(unknown.length > 0 ? [`Not compared, because the baseline does not have them: ${unknown.join(', ')}.`] : []),
    ...(newSystems.length > 0
      ? [
          `${count(newSystems.length, 'system')} ${newSystems.length === 1 ? 'is' : 'are'} new and not compared: ${forTerminal(named(newSystems))}.`,
        ]
      : []),
    ...(earlierComplete ? [] : ['The baseline is of an incomplete run: what it lacks shows as worse.']),
  ];
}

/** The causes of this run that mean most for the fleet: those that change something first. */
export function fleetCells({ audit, fleet, top }: ReportInput & { readonly fleet: FleetEffect }): Cells {
  const causes = audit.layers.flatMap(({ table, ranked }) =>
    ranked.flatMap(({ cause }) => {
      const { id } = table.causes[cause]!;
      const found = fleet.causes.get(id);
      return found ? [{ id, ...found, gain: found.now.blastRadius - found.before.blastRadius }] : [];
    }),
  );
  causes.sort(
    (a, b) => Math.abs(b.gain) - Math.abs(a.gain) || b.now.blastRadius - a.now.blastRadius || (a.id < b.id ? -1 : 1),
  );
  return {
    columns: [
      { header: 'cause', align: 'left', shrinkTo: 12 },
      { header: 'blast in the fleet', align: 'right' },
      { header: 'before', align: 'right' },
      { header: 'systems lost', align: 'right' },
      { header: 'services', align: 'right' },
      { header: 'before', align: 'right' },
    ],
    rows: causes
      .slice(0, top)
      .map(({ id, now, before }) => [
        forTerminal(id),
        percent(now.blastRadius),
        percent(before.blastRadius),
        `${count(now.lost)} of ${count(fleet.systems)}`,
        count(now.services),
        count(before.services),
      ]),
  };
}

export function fleetTexts({ known, unknown }: FleetEffect): string[] {
  if (unknown.length === 0) return [];
  const words = `${count(unknown.length, 'service')} the fleet's report does not know by name: ${forTerminal(named(unknown))}`;
  const next =
    'they count as joining it; name them in spof-deps.json ("services") as the fleet does, if they are in it';
  return [
    known.length === 0 ? `No service of this run is in the fleet's report. ${words}; ${next}.` : `${words}; ${next}.`,
  ];
}

function named(names: readonly string[]): string {
  const more = names.length - EXAMPLES;
  return `${names.slice(0, EXAMPLES).join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`;
}
