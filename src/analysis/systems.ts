/** Systems: what users notice. A k-of-n over services and other systems, or a service of its own (design, section 2). */
import type { Service } from '../graph/services.ts';
import { type Parts, partsOf, thresholdOf } from './structure.ts';

export interface System {
  readonly name: string;
  /** Indexes of the services it stands on, as members or below systems that are, ascending, no service twice. */
  readonly members: readonly number[];
  /** Only where a member is a system: the members as declared. Systems are indexes into the same list. */
  readonly parts?: Parts;
  /** How many of its members as declared must be up for the system to be up. */
  readonly need: number;
  readonly weight: number;
  /** `declared` in the config, or the `implicit` 1-of-1 of a service in no declared system. */
  readonly origin: 'declared' | 'implicit';
}

/**
 * The declared systems, then one for every service that is in none of them. A system in another stays one of its own,
 * with its own weight: blast radius counts every declared system once, so where both are lost both weights are.
 */
export function withImplicitSystems(declared: readonly System[], services: readonly Service[]): System[] {
  const covered = new Set<number>();
  for (const system of declared) for (const member of system.members) covered.add(member);
  const implicit = services.flatMap((service, index): System[] =>
    covered.has(index)
      ? []
      : [{ name: service.name, members: [index], need: 1, weight: service.weight, origin: 'implicit' }],
  );
  return [...declared, ...implicit];
}

/** Which systems each service is a member of: those of service s are at start[s] .. start[s + 1]. */
export interface Membership {
  readonly start: Int32Array;
  readonly system: Int32Array;
}

/** Turns lists of members around; `of` says whose lists: of services below systems, of services, of systems. */
export function membershipOf(
  systems: readonly System[],
  count: number,
  of: (system: System) => readonly number[],
): Membership {
  const start = new Int32Array(count + 1);
  for (const entry of systems) for (const member of of(entry)) start[member + 1]!++;
  for (let m = 0; m < count; m++) start[m + 1]! += start[m]!;
  const next = start.slice(0, count);
  const system = new Int32Array(start[count]!);
  systems.forEach((entry, index) => {
    for (const member of of(entry)) system[next[member]!++] = index;
  });
  return { start, system };
}

/**
 * Counts the members a reach takes from each system, with one scratch array for any number of causes. A lost system is a
 * lost member of the systems it is in.
 */
export class SystemCounter {
  readonly #ofService: Membership;
  readonly #ofSystem: Membership;
  readonly #threshold: Int32Array;
  /** Lost members by system: after what was settled, and at the moment. */
  readonly #settled: Int32Array;
  readonly #hits: Int32Array;
  readonly #touched: number[] = [];

  constructor(systems: readonly System[], services: number) {
    this.#ofService = membershipOf(systems, services, (system) => partsOf(system).services);
    this.#ofSystem = membershipOf(systems, systems.length, (system) => partsOf(system).systems);
    this.#threshold = Int32Array.from(systems, thresholdOf);
    this.#settled = new Int32Array(systems.length);
    this.#hits = new Int32Array(systems.length);
  }

  /**
   * Systems left with fewer than `need` members outside the reach, ascending; without those that were lost before.
   *
   * @param reach services, none twice and none that was settled
   */
  lost(reach: Int32Array): number[] {
    const lost = this.#fail(reach);
    for (const index of this.#touched) this.#hits[index] = this.#settled[index]!;
    this.#touched.length = 0;
    return lost.sort((a, b) => a - b);
  }

  /** The same, and the services stay failed for every later call. */
  settle(reach: Int32Array): number[] {
    const lost = this.#fail(reach);
    for (const index of this.#touched) this.#settled[index] = this.#hits[index]!;
    this.#touched.length = 0;
    return lost.sort((a, b) => a - b);
  }

  #fail(reach: Int32Array): number[] {
    const lost: number[] = [];
    for (const service of reach) this.#hit(this.#ofService, service, lost);
    for (const index of lost) this.#hit(this.#ofSystem, index, lost);
    return lost;
  }

  #hit({ start, system }: Membership, member: number, lost: number[]): void {
    for (let at = start[member]!; at < start[member + 1]!; at++) {
      const index = system[at]!;
      const hits = this.#hits[index]!;
      if (hits === this.#settled[index]) this.#touched.push(index);
      this.#hits[index] = hits + 1;
      if (hits + 1 === this.#threshold[index]) lost.push(index);
    }
  }
}
