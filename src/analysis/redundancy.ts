/**
 * Redundant against what? Per system and layer: which causes defeat it alone and in pairs, and how far its members depend
 * on the same things (design, section 4). No probabilities: every cause of a layer counts the same.
 */
import { countPairs, deadlyCauses, MOST_UNIONS, type PairCounts } from './cut-sets.ts';
import type { Masks } from './masks.ts';

/** `no` is sure, whatever else is not known. `unknown`: no cut set was found, but not everything could be looked at. */
export type Survival = 'yes' | 'no' | 'unknown';

export interface Redundancy {
  /** Index of the system. */
  readonly system: number;
  /** Services below the system: what its causes take down. */
  readonly leaves: number;
  /** Leaves of which not everything is known in this layer: their causes, and so all counts here, are lower bounds. */
  readonly unknown: readonly number[];
  /** Causes by how many leaves they take down; index 0 is always 0. The alpha vector times their number. */
  readonly byHits: Int32Array;
  /** Distinct masks. */
  readonly masks: number;
  /** Order 1: causes that alone defeat it, first rank first. */
  readonly deadly: Int32Array;
  /** Order 2: pairs of causes that do, each harmless alone; list them with `deadlyPairs`. */
  readonly pairs: PairCounts;
  readonly survivesAnyOne: Survival;
  /** `no` where one cause alone is enough, too. */
  readonly survivesAnyTwo: Survival;
  readonly beta: number | undefined;
  readonly effectiveMembers: number | undefined;
}

/**
 * @param isUnknown whether something of what a service depends on in this layer is not known: its lockfile could not be
 *   read, or causes of its components could not be had
 */
export function redundancyOf(
  masks: Masks,
  isUnknown: (service: number) => boolean,
  mostUnions = MOST_UNIONS,
): Redundancy {
  const { system, structure } = masks;
  const byHits = hitsOf(masks);
  const deadly = deadlyCauses(masks);
  const pairs = countPairs(masks, mostUnions);
  const unknown = structure.leaves.filter(isUnknown);
  return {
    system,
    leaves: structure.leaves.length,
    unknown,
    byHits,
    masks: masks.count.length,
    deadly,
    pairs,
    survivesAnyOne: survival(deadly.length === 0, unknown.length === 0),
    survivesAnyTwo: survival(deadly.length + pairs.causes === 0, unknown.length === 0 && pairs.complete),
    beta: structuralBeta(byHits),
    effectiveMembers: effectiveMembers(byHits),
  };
}

function survival(noneFound: boolean, allKnown: boolean): Survival {
  if (!noneFound) return 'no';
  return allKnown ? 'yes' : 'unknown';
}

/** By number of leaves taken down, from 0 to all: how many causes do. */
function hitsOf({ structure, size, count }: Masks): Int32Array {
  const byHits = new Int32Array(structure.leaves.length + 1);
  for (let mask = 0; mask < count.length; mask++) byHits[size[mask]!]! += count[mask]!;
  return byHits;
}

/**
 * The share of what the members depend on that is not theirs alone, 0 to 1: sum(j >= 2) j n_j / sum j n_j with n_j the
 * causes that hit exactly j members; the beta factor's estimator (NUREG/CR-4780, NUREG/CR-5485; metrics 2.3). A lower
 * bound on dependence: independently written programs still fail together. undefined where there is no cause.
 *
 * @param byHits n_j at index j
 */
export function structuralBeta(byHits: ArrayLike<number>): number | undefined {
  const all = timesHits(byHits, 1);
  return all === 0 ? undefined : timesHits(byHits, 2) / all;
}

/**
 * How many members that share nothing would hold as many different causes: the size of the union of the members' cause
 * sets / their mean size. 1: all alike; their number: nothing shared. undefined where there is no cause.
 *
 * @param byHits n_j at index j, its length the number of members + 1
 */
export function effectiveMembers(byHits: ArrayLike<number>): number | undefined {
  const all = timesHits(byHits, 1);
  let union = 0;
  for (let j = 1; j < byHits.length; j++) union += byHits[j]!;
  return all === 0 ? undefined : (union * (byHits.length - 1)) / all;
}

function timesHits(byHits: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let j = from; j < byHits.length; j++) sum += j * byHits[j]!;
  return sum;
}
