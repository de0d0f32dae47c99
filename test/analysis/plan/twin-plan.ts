/** Dropping entries in a described fleet, and what is lost then: by the naive twin alone, every time from scratch. */
import { auditFleet } from '../../../src/analysis/audit.ts';
import type { Edit } from '../../../src/analysis/plan/edit.ts';
import { withImplicitSystems } from '../../../src/analysis/systems.ts';
import type { LayerName } from '../../../src/causes/layer.ts';
import { notAsked } from '../../../src/evidence/evidence.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { Fleet, NOTHING_BESIDE } from '../../../src/graph/fleet.ts';
import { NONE } from '../../../src/graph/model.ts';
import { type DescribedFleet, resolveSystems } from '../../arbitraries.ts';
import { keysOf, servicesOf, systemsOf } from '../../described.ts';
import {
  type TwinLockfile,
  type TwinScope,
  type TwinService,
  type TwinSystem,
  twinArtifacts,
  twinCause,
  twinPackages,
  twinSystems,
} from '../../twin.ts';

/** A name in a manifest: of the project at an index of a lockfile. */
export interface TwinEntry {
  readonly lockfile: number;
  readonly project: number;
  readonly name: string;
}

export interface TwinFleet {
  readonly lockfiles: readonly TwinLockfile[];
  readonly services: readonly { readonly lockfile: number; readonly project: string; readonly tenths: number }[];
  readonly systems: readonly TwinSystem[];
}

export const TWIN_LAYERS = ['artifact', 'package'] as const satisfies readonly LayerName[];

/** The same fleet in both forms. Edges are named by what they lead to. */
export function bothForms(
  { lockfiles, tenths, systems: described }: DescribedFleet,
  scope: TwinScope,
  layers: readonly LayerName[] = TWIN_LAYERS,
) {
  const fleet = new Fleet();
  for (const lockfile of lockfiles) {
    const builder = new GraphBuilder('npm', '3');
    lockfile.nodes.forEach((node, index) => {
      builder.node({ ...node, key: String(index), version: node.version });
    });
    for (const { node, path } of lockfile.projects) builder.project(node, path, lockfile.nodes[node]!.name);
    for (const { from, to, kind } of lockfile.edges) builder.edge(from, to ?? NONE, kind, nameAt(lockfile, to), '*');
    const platforms = lockfile.projects.map((_, project) => ({
      project,
      tool: 'node' as const,
      major: 20 + (project % 2),
      file: 'package.json',
    }));
    fleet.add(lockfile.path, builder.build(), { ...NOTHING_BESIDE, platforms });
  }
  const { services, twins } = servicesOf(fleet, lockfiles, tenths);
  const declared = resolveSystems(described, services.length);
  const systems = withImplicitSystems(systemsOf(declared), services);
  const question = { layers, scope, today: '2026-01-01' };
  const landscape = { services, systems, guards: [] };
  const audit = auditFleet(fleet, landscape, [], question, notAsked(fleet.componentCount), []);
  const twin: TwinFleet = {
    lockfiles,
    services: twins.map((service, at) => ({
      lockfile: services[at]!.lockfile,
      project: service.project,
      tenths: service.tenths,
    })),
    systems: twinSystems(declared, twins),
  };
  return { audit, twin };
}

function nameAt({ nodes }: TwinLockfile, to: number | undefined): string {
  return to === undefined ? 'absent' : nodes[to]!.name;
}

export function without({ lockfiles, ...rest }: TwinFleet, entries: readonly TwinEntry[]): TwinFleet {
  return {
    ...rest,
    lockfiles: lockfiles.map((lockfile, at) => ({
      ...lockfile,
      edges: lockfile.edges.filter(
        ({ from, to }) =>
          !entries.some(
            (entry) =>
              entry.lockfile === at &&
              lockfile.projects[entry.project]!.node === from &&
              nameAt(lockfile, to) === entry.name,
          ),
      ),
    })),
  };
}

export function entryOf(edit: Edit): TwinEntry {
  if (edit.kind !== 'drop') throw new Error(`${edit.kind} is no drop`);
  return edit;
}

/**
 * Every name in a manifest behind which nothing is one's own; in scope build those that no service needs at run time, because
 * what is dropped there may be needed for building from then on.
 */
export function twinEntries({ lockfiles, services }: TwinFleet, scope: TwinScope): TwinEntry[] {
  return lockfiles.flatMap((lockfile, at) =>
    lockfile.projects.flatMap(({ node }, project) => {
      const mine = lockfile.edges.filter(({ from, to }) => from === node && to !== undefined);
      return [...new Set(mine.map(({ to }) => nameAt(lockfile, to)))].flatMap((name) => {
        const isOwn = mine.some(({ to }) => {
          const { source, name: of } = lockfile.nodes[to!]!;
          return of === name && ['workspace', 'file', 'link'].includes(source);
        });
        const isLate = services.some(
          (service) => service.lockfile === at && runtimeNodes(lockfile, service.project).has(node),
        );
        const hasLate = mine.some(({ to, kind }) => nameAt(lockfile, to) === name && kind !== 'dev');
        return isOwn || (scope === 'build' && isLate && hasLate) ? [] : [{ lockfile: at, project, name }];
      });
    }),
  );
}

function runtimeNodes({ projects, edges }: TwinLockfile, project: string): Set<number> {
  const seen = new Set([projects.find(({ path }) => path === project)!.node]);
  for (const node of seen)
    for (const { from, to, kind } of edges) if (from === node && to !== undefined && kind !== 'dev') seen.add(to);
  return seen;
}

/** Tenths of weight lost, summed over the causes of both layers. */
export function twinLoss(fleet: TwinFleet, scope: TwinScope): number {
  return twinStanding(fleet, scope).reduce((sum, { lostTenths }) => sum + lostTenths, 0);
}

/** What each cause of both layers takes down. */
export function twinStanding({ lockfiles, services, systems }: TwinFleet, scope: TwinScope) {
  const keys = keysOf(lockfiles);
  const twins = services.map(
    ({ lockfile, project, tenths }): TwinService => ({ lockfile: lockfiles[lockfile]!, project, tenths }),
  );
  const causes = [...twinArtifacts(keys).map(({ members }) => members), ...twinPackages(keys)];
  return causes.flatMap((members) => twinCause(members, twins, systems, scope) ?? []);
}

const OWN: ReadonlySet<string> = new Set(['workspace', 'file', 'link']);

/**
 * Whether some package leads back to code of one's own. Then one change may do where the search expects that several are
 * needed, and it is only the audit that tells.
 */
export function leadsBack({ lockfiles }: DescribedFleet): boolean {
  return lockfiles.some(({ nodes, edges }) =>
    edges.some(({ from, to }) => to !== undefined && !OWN.has(nodes[from]!.source) && OWN.has(nodes[to]!.source)),
  );
}
