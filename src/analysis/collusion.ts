/**
 * The collusion curve: how many causes of a layer suffice to take down a share of all systems, after the maintainers'
 * curve of Zimmermann, Staicu, Tenny and Pradel 2019. A greedy cover, so an upper bound of the least number there is.
 */
import { membershipOf, type System, SystemCounter } from './systems.ts';
import type { Reach } from './uses.ts';

export interface CollusionStep {
  readonly cause: number;
  /** Systems lost now that were not before, ascending. */
  readonly lost: readonly number[];
  /** Services that failed now and had not before. */
  readonly services: number;
  /** Weight of all systems lost so far / weight of all systems, 0 to 1. */
  readonly lostShare: number;
}

export interface Collusion {
  /** In the order chosen; the last one takes down all systems that all causes together can. */
  readonly steps: readonly CollusionStep[];
  /** How many steps take down at least this share of the systems by weight; undefined where none do. */
  readonly targets: readonly { readonly share: number; readonly causes: number | undefined }[];
  /** false: the fleet is too large to go on, and targets that are not reached may be. */
  readonly complete: boolean;
}

/** What the curve is drawn over. */
export interface CollusionQuestion {
  readonly reach: Pick<Reach, 'start' | 'service'>;
  /** Causes that count. */
  readonly causes: ArrayLike<number>;
  /** By cause of the layer: what breaks a tie at last. */
  readonly idOf: (cause: number) => string;
  /** All of them, and the weights of all services. */
  readonly systems: readonly System[];
  readonly weights: readonly number[];
  /** 0 to 1. */
  readonly shares?: readonly number[];
}

/** Uses looked at before it stops: some seconds. A real fleet needs a hundredth. */
const MOST_VISITS = 1_000_000_000;

/**
 * Takes the cause whose failure adds most weight of lost systems to what is lost already; of equals the one of most
 * weighted reach, then the first by id. Where no single cause adds a lost system (systems may need two), it takes the one
 * that newly hits most services below systems that are still up, with the same ties.
 */
export function collusionOf(question: CollusionQuestion, mostVisits = MOST_VISITS): Collusion {
  const { systems, shares = [0.5, 0.8, 1] } = question;
  const cover = new Cover(question);
  const total = systems.reduce((sum, system) => sum + system.weight, 0);
  const steps: CollusionStep[] = [];
  let lostWeight = 0;
  let lostCount = 0;
  while (lostCount < systems.length && cover.visits <= mostVisits) {
    const step = cover.next();
    if (step === undefined) break;
    lostCount += step.lost.length;
    for (const index of step.lost) lostWeight += systems[index]!.weight;
    steps.push({ ...step, lostShare: lostCount === systems.length ? 1 : Math.min(1, lostWeight / total) });
  }
  const enough = (share: number): number => steps.findIndex((step) => step.lostShare >= share - 1e-9);
  return {
    steps,
    targets: shares.map((share) => {
      const at = share >= 1 ? steps.findIndex((step) => step.lostShare === 1) : enough(share);
      return { share, causes: at === -1 ? undefined : at + 1 };
    }),
    complete: cover.visits <= mostVisits,
  };
}

/** The state of a greedy cover. After each step only causes that reach a system just touched are looked at again. */
class Cover {
  /** Work done: uses and causes looked at. */
  visits = 0;
  readonly #question: CollusionQuestion;
  readonly #counter: SystemCounter;
  /** By cause at start[c] .. end[c]: services not down yet. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #service: Int32Array;
  readonly #weightedReach: Float64Array;
  /** By cause: what its failure would add now. */
  readonly #gain: Float64Array;
  readonly #newly: Int32Array;
  readonly #down: Uint8Array;
  /** By service: how many systems above it are still up. */
  readonly #above: Int32Array;
  /** Systems above each service, and causes that reach it. */
  readonly #systemsAbove: ReturnType<typeof membershipOf>;
  readonly #causesOn: { readonly start: Int32Array; readonly cause: Int32Array };
  /** By cause: the last step after which it was looked at again. */
  readonly #seen: Int32Array;
  #step = 0;
  /** Causes that may still add something. */
  #open: number[];

  constructor(question: CollusionQuestion) {
    const { reach, causes, systems, weights } = question;
    this.#question = question;
    this.#counter = new SystemCounter(systems, weights.length);
    this.#start = reach.start;
    this.#end = reach.start.slice(1);
    this.#service = reach.service.slice();
    const count = reach.start.length - 1;
    this.#weightedReach = new Float64Array(count);
    this.#gain = new Float64Array(count);
    this.#newly = new Int32Array(count);
    this.#seen = new Int32Array(count);
    this.#down = new Uint8Array(weights.length);
    this.#systemsAbove = membershipOf(systems, weights.length, (system) => system.members);
    this.#above = this.#systemsAbove.start.slice(1).map((end, s) => end - this.#systemsAbove.start[s]!);
    this.#open = Array.from(causes);
    for (const cause of this.#open) {
      let weight = 0;
      for (let use = this.#start[cause]!; use < this.#end[cause]!; use++) weight += weights[this.#service[use]!]!;
      this.#weightedReach[cause] = rounded(weight);
    }
    this.#causesOn = this.#turned();
    for (const cause of this.#open) this.#measure(cause);
  }

  /** Takes the next cause; undefined where none adds anything. */
  next(): Omit<CollusionStep, 'lostShare'> | undefined {
    this.#open = this.#open.filter((cause) => this.#newly[cause]! > 0);
    this.visits += this.#open.length;
    if (this.#open.length === 0) return undefined;
    const cause = this.#open.reduce((a, b) => (this.#isBefore(b, a) ? b : a));
    const services = this.#service.slice(this.#start[cause]!, this.#end[cause]!);
    const lost = this.#counter.settle(services);
    for (const service of services) this.#down[service] = 1;
    for (const system of lost) for (const leaf of this.#question.systems[system]!.members) this.#above[leaf]!--;
    for (const stale of this.#causesNear(services)) this.#measure(stale);
    return { cause, lost, services: services.length };
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#gain[a] !== this.#gain[b]) return this.#gain[a]! > this.#gain[b]!;
    if (this.#gain[a] === 0 && this.#newly[a] !== this.#newly[b]) return this.#newly[a]! > this.#newly[b]!;
    if (this.#weightedReach[a] !== this.#weightedReach[b]) return this.#weightedReach[a]! > this.#weightedReach[b]!;
    return this.#question.idOf(a) < this.#question.idOf(b);
  }

  #measure(cause: number): void {
    let end = this.#start[cause]!;
    let newly = 0;
    this.visits += this.#end[cause]! - end;
    for (let use = end; use < this.#end[cause]!; use++) {
      const service = this.#service[use]!;
      if (this.#down[service]) continue;
      this.#service[end++] = service;
      if (this.#above[service]! > 0) newly++;
    }
    this.#end[cause] = end;
    this.#newly[cause] = newly;
    const lost = this.#counter.lost(this.#service.subarray(this.#start[cause]!, end));
    this.#gain[cause] = rounded(lost.reduce((sum, index) => sum + this.#question.systems[index]!.weight, 0));
  }

  /** Causes that reach a service of any system above these services. */
  #causesNear(services: Int32Array): number[] {
    const { start, system } = this.#systemsAbove;
    const { start: from, cause } = this.#causesOn;
    const systems = new Set<number>();
    for (const s of services) for (let at = start[s]!; at < start[s + 1]!; at++) systems.add(system[at]!);
    const leaves = new Set<number>();
    for (const index of systems) for (const leaf of this.#question.systems[index]!.members) leaves.add(leaf);
    const near: number[] = [];
    this.#step++;
    for (const leaf of leaves) {
      this.visits += from[leaf + 1]! - from[leaf]!;
      for (let at = from[leaf]!; at < from[leaf + 1]!; at++) {
        if (this.#seen[cause[at]!] === this.#step) continue;
        this.#seen[cause[at]!] = this.#step;
        near.push(cause[at]!);
      }
    }
    return near;
  }

  #turned(): { start: Int32Array; cause: Int32Array } {
    const start = new Int32Array(this.#down.length + 1);
    const each = (visit: (cause: number, service: number) => void): void => {
      for (const cause of this.#open) {
        for (let use = this.#start[cause]!; use < this.#end[cause]!; use++) visit(cause, this.#service[use]!);
      }
    };
    each((_, service) => start[service + 1]!++);
    for (let s = 0; s < this.#down.length; s++) start[s + 1]! += start[s]!;
    const next = start.slice(0, this.#down.length);
    const cause = new Int32Array(start[this.#down.length]!);
    each((of, service) => {
      cause[next[service]!++] = of;
    });
    return { start, cause };
  }
}

// As the ranking does: sums of the same weights in another order differ in their last bits, which must decide nothing.
function rounded(value: number): number {
  return value < Number.MAX_SAFE_INTEGER / 1e9 ? Math.round(value * 1e9) / 1e9 : value;
}
