/** Fails one cause after the other, always the one that adds most loss; see `collusionOf` for the order. */
import { rounded } from './rounded.ts';
import { type Membership, membershipOf, type System, SystemCounter } from './systems.ts';
import type { Reach } from './uses.ts';

export interface CoverQuestion {
  readonly reach: Pick<Reach, 'start' | 'service'>;
  /** Causes that count. */
  readonly causes: ArrayLike<number>;
  /** What breaks a tie at last. */
  readonly idOf: (cause: number) => string;
  /** All of them. */
  readonly systems: readonly System[];
  /** By service. */
  readonly weights: readonly number[];
}

export interface CoverStep {
  readonly cause: number;
  /** Systems lost now that were not before, ascending. */
  readonly lost: readonly number[];
  /** Services that failed now and had not before. */
  readonly services: number;
}

/** After each step only causes that reach a system just touched are looked at again. */
export class GreedyCover {
  /** Work done: uses and causes looked at. */
  visits = 0;
  readonly #systems: readonly System[];
  readonly #counter: SystemCounter;
  /** Candidates, numbered by what breaks ties: most weighted reach, then id. No two reach the same services. */
  readonly #causes: readonly number[];
  /** By candidate at start .. end: services not down yet. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #service: Int32Array;
  /** By candidate: the weight of systems its failure would add now, and the services below systems still up. */
  readonly #gain: Float64Array;
  readonly #newly: Int32Array;
  /** By candidate, system and service: the last step after which it was looked at again. */
  readonly #seen: Int32Array;
  readonly #systemSeen: Int32Array;
  readonly #leafSeen: Int32Array;
  #step = 0;
  /** Candidates that may still add something, in their order. */
  #open: Int32Array;
  readonly #down: Uint8Array;
  /** By service: how many systems above it are still up. */
  readonly #stillUp: Int32Array;
  /** By service: the systems above it, and the candidates that reach it. */
  readonly #above: Membership;
  readonly #reaching: { readonly start: Int32Array; readonly candidate: Int32Array };

  constructor(question: CoverQuestion) {
    const { reach, systems, weights } = question;
    this.#systems = systems;
    this.#counter = new SystemCounter(systems, weights.length);
    this.#causes = candidatesOf(question);
    const count = this.#causes.length;
    this.#start = Int32Array.from(this.#causes, (cause) => reach.start[cause]!);
    this.#end = Int32Array.from(this.#causes, (cause) => reach.start[cause + 1]!);
    this.#service = reach.service.slice();
    this.#gain = new Float64Array(count);
    this.#newly = new Int32Array(count);
    this.#seen = new Int32Array(count);
    this.#systemSeen = new Int32Array(systems.length);
    this.#leafSeen = new Int32Array(weights.length);
    this.#open = Int32Array.from({ length: count }, (_, candidate) => candidate);
    this.#down = new Uint8Array(weights.length);
    this.#above = membershipOf(systems, weights.length, (system) => system.members);
    this.#stillUp = countsOf(this.#above.start);
    this.#reaching = this.#turned();
    for (const candidate of this.#open) this.#measure(candidate);
  }

  /** Takes the next cause; undefined where none adds anything. */
  next(): CoverStep | undefined {
    this.visits += this.#open.length;
    let best: number | undefined;
    let open = 0;
    for (const candidate of this.#open) {
      if (this.#newly[candidate] === 0) continue;
      this.#open[open++] = candidate;
      if (best === undefined || this.#addsMore(candidate, best)) best = candidate;
    }
    this.#open = this.#open.subarray(0, open);
    if (best === undefined) return undefined;
    const services = this.#service.slice(this.#start[best]!, this.#end[best]!);
    const lost = this.#counter.settle(services);
    for (const service of services) this.#down[service] = 1;
    for (const system of lost) for (const leaf of this.#systems[system]!.members) this.#stillUp[leaf]!--;
    for (const candidate of this.#near(services)) this.#measure(candidate);
    return { cause: this.#causes[best]!, lost, services: services.length };
  }

  #addsMore(a: number, b: number): boolean {
    if (this.#gain[a] !== this.#gain[b]) return this.#gain[a]! > this.#gain[b]!;
    return this.#gain[a] === 0 && this.#newly[a]! > this.#newly[b]!;
  }

  /** Forgets the services that are down by now and counts what the others are worth. */
  #measure(candidate: number): void {
    let end = this.#start[candidate]!;
    let newly = 0;
    this.visits += this.#end[candidate]! - end;
    for (let use = end; use < this.#end[candidate]!; use++) {
      const service = this.#service[use]!;
      if (this.#down[service]) continue;
      this.#service[end++] = service;
      if (this.#stillUp[service]! > 0) newly++;
    }
    this.#end[candidate] = end;
    this.#newly[candidate] = newly;
    const lost = this.#counter.lost(this.#service.subarray(this.#start[candidate]!, end));
    this.#gain[candidate] = rounded(lost.reduce((sum, index) => sum + this.#systems[index]!.weight, 0));
  }

  /** Candidates that reach a service of any system above these services. */
  #near(services: Int32Array): number[] {
    const { start, system } = this.#above;
    const { start: from, candidate } = this.#reaching;
    this.#step++;
    const near: number[] = [];
    for (const s of services) {
      for (let at = start[s]!; at < start[s + 1]!; at++) {
        const index = system[at]!;
        if (this.#systemSeen[index] === this.#step) continue;
        this.#systemSeen[index] = this.#step;
        for (const leaf of this.#systems[index]!.members) {
          this.visits++;
          if (this.#leafSeen[leaf] === this.#step) continue;
          this.#leafSeen[leaf] = this.#step;
          this.visits += from[leaf + 1]! - from[leaf]!;
          for (let of = from[leaf]!; of < from[leaf + 1]!; of++) {
            const stale = candidate[of]!;
            if (this.#seen[stale] === this.#step) continue;
            this.#seen[stale] = this.#step;
            if (this.#start[stale]! < this.#end[stale]!) near.push(stale);
          }
        }
      }
    }
    return near;
  }

  #turned(): { start: Int32Array; candidate: Int32Array } {
    const start = new Int32Array(this.#down.length + 1);
    const each = (visit: (candidate: number, service: number) => void): void => {
      for (const candidate of this.#open) {
        for (let use = this.#start[candidate]!; use < this.#end[candidate]!; use++) {
          visit(candidate, this.#service[use]!);
        }
      }
    };
    each((_, service) => start[service + 1]!++);
    for (let s = 0; s < this.#down.length; s++) start[s + 1]! += start[s]!;
    const next = start.slice(0, this.#down.length);
    const candidate = new Int32Array(start[this.#down.length]!);
    each((of, service) => {
      candidate[next[service]!++] = of;
    });
    return { start, candidate };
  }
}

/** Of causes that reach the same services only the first by id can ever be chosen. Most weighted reach first, then id. */
function candidatesOf({ reach, causes, idOf, weights }: CoverQuestion): number[] {
  const { start, service } = reach;
  const byHash = new Map<number, number[]>();
  for (let at = 0; at < causes.length; at++) {
    const cause = causes[at]!;
    let hash = 0;
    for (let use = start[cause]!; use < start[cause + 1]!; use++)
      hash = Math.imul(hash ^ service[use]!, 0x9e3779b1) + 1;
    const alike = byHash.get(hash) ?? [];
    byHash.set(hash, alike);
    const known = alike.findIndex((other) => isSameReach(reach, cause, other));
    if (known === -1) alike.push(cause);
    else if (idOf(cause) < idOf(alike[known]!)) alike[known] = cause;
  }
  const candidates = [...byHash.values()].flat().map((cause) => {
    let weight = 0;
    for (let use = start[cause]!; use < start[cause + 1]!; use++) weight += weights[service[use]!]!;
    return { cause, weight: rounded(weight), id: idOf(cause) };
  });
  candidates.sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return candidates.map(({ cause }) => cause);
}

function isSameReach({ start, service }: CoverQuestion['reach'], a: number, b: number): boolean {
  const length = start[a + 1]! - start[a]!;
  if (start[b + 1]! - start[b]! !== length) return false;
  for (let at = 0; at < length; at++) if (service[start[a]! + at] !== service[start[b]! + at]) return false;
  return true;
}

/** How many entries each list has, from where the lists start. */
function countsOf(start: Int32Array): Int32Array {
  return start.slice(1).map((end, at) => end - start[at]!);
}
