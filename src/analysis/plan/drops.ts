/**
 * Dropping or replacing what manifests of one's own name. Candidates: every entry by itself; all entries that bring a cause
 * into a service; and where a system is lost to a cause as long as more of its members hold it, those of so many members as
 * must be rid of it, each time the members with the fewest. Pure.
 */
import { NONE } from '../../graph/model.ts';
import { append } from '../../lists.ts';
import { thresholdOf } from '../structure.ts';
import type { Best, Kind, Limits } from './candidates.ts';
import type { Draft, Drop } from './edit.ts';
import { type Ground, Savings, useOf } from './ground.ts';
import type { ServiceNeeds } from './needs.ts';

/** Entries of one change: more are no change but a rewrite. */
const MOST_ENTRIES = 6;
/** Members that one change is made to. */
const MOST_MEMBERS = 64;

export const DROPS: Kind = {
  offer(ground: Ground, best: Best): void {
    const sets = new Sets(ground);
    for (const entries of sets.ofServices()) sets.offer(entries, best);
    for (const entries of sets.ofSystems()) sets.offer(entries, best);
  },

  limit({ needs, losses }: Ground, limits: Limits): void {
    const byEntry = new Float64Array(needs.entries.length);
    needs.services.forEach(({ causes, set, sets }, service) => {
      causes.forEach((cause, at) => {
        const use = useOf({ losses }, cause, service);
        if (set[at] === -1 || use === -1 || !limits.touch(use, cause, sets[set[at]!]!.length)) return;
        for (const entry of sets[set[at]!]!) byEntry[entry]! += losses.most[use]!;
      });
    });
    needs.entries.forEach(({ lockfile }, entry) => {
      limits.offer(lockfile, byEntry[entry]!);
    });
  },
};

/** Takes names out of manifests: their edges lead nowhere. */
export function drop(draft: Draft, { lockfile, project, name }: Drop): void {
  const { projects, edgeStart, edgeTo, edgeName } = draft.fleet.lockfiles[lockfile]!;
  const { node } = projects[project]!;
  const id = draft.fleet.strings.find(name);
  const left = edgeTo.slice();
  for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) if (edgeName[e] === id) left[e] = NONE;
  draft.change(lockfile, { edgeTo: left });
}

/** The entries that bring causes in: which there are, what is saved without them. */
class Sets {
  readonly #ground: Ground;
  /** By the first of its entries: sets of few entries, with their service. */
  readonly #byFirst = new Map<number, Small[]>();
  readonly #seen = new Set<string>();

  constructor(ground: Ground) {
    this.#ground = ground;
    ground.needs.services.forEach((needs, service) => {
      for (const small of smallSets(ground, needs, service)) {
        const first = small.entries[0]!;
        const list = this.#byFirst.get(first) ?? [];
        this.#byFirst.set(first, list);
        list.push(small);
      }
    });
  }

  *ofServices(): Iterable<readonly number[]> {
    const all = [...this.#byFirst.values()].flat();
    // The smallest first: what they save rules many of the larger ones out.
    for (let size = 1; size <= MOST_ENTRIES; size++)
      for (const { entries } of all) if (entries.length === size && this.#isNew(entries)) yield entries;
  }

  *ofSystems(): Iterable<readonly number[]> {
    const { audit, needs, losses } = this.#ground;
    const held = new Int32Array(losses.causes);
    for (const system of audit.systems) {
      const threshold = thresholdOf(system);
      if (system.origin !== 'declared' || system.parts || system.members.length <= threshold || threshold < 2) continue;
      const members = system.members.map((service) => ({ service, ...needs.services[service]! }));
      for (const { causes } of members) for (const cause of causes) held[cause]!++;
      const bringers = new Map<number, Int32Array[]>();
      for (const { causes, set, sets } of members) {
        causes.forEach((cause, at) => {
          // Members that are themselves the code of a cause hold it too.
          const isMore = held[cause]! > threshold || losses.isOwned(cause);
          if (isMore && set[at] !== -1) append(bringers, cause, sets[set[at]!]!);
        });
      }
      for (const { causes } of members) for (const cause of causes) held[cause] = 0;
      for (const [cause, sets] of bringers) {
        if (sets.length < 2) continue;
        const hit = members.filter(({ service }) => useOf(this.#ground, cause, service) !== -1).length;
        const goes = hit - threshold + 1;
        if (goes < 2 || goes > MOST_MEMBERS || sets.length < goes) continue;
        const few = sets.sort((a, b) => a.length - b.length).slice(0, goes);
        const entries = [...new Set(few.flatMap((set) => [...set]))].sort((a, b) => a - b);
        if (entries.length <= MOST_ENTRIES && this.#isNew(entries)) yield entries;
      }
    }
  }

  #isNew(entries: readonly number[]): boolean {
    const key = entries.join();
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  offer(entries: readonly number[], best: Best): void {
    const without = new Set(entries);
    const gone = entries.flatMap((first) =>
      (this.#byFirst.get(first) ?? []).filter((small) => small.entries.every((entry) => without.has(entry))),
    );
    const size = entries.length;
    if (!best.isOpen(sum(gone.map(({ most }) => most)), size)) return;
    const [first] = gone;
    let gain = 0;
    if (gone.every(({ service }) => service === first?.service)) gain = sum(gone.map(({ relief }) => relief));
    else {
      const savings = new Savings(this.#ground.losses);
      for (const { causes, uses, service } of gone)
        for (const [at, cause] of causes.entries()) savings.add(cause, service, uses[at]!);
      if (!best.isOpen(savings.atMost(), size)) return;
      gain = savings.total();
    }
    const { fleet } = this.#ground.audit;
    best.offer(gain, size, () =>
      entries.map((entry): Drop => {
        const { lockfile, project, name } = this.#ground.needs.entries[entry]!;
        return { kind: 'drop', lockfile, project, name: fleet.strings.text(name) };
      }),
    );
  }
}

interface Small {
  readonly service: number;
  /** Ascending. */
  readonly entries: readonly number[];
  readonly causes: readonly number[];
  readonly uses: readonly number[];
  /** What is saved where the service holds these causes no more, and what could be if others do the same. */
  readonly relief: number;
  readonly most: number;
}

function smallSets({ losses }: Ground, { causes, set, sets }: ServiceNeeds, service: number): Small[] {
  const found = sets.map((entries) => ({
    service,
    entries: entries.length <= MOST_ENTRIES ? [...entries] : [],
    causes: [] as number[],
    uses: [] as number[],
    relief: 0,
    most: 0,
  }));
  causes.forEach((cause, at) => {
    const small = found[set[at]!];
    if (set[at] === -1 || !small || small.entries.length === 0) return;
    const use = useOf({ losses }, cause, service);
    if (use === -1) return;
    small.causes.push(cause);
    small.uses.push(use);
    small.relief += losses.relief[use]!;
    small.most += losses.most[use]!;
  });
  return found.filter(({ entries, most }) => entries.length > 0 && most > 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
