/**
 * The collusion curve: how many causes of a layer suffice to take down a share of all systems, after the maintainers'
 * curve of Zimmermann, Staicu, Tenny and Pradel 2019. A greedy cover, so an upper bound of the least number there is.
 */
import { type CoverQuestion, GreedyCover } from './greedy-cover.ts';

export interface CollusionStep {
  readonly cause: number;
  /** Systems lost now that were not before, ascending. */
  readonly lost: readonly number[];
  /** Services that failed now and had not before. */
  readonly services: number;
  /** Weight of all systems lost so far / weight of all systems, 0 to 1. */
  readonly lostShare: number;
}

export interface Collusion {
  /** In the order chosen; the last one takes down all systems that all causes together can. */
  readonly steps: readonly CollusionStep[];
  /** How many steps take down at least this share of the systems by weight; undefined where none do. */
  readonly targets: readonly { readonly share: number; readonly causes: number | undefined }[];
  /** false: the fleet is too large to go on, and targets that were not reached may still be reachable. */
  readonly complete: boolean;
}

/** Uses and causes looked at before it stops: some seconds. A fleet of 10,000 services takes a tenth of it. */
const MOST_VISITS = 200_000_000;

/** What of a share may be lost to rounding. */
const NOISE = 1e-9;

/**
 * Takes the cause whose failure adds most weight of lost systems to what is lost already; of equals the one of most
 * weighted reach, then the first by id. Where no single cause adds a lost system (systems may need two), it takes the one
 * that newly hits most services below systems that are still up, with the same ties.
 *
 * @param shares 0 to 1
 */
export function collusionOf(
  question: CoverQuestion,
  shares: readonly number[] = [0.5, 0.8, 1],
  mostVisits = MOST_VISITS,
): Collusion {
  const { systems } = question;
  const cover = new GreedyCover(question);
  const total = systems.reduce((sum, system) => sum + system.weight, 0);
  const steps: CollusionStep[] = [];
  let weight = 0;
  let count = 0;
  while (count < systems.length && cover.visits <= mostVisits) {
    const step = cover.next();
    if (step === undefined) break;
    count += step.lost.length;
    for (const index of step.lost) weight += systems[index]!.weight;
    // What is lost to rounding must not decide whether all is lost.
    steps.push({ ...step, lostShare: count === systems.length ? 1 : Math.min(1 - NOISE, weight / total) });
  }
  return {
    steps,
    targets: shares.map((share) => {
      const at = steps.findIndex((step) => step.lostShare >= (share < 1 ? share - NOISE : 1));
      return { share, causes: at === -1 ? undefined : at + 1 };
    }),
    complete: cover.visits <= mostVisits,
  };
}
