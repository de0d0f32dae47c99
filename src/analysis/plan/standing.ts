/** Where a fleet stands: what an audit says, in the numbers that a plan is to lower. Pure. */
import type { LayerName } from '../../causes/layer.ts';
import type { Audit, LayerResult } from '../audit.ts';
import { rounded } from '../rounded.ts';
import { SystemCounter } from '../systems.ts';

export interface LayerStanding {
  readonly layer: LayerName;
  /** Causes that some service holds, and of these those that defeat a system. */
  readonly causes: number;
  readonly defeating: number;
  /** Blast radius of the first by rank, and the sum over all: 0 to 1, and 0 to the number of causes. */
  readonly worst: number;
  readonly sum: number;
  /** By declared system, in their order: how many causes defeat it. */
  readonly systems: readonly number[];
  /** By guard and what it protects: how many of the causes that defeat that take the guard along. */
  readonly guards: readonly (readonly number[])[];
}

export interface Standing {
  /** The sum over the layers that count of the sum over their causes of the share of the systems that count lost. */
  readonly objective: number;
  /** Every layer of the audit. */
  readonly layers: readonly LayerStanding[];
}

/** @param weights by system; 0 for one that does not count */
export function standingOf(audit: Audit, counted: readonly LayerName[], weights: Float64Array): Standing {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counter = new SystemCounter(audit.systems, audit.services.length);
  const lostIn = ({ reach, ranked }: LayerResult): number => {
    let sum = 0;
    for (const { cause, lost } of ranked) {
      if (lost === 0) continue;
      const services = reach.service.subarray(reach.start[cause]!, reach.start[cause + 1]!);
      for (const system of counter.lost(services)) sum += weights[system]!;
    }
    return total === 0 ? 0 : sum / total;
  };
  return {
    objective: rounded(
      audit.layers.reduce((sum, layer) => sum + (counted.includes(layer.table.layer) ? lostIn(layer) : 0), 0),
    ),
    layers: audit.resilience.map(({ layer, systems, guards }) => ({
      layer: layer.table.layer,
      causes: layer.ranked.length,
      defeating: layer.ranked.filter(({ lost }) => lost > 0).length,
      worst: layer.ranked[0]?.blastRadius ?? 0,
      sum: rounded(layer.ranked.reduce((sum, { blastRadius }) => sum + blastRadius, 0)),
      systems: systems.map(({ redundancy }) => redundancy.deadly.length),
      guards: guards.map(({ protects }) => protects.map(({ blindDefeating }) => blindDefeating)),
    })),
  };
}
