/**
 * What is worse than in an earlier report: causes that defeat a redundancy they did not defeat, and causes that take down
 * more systems than they did. Causes are compared, not versions. Pure.
 */
import type { LayerName } from '../causes/layer.ts';
import type { Audit, LayerResult } from './audit.ts';
import { Details } from './detail.ts';
import { type EarlierReport, unasked } from './earlier.ts';
import type { RankedCause } from './rank.ts';
import { thresholdOf } from './structure.ts';

export interface Change {
  readonly layer: LayerName;
  /** Id and name of the cause. */
  readonly cause: string;
  readonly name: string;
  /**
   * `defeats`: it defeats a declared redundancy, alone, and did not. `widens`: it takes down more systems than it did, at
   * least two.
   */
  readonly kind: 'defeats' | 'widens';
  /** Systems that it takes down now and did not. */
  readonly systems: readonly string[];
  readonly blastRadius: number;
  /** 0 where the earlier report does not have it. */
  readonly before: number;
}

export interface Changes {
  /** First rank first, layer by layer. */
  readonly worse: readonly Change[];
  /**
   * Layers of this run that cannot be compared: the earlier report says nothing of them, or not everything, or one of the
   * two asked registries for them and the other did not.
   */
  readonly unknown: readonly LayerName[];
  /** Systems of this run that the earlier report does not have: nothing is compared for them. */
  readonly newSystems: readonly string[];
  readonly earlierComplete: boolean;
}

export function changesSince(audit: Audit, earlier: EarlierReport): Changes {
  const known = new Set(earlier.systems.map(({ name }) => name));
  const details = new Details(audit);
  const silent = unasked(earlier, { asked: audit.evidence.mode !== 'off' });
  const isCompared = ({ table: { layer } }: LayerResult): boolean => earlier.layers.has(layer) && !silent.has(layer);
  const compared = audit.layers.filter(isCompared);
  return {
    worse: compared.flatMap((layer) =>
      layer.ranked.flatMap((ranked) => changeOf(audit, layer, ranked, details, earlier, known)),
    ),
    unknown: audit.layers.filter((layer) => !isCompared(layer)).map(({ table }) => table.layer),
    newSystems: audit.systems.map(({ name }) => name).filter((name) => !known.has(name)),
    earlierComplete: earlier.complete,
  };
}

function changeOf(
  audit: Audit,
  layer: LayerResult,
  ranked: RankedCause,
  details: Details,
  earlier: EarlierReport,
  known: ReadonlySet<string>,
): Change[] {
  if (ranked.lost === 0) return [];
  const { id, name } = layer.table.causes[ranked.cause]!;
  const before = earlier.layers.get(layer.table.layer)!.get(id);
  const lost = details.lostSystems(layer, ranked).filter((at) => known.has(audit.systems[at]!.name));
  const added = lost.filter((at) => !before?.lostSystems.has(audit.systems[at]!.name));
  if (added.length === 0) return [];
  const defeats = added.some((at) => thresholdOf(audit.systems[at]!) > 1);
  if (!defeats && lost.length < 2) return [];
  return [
    {
      layer: layer.table.layer,
      cause: id,
      name,
      kind: defeats ? 'defeats' : 'widens',
      systems: added.map((at) => audit.systems[at]!.name),
      blastRadius: ranked.blastRadius,
      before: before?.blastRadius ?? 0,
    },
  ];
}
