/**
 * Update rings as a change: who waits how long, the settings that say so, and what it does to a release that only this fleet
 * can notice, recomputed on the fleet with these settings. Pure.
 */
import type { Audit, LayerResult } from '../audit.ts';
import { ReleaseDelays } from '../release-delay.ts';
import { type ExposedLine, exposedLines, type Noticing } from './exposure.ts';
import { type RingGates, type RingTimes, ringGates } from './gate-lengths.ts';
import { type Rings, ringsOf } from './rings.ts';
import { type LockfileSettings, settingsOf } from './settings.ts';
import { withGates } from './with-gates.ts';

export interface RingPlan {
  readonly rings: Rings;
  readonly times: RingTimes;
  readonly gates: RingGates;
  /** Of every lockfile that is to wait, in the order of the fleet. */
  readonly settings: readonly LockfileSettings[];
  /** Lockfiles that are to wait, but whose package manager cannot as it is: they take a release with the first ring. */
  readonly unable: readonly LockfileSettings[];
  /** The fleet with these settings. */
  readonly fleet: Audit['fleet'];
  readonly before: RingEffect;
  readonly after: RingEffect;
  /** The same where package managers that are too old are upgraded too; undefined where none is. */
  readonly upgraded: RingEffect | undefined;
}

/** What bad releases take down before it is noticed, where everybody is locked again the moment their gate allows. */
export interface RingEffect {
  /** Release lines of which one bad release defeats a declared system. */
  readonly defeating: number;
  /** Of which one takes a guard together with something it protects. */
  readonly blinding: number;
  readonly worst: ExposedLine | undefined;
}

/**
 * @param layer the audit's layer `release`
 * @param publishedAt of the releases to come, milliseconds since 1970
 * @param pathOf a lockfile from the root of its repository, where that is known
 */
export function ringPlan(
  audit: Pick<Audit, 'fleet' | 'services' | 'systems' | 'guards'>,
  layer: LayerResult,
  times: RingTimes,
  publishedAt: number,
  pathOf: (lockfile: number) => string | undefined = () => undefined,
): RingPlan {
  const rings = ringsOf(audit.fleet, audit);
  const gates = ringGates(audit.fleet, rings, times);
  const settings = [...gates.minutes]
    .sort(([a], [b]) => a - b)
    .map(([lockfile, minutes]) => settingsOf(audit.fleet, lockfile, minutes, pathOf(lockfile)));
  const fleet = withGates(audit.fleet, gates.minutes);
  // A release that others notice too is gone sooner: this is what rings are for.
  const noticing: Noticing = { from: 'taken', minutes: times.detect };
  const effect = (of: Audit['fleet']): RingEffect => {
    const lines = exposedLines(layer, audit, new ReleaseDelays(of, publishedAt), noticing);
    const isDeclared = (system: number): boolean => audit.systems[system]!.origin === 'declared';
    return {
      defeating: lines.filter(({ loss }) => loss.systems.some(isDeclared)).length,
      blinding: lines.filter(({ loss }) => loss.blinded.length > 0).length,
      worst: lines[0],
    };
  };
  return {
    rings,
    times,
    gates,
    settings,
    unable: settings.filter(({ gating }) => gating.kind !== 'has' && gating.kind !== 'fixed-date'),
    fleet,
    before: effect(audit.fleet),
    after: effect(fleet),
    upgraded: settings.some(({ gating }) => gating.kind === 'too-old')
      ? effect(withGates(audit.fleet, gates.minutes, 'upgraded'))
      : undefined,
  };
}
