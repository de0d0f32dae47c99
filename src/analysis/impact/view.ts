/** What a service holds of its lockfile in a scope, node by node. Pure. */
import { type Closure, closureOf, type Scope } from '../../graph/closure.ts';
import type { FleetLockfile } from '../../graph/fleet.ts';
import { USE } from '../uses.ts';

/** What a service holds of its lockfile, in the scope asked for. */
export interface View {
  /** USE.runtime, USE.build or 0, of a node: a component that runs by any of its nodes counts as such in all of them. */
  readonly bits: (node: number) => number;
  readonly isDirect: (node: number) => boolean;
  readonly closure: Closure;
  readonly scope: Scope;
}

export function viewOf(lockfile: FleetLockfile, project: number, scope: Scope): View {
  const closure = closureOf(lockfile, project);
  const { component, edgeStart, edgeTo, projects } = lockfile;
  const runs = new Set<number>();
  for (const node of closure.nodes) if (closure.runtime[node] && !closure.own.has(node)) runs.add(component[node]!);
  const direct = new Set<number>();
  for (const { node } of projects) {
    if (!closure.reached[node]) continue;
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) direct.add(edgeTo[e]!);
  }
  return {
    closure,
    scope,
    isDirect: (node) => direct.has(node),
    bits: (node) => {
      if (!closure.reached[node] || closure.own.has(node)) return 0;
      const isRuntime = runs.has(component[node]!);
      if (scope === 'runtime') return isRuntime && closure.runtime[node] ? USE.runtime : 0;
      if (scope === 'build') return isRuntime ? 0 : USE.build;
      return isRuntime ? USE.runtime : USE.build;
    },
  };
}
