/**
 * Update rings: who takes a new release first, and who only after the earlier ones had time to notice that it is bad. The
 * model, and what it leaves out: docs/rings-and-simulation.md. Pure.
 */
import type { Fleet } from '../../graph/fleet.ts';
import { append } from '../../lists.ts';
import type { Landscape } from '../landscape.ts';
import { rounded } from '../rounded.ts';
import { colour } from './colouring.ts';
import { gatingOf } from './gate-keepers.ts';
import { longestGate } from './longest-gate.ts';
import { type Inseparable, ringGraph, type Together } from './ring-graph.ts';

export interface Rings {
  /** 0 where nothing is to be kept apart: no declared system survives a service, and there is no guard. */
  readonly rings: number;
  /** No fewer would do; equal to `rings` where these are proved to be the fewest. */
  readonly least: number;
  /** By lockfile of the fleet: its ring, from 1 (first) on; 0 where there are none, or no service is in it. */
  readonly ringOf: Int32Array;
  /** Systems that no ring defeats by itself, by index. */
  readonly apart: readonly number[];
  readonly inseparable: readonly Inseparable[];
  /** Guards that are in an earlier ring than all they protect, by index. */
  readonly first: readonly number[];
  readonly together: readonly Together[];
}

/**
 * The rings of a fleet. What no system or guard has a say in is spread over all but the first: nobody needs it to go first, and
 * what the rings before do not hold is not to reach all of it at once.
 *
 * Within what systems and guards allow, lockfiles whose package manager cannot wait are in earlier rings, those that wait
 * longest today and those whose systems weigh most in later ones.
 */
export function ringsOf(fleet: Fleet, landscape: Landscape): Rings {
  const graph = ringGraph(landscape);
  const weight = weights(fleet, landscape);
  const byLateness = graph.lockfiles
    .map((lockfile, vertex) => ({ vertex, gate: waitOf(fleet, lockfile), weight: weight[lockfile]! }))
    .sort((a, b) => compareNumbers(a.gate, b.gate) || a.weight - b.weight || b.vertex - a.vertex);
  const lateness = new Array<number>(graph.lockfiles.length).fill(0);
  for (const [at, { vertex }] of byLateness.entries()) lateness[vertex] = at;

  const { ringOf: colours, rings, least, dropped } = colour(graph, lateness);
  const ringOf = new Int32Array(fleet.lockfiles.length);
  const isAny = rings > 1;
  if (isAny) {
    for (const [vertex, lockfile] of graph.lockfiles.entries()) ringOf[lockfile] = colours[vertex]!;
    spread(ringOf, rings, new Set(landscape.services.map(({ lockfile }) => lockfile)), weight);
  }

  const given = new Set(dropped);
  const late = graph.watches.filter(({ before, after }) => ringOf[before]! >= ringOf[after]!);
  const known = new Set(graph.together.map(({ guard, system }) => `${guard} ${system}`));
  const tooLate = new Map(late.map(({ guard, system }) => [`${guard} ${system}`, { guard, system }]));
  const together: Together[] = [
    ...graph.together,
    ...[...tooLate].flatMap(([key, of]): Together[] => (known.has(key) ? [] : [{ ...of, why: 'many-rings' }])),
  ];
  const notFirst = new Set(together.map(({ guard }) => guard));
  return {
    rings: isAny ? rings : 0,
    least: isAny ? least : 0,
    ringOf,
    apart: graph.limits.flatMap(({ system }, limit) => (given.has(limit) ? [] : [system])),
    inseparable: [
      ...graph.inseparable,
      ...dropped.map((limit): Inseparable => {
        return { system: graph.limits[limit]!.system, why: 'many-rings', lockfile: undefined };
      }),
    ],
    first: [...landscape.guards.keys()].filter((guard) => !notFirst.has(guard)),
    together,
  };
}

/** Puts lockfiles that are in no ring yet into those after the first, heaviest first into the lightest so far. */
function spread(ringOf: Int32Array, rings: number, lockfiles: ReadonlySet<number>, weight: readonly number[]): void {
  const load = new Array<number>(rings + 1).fill(0);
  for (const [lockfile, ring] of ringOf.entries()) if (ring > 0) load[ring]! += weight[lockfile]!;
  const left = [...lockfiles].filter((lockfile) => ringOf[lockfile] === 0);
  for (const lockfile of left.sort((a, b) => weight[b]! - weight[a]! || a - b)) {
    let lightest = rings;
    for (let ring = rings - 1; ring > 1; ring--) if (rounded(load[ring]!) < rounded(load[lightest]!)) lightest = ring;
    ringOf[lockfile] = lightest;
    load[lightest]! += weight[lockfile]!;
  }
}

/** Minutes that a lockfile waits today; less than any where it cannot. */
function waitOf(fleet: Fleet, lockfile: number): number {
  switch (gatingOf(fleet.lockfiles[lockfile]!).kind) {
    case 'has':
      return longestGate(fleet, lockfile);
    case 'fixed-date':
      return Number.POSITIVE_INFINITY;
    case 'no-setting':
    case 'too-old':
      return -1;
  }
}

/** By lockfile: the weight of the systems that its services are below. */
function weights(fleet: Fleet, { services, systems }: Landscape): number[] {
  const below = new Map<number, number[]>();
  systems.forEach(({ members }, system) => {
    for (const lockfile of new Set(members.map((member) => services[member]!.lockfile)))
      append(below, lockfile, system);
  });
  return fleet.lockfiles.map((_, lockfile) =>
    rounded((below.get(lockfile) ?? []).reduce((sum, system) => sum + systems[system]!.weight, 0)),
  );
}

/** Also of what is infinite. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
