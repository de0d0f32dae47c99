/**
 * A naive twin of the redundancy of systems, written from the semantics alone: sets, recursion over the systems, every
 * subset of causes enumerated. Slow and short on purpose. Below it: random landscapes, and their form for the code.
 */
import fc from 'fast-check';
import type { System } from '../src/analysis/systems.ts';
import type { Reach } from '../src/analysis/uses.ts';

/** A k-of-n over services and other systems, both by index. No system is below itself. */
export interface TwinNested {
  readonly services: readonly number[];
  readonly systems: readonly number[];
  readonly need: number;
  readonly tenths: number;
}

/** Services are numbers below `services`; a cause is the services it takes down. */
export interface TwinLandscape {
  readonly services: number;
  /** Weights of the services in tenths. */
  readonly tenths: readonly number[];
  readonly systems: readonly TwinNested[];
  readonly causes: readonly (readonly number[])[];
}

type Failed = ReadonlySet<number>;

export function isLost(systems: readonly TwinNested[], index: number, failed: Failed): boolean {
  const { services, systems: below, need } = systems[index]!;
  const up = services.filter((service) => !failed.has(service)).length;
  return up + below.filter((other) => !isLost(systems, other, failed)).length < need;
}

export function twinLost(systems: readonly TwinNested[], failed: Failed): number[] {
  return [...systems.keys()].filter((index) => isLost(systems, index, failed));
}

export function twinLeaves(systems: readonly TwinNested[], index: number): number[] {
  const { services, systems: below } = systems[index]!;
  const all = new Set([...services, ...below.flatMap((other) => twinLeaves(systems, other))]);
  return [...all].sort((a, b) => a - b);
}

/** Sets of causes that defeat a system and of which no part does. Every subset is tried. */
export function twinCutSets(landscape: TwinLandscape, index: number, among?: readonly number[]): number[][] {
  const causes = among ?? [...landscape.causes.keys()];
  const subsets: number[][] = [[]];
  for (const cause of causes) subsets.push(...subsets.map((set) => [...set, cause]));
  const deadly = subsets.filter((set) =>
    isLost(landscape.systems, index, new Set(set.flatMap((cause) => landscape.causes[cause]!))),
  );
  const isWithin = (part: readonly number[], set: readonly number[]) => part.every((cause) => set.includes(cause));
  return deadly.filter((set) => !deadly.some((part) => part.length < set.length && isWithin(part, set)));
}

/** The causes of every leaf of a system. */
function causeSets({ systems, causes }: TwinLandscape, index: number): Set<number>[] {
  return twinLeaves(systems, index).map(
    (leaf) => new Set([...causes.keys()].filter((cause) => causes[cause]!.includes(leaf))),
  );
}

/** Of all (leaf, cause) that meet, the share where the cause meets another leaf too. */
export function twinBeta(landscape: TwinLandscape, index: number): number | undefined {
  const sets = causeSets(landscape, index);
  const meetings = sets.flatMap((set, leaf) => [...set].map((cause) => ({ leaf, cause })));
  const shared = meetings.filter(({ leaf, cause }) => sets.some((set, other) => other !== leaf && set.has(cause)));
  return meetings.length === 0 ? undefined : shared.length / meetings.length;
}

export function twinEffective(landscape: TwinLandscape, index: number): number | undefined {
  const sets = causeSets(landscape, index);
  const union = new Set(sets.flatMap((set) => [...set]));
  const mean = sets.reduce((sum, set) => sum + set.size, 0) / sets.length;
  return union.size === 0 ? undefined : union.size / mean;
}

/** The greedy cover, everything recomputed at every step: the causes chosen, and the systems lost by each. */
export function twinCollusion({ systems, causes, tenths }: TwinLandscape): { cause: number; lost: number[] }[] {
  const failed = new Set<number>();
  const steps: { cause: number; lost: number[] }[] = [];
  for (;;) {
    const before = twinLost(systems, failed);
    const watched = new Set(
      [...systems.keys()].filter((s) => !before.includes(s)).flatMap((s) => twinLeaves(systems, s)),
    );
    const offers = causes.map((reach, cause) => {
      const lost = twinLost(systems, new Set([...failed, ...reach])).filter((system) => !before.includes(system));
      const gain = lost.reduce((sum, system) => sum + systems[system]!.tenths, 0);
      const hits = reach.filter((service) => !failed.has(service) && watched.has(service)).length;
      const weight = reach.reduce((sum, service) => sum + tenths[service]!, 0);
      return { cause, lost, hits, keys: [gain, gain > 0 ? 0 : hits, weight] };
    });
    const [best] = offers
      .filter(({ hits }) => hits > 0)
      .sort(
        (a, b) =>
          b.keys[0]! - a.keys[0]! ||
          b.keys[1]! - a.keys[1]! ||
          b.keys[2]! - a.keys[2]! ||
          (idOf(a.cause) < idOf(b.cause) ? -1 : 1),
      );
    if (!best) return steps;
    for (const service of causes[best.cause]!) failed.add(service);
    steps.push({ cause: best.cause, lost: best.lost });
  }
}

export function idOf(cause: number): string {
  return `package:npm/${cause}`;
}

// --- random landscapes --------------------------------------------------------------------------------------------

export interface Limits {
  readonly services: number;
  readonly causes: number;
  readonly systems: number;
  /** No system in a system. */
  readonly flat?: boolean;
}

const SMALL: Limits = { services: 7, causes: 8, systems: 4 };

export function landscapes(limits: Limits = SMALL): fc.Arbitrary<TwinLandscape> {
  const any = fc.nat(1_000_000);
  const members = fc.array(any, { maxLength: limits.services, size: 'max' });
  const raw = fc.record({
    first: any,
    services: members,
    systems: fc.array(any, { maxLength: limits.flat ? 0 : 3 }),
    need: any,
    tenths: fc.constantFrom(1, 2, 3, 7, 10, 20),
    onlySystems: fc.boolean(),
  });
  return fc
    .record({
      services: fc.integer({ min: 1, max: limits.services }),
      tenths: fc.array(fc.constantFrom(1, 3, 7, 10, 20), { minLength: limits.services, maxLength: limits.services }),
      systems: fc.array(raw, { minLength: 1, maxLength: limits.systems }),
      causes: fc.array(fc.array(any, { minLength: 1, maxLength: limits.services, size: 'max' }), {
        maxLength: limits.causes,
      }),
      backwards: fc.boolean(),
    })
    .map(({ services, tenths, systems, causes, backwards }) => {
      const within = (list: readonly number[], of: number) =>
        [...new Set(list.map((member) => member % of))].sort((a, b) => a - b);
      const nested = systems.map((system, index): TwinNested => {
        const below = index === 0 ? [] : within(system.systems, index);
        const leaves =
          below.length > 0 && system.onlySystems ? [] : within([system.first, ...system.services], services);
        return {
          services: leaves,
          systems: below,
          need: 1 + (system.need % (leaves.length + below.length)),
          tenths: system.tenths,
        };
      });
      // A system may come before those below it.
      const turned = (index: number) => (backwards ? nested.length - 1 - index : index);
      const renamed = nested.map((system) => ({
        ...system,
        systems: system.systems.map(turned).sort((a, b) => a - b),
      }));
      return {
        services,
        tenths: tenths.slice(0, services),
        systems: backwards ? renamed.reverse() : renamed,
        causes: causes.map((reach) => within(reach, services)),
      };
    });
}

// --- the same for the code ----------------------------------------------------------------------------------------

export function systemsFrom({ systems }: Pick<TwinLandscape, 'systems'>): System[] {
  return systems.map(({ services, systems: below, need, tenths }, index) => ({
    name: `system ${index}`,
    members: twinLeaves(systems, index),
    ...(below.length > 0 ? { parts: { services, systems: below } } : {}),
    need,
    weight: tenths / 10,
    origin: 'declared',
  }));
}

export function reachFrom(causes: readonly (readonly number[])[]): Reach {
  const start = new Int32Array(causes.length + 1);
  causes.forEach((reach, cause) => {
    start[cause + 1] = start[cause]! + reach.length;
  });
  const service = Int32Array.from(causes.flat());
  return { start, service, bits: new Uint8Array(service.length).fill(1), dependents: new Int32Array(service.length) };
}

export function flat(members: number, need: number): TwinNested {
  return { services: Array.from({ length: members }, (_, service) => service), systems: [], need, tenths: 10 };
}

/** The numbers from 0 in an order that is not theirs: that of the ranks. */
export function someOrder(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at).sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11) || b - a);
}
