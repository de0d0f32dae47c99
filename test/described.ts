/** Fleets described as plain objects (twin.ts) turned into what the code under test reads. */
import { type RankedCause, rank } from '../src/analysis/rank.ts';
import { type System, withImplicitSystems } from '../src/analysis/systems.ts';
import { usesOf } from '../src/analysis/uses.ts';
import { LAYER_BUILDERS } from '../src/causes/index.ts';
import type { Cause, CauseTable, LayerName } from '../src/causes/layer.ts';
import { notAsked, STRENGTHS } from '../src/evidence/evidence.ts';
import { GraphBuilder } from '../src/graph/builder.ts';
import type { Scope } from '../src/graph/closure.ts';
import { Fleet } from '../src/graph/fleet.ts';
import { type LockGraph, NONE } from '../src/graph/model.ts';
import { defaultServices, type Service } from '../src/graph/services.ts';
import { keyOf, type TwinEdge, type TwinLockfile, type TwinNode, type TwinService, type TwinSystem } from './twin.ts';

export function graphOf(lockfile: TwinLockfile): LockGraph {
  const builder = new GraphBuilder('npm', '3');
  lockfile.nodes.forEach((node, index) => {
    builder.node({ ...node, key: String(index), version: node.version });
  });
  for (const { node, path } of lockfile.projects) builder.project(node, path, lockfile.nodes[node]!.name);
  for (const { from, to, kind } of lockfile.edges) builder.edge(from, to ?? NONE, kind, 'asked', '*');
  return builder.build();
}

export function fleetOf(lockfiles: readonly TwinLockfile[]): Fleet {
  const fleet = new Fleet();
  for (const lockfile of lockfiles) fleet.add(lockfile.path, graphOf(lockfile));
  return fleet;
}

/** Default services of a fleet in both forms, in the same order. Weights are taken in turn. */
export function servicesOf(
  fleet: Fleet,
  lockfiles: readonly TwinLockfile[],
  tenths: readonly number[],
): { services: Service[]; twins: TwinService[] } {
  const services: Service[] = [];
  const twins: TwinService[] = [];
  fleet.lockfiles.forEach((lockfile, index) => {
    for (const project of defaultServices(fleet, lockfile)) {
      const { path } = lockfile.projects[project]!;
      const weight = tenths[services.length % tenths.length]!;
      twins.push({ lockfile: lockfiles[index]!, project: path, tenths: weight });
      services.push({ name: `${lockfile.path}:${path}`, lockfile: index, project, weight: weight / 10 });
    }
  });
  return { services, twins };
}

export function systemsOf(systems: readonly TwinSystem[]): System[] {
  return systems.map(({ members, need, tenths }, index) => ({
    name: `system ${index}`,
    members,
    need,
    weight: tenths / 10,
    origin: 'declared',
  }));
}

/** The keys of every component of the fleet, in the order of the lockfiles. */
export function keysOf(lockfiles: readonly TwinLockfile[]): string[] {
  return [...new Set(lockfiles.flatMap((lockfile) => lockfile.nodes.map((_, node) => keyOf(lockfile, node))))];
}

/** The keys of the components of every cause of a table. */
export function membersOf(fleet: Fleet, table: CauseTable): Set<string>[] {
  const members = table.causes.map(() => new Set<string>());
  for (let c = 0; c < fleet.componentCount; c++) {
    const { ecosystem, name, version, source, integrity, resolved } = fleet.component(c);
    const key = JSON.stringify([ecosystem, name, version ?? null, source, integrity ?? null, resolved ?? null]);
    for (let m = table.start[c]!; m < table.start[c + 1]!; m++) members[table.members[m]!]!.add(key);
  }
  return members;
}

export interface Question {
  readonly layer?: LayerName;
  readonly scope?: Scope;
  /** Weights of the services in turn. */
  readonly tenths?: readonly number[];
  /** The systems declared, once it is known how many services there are. */
  readonly systems?: (services: number) => readonly TwinSystem[];
}

export interface Ranking {
  readonly fleet: Fleet;
  readonly table: CauseTable;
  readonly services: readonly Service[];
  readonly twins: readonly TwinService[];
  /** In the order of the ranks, with the cause itself in place of its index. */
  readonly ranked: readonly (Omit<RankedCause, 'cause'> & { readonly index: number; readonly cause: Cause })[];
  /** Services that hold a cause, by index of the cause. */
  readonly reach: readonly number[][];
}

/** The ranking of one layer over a described fleet: layer package, scope all and weight 1 by default. */
export function rankingOf(lockfiles: readonly TwinLockfile[], question: Question = {}): Ranking {
  const { layer = 'package', scope = 'all', tenths = [10], systems = () => [] } = question;
  const fleet = fleetOf(lockfiles);
  const { services, twins } = servicesOf(fleet, lockfiles, tenths);
  const table = LAYER_BUILDERS[layer](fleet, notAsked(fleet.componentCount), services);
  const { reach: reaches, sizes } = usesOf(fleet, services, [table], scope);
  const uses = reaches[0]!;
  const all = withImplicitSystems(systemsOf(systems(services.length)), services);
  const ranked = rank(table, uses, sizes, services, all, unchecked(table)).map(({ cause, ...numbers }) => ({
    ...numbers,
    index: cause,
    cause: table.causes[cause]!,
  }));
  const reach = table.causes.map((_, cause) => [...uses.service.subarray(uses.start[cause]!, uses.start[cause + 1]!)]);
  return { fleet, table, services, twins, ranked, reach };
}

/** Strengths of causes that nothing is known of. */
export function unchecked(table: Pick<CauseTable, 'causes'>): Uint8Array {
  return new Uint8Array(table.causes.length).fill(STRENGTHS.indexOf('none'));
}

type Target = string | { readonly to: string; readonly kind: TwinEdge['kind'] };

/**
 * A lockfile for tests with hand-computed numbers. Nodes are named by the keys of `needs`: '' is the root, a name that
 * starts with './' is a workspace, any other is `name` or `name@version` from a registry.
 *
 * @param extra fields of single nodes, by the same keys
 */
export function lockfile(
  path: string,
  needs: Readonly<Record<string, readonly Target[]>>,
  extra: Readonly<Record<string, Partial<TwinNode>>> = {},
): TwinLockfile {
  const targets = (list: readonly Target[]) => list.map((target) => (typeof target === 'string' ? target : target.to));
  const keys = [...new Set(Object.entries(needs).flatMap(([key, list]) => [key, ...targets(list)]))];
  return {
    path,
    nodes: keys.map((key) => ({ ...nodeOf(key), ...extra[key] })),
    edges: Object.entries(needs).flatMap(([from, list]) =>
      list.map((target) => ({
        from: keys.indexOf(from),
        to: keys.indexOf(typeof target === 'string' ? target : target.to),
        kind: typeof target === 'string' ? 'prod' : target.kind,
      })),
    ),
    projects: keys.flatMap((key, node) => (isProject(key) ? [{ node, path: key.replace(/^\.\//, '') }] : [])),
  };
}

/** A dev edge for `lockfile`. */
export function dev(to: string): Target {
  return { to, kind: 'dev' };
}

function isProject(key: string): boolean {
  return key === '' || key.startsWith('./');
}

function nodeOf(key: string): TwinNode {
  if (isProject(key)) {
    return { ecosystem: 'npm', name: key, version: '0.0.0', source: 'workspace', resolved: key.replace(/^\.\//, '') };
  }
  const [name, version] = key.split(/(?<=.)@/);
  return { ecosystem: 'npm', name: name!, version: version ?? '1.0.0', source: 'registry' };
}
