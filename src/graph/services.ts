/** Which projects of a lockfile are services: what fails or survives as one (design, section 2). */
import type { Fleet, FleetLockfile } from './fleet.ts';
import { NONE } from './model.ts';
import { stronglyConnected } from './scc.ts';

/** A service is a project of a lockfile. */
export interface Service {
  readonly name: string;
  /** Index into Fleet.lockfiles. */
  readonly lockfile: number;
  /** Index into FleetLockfile.projects. */
  readonly project: number;
  readonly weight: number;
}

/**
 * Projects of a lockfile that are services by default: the root where there is nothing else; in a workspace lockfile
 * every workspace that no other workspace depends on by any kind of edge, and in a cycle with nothing above it each of
 * its members. The root of a workspace lockfile is not a workspace: it is no service, and what it depends on does not
 * stop being one. A copy of a workspace (pnpm's injected dependencies) is that workspace.
 *
 * @returns indexes into `projects`, ascending
 */
export function defaultServices(fleet: Fleet, lockfile: FleetLockfile): number[] {
  const workspaces = lockfile.projects.flatMap((project, index) => (project.path === '' ? [] : [index]));
  if (workspaces.length === 0) return lockfile.projects.length > 0 ? [0] : [];

  const position = new Map(workspaces.map((project, at) => [lockfile.projects[project]!.node, at]));
  const copies = copiesOf(fleet, lockfile, workspaces);
  const start = new Int32Array(workspaces.length + 1);
  const targets: number[] = [];
  workspaces.forEach((project, at) => {
    const node = lockfile.projects[project]!.node;
    for (let e = lockfile.edgeStart[node]!; e < lockfile.edgeStart[node + 1]!; e++) {
      const to = lockfile.edgeTo[e]!;
      const target = to === NONE ? undefined : (position.get(to) ?? copies(to));
      if (target !== undefined) targets.push(target);
    }
    start[at + 1] = targets.length;
  });
  const group = stronglyConnected(workspaces.length, start, Int32Array.from(targets));
  const dependedOn = new Set<number>();
  for (let at = 0; at < workspaces.length; at++) {
    for (let e = start[at]!; e < start[at + 1]!; e++) {
      const target = group[targets[e]!]!;
      if (target !== group[at]) dependedOn.add(target);
    }
  }
  return workspaces.filter((_, at) => !dependedOn.has(group[at]!));
}

/** The position of the workspace that a node is a copy of: another node of one's own code from the same directory. */
function copiesOf(
  fleet: Fleet,
  lockfile: FleetLockfile,
  workspaces: readonly number[],
): (node: number) => number | undefined {
  const placeOf = (node: number): string | undefined => {
    const { source, resolved } = fleet.component(lockfile.component[node]!);
    return source === 'workspace' || source === 'link' || source === 'file' ? resolved : undefined;
  };
  const positions = new Map(workspaces.map((project, at) => [placeOf(lockfile.projects[project]!.node), at]));
  return (node) => {
    const place = placeOf(node);
    return place === undefined ? undefined : positions.get(place);
  };
}
