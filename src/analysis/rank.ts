/** Blast radius and rank of every cause of a layer (design, sections 2 and 3). */

import type { CauseTable } from '../causes/layer.ts';
import { STRENGTHS, type Strength } from '../evidence/evidence.ts';
import type { Service } from '../graph/services.ts';
import { compareTexts } from '../order.ts';
import { rounded } from './rounded.ts';
import { type System, SystemCounter } from './systems.ts';
import { type Reach, type ServiceSize, USE } from './uses.ts';

export interface RankedCause {
  /** Index into CauseTable.causes. */
  readonly cause: number;
  /** Weight of lost systems / weight of all systems, 0 to 1. */
  readonly blastRadius: number;
  /** How many systems are lost; which ones: `lostSystems`. */
  readonly lost: number;
  /** Services in reach, their weight, and how many hold it at run time, for building, and by a manifest of their own. */
  readonly reach: number;
  readonly weightedReach: number;
  readonly runtimeReach: number;
  readonly buildReach: number;
  readonly direct: number;
  /** Mean load over the reach, 0 to 1. */
  readonly load: number;
  /** What is known of the weakest of its components. */
  readonly evidence: Strength;
}

/**
 * Ranks the causes that reach at least one service. First difference decides: blast radius, weighted reach, load, weaker
 * evidence, name, id. Nothing is weighed against anything else, so a reader can redo it by hand.
 *
 * @param strengths by cause, as indexes into STRENGTHS
 */
export function rank(
  table: CauseTable,
  reach: Reach,
  sizes: readonly ServiceSize[],
  services: readonly Service[],
  systems: readonly System[],
  strengths: Uint8Array,
): RankedCause[] {
  const counter = new SystemCounter(systems, services.length);
  const total = rounded(systems.reduce((sum, system) => sum + system.weight, 0));
  const ranked: RankedCause[] = [];
  for (let cause = 0; cause < table.causes.length; cause++) {
    const from = reach.start[cause]!;
    const to = reach.start[cause + 1]!;
    if (from === to) continue;
    const lost = counter.lost(reach.service.subarray(from, to));
    const lostWeight = rounded(lost.reduce((sum, index) => sum + systems[index]!.weight, 0));
    let weightedReach = 0;
    let runtimeReach = 0;
    let buildReach = 0;
    let direct = 0;
    let load = 0;
    for (let at = from; at < to; at++) {
      const bits = reach.bits[at]!;
      weightedReach += services[reach.service[at]!]!.weight;
      if (bits & USE.runtime) runtimeReach++;
      if (bits & USE.build) buildReach++;
      if (bits & USE.direct) direct++;
      // A service of nothing but itself has no component that could depend on anything.
      load += reach.dependents[at]! / Math.max(1, sizes[reach.service[at]!]!.components);
    }
    ranked.push({
      cause,
      blastRadius: total === 0 ? 0 : lostWeight / total,
      lost: lost.length,
      reach: to - from,
      weightedReach: rounded(weightedReach),
      runtimeReach,
      buildReach,
      direct,
      load: rounded(load / (to - from)),
      evidence: STRENGTHS[strengths[cause]!]!,
    });
  }
  return ranked.sort((a, b) => compare(a, b, table, strengths));
}

function compare(a: RankedCause, b: RankedCause, table: CauseTable, strengths: Uint8Array): number {
  if (a.blastRadius !== b.blastRadius) return b.blastRadius - a.blastRadius;
  if (a.weightedReach !== b.weightedReach) return b.weightedReach - a.weightedReach;
  if (a.load !== b.load) return b.load - a.load;
  if (strengths[a.cause] !== strengths[b.cause]) return strengths[a.cause]! - strengths[b.cause]!;
  const x = table.causes[a.cause]!;
  const y = table.causes[b.cause]!;
  return compareTexts(x.name, y.name) || compareTexts(x.id, y.id);
}
