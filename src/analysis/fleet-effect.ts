/**
 * What causes of one repository mean for a whole fleet: its published report says who else stands on them, and this run
 * who of the repository does now. Pure.
 */
import { type Audit, isUnread } from './audit.ts';
import type { EarlierReport, EarlierSystem, Names } from './earlier.ts';
import { rounded } from './rounded.ts';

export interface FleetCause {
  /** In the fleet as published, and with the services of this run as they are now. */
  readonly before: FleetReach;
  readonly now: FleetReach;
}

export interface FleetReach {
  readonly blastRadius: number;
  readonly lost: number;
  readonly services: number;
}

export interface FleetEffect {
  /** By id of the cause; of layers that the fleet's report has all causes of. */
  readonly causes: ReadonlyMap<string, FleetCause>;
  /** Systems of the fleet. */
  readonly systems: number;
  /** Services of this run that the fleet's report knows by their name, and those it does not. */
  readonly known: readonly string[];
  readonly unknown: readonly string[];
}

const NOTHING: FleetReach = { blastRadius: 0, lost: 0, services: 0 };

/** Services are the same where their names are. What could not be read of this run stays as it was. */
export function fleetEffect(audit: Audit, fleet: EarlierReport): FleetEffect {
  const names = audit.services.map(({ name }) => name);
  const read = new Set(names.filter((_, at) => !isUnread(audit, at)));
  const lost = new LostSystems(fleet.systems);
  const causes = new Map<string, FleetCause>();
  for (const { table, reach, ranked } of audit.layers) {
    const published = fleet.layers.get(table.layer);
    if (!published) continue;
    for (const { cause } of ranked) {
      const { id } = table.causes[cause]!;
      const earlier: Names = published.get(id)?.services ?? new Set<string>();
      const services = new Set([...earlier].filter((name) => !read.has(name)));
      for (let use = reach.start[cause]!; use < reach.start[cause + 1]!; use++)
        services.add(names[reach.service[use]!]!);
      causes.set(id, { before: earlier.size === 0 ? NOTHING : lost.of(earlier), now: lost.of(services) });
    }
  }
  return {
    causes,
    systems: fleet.systems.length,
    known: names.filter((name) => fleet.services.has(name)),
    unknown: names.filter((name) => !fleet.services.has(name)),
  };
}

/** Which systems of a published fleet a set of services takes down. */
class LostSystems {
  readonly #systems: readonly EarlierSystem[];
  readonly #byName: ReadonlyMap<string, EarlierSystem>;
  readonly #total: number;

  constructor(systems: readonly EarlierSystem[]) {
    this.#systems = systems;
    this.#byName = new Map(systems.map((system) => [system.name, system]));
    this.#total = rounded(systems.reduce((sum, { weight }) => sum + weight, 0));
  }

  of(services: Names): FleetReach {
    const down = new Map<string, boolean>();
    const lost = this.#systems.filter(({ name }) => this.#isDown(name, services, down));
    const weight = rounded(lost.reduce((sum, system) => sum + system.weight, 0));
    const blastRadius = this.#total === 0 ? 0 : rounded(weight / this.#total);
    return { blastRadius, lost: lost.length, services: services.size };
  }

  /** No recursion: how deep systems nest in a file is not bounded. */
  #isDown(wanted: string, services: Names, down: Map<string, boolean>): boolean {
    const stack = [wanted];
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const system = this.#byName.get(name)!;
      // A member of the same name is the service. What is being looked at further down the stack is a cycle: up.
      const inner = system.members.filter((member) => member !== name && this.#byName.has(member));
      const open = down.has(name) ? [] : inner.filter((member) => !down.has(member) && !stack.includes(member));
      if (open.length > 0) {
        stack.push(open[0]!);
        continue;
      }
      stack.pop();
      const failed = system.members.filter((member) =>
        inner.includes(member) ? down.get(member) === true : services.has(member),
      ).length;
      down.set(name, failed >= Math.max(1, system.members.length - system.need + 1));
    }
    return down.get(wanted)!;
  }
}
