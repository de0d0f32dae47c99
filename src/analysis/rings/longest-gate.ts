/** How long a lockfile waits as it is. */
import type { Fleet } from '../../graph/fleet.ts';

/** The longest gate of a lockfile's package manager, for any package, in minutes; dates and what is unknown left out. */
export function longestGate(fleet: Fleet, lockfile: number): number {
  return fleet.lockfiles[lockfile]!.policies.gates.reduce(
    (most, { kind, delay }) => (kind === 'manager' && delay.kind === 'age' ? Math.max(most, delay.minutes) : most),
    0,
  );
}
