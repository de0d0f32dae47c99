/** What is lost to each cause of the layers that count, and what of it is saved where services hold the cause no more. Pure. */
import type { LayerResult } from '../audit.ts';
import { partsOf, thresholdOf } from '../structure.ts';
import { type Membership, membershipOf, type System, SystemCounter } from '../systems.ts';
import { USE } from '../uses.ts';

/**
 * Causes are numbered over all layers (`joinTables`), uses over all causes: those of cause c are at start[c] .. start[c + 1],
 * services ascending. Causes that an ignore took out have none. Weights are those of the systems that count.
 */
export class Losses {
  /** Causes of layer l are offsets[l] .. offsets[l + 1]. */
  readonly offsets: readonly number[];
  readonly start: Int32Array;
  readonly service: Int32Array;
  /** By use: the weight of systems saved where this service alone holds the cause no more. */
  readonly relief: Float64Array;
  /** By use: the weight of lost systems that the service is below: no change of it can save more. */
  readonly most: Float64Array;
  /** By cause: the weight of lost systems. */
  readonly lost: Float64Array;
  /** Weight of all systems that count. */
  readonly weight: number;
  readonly #weights: Float64Array;
  readonly #own: Uint8Array;
  readonly #ofService: Membership;
  readonly #ofSystem: Membership;
  readonly #above: Membership;
  readonly #threshold: Int32Array;
  readonly #counter: SystemCounter;
  readonly #hits: Int32Array;
  readonly #touched: number[] = [];
  #loaded = -1;

  /** @param weights by system; 0 for one that does not count */
  constructor(layers: readonly LayerResult[], systems: readonly System[], weights: Float64Array, services: number) {
    this.#weights = weights;
    this.weight = weights.reduce((sum, weight) => sum + weight, 0);
    this.#ofService = membershipOf(systems, services, (system) => partsOf(system).services);
    this.#ofSystem = membershipOf(systems, systems.length, (system) => partsOf(system).systems);
    this.#above = membershipOf(systems, services, (system) => system.members);
    this.#threshold = Int32Array.from(systems, thresholdOf);
    this.#counter = new SystemCounter(systems, services);
    this.#hits = new Int32Array(systems.length);
    const joined = joinedUses(layers);
    this.offsets = joined.offsets;
    this.start = joined.start;
    this.service = joined.service;
    this.#own = joined.own;
    this.relief = new Float64Array(this.service.length);
    this.most = new Float64Array(this.service.length);
    this.lost = new Float64Array(this.start.length - 1);
    for (let cause = 0; cause < this.lost.length; cause++) this.#measure(cause);
  }

  /** How many causes there are over all layers. */
  get causes(): number {
    return this.lost.length;
  }

  /** Sum of blast radii over the causes of every layer: 0 to their number. */
  get objective(): number {
    return this.weight === 0 ? 0 : this.lost.reduce((sum, weight) => sum + weight, 0) / this.weight;
  }

  reachOf(cause: number): Int32Array {
    return this.service.subarray(this.start[cause]!, this.start[cause + 1]!);
  }

  /** The weight of the systems lost where these services fail. */
  lossOf(services: Int32Array): number {
    return this.#counter.lost(services).reduce((sum, system) => sum + this.#weights[system]!, 0);
  }

  /** The weight of systems saved where these services, of its reach, hold a cause no more. */
  saved(cause: number, services: readonly number[]): number {
    if (this.lost[cause] === 0) return 0;
    if (this.#isGone(cause, services)) return this.lost[cause]!;
    this.#load(cause);
    const changed: number[] = [];
    const saved: number[] = [];
    for (const service of services) this.#restore(this.#ofService, service, changed, saved);
    for (const system of saved) this.#restore(this.#ofSystem, system, changed, saved);
    for (const system of changed) this.#hits[system]!++;
    return saved.reduce((sum, system) => sum + this.#weights[system]!, 0);
  }

  #restore({ start, system }: Membership, member: number, changed: number[], saved: number[]): void {
    for (let at = start[member]!; at < start[member + 1]!; at++) {
      const index = system[at]!;
      if (this.#hits[index]! === this.#threshold[index]!) saved.push(index);
      this.#hits[index]!--;
      changed.push(index);
    }
  }

  /** What services are themselves nobody shares: where no other holds it, it is no cause any more (`usesOf`). */
  #isGone(cause: number, services: readonly number[]): boolean {
    let others = 0;
    let isOwn = false;
    for (let use = this.start[cause]!; use < this.start[cause + 1]!; use++) {
      if (this.#own[use]) isOwn = true;
      else if (!services.includes(this.service[use]!)) others++;
    }
    return isOwn && others === 0;
  }

  #measure(cause: number): void {
    this.#load(cause);
    const [from, to] = [this.start[cause]!, this.start[cause + 1]!];
    const isDown = (system: number): boolean => this.#hits[system]! >= this.#threshold[system]!;
    this.lost[cause] = this.#touched.reduce((sum, system) => sum + (isDown(system) ? this.#weights[system]! : 0), 0);
    if (this.lost[cause] === 0) return;
    let own = 0;
    for (let use = from; use < to; use++) own += this.#own[use]!;
    for (let use = from; use < to; use++) {
      const service = this.service[use]!;
      if (own > 0) this.most[use] = this.lost[cause]!;
      else {
        const { start, system } = this.#above;
        for (let at = start[service]!; at < start[service + 1]!; at++)
          if (isDown(system[at]!)) this.most[use]! += this.#weights[system[at]!]!;
      }
      if (this.most[use]! > 0) this.relief[use] = this.saved(cause, [service]);
    }
  }

  /** Fails the reach of a cause: how many members each system has lost. */
  #load(cause: number): void {
    if (this.#loaded === cause) return;
    this.#loaded = cause;
    for (const system of this.#touched) this.#hits[system] = 0;
    this.#touched.length = 0;
    const down: number[] = [];
    for (let use = this.start[cause]!; use < this.start[cause + 1]!; use++)
      this.#hit(this.#ofService, this.service[use]!, down);
    for (const system of down) this.#hit(this.#ofSystem, system, down);
  }

  #hit({ start, system }: Membership, member: number, down: number[]): void {
    for (let at = start[member]!; at < start[member + 1]!; at++) {
      const index = system[at]!;
      if (this.#hits[index]! === 0) this.#touched.push(index);
      if (++this.#hits[index]! === this.#threshold[index]!) down.push(index);
    }
  }
}

/** The reaches of all layers one after the other, without what is ignored. */
function joinedUses(layers: readonly LayerResult[]) {
  const offsets = [0];
  for (const { table } of layers) offsets.push(offsets.at(-1)! + table.causes.length);
  const start = new Int32Array(offsets.at(-1)! + 1);
  layers.forEach(({ reach, ranked }, layer) => {
    for (const { cause } of ranked) start[offsets[layer]! + cause + 1] = reach.start[cause + 1]! - reach.start[cause]!;
  });
  for (let cause = 0; cause + 1 < start.length; cause++) start[cause + 1]! += start[cause]!;
  const service = new Int32Array(start[start.length - 1]!);
  const own = new Uint8Array(service.length);
  layers.forEach(({ reach, ranked }, layer) => {
    for (const { cause } of ranked) {
      let at = start[offsets[layer]! + cause]!;
      for (let use = reach.start[cause]!; use < reach.start[cause + 1]!; use++) {
        service[at] = reach.service[use]!;
        own[at++] = reach.bits[use]! & USE.own ? 1 : 0;
      }
    }
  });
  return { offsets, start, service, own };
}
