/** Which releases are bad: those of one release line, of every line of a package, or of the lines that would hurt most. Pure. */
import type { Audit, LayerResult } from '../audit.ts';
import type { ReleaseDelays } from '../release-delay.ts';
import { exposedLines, type Noticing, packageIn, servicesOf } from '../rings/exposure.ts';
import type { BadRelease } from './playback.ts';

/** `line`: the next release of one line is bad (`release:npm/debug@^4`). `package`: of all lines of the package. */
export type Scenario =
  | { readonly kind: 'line'; readonly id: string; readonly title: string }
  | { readonly kind: 'package'; readonly name: string; readonly title: string };

export function layerOfReleases({ layers }: Pick<Audit, 'layers'>): LayerResult | undefined {
  return layers.find(({ table }) => table.layer === 'release');
}

/**
 * The lines whose next release would hurt most before it is noticed, worst first. Of lines that reach the same services in
 * time one stands for all.
 */
export function worstLines(
  audit: Pick<Audit, 'services' | 'systems' | 'guards'>,
  layer: LayerResult,
  delays: ReleaseDelays,
  noticing: Noticing,
  most: number,
): Scenario[] {
  const seen = new Set<string>();
  const scenarios: Scenario[] = [];
  for (const { cause, loss } of exposedLines(layer, audit, delays, noticing)) {
    const same = loss.services.join(' ');
    if (seen.has(same) || scenarios.length === most) continue;
    seen.add(same);
    const { id, name } = layer.table.causes[cause]!;
    scenarios.push({ kind: 'line', id, title: titleOf(name, layer.table.ofEdges?.next[cause]) });
  }
  return scenarios;
}

/** A scenario by what a user wrote: `debug@^4` for a line, `debug` for the package; undefined where no line is of it. */
export function scenarioFor({ table }: LayerResult, wanted: string): Scenario | undefined {
  const line = table.causes.findIndex(({ name, id }) => name === wanted || id === wanted);
  if (line !== -1) {
    const { id, name } = table.causes[line]!;
    return { kind: 'line', id, title: titleOf(name, table.ofEdges?.next[line]) };
  }
  const isKnown = table.causes.some((_, cause) => packageIn(table, cause) === wanted);
  return isKnown ? { kind: 'package', name: wanted, title: `${wanted}, the next release of every line` } : undefined;
}

/** The bad releases of a scenario in an audited fleet; nobody takes one that no line of the fleet is of any more. */
export function releasesOf({ table, reach }: LayerResult, scenario: Scenario): BadRelease[] {
  return table.causes.flatMap(({ id }, cause): BadRelease[] => {
    const name = packageIn(table, cause);
    const isBad = scenario.kind === 'line' ? id === scenario.id : name === scenario.name;
    return isBad ? [{ name, services: servicesOf(reach, cause) }] : [];
  });
}

function titleOf(line: string, next: string | undefined): string {
  return next === undefined ? line : `${line}, as ${next}`;
}
