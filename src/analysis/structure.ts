/** What systems are made of: services and other systems, k of n at every level. Which sets of services defeat one. */
import { stronglyConnected } from '../graph/scc.ts';
import type { System } from './systems.ts';

/** Members of a system as declared, by index; nothing twice. */
export interface Parts {
  readonly services: readonly number[];
  readonly systems: readonly number[];
}

/** The members of a system as declared: for a flat one its services. */
export function partsOf(system: Pick<System, 'members' | 'parts'>): Parts {
  return system.parts ?? { services: system.members, systems: [] };
}

/** How many of its own members, services or systems, defeat a system: n - k + 1, at least 1. */
export function thresholdOf(system: Pick<System, 'members' | 'parts' | 'need'>): number {
  const { services, systems } = partsOf(system);
  return Math.max(1, services.length + systems.length - system.need + 1);
}

export interface Nesting {
  /** Every system once, each after the systems in it, as far as there is no cycle. */
  readonly order: readonly number[];
  /** One shortest cycle of every group of systems that contain themselves: a, b, c where a has b, b has c, c has a. */
  readonly cycles: readonly (readonly number[])[];
}

/** Orders systems by what is in what, and finds those that contain themselves. No recursion: depth is not bounded. */
export function nestingOf(parts: readonly Parts[]): Nesting {
  const start = new Int32Array(parts.length + 1);
  parts.forEach(({ systems }, index) => {
    start[index + 1] = start[index]! + systems.length;
  });
  const group = stronglyConnected(parts.length, start, Int32Array.from(parts.flatMap(({ systems }) => systems)));
  const order = [...parts.keys()].sort((a, b) => group[a]! - group[b]! || a - b);
  const sizes = new Int32Array(parts.length);
  for (const number of group) sizes[number]!++;
  const seen = new Set<number>();
  const cycles = parts.flatMap(({ systems }, index) => {
    if (seen.has(group[index]!)) return [];
    if (sizes[group[index]!] === 1 && !systems.includes(index)) return [];
    seen.add(group[index]!);
    return [cycleFrom(index, parts, group)];
  });
  return { order, cycles };
}

function cycleFrom(first: number, parts: readonly Parts[], group: Int32Array): number[] {
  const from = new Map<number, number>();
  const queue = [first];
  for (const at of queue) {
    for (const next of parts[at]!.systems) {
      if (next === first) {
        const cycle = [at];
        while (cycle[0] !== first) cycle.unshift(from.get(cycle[0]!)!);
        return cycle;
      }
      if (group[next] !== group[first] || from.has(next)) continue;
      from.set(next, at);
      queue.push(next);
    }
  }
  return [first];
}

/** 200 systems, each above 10,000 services, fit; a hostile nesting could need billions. */
const MOST_STEPS = 2_000_000;

/**
 * The services below every system, ascending, none twice.
 *
 * @param order of `nestingOf`, without cycles
 * @returns undefined where the nesting is so large that the lists would not fit
 */
export function leavesOf(parts: readonly Parts[], order: readonly number[]): number[][] | undefined {
  const leaves: number[][] = parts.map(() => []);
  let steps = 0;
  for (const index of order) {
    const { services, systems } = parts[index]!;
    const below = new Set(services);
    for (const system of systems) {
      steps += leaves[system]!.length;
      if (steps > MOST_STEPS) return undefined;
      for (const leaf of leaves[system]!) below.add(leaf);
    }
    leaves[index] = [...below].sort((a, b) => a - b);
  }
  return leaves;
}

/** One level of a nested system: down when `threshold` of its leaves and gates are. */
interface Gate {
  readonly threshold: number;
  /** Positions in the leaves of the whole system. */
  readonly leaves: readonly number[];
  /** Gates before this one. */
  readonly gates: readonly number[];
  /** At least so many leaves must fail to bring it down. */
  readonly least: number;
}

/**
 * Says of any set of a system's leaf services whether their failure defeats it. A set is a mask: bit i of word w stands
 * for leaf 32 w + i. Monotone: more failures never help.
 */
export class Structure {
  /** Services below the system, ascending. */
  readonly leaves: readonly number[];
  /** Words of 32 bits that a mask takes. */
  readonly words: number;
  /** At least so many leaves must fail to defeat the system; exact where no member is a system. */
  readonly least: number;
  readonly #gates: readonly Gate[] | undefined;
  readonly #down: Uint8Array;

  /** @param systems all of them: members that are systems are indexes into it */
  constructor(systems: readonly System[], index: number) {
    const system = systems[index]!;
    this.leaves = system.members;
    this.words = Math.max(1, Math.ceil(system.members.length / 32));
    this.#gates = system.parts ? gatesOf(systems, index) : undefined;
    this.#down = new Uint8Array(this.#gates?.length ?? 0);
    this.least = this.#gates?.at(-1)?.least ?? thresholdOf(system);
  }

  /** Whether `least` says all there is to say: any so many leaves defeat the system. */
  get isFlat(): boolean {
    return this.#gates === undefined;
  }

  /** @param at where in `bits` the mask starts */
  defeats(bits: Int32Array, at = 0): boolean {
    const gates = this.#gates;
    if (gates === undefined) return sizeOf(bits, at, this.words) >= this.least;
    const down = this.#down;
    for (let g = 0; g < gates.length; g++) {
      const gate = gates[g]!;
      let failed = 0;
      for (const leaf of gate.leaves) failed += (bits[at + (leaf >>> 5)]! >>> (leaf & 31)) & 1;
      for (const below of gate.gates) failed += down[below]!;
      down[g] = failed >= gate.threshold ? 1 : 0;
    }
    return down[gates.length - 1] === 1;
  }
}

function gatesOf(systems: readonly System[], index: number): Gate[] {
  const position = new Map(systems[index]!.members.map((leaf, at) => [leaf, at]));
  const made = new Map<number, number>();
  const gates: Gate[] = [];
  const stack = [index];
  while (stack.length > 0) {
    const at = stack[stack.length - 1]!;
    const { services, systems: below } = partsOf(systems[at]!);
    const missing = made.has(at) ? [] : below.filter((system) => !made.has(system));
    if (missing.length > 0) {
      for (const system of missing) stack.push(system);
      continue;
    }
    stack.pop();
    if (made.has(at)) continue;
    made.set(at, gates.length);
    const threshold = thresholdOf(systems[at]!);
    const inner = below.map((system) => made.get(system)!);
    gates.push({
      threshold,
      leaves: services.map((service) => position.get(service)!),
      gates: inner,
      least: leastOf(
        systems,
        at,
        threshold,
        inner.map((gate) => gates[gate]!.least),
      ),
    });
  }
  return gates;
}

/** Members that have no leaf in common must each fail by leaves of their own; of others only the largest is sure. */
function leastOf(systems: readonly System[], index: number, threshold: number, inner: readonly number[]): number {
  const { services, systems: below } = partsOf(systems[index]!);
  const costs = [...services.map(() => 1), ...inner].sort((a, b) => a - b).slice(0, threshold);
  const apart = below.reduce((sum, system) => sum + systems[system]!.members.length, services.length);
  return apart === systems[index]!.members.length
    ? costs.reduce((sum, cost) => sum + cost, 0)
    : Math.max(threshold > 0 ? 1 : 0, ...costs);
}

/** How many bits of a mask are set. */
export function sizeOf(bits: Int32Array, at: number, words: number): number {
  let size = 0;
  for (let word = at; word < at + words; word++) size += ones(bits[word]!);
  return size;
}

/** Bits set in a word of 32, counted in parallel (Warren, "Hacker's Delight", section 5-1). */
export function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
