/** Which lockfiles hold a component. Pure. */
import type { Fleet } from '../graph/fleet.ts';
import { append } from '../lists.ts';

/** Paths of the lockfiles that hold each of the components wanted, in the order of the fleet. */
export function lockfilesByComponent(fleet: Fleet, wanted: ReadonlySet<number>): Map<number, string[]> {
  const result = new Map<number, string[]>();
  for (const lockfile of fleet.lockfiles) {
    for (const component of new Set(lockfile.component)) {
      if (wanted.has(component)) append(result, component, lockfile.path);
    }
  }
  return result;
}
