/** What stands between a bad release and the services that would take it: gates that wait, install scripts that do not run. Pure. */
import type { Fleet } from '../graph/fleet.ts';
import type { Service } from '../graph/services.ts';
import { delaysFor } from '../lockfiles/policies/delays.ts';
import { scriptsRun } from '../lockfiles/policies/install-scripts.ts';

/** Services of a reach, by what the files beside their lockfiles say. */
export interface ReleaseExposure {
  /** The version of the release. */
  readonly next: string;
  /** Whose package manager waits before it takes the release, or may. What a bot waits for holds up no re-lock by hand. */
  readonly delayed: number;
  readonly maybeDelayed: number;
  /** The shortest wait of those that are known, in minutes; undefined where there is none. */
  readonly shortestDelay: number | undefined;
  /** Whose updates by a bot wait (Renovate, Dependabot). */
  readonly botDelayed: number;
  /** Who would run an install script of it, who would not, and of whom it is not known. */
  readonly scripts: { readonly run: number; readonly skip: number; readonly unknown: number };
}

/**
 * @param services of the reach
 * @param name of the package
 * @param next version of the release
 */
export function releaseExposure(
  fleet: Fleet,
  services: readonly Service[],
  name: string,
  next: string,
): ReleaseExposure {
  let delayed = 0;
  let maybeDelayed = 0;
  let botDelayed = 0;
  const waits: number[] = [];
  const scripts = { run: 0, skip: 0, unknown: 0 };
  for (const { lockfile } of services) {
    const { gates, scripts: policy } = fleet.lockfiles[lockfile]!.policies;
    const delays = delaysFor(gates, name);
    const ofManager = delays.filter(({ gate }) => gate.kind === 'manager').map(({ delay }) => delay);
    if (ofManager.some(({ kind }) => kind !== 'unknown')) delayed++;
    else if (ofManager.length > 0) maybeDelayed++;
    if (delays.some(({ gate }) => gate.kind === 'bot')) botDelayed++;
    for (const delay of ofManager) if (delay.kind === 'age') waits.push(delay.minutes);
    scripts[scriptsRun(policy, name, next)]++;
  }
  const shortestDelay = waits.length === 0 ? undefined : waits.reduce((least, wait) => Math.min(least, wait));
  return { next, delayed, maybeDelayed, shortestDelay, botDelayed, scripts };
}
