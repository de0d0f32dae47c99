/**
 * Blind guards: causes that take down a guard together with what it protects, so that the one who should notice is gone
 * when it matters. The canary runs the same software (design, section 4).
 */
import type { Guard } from './landscape.ts';
import type { Masks } from './masks.ts';
import type { Reach } from './uses.ts';

/** How much of what threatens one protected system its guard would not see. */
export interface Unguarded {
  /** Index of the system. */
  readonly system: number;
  /** Causes that take down a service below it, and how many of these take down the guard too. */
  readonly touching: number;
  readonly blindTouching: number;
  /** Causes that defeat it, and how many of these take down the guard too. */
  readonly defeating: number;
  readonly blindDefeating: number;
}

export interface BlindGuard {
  /** Index of the guard. */
  readonly guard: number;
  /** Causes that take down the guard's service. */
  readonly causes: number;
  /** Those that also take down a service below a protected system; in the order given. */
  readonly touches: Int32Array;
  /** Those that also defeat a protected system; in the order given. */
  readonly defeats: Int32Array;
  readonly protects: readonly Unguarded[];
  /**
   * Whether everything is known of the guard and of what it protects. Otherwise all counts are lower bounds, and shares
   * are of what is known: no blind cause found does not mean that there is none.
   */
  readonly known: boolean;
}

const GUARD = 1;
const TOUCHED = 2;
const DEFEATED = 4;

/**
 * Looks at every guard in one layer.
 *
 * @param reach of the layer
 * @param causes those that count, in the order that results are to have; the ones `masks` were made of
 * @param masks by index of the system; of every protected one
 * @param isUnknown whether something of what a service depends on in this layer is not known
 */
export function blindGuards(
  guards: readonly Guard[],
  reach: Pick<Reach, 'start' | 'service'>,
  causes: ArrayLike<number>,
  masks: ReadonlyMap<number, Masks>,
  isUnknown: (service: number) => boolean,
): BlindGuard[] {
  const hits = hitsOn(new Set(guards.map((guard) => guard.service)), reach, causes);
  return guards.map((guard, index) => {
    const marks = hits.get(guard.service)!.slice();
    const protects = guard.protects.map((system) => markSystem(marks, masks.get(system)!));
    const marked = (bits: number): Int32Array =>
      Int32Array.from(causes).filter((cause) => (marks[cause]! & bits) === bits);
    return {
      guard: index,
      causes: marked(GUARD).length,
      touches: marked(GUARD | TOUCHED),
      defeats: marked(GUARD | DEFEATED),
      protects,
      known: ![guard.service, ...guard.protects.flatMap((system) => masks.get(system)!.structure.leaves)].some(
        isUnknown,
      ),
    };
  });
}

/** By service: marks of the causes that take it down. */
function hitsOn(
  services: ReadonlySet<number>,
  reach: Pick<Reach, 'start' | 'service'>,
  causes: ArrayLike<number>,
): Map<number, Uint8Array> {
  const hits = new Map([...services].map((service) => [service, new Uint8Array(reach.start.length - 1)]));
  for (let at = 0; at < causes.length; at++) {
    const cause = causes[at]!;
    for (let use = reach.start[cause]!; use < reach.start[cause + 1]!; use++) {
      const marks = hits.get(reach.service[use]!);
      if (marks) marks[cause] = GUARD;
    }
  }
  return hits;
}

function markSystem(marks: Uint8Array, { system, cause, mask, deadly }: Masks): Unguarded {
  let [blindTouching, defeating, blindDefeating] = [0, 0, 0];
  for (let at = 0; at < cause.length; at++) {
    const guards = marks[cause[at]!]! & GUARD;
    const defeats = deadly[mask[at]!]!;
    blindTouching += guards;
    defeating += defeats;
    blindDefeating += guards & defeats;
    marks[cause[at]!]! |= TOUCHED | (defeats ? DEFEATED : 0);
  }
  return { system, touching: cause.length, blindTouching, defeating, blindDefeating };
}

/** The share of a count that is blind, 0 to 1; undefined where there is nothing to see. */
export function blindShare(blind: number, of: number): number | undefined {
  return of === 0 ? undefined : blind / of;
}
