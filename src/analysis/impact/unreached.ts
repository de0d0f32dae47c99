/** Bad entries that lockfiles hold although no service reaches them in the scope: what is installed along with the rest. Pure. */
import type { FleetLockfile } from '../../graph/fleet.ts';
import { MATCH, type Matches } from './match.ts';

/** Bad entries of a lockfile that no service reaches in the scope. */
export interface Unreached {
  readonly entry: number;
  readonly lockfile: number;
  readonly components: readonly number[];
}

export function unreachedOf(
  index: number,
  lockfile: FleetLockfile,
  nodes: readonly number[],
  reached: ReadonlySet<number>,
  { entry, match }: Matches,
): Unreached[] {
  const byEntry = new Map<number, Set<number>>();
  const held = new Set([...reached].map((node) => lockfile.component[node]!));
  for (const node of nodes) {
    const c = lockfile.component[node]!;
    if (held.has(c) || match[c] !== MATCH.bad) continue;
    const of = byEntry.get(entry[c]!) ?? new Set();
    byEntry.set(entry[c]!, of);
    of.add(c);
  }
  return [...byEntry].map(([at, components]) => ({ entry: at, lockfile: index, components: [...components] }));
}
