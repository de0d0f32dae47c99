/** Which systems are lost as services fail and come back, one at a time. */
import { partsOf, thresholdOf } from '../structure.ts';
import { type Membership, membershipOf, type System } from '../systems.ts';

export class SystemState {
  readonly #systems: readonly System[];
  readonly #ofService: Membership;
  readonly #ofSystem: Membership;
  readonly #threshold: Int32Array;
  /** By system: its members that are down, services and systems. */
  readonly #down: Int32Array;
  #lost = 0;
  #weight = 0;

  constructor(systems: readonly System[], services: number) {
    this.#systems = systems;
    this.#ofService = membershipOf(systems, services, (system) => partsOf(system).services);
    this.#ofSystem = membershipOf(systems, systems.length, (system) => partsOf(system).systems);
    this.#threshold = Int32Array.from(systems, thresholdOf);
    this.#down = new Int32Array(systems.length);
  }

  /** How many systems are lost, and what they weigh together. */
  get lost(): number {
    return this.#lost;
  }

  get weight(): number {
    // Sums in both directions differ in their last bits; nothing lost is nothing.
    return this.#lost === 0 ? 0 : this.#weight;
  }

  isLost(system: number): boolean {
    return this.#down[system]! >= this.#threshold[system]!;
  }

  /** @returns systems that are lost by it */
  fail(service: number): number[] {
    return this.#change(service, 1);
  }

  /** @returns systems that are up again by it */
  recover(service: number): number[] {
    return this.#change(service, -1);
  }

  #change(service: number, by: 1 | -1): number[] {
    const changed: number[] = [];
    const touch = ({ start, system }: Membership, member: number): void => {
      for (let at = start[member]!; at < start[member + 1]!; at++) {
        const index = system[at]!;
        const before = this.isLost(index);
        this.#down[index]! += by;
        if (this.isLost(index) !== before) changed.push(index);
      }
    };
    touch(this.#ofService, service);
    for (const index of changed) {
      this.#lost += by;
      this.#weight += by * this.#systems[index]!.weight;
      touch(this.#ofSystem, index);
    }
    return changed;
  }
}
