/** What is lost when services fail together: systems, and guards that fail along with what they protect. Pure. */
import type { Service } from '../../graph/services.ts';
import type { Guard } from '../landscape.ts';
import { rounded } from '../rounded.ts';
import { type System, SystemCounter } from '../systems.ts';

export interface Loss {
  /** Indexes of the services that fail, ascending, and what they weigh. */
  readonly services: readonly number[];
  readonly weight: number;
  /** Indexes of the systems lost, ascending. */
  readonly systems: readonly number[];
  /** Weight of lost systems / weight of all systems, 0 to 1. */
  readonly blastRadius: number;
  readonly blinded: readonly BlindedGuard[];
}

/** A guard whose service fails together with a service below a system that it protects. */
export interface BlindedGuard {
  /** Index of the guard. */
  readonly guard: number;
  /** Indexes of protected systems that are touched, and of those that are lost. */
  readonly touched: readonly number[];
  readonly lost: readonly number[];
}

interface Landscape {
  readonly services: readonly Service[];
  readonly systems: readonly System[];
  readonly guards: readonly Guard[];
}

/** Counts what is lost with any number of sets of services. */
export class LossCounter {
  readonly #of: Landscape;
  readonly #counter: SystemCounter;
  readonly #total: number;

  constructor(of: Landscape) {
    this.#of = of;
    this.#counter = new SystemCounter(of.systems, of.services.length);
    this.#total = weightOf(of.systems, of.systems.keys());
  }

  /** @param failing indexes of services, none twice */
  of(failing: readonly number[]): Loss {
    const { services, systems, guards } = this.#of;
    const failed = [...failing].sort((a, b) => a - b);
    const lost = this.#counter.lost(Int32Array.from(failed));
    const [isFailed, isLost] = [new Set(failed), new Set(lost)];
    const blinded = guards.flatMap(({ service, protects }, guard): BlindedGuard[] => {
      if (!isFailed.has(service)) return [];
      const touched = protects.filter((system) => systems[system]!.members.some((member) => isFailed.has(member)));
      return touched.length === 0 ? [] : [{ guard, touched, lost: touched.filter((system) => isLost.has(system)) }];
    });
    return {
      services: failed,
      weight: weightOf(services, failed),
      systems: lost,
      blastRadius: this.#total === 0 ? 0 : weightOf(systems, lost) / this.#total,
      blinded,
    };
  }
}

function weightOf(of: readonly { readonly weight: number }[], indexes: Iterable<number>): number {
  let sum = 0;
  for (const index of indexes) sum += of[index]!.weight;
  return rounded(sum);
}
