/**
 * The measures of Zimmermann, Staicu, Tenny and Pradel 2019 ("Small World with High Risks"), restricted to a fleet: its
 * services take the place of their packages that depend on others. Over the package layer these are package reach and
 * implicitly trusted packages, over the maintainer layer maintainer reach and implicitly trusted maintainers.
 */
import { type Reach, USE } from './uses.ts';

export interface Spread {
  /** 0 where there is nothing to take the mean of. */
  readonly mean: number;
  readonly most: number;
}

/** By service: how many causes of a layer it trusts, directly or not. Its own code is not trusted but is it. */
export function trustedBy(reach: Reach, causes: ArrayLike<number>, services: number): Int32Array {
  const trusted = new Int32Array(services);
  for (let at = 0; at < causes.length; at++) {
    const cause = causes[at]!;
    for (let use = reach.start[cause]!; use < reach.start[cause + 1]!; use++) {
      if (!(reach.bits[use]! & USE.own)) trusted[reach.service[use]!]!++;
    }
  }
  return trusted;
}

/** In the order of `causes`: how many services trust each, directly or not. */
export function reachSizes(reach: Reach, causes: ArrayLike<number>): Int32Array {
  return Int32Array.from(causes, (cause) => {
    let size = 0;
    for (let use = reach.start[cause]!; use < reach.start[cause + 1]!; use++) {
      if (!(reach.bits[use]! & USE.own)) size++;
    }
    return size;
  });
}

export function spreadOf(counts: ArrayLike<number>): Spread {
  let sum = 0;
  let most = 0;
  for (let at = 0; at < counts.length; at++) {
    sum += counts[at]!;
    most = Math.max(most, counts[at]!);
  }
  return { mean: counts.length === 0 ? 0 : sum / counts.length, most };
}
