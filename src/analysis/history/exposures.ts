/** Exposures of all repositories and branches as one list: which of today's services they are, and which of them are asked about. Pure. */

import { posix } from 'node:path';
import type { Fleet } from '../../graph/fleet.ts';
import type { Service } from '../../graph/services.ts';
import { append } from '../../lists.ts';
import { compareTexts } from '../../order.ts';
import type { Exposure } from './intervals.ts';

/** Seconds since 1970, both ends included; undefined where it is open. */
export interface Window {
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** An exposure as the fleet names it; every path of it as reports name them. */
export interface ServiceExposure extends Exposure {
  readonly repository: string;
  /** Branches that have it, HEAD's first; undefined for a HEAD that is on no branch. */
  readonly branches: readonly (string | undefined)[];
  /** Whether the branch that is checked out has it, or only another one. */
  readonly isOnHead: boolean;
  /** What the service is called today, or was. */
  readonly service: string;
  /** Index of today's service; undefined for one that is not in today's fleet. */
  readonly today: number | undefined;
}

/** What one branch of a repository came to. */
export interface BranchExposures {
  readonly repository: string;
  readonly branch: string | undefined;
  readonly isHead: boolean;
  readonly shown: (path: string) => string;
  readonly exposures: readonly Exposure[];
}

/** The same exposure on several branches is one. In the order of services, then of time. */
export function joinedExposures(
  branches: readonly BranchExposures[],
  fleet: Fleet,
  services: readonly Service[],
): ServiceExposure[] {
  const today = servicesByPlace(fleet, services);
  const pathOf = (service: number): string => fleet.lockfiles[services[service]!.lockfile]!.path;
  const joined = new Map<string, ServiceExposure>();
  for (const { repository, branch, isHead, shown, exposures } of branches) {
    for (const exposure of exposures) {
      const { place, entry, reached, from, until } = exposure;
      const key = JSON.stringify([repository, place, entry, reached, from.commit, until?.commit ?? null]);
      const known = joined.get(key);
      if (known) {
        joined.set(key, {
          ...known,
          branches: [...new Set([...known.branches, branch])],
          isOnHead: known.isOnHead || isHead,
        });
        continue;
      }
      const where = shown(place);
      const of = today.get(where) ?? [];
      const inLockfiles = exposure.lockfiles.map(shown);
      // Two lockfiles of one directory are two services today, and one over time.
      const at = of.findLast((each) => inLockfiles.includes(pathOf(each))) ?? of[0];
      joined.set(key, {
        ...exposure,
        place: where,
        formerly: exposure.formerly.map(shown),
        lockfiles: inLockfiles,
        repository,
        branches: [branch],
        isOnHead: isHead,
        service: at === undefined || of.length > 1 ? where || exposure.name || '.' : services[at]!.name,
        today: at,
      });
    }
  }
  return [...joined.values()].sort(
    (a, b) =>
      compareTexts(a.service, b.service) ||
      compareTexts(a.repository, b.repository) ||
      a.from.time - b.from.time ||
      a.entry - b.entry,
  );
}

/**
 * Whether an exposure overlaps a window, by the times of its commits. Clocks differ, so the earlier and the later of its
 * ends count whichever comes first; where an end is not known it lasts.
 */
export function overlaps({ from, until }: Pick<Exposure, 'from' | 'until'>, window: Window): boolean {
  const end = until?.time ?? Number.POSITIVE_INFINITY;
  const first = from.exact ? Math.min(from.time, end) : Number.NEGATIVE_INFINITY;
  const last = Math.max(from.time, end);
  return first <= (window.until ?? Number.POSITIVE_INFINITY) && last >= (window.since ?? Number.NEGATIVE_INFINITY);
}

/** Today's services by their directories. */
function servicesByPlace(fleet: Fleet, services: readonly Service[]): Map<string, number[]> {
  const byPlace = new Map<string, number[]>();
  for (const [at, { lockfile, project }] of services.entries()) {
    const { path, projects } = fleet.lockfiles[lockfile]!;
    const place = posix.join(posix.dirname(path), projects[project]!.path);
    append(byPlace, place === '.' ? '' : place, at);
  }
  return byPlace;
}
