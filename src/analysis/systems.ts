/** Systems: what users notice. A k-of-n over services, or a service of its own (design, section 2). */
import type { Service } from '../graph/services.ts';

export interface System {
  readonly name: string;
  /** Indexes of services, ascending, no service twice. */
  readonly members: readonly number[];
  /** How many members must be up for the system to be up. */
  readonly need: number;
  readonly weight: number;
  /** `declared` in the config, or the `implicit` 1-of-1 of a service in no declared system. */
  readonly origin: 'declared' | 'implicit';
}

/** The declared systems, then one for every service that is in none of them. */
export function withImplicitSystems(declared: readonly System[], services: readonly Service[]): System[] {
  const covered = new Set(declared.flatMap((system) => system.members));
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

export function membershipOf(systems: readonly System[], services: number): Membership {
  const start = new Int32Array(services + 1);
  for (const system of systems) for (const member of system.members) start[member + 1]!++;
  for (let s = 0; s < services; s++) start[s + 1]! += start[s]!;
  const next = start.slice(0, services);
  const system = new Int32Array(start[services]!);
  systems.forEach((entry, index) => {
    for (const member of entry.members) system[next[member]!++] = index;
  });
  return { start, system };
}

/** Counts the members a reach takes from each system, with one scratch array for any number of causes. */
export class SystemCounter {
  readonly #systems: readonly System[];
  readonly #membership: Membership;
  readonly #hits: Int32Array;
  readonly #touched: number[] = [];

  constructor(systems: readonly System[], services: number) {
    this.#systems = systems;
    this.#membership = membershipOf(systems, services);
    this.#hits = new Int32Array(systems.length);
  }

  /** Systems left with fewer than `need` members outside the reach, ascending. */
  lost(reach: Int32Array): number[] {
    const { start, system } = this.#membership;
    for (const service of reach) {
      for (let at = start[service]!; at < start[service + 1]!; at++) {
        const index = system[at]!;
        if (this.#hits[index]!++ === 0) this.#touched.push(index);
      }
    }
    const lost = this.#touched.filter((index) => {
      const { members, need } = this.#systems[index]!;
      return members.length - this.#hits[index]! < need;
    });
    for (const index of this.#touched) this.#hits[index] = 0;
    this.#touched.length = 0;
    return lost.sort((a, b) => a - b);
  }
}
