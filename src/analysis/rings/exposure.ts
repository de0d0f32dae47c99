/**
 * Release lines by what a bad release of each takes down before it is noticed, where everybody is locked again the moment
 * their gates allow: the layer `release`, restricted to services that do not wait long enough. Pure.
 */
import type { CauseTable } from '../../causes/layer.ts';
import { releasedPackage } from '../../causes/release.ts';
import type { Service } from '../../graph/services.ts';
import type { LayerResult } from '../audit.ts';
import { type Loss, LossCounter } from '../impact/loss.ts';
import type { Landscape } from '../landscape.ts';
import type { ReleaseDelays } from '../release-delay.ts';
import type { Reach } from '../uses.ts';

/**
 * From when on the time to notice runs. `published`: others notice, as in the recorded incidents. `taken`: only this fleet
 * can notice, once a service of it holds the release; a fault that shows in one's own use alone.
 */
export const NOTICED_FROM = ['published', 'taken'] as const;
export type NoticedFrom = (typeof NOTICED_FROM)[number];

export interface Noticing {
  readonly from: NoticedFrom;
  readonly minutes: number;
}

export interface ExposedLine {
  /** Index into the layer's causes. */
  readonly cause: number;
  readonly loss: Loss;
}

/** The first lines, by blast radius before it is noticed, then by weight of the services, then by rank in the layer. */
export function exposedLines(
  { table, reach, ranked }: Pick<LayerResult, 'table' | 'reach' | 'ranked'>,
  landscape: Landscape,
  delays: ReleaseDelays,
  noticing: Noticing,
): ExposedLine[] {
  const counter = new LossCounter(landscape);
  const lines = ranked.map(({ cause }): ExposedLine => {
    const early = takenEarly(servicesOf(reach, cause), landscape.services, packageIn(table, cause), delays, noticing);
    return { cause, loss: counter.of(early) };
  });
  return lines.sort((a, b) => b.loss.blastRadius - a.loss.blastRadius || b.loss.weight - a.loss.weight);
}

/** The services of a reach that could hold a release of a package before it is noticed, ascending. */
export function takenEarly(
  reach: readonly number[],
  services: readonly Service[],
  name: string,
  delays: ReleaseDelays,
  { from, minutes }: Noticing,
): number[] {
  const waits = reach.map((service) => delays.of(services[service]!.lockfile, name).minutes);
  const start =
    from === 'published' ? 0 : waits.reduce((least, wait) => Math.min(least, wait), Number.POSITIVE_INFINITY);
  return reach.filter((_, at) => waits[at]! < start + minutes);
}

export function servicesOf({ start, service }: Pick<Reach, 'start' | 'service'>, cause: number): number[] {
  return [...service.subarray(start[cause], start[cause + 1])];
}

export function packageIn({ causes }: CauseTable, cause: number): string {
  return releasedPackage(causes[cause]!);
}
