/** What a service holds: the nodes it reaches, by scope (design, section 2). */
import type { FleetLockfile } from './fleet.ts';
import { isDevEdge } from './model.ts';

export const SCOPES = ['all', 'runtime', 'build'] as const;
export type Scope = (typeof SCOPES)[number];

/** Nodes of a lockfile that one service reaches. */
export interface Closure {
  /** Every node reached, the service's own project first, then in breadth-first order. */
  readonly nodes: Int32Array;
  /** 1 for nodes of the lockfile that are in `nodes`. */
  readonly reached: Uint8Array;
  /** 1 for nodes of the lockfile reached without a dev edge and not only through the root's tooling. */
  readonly runtime: Uint8Array;
  /** Nodes that are the service itself or the tooling root: part of the closure, not components of the service. */
  readonly own: ReadonlySet<number>;
}

/**
 * The closure of a project. Runtime: its dependencies, optional dependencies and installed peers, transitively.
 * The rest (build): what dev dependencies add, its own, those of first-party code it holds, and in a workspace
 * lockfile everything the root depends on, whose tooling runs for every workspace.
 */
export function closureOf(lockfile: FleetLockfile, project: number): Closure {
  const count = lockfile.component.length;
  const runtime = new Uint8Array(count);
  const reached = new Uint8Array(count);
  const service = lockfile.projects[project]!.node;
  const root = lockfile.projects.find((candidate) => candidate.path === '')?.node;
  const starts = root === undefined || root === service ? [service] : [service, root];
  spread(lockfile, [service], runtime, false);
  const nodes = spread(lockfile, starts, reached, true);
  return { nodes: new Int32Array(nodes), reached, runtime, own: new Set(starts) };
}

function spread(lockfile: FleetLockfile, starts: readonly number[], seen: Uint8Array, throughDev: boolean): number[] {
  const queue: number[] = [];
  const { edgeStart, edgeTo, edgeKind } = lockfile;
  for (const start of starts) {
    seen[start] = 1;
    queue.push(start);
  }
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at]!;
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to < 0 || seen[to] || (!throughDev && isDevEdge(edgeKind[e]!))) continue;
      seen[to] = 1;
      queue.push(to);
    }
  }
  return queue;
}
