/**
 * How long a service's package manager waits before it takes a release. Only managers' gates count: a bot delays its pull
 * request, and whoever locks again by hand is not held up. Pure.
 */
import type { Fleet } from '../graph/fleet.ts';
import type { GateDelay } from '../graph/policies.ts';
import { delaysFor } from '../lockfiles/policies/delays.ts';

export interface ReleaseDelay {
  /** Minutes since publication: 0 for none, Infinity where a fixed date keeps the release out for good. */
  readonly minutes: number;
  /** Whether there may be a gate of a length that cannot be told: it counts as none, so that reach is never understated. */
  readonly unknown: boolean;
  /** The longest wait of a bot, in minutes, 0 for none: it counts for nothing here. */
  readonly bot: number;
}

const NONE: ReleaseDelay = { minutes: 0, unknown: false, bot: 0 };

/** Delays of one moment of publication, each looked up once. */
export class ReleaseDelays {
  readonly #fleet: Fleet;
  readonly #publishedAt: number;
  /** By lockfile: one answer where its gates are for every package, else by name. */
  readonly #known = new Map<number, ReleaseDelay | Map<string, ReleaseDelay>>();

  /** @param publishedAt of the releases, milliseconds since 1970: what a gate of a fixed date is compared with */
  constructor(fleet: Fleet, publishedAt: number) {
    this.#fleet = fleet;
    this.#publishedAt = publishedAt;
  }

  /**
   * @param lockfile index into the fleet's lockfiles
   * @param name of the package
   */
  of(lockfile: number, name: string): ReleaseDelay {
    let known = this.#known.get(lockfile);
    if (known === undefined) {
      const { gates } = this.#fleet.lockfiles[lockfile]!.policies;
      const isForAll = gates.every(({ only, exempt }) => only === undefined && exempt.length === 0);
      known = isForAll ? this.#delayOf(lockfile, '') : new Map();
      this.#known.set(lockfile, known);
    }
    if (!(known instanceof Map)) return known;
    const ofName = known.get(name) ?? this.#delayOf(lockfile, name);
    known.set(name, ofName);
    return ofName;
  }

  #delayOf(lockfile: number, name: string): ReleaseDelay {
    let { minutes, unknown, bot } = NONE;
    for (const { gate, delay } of delaysFor(this.#fleet.lockfiles[lockfile]!.policies.gates, name)) {
      const held = this.#minutes(delay);
      if (gate.kind === 'bot') bot = Math.max(bot, held ?? 0);
      else if (held === undefined) unknown = true;
      else minutes = Math.max(minutes, held);
    }
    return { minutes, unknown, bot };
  }

  #minutes(delay: GateDelay): number | undefined {
    switch (delay.kind) {
      case 'age':
        return delay.minutes;
      case 'before':
        return this.#publishedAt > Date.parse(delay.time) ? Number.POSITIVE_INFINITY : 0;
      case 'unknown':
        return undefined;
    }
  }
}
