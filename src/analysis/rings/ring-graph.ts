/**
 * What update rings must keep apart. A vertex is what can wait by itself: a lockfile, because its services are locked again
 * together. A limit is a system: no ring may hold so many of its services that they defeat it. An order is a guard: it takes
 * a release in an earlier ring than what it protects. Pure.
 */
import { stronglyConnected } from '../../graph/scc.ts';
import { append } from '../../lists.ts';
import type { Landscape } from '../landscape.ts';
import { Structure } from '../structure.ts';

export interface RingGraph {
  /** By vertex: index of the lockfile, ascending. Only lockfiles that some limit or order is about. */
  readonly lockfiles: readonly number[];
  readonly limits: readonly Limit[];
  /** Each pair once. */
  readonly orders: readonly Order[];
  /** What the orders are for, by lockfile. */
  readonly watches: readonly Watch[];
  readonly inseparable: readonly Inseparable[];
  /** Guards that no ring puts before everything they protect. */
  readonly together: readonly Together[];
}

/** What must not be in one ring. */
export interface Limit {
  /** Index of the system. */
  readonly system: number;
  readonly structure: Structure;
  readonly vertices: readonly number[];
  /** By vertex of `vertices`: its services below the system, as positions in the structure's leaves. */
  readonly leaves: readonly (readonly number[])[];
}

/** The vertex `before` is of a guard, the vertex `after` of what it protects. */
export interface Order {
  readonly before: number;
  readonly after: number;
}

/**
 * A system that no rings save from one release. `each-needed`: one service is enough to defeat it. `one-lockfile`: the services
 * of one lockfile are, which are locked again together; split it. `many-rings`: it would need more rings than there may be.
 */
export interface Inseparable {
  readonly system: number;
  readonly why: 'each-needed' | 'one-lockfile' | 'many-rings';
  /** Index of the lockfile; undefined for `many-rings`. */
  readonly lockfile: number | undefined;
}

/**
 * `one-lockfile`: the guard's lockfile holds services that it protects. `circle`: these guards protect each other, so none
 * of them can be first. `many-rings`: the chain of guards is longer than there may be rings.
 */
export interface Together {
  readonly guard: number;
  readonly system: number;
  readonly why: 'one-lockfile' | 'circle' | 'many-rings';
}

/** Services of a protected system that stand in one lockfile, and the guard's. */
export interface Watch {
  readonly guard: number;
  readonly system: number;
  readonly before: number;
  readonly after: number;
}

export function ringGraph({ services, systems, guards }: Landscape): RingGraph {
  const lockfileOf = (service: number): number => services[service]!.lockfile;
  const inseparable: Inseparable[] = [];
  const byLockfile: { system: number; structure: Structure; leaves: Map<number, number[]> }[] = [];
  systems.forEach(({ members, origin }, system) => {
    if (origin !== 'declared' || members.length === 0) return;
    const structure = new Structure(systems, system);
    const leaves = new Map<number, number[]>();
    structure.leaves.forEach((leaf, at) => {
      append(leaves, lockfileOf(leaf), at);
    });
    const deadly = deadlyLockfile(structure, leaves);
    if (deadly) inseparable.push({ system, ...deadly });
    else if (defeats(structure, [...structure.leaves.keys()])) byLockfile.push({ system, structure, leaves });
  });

  const together: Together[] = [];
  const watches: Watch[] = [];
  guards.forEach(({ service, protects }, guard) => {
    for (const system of protects) {
      const before = lockfileOf(service);
      const protectedOnes = new Set(systems[system]!.members.map(lockfileOf));
      if (protectedOnes.delete(before)) together.push({ guard, system, why: 'one-lockfile' });
      for (const after of protectedOnes) watches.push({ guard, system, before, after });
    }
  });

  const lockfiles = [
    ...new Set([
      ...byLockfile.flatMap(({ leaves }) => [...leaves.keys()]),
      ...watches.flatMap(({ before, after }) => [before, after]),
    ]),
  ].sort((a, b) => a - b);
  const vertexOf = new Map(lockfiles.map((lockfile, vertex) => [lockfile, vertex]));
  const { orders, circles } = ordersOf(watches, vertexOf);
  return {
    lockfiles,
    limits: byLockfile.map(({ system, structure, leaves }) => {
      const held = [...leaves].sort(([a], [b]) => a - b);
      return {
        system,
        structure,
        vertices: held.map(([lockfile]) => vertexOf.get(lockfile)!),
        leaves: held.map(([, positions]) => positions),
      };
    }),
    orders,
    watches,
    inseparable,
    together: [...together, ...circles],
  };
}

/** The lockfile that defeats a system by itself, if there is one. */
function deadlyLockfile(
  structure: Structure,
  byLockfile: ReadonlyMap<number, readonly number[]>,
): Pick<Inseparable, 'why' | 'lockfile'> | undefined {
  const deadly = [...byLockfile].filter(([, leaves]) => defeats(structure, leaves)).sort(([a], [b]) => a - b);
  const single = deadly.find(([, leaves]) => leaves.some((leaf) => defeats(structure, [leaf])));
  if (single) return { why: 'each-needed', lockfile: single[0] };
  return deadly[0] && { why: 'one-lockfile', lockfile: deadly[0][0] };
}

function defeats(structure: Structure, leaves: readonly number[]): boolean {
  if (leaves.length < structure.least) return false;
  const bits = new Int32Array(structure.words);
  for (const leaf of leaves) bits[leaf >>> 5]! |= 1 << (leaf & 31);
  return structure.defeats(bits);
}

/** Orders that can be kept all together; those of a circle cannot, and are left out. */
function ordersOf(watches: readonly Watch[], vertexOf: ReadonlyMap<number, number>) {
  const pairs = new Map<number, Order>();
  for (const watch of watches) {
    const [before, after] = [vertexOf.get(watch.before)!, vertexOf.get(watch.after)!];
    pairs.set(before * vertexOf.size + after, { before, after });
  }
  const sorted = [...pairs.values()].sort((a, b) => a.before - b.before || a.after - b.after);
  const start = new Int32Array(vertexOf.size + 1);
  for (const { before } of sorted) start[before + 1]!++;
  for (let v = 0; v < vertexOf.size; v++) start[v + 1]! += start[v]!;
  const group = stronglyConnected(
    vertexOf.size,
    start,
    Int32Array.from(sorted, ({ after }) => after),
  );
  const isCircle = (before: number, after: number): boolean => group[before] === group[after];
  const circles = new Map<string, Together>();
  for (const { guard, system, before, after } of watches) {
    if (!isCircle(vertexOf.get(before)!, vertexOf.get(after)!)) continue;
    circles.set(`${guard} ${system}`, { guard, system, why: 'circle' });
  }
  return {
    orders: sorted.filter(({ before, after }) => !isCircle(before, after)),
    circles: [...circles.values()],
  };
}
