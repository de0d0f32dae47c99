/**
 * What a schedule loses on average, and at most, over all moments at which a release may be published: its place in the
 * period is nobody's choice. Exact: between two moments at which somebody's answer changes all are alike. Pure.
 */
import type { Landscape } from '../landscape.ts';
import type { ReleaseDelays } from '../release-delay.ts';
import { rounded } from '../rounded.ts';
import type { BadRelease } from './playback.ts';
import { type Schedule, within } from './schedule.ts';
import { SystemState } from './system-state.ts';

export interface OverMoments {
  /** Services that take it, on average. */
  readonly services: number;
  /** Share of the weight of all systems that is lost when it is noticed, 0 to 1: on average, and at the worst moment. */
  readonly mean: number;
  readonly most: number;
  /** A moment at which most is lost, in minutes into the period of the schedule. */
  readonly worstMoment: number;
}

/**
 * For releases that others notice, so many minutes after they are published.
 *
 * @param detect minutes until then
 */
export function overMoments(
  { services, systems }: Landscape,
  releases: readonly BadRelease[],
  delays: ReleaseDelays,
  detect: number,
  { period, phase }: Schedule,
): OverMoments {
  const waits = new Map<number, number>();
  for (const { name, services: reach } of releases) {
    for (const service of reach) {
      const wait = delays.of(services[service]!.lockfile, name).minutes;
      waits.set(service, Math.min(wait, waits.get(service) ?? Number.POSITIVE_INFINITY));
    }
  }
  const state = new SystemState(systems, services.length);
  let holding = 0;
  const changes: { at: number; service: number; isTaken: boolean }[] = [];
  const change = (service: number, isTaken: boolean): void => {
    holding += isTaken ? 1 : -1;
    if (isTaken) state.fail(service);
    else state.recover(service);
  };
  for (const [service, wait] of waits) {
    if (wait >= detect) continue;
    if (detect - wait >= period) {
      change(service, true);
      continue;
    }
    // Published `at` into the period, it is taken where a re-lock falls between the end of the wait and the notice.
    const first = phase[services[service]!.lockfile]!;
    const from = within(first - detect, period);
    const to = within(first - wait, period);
    if (from > to) change(service, true);
    changes.push({ at: from, service, isTaken: true }, { at: to, service, isTaken: false });
  }
  changes.sort((a, b) => a.at - b.at);
  let [mean, most, reached, since, worstMoment] = [0, 0, 0, 0, 0];
  const pass = (until: number): void => {
    if (until <= since) return;
    mean += state.weight * (until - since);
    reached += holding * (until - since);
    if (rounded(state.weight) > rounded(most)) [most, worstMoment] = [state.weight, (since + until) / 2];
    since = until;
  };
  for (const { at, service, isTaken } of changes) {
    pass(at);
    change(service, isTaken);
  }
  pass(period);
  const total = systems.reduce((sum, { weight }) => sum + weight, 0);
  const share = (weight: number): number => (total === 0 ? 0 : Math.min(1, rounded(weight / total)));
  return { services: rounded(reached / period), mean: share(mean / period), most: share(most), worstMoment };
}
