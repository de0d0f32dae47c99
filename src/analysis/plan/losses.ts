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
  /** By use: 1 where the service holds the cause by nothing but being its code. */
  readonly #own: Uint8Array;
  readonly #codeOf: readonly Int32Array[];
  /** By cause: how many services are themselves its code, and how many hold it otherwise. */
  readonly #owners: Int32Array;
  readonly #holders: Int32Array;
  readonly #ofService: Membership;
  readonly #ofSystem: Membership;
  readonly #above: Membership;
  readonly #threshold: Int32Array;
  readonly #counter: SystemCounter;
  readonly #hits: Int32Array;
  readonly #touched: number[] = [];
  readonly #changed: number[] = [];
  readonly #saved: number[] = [];
  #loaded = -1;

  /**
   * @param weights by system; 0 for one that does not count
   * @param codeOf by service: the causes that its own code is of
   */
  constructor(
    layers: readonly LayerResult[],
    systems: readonly System[],
    weights: Float64Array,
    codeOf: readonly Int32Array[],
  ) {
    const services = codeOf.length;
    this.#codeOf = codeOf;
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
    this.#owners = new Int32Array(joined.start.length - 1);
    for (const causes of codeOf) for (const cause of causes) this.#owners[cause]!++;
    this.#holders = Int32Array.from(this.#owners, (_, cause) =>
      joined.own.subarray(joined.start[cause], joined.start[cause + 1]).reduce((sum, bit) => sum + 1 - bit, 0),
    );
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

  /** Whether a service is itself the code of a cause. */
  isOwned(cause: number): boolean {
    return this.#owners[cause]! > 0;
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
    return this.#without(services);
  }

  /**
   * No more than that, at little cost: what each of the services saves by itself, and all systems above several of them.
   *
   * @param shared weight of the systems above several of the services (`sharedWeight`)
   * @param uses of the cause by the services
   */
  savedAtMost(cause: number, uses: readonly number[], shared: number): number {
    if (uses.length === 1) return this.relief[uses[0]!]!;
    const alone = uses.reduce((sum, use) => sum + this.relief[use]!, 0);
    const mayGo = this.#owners[cause]! > 0 && this.#holders[cause]! <= uses.length;
    return mayGo ? this.lost[cause]! : Math.min(this.lost[cause]!, alone + shared);
  }

  /** Weight of the systems that are above at least two of these services. */
  sharedWeight(services: Iterable<number>): number {
    const { start, system } = this.#above;
    const seen = new Map<number, number>();
    for (const service of services)
      for (let at = start[service]!; at < start[service + 1]!; at++)
        seen.set(system[at]!, (seen.get(system[at]!) ?? 0) + 1);
    let weight = 0;
    for (const [index, times] of seen) if (times > 1) weight += this.#weights[index]!;
    return weight;
  }

  /** Of the cause that is loaded. A service that is its code stays hit by it as long as others hold it. */
  #without(services: readonly number[]): number {
    const [changed, saved] = [this.#changed, this.#saved];
    changed.length = 0;
    saved.length = 0;
    const isOwned = this.isOwned(this.#loaded);
    for (const service of services)
      if (!isOwned || !this.#codeOf[service]!.includes(this.#loaded)) this.#restore(this.#ofService, service);
    for (let at = 0; at < saved.length; at++) this.#restore(this.#ofSystem, saved[at]!);
    let weight = 0;
    for (const system of saved) weight += this.#weights[system]!;
    for (const system of changed) this.#hits[system]!++;
    return weight;
  }

  #restore({ start, system }: Membership, member: number): void {
    for (let at = start[member]!; at < start[member + 1]!; at++) {
      const index = system[at]!;
      if (this.#hits[index]! === this.#threshold[index]!) this.#saved.push(index);
      this.#hits[index]!--;
      this.#changed.push(index);
    }
  }

  /** What services are themselves nobody shares: where no other holds it, it is no cause any more (`usesOf`). */
  #isGone(cause: number, services: readonly number[]): boolean {
    if (this.#owners[cause] === 0 || this.#holders[cause]! > services.length) return false;
    let others = 0;
    for (let use = this.start[cause]!; use < this.start[cause + 1]!; use++) {
      if (!this.#own[use] && !services.includes(this.service[use]!)) others++;
    }
    return others === 0;
  }

  #measure(cause: number): void {
    this.#load(cause);
    const [from, to] = [this.start[cause]!, this.start[cause + 1]!];
    const isDown = (system: number): boolean => this.#hits[system]! >= this.#threshold[system]!;
    this.lost[cause] = this.#touched.reduce((sum, system) => sum + (isDown(system) ? this.#weights[system]! : 0), 0);
    if (this.lost[cause] === 0) return;
    const one = [0];
    for (let use = from; use < to; use++) {
      const service = this.service[use]!;
      if (this.#owners[cause]! > 0) this.most[use] = this.lost[cause]!;
      else {
        const { start, system } = this.#above;
        for (let at = start[service]!; at < start[service + 1]!; at++)
          if (isDown(system[at]!)) this.most[use]! += this.#weights[system[at]!]!;
      }
      if (this.most[use]! === 0) continue;
      one[0] = service;
      this.relief[use] = this.#isGone(cause, one) ? this.lost[cause]! : this.#without(one);
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
