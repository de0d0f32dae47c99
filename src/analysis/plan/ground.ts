/** What candidates are found in and judged by: a fleet as it is at one step of a plan, and what is lost to what. Pure. */

import type { LayerName } from '../../causes/layer.ts';
import { append } from '../../lists.ts';
import type { Audit, LayerResult } from '../audit.ts';
import { type JoinedTables, joinTables } from '../joined.ts';
import { thresholdOf } from '../structure.ts';
import { type Membership, membershipOf } from '../systems.ts';
import { Losses } from './losses.ts';
import { type FleetNeeds, needsOf } from './needs.ts';

export interface Ground {
  readonly audit: Audit;
  /** Those that count. */
  readonly layers: readonly LayerResult[];
  readonly joined: JoinedTables;
  readonly losses: Losses;
  readonly needs: FleetNeeds;
  /** By lockfile: its services. */
  readonly servicesOf: ReadonlyMap<number, readonly number[]>;
  /** By service: the declared systems it is below that survive some failure. */
  readonly redundant: Membership;
  /** A cause by its id, numbered over all layers. */
  readonly causeCalled: (id: string) => number | undefined;
}

export interface GroundQuestion {
  readonly layers: readonly LayerName[];
  /** By system: what its loss counts; 0 for one that does not. */
  readonly weights: Float64Array;
  readonly isKept: (name: string, component: number) => boolean;
}

export function groundOf(audit: Audit, { layers: names, weights, isKept }: GroundQuestion): Ground {
  const { fleet, services, systems, scope } = audit;
  const layers = names.map((name) => audit.layers.find(({ table }) => table.layer === name)!);
  const tables = layers.map(({ table }) => table);
  const joined = joinTables(tables, fleet.componentCount);
  const losses = new Losses(layers, systems, weights, codeOf(audit, joined));
  const servicesOf = new Map<number, number[]>();
  for (const [index, { lockfile }] of services.entries()) append(servicesOf, lockfile, index);
  const counts = (cause: number): boolean => losses.lost[cause]! > 0;
  const needs = needsOf({ fleet, services, scope, tables, joined, counts, isKept });
  const redundant = membershipOf(systems, services.length, (system) =>
    system.origin === 'declared' && (thresholdOf(system) > 1 || system.parts !== undefined) ? system.members : [],
  );
  return { audit, layers, joined, losses, needs, servicesOf, redundant, causeCalled: calling(layers, losses) };
}

/** By service: the causes that its own code is of. For building alone it is none's. */
function codeOf({ fleet, services, scope }: Audit, { start, members }: JoinedTables): Int32Array[] {
  return services.map(({ lockfile, project }) => {
    const { component, projects } = fleet.lockfiles[lockfile]!;
    const own = component[projects[project]!.node]!;
    return scope === 'build' ? new Int32Array(0) : members.slice(start[own]!, start[own + 1]!);
  });
}

/** Whether a declared system survives some failure of services, this one among them. */
export function isRedundant({ redundant: { start } }: Ground, service: number): boolean {
  return start[service]! < start[service + 1]!;
}

/** Position of the use of a cause by a service, -1 where it is none that counts. */
export function useOf({ losses }: Pick<Ground, 'losses'>, cause: number, service: number): number {
  let [low, high] = [losses.start[cause]!, losses.start[cause + 1]! - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = losses.service[middle]!;
    if (found === service) return middle;
    if (found < service) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Adds up what is saved where some services hold some causes no more. */
export class Savings {
  readonly #losses: Losses;
  /** By cause: the services, and their uses of it. */
  readonly #of = new Map<number, { readonly services: number[]; readonly uses: number[] }>();

  constructor(losses: Losses) {
    this.#losses = losses;
  }

  add(cause: number, service: number, use: number): void {
    const of = this.#of.get(cause) ?? { services: [], uses: [] };
    this.#of.set(cause, of);
    of.services.push(service);
    of.uses.push(use);
  }

  /** No less than `total`, at less cost. */
  atMost(): number {
    const services = new Set<number>();
    for (const of of this.#of.values()) for (const service of of.services) services.add(service);
    const shared = services.size < 2 ? 0 : this.#losses.sharedWeight(services);
    let sum = 0;
    for (const [cause, { uses }] of this.#of) sum += this.#losses.savedAtMost(cause, uses, shared);
    return sum;
  }

  total(): number {
    let sum = 0;
    for (const [cause, { services, uses }] of this.#of) {
      sum += uses.length === 1 ? this.#losses.relief[uses[0]!]! : this.#losses.saved(cause, services);
    }
    return sum;
  }
}

/** What a cause that is in one layer by its id would take down beside what it does, if these services held it too. */
export function harmOf(ground: Ground, layer: LayerName, id: string, services: readonly number[]): number {
  const { losses, layers } = ground;
  const at = layers.findIndex(({ table }) => table.layer === layer);
  if (at === -1) return 0;
  const known = ground.causeCalled(id);
  const before = known === undefined ? [] : losses.reachOf(known);
  const after = Int32Array.from(new Set([...before, ...services])).sort();
  return losses.lossOf(after) - (known === undefined ? 0 : losses.lost[known]!);
}

/** Causes by id, numbered over all layers; made once it is asked for. */
function calling(layers: readonly LayerResult[], { offsets }: Losses): (id: string) => number | undefined {
  let ids: Map<string, number> | undefined;
  return (id) => {
    ids ??= new Map(
      layers.flatMap(({ table }, at) => table.causes.map((cause, index) => [cause.id, offsets[at]! + index] as const)),
    );
    return ids.get(id);
  };
}
