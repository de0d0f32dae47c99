/** Keys of entries in a lockfile: most follow from name and version, and are not kept for every node of a fleet. */
import type { Fleet, FleetLockfile } from './fleet.ts';
import { type LockfileKind, NONE } from './model.ts';

/** The key an entry has unless something is special about it; undefined in formats without such a rule. */
export function usualKey(kind: LockfileKind | 'unread', name: string, version: string | undefined): string | undefined {
  switch (kind) {
    case 'npm':
    case 'node_modules':
      return `node_modules/${name}`;
    case 'pnpm':
      return version === undefined ? undefined : `${name}@${version}`;
    case 'bun':
      return name;
    default:
      return undefined;
  }
}

/** The key of a node's entry in its file (LockGraph.key), with the credentials of a URL in it left out. */
export function keyOf(fleet: Fleet, lockfile: FleetLockfile, node: number): string | undefined {
  const key = lockfile.key[node]!;
  if (key !== NONE) return fleet.strings.text(key);
  const { name, version } = fleet.component(lockfile.component[node]!);
  return usualKey(lockfile.kind, name, version);
}
