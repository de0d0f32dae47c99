/**
 * Why a cause of another layer defeats a system: because one of its packages already does (nothing new), or because
 * several do that are harmless one by one. Nobody sees the second kind from a list of packages (design, section 4).
 */
import type { CauseTable } from '../causes/layer.ts';
import type { Masks } from './masks.ts';
import { ones } from './structure.ts';

/** The packages of every cause: those of cause c are at start[c] .. start[c + 1], ascending, none twice. */
export interface PackagesOf {
  readonly start: Int32Array;
  readonly package: Int32Array;
}

/**
 * The packages whose components a cause takes along.
 *
 * @param table the causes asked about
 * @param packages the package layer of the same fleet
 * @param held by component: 1 if it counts; one that no service holds within the scope explains nothing
 */
export function packagesOf(table: CauseTable, packages: CauseTable, held: Uint8Array): PackagesOf {
  const start = new Int32Array(table.causes.length + 1);
  const pairs = (each: (cause: number, name: number) => void): void => {
    for (let c = 0; c < held.length; c++) {
      if (!held[c]) continue;
      for (let m = table.start[c]!; m < table.start[c + 1]!; m++) {
        for (let p = packages.start[c]!; p < packages.start[c + 1]!; p++) each(table.members[m]!, packages.members[p]!);
      }
    }
  };
  pairs((cause) => start[cause + 1]!++);
  for (let c = 0; c < table.causes.length; c++) start[c + 1]! += start[c]!;
  const next = start.slice(0, table.causes.length);
  const all = new Int32Array(start[table.causes.length]!);
  pairs((cause, name) => {
    all[next[cause]!++] = name;
  });
  return withoutRepeats(start, all);
}

function withoutRepeats(start: Int32Array, all: Int32Array): PackagesOf {
  const kept = new Int32Array(start.length);
  let length = 0;
  for (let c = 0; c + 1 < start.length; c++) {
    const own = all.subarray(start[c]!, start[c + 1]!).sort();
    for (let at = 0; at < own.length; at++) if (at === 0 || own[at] !== own[at - 1]) all[length++] = own[at]!;
    kept[c + 1] = length;
  }
  return { start: kept, package: all.slice(0, length) };
}

/** A cause that defeats a system, and why. */
export interface Explained {
  readonly cause: number;
  /**
   * `implied`: each of `packages` defeats the system alone. `union`: all of `packages` together do, and not without any
   * one of them. `own`: what is known of its packages does not explain it (a runtime has none; a service that is itself
   * the code of a cause), and there are no `packages`.
   */
  readonly kind: 'union' | 'implied' | 'own';
  /** Causes of the package layer, in its order of ranks. */
  readonly packages: readonly number[];
  /** How many of its packages take down a leaf of the system at all. */
  readonly touching: number;
}

/** Apart, because only the first are news. Each in the order of the ranks. */
export interface Explanations {
  readonly union: readonly Explained[];
  readonly own: readonly Explained[];
  readonly implied: readonly Explained[];
}

/**
 * Explains every cause of a layer that defeats a system.
 *
 * @param deadly those causes (`deadlyCauses`)
 * @param of packages of the causes of that layer
 * @param packages masks of the same system in the package layer, of every package, ignored ones too
 */
export function explain(deadly: ArrayLike<number>, of: PackagesOf, packages: Masks): Explanations {
  const result: Record<Explained['kind'], Explained[]> = { union: [], own: [], implied: [] };
  if (deadly.length === 0) return result;
  // By package: its place in the order of the ranks. Packages that take down no leaf are not in it.
  const place = new Map<number, number>();
  packages.cause.forEach((name, at) => {
    place.set(name, at);
  });
  for (let at = 0; at < deadly.length; at++) {
    const explained = explainOne(deadly[at]!, of, packages, place);
    result[explained.kind].push(explained);
  }
  return result;
}

function explainOne(cause: number, of: PackagesOf, masks: Masks, place: ReadonlyMap<number, number>): Explained {
  const touching: number[] = [];
  for (let p = of.start[cause]!; p < of.start[cause + 1]!; p++) {
    const at = place.get(of.package[p]!);
    if (at !== undefined) touching.push(at);
  }
  touching.sort((a, b) => a - b);
  const alone = touching.filter((at) => masks.deadly[masks.mask[at]!]);
  const kind = alone.length > 0 ? 'implied' : 'union';
  const named = alone.length > 0 ? alone : (togetherDeadly(masks, touching) ?? []);
  return {
    cause,
    kind: named.length > 0 ? kind : 'own',
    packages: named.map((at) => masks.cause[at]!),
    touching: touching.length,
  };
}

/**
 * Some of the packages that together defeat the system, none of which could be left out: first those that add most
 * leaves, then without what later ones made needless. Not always the fewest possible.
 *
 * @param places positions in masks.cause, ascending
 * @returns positions, ascending; undefined where all of them together do not
 */
function togetherDeadly(masks: Masks, places: readonly number[]): number[] | undefined {
  const { structure, bits, mask } = masks;
  const { words } = structure;
  const firstWith = new Map<number, number>();
  for (const at of places) if (!firstWith.has(mask[at]!)) firstWith.set(mask[at]!, at);
  const union = new Int32Array(words);
  const add = (at: number): void => {
    for (let word = 0; word < words; word++) union[word]! |= bits[mask[at]! * words + word]!;
  };
  const chosen: number[] = [];
  const left = new Set(firstWith.values());
  while (!structure.defeats(union)) {
    let best: number | undefined;
    let most = 0;
    for (const at of left) {
      const added = addedBy(masks, mask[at]!, union);
      if (added === 0) left.delete(at);
      if (added <= most) continue;
      best = at;
      most = added;
    }
    if (best === undefined) return undefined;
    left.delete(best);
    chosen.push(best);
    add(best);
  }
  for (const at of [...chosen]) {
    const others = chosen.filter((other) => other !== at);
    union.fill(0);
    for (const other of others) add(other);
    if (structure.defeats(union)) chosen.splice(chosen.indexOf(at), 1);
  }
  return chosen.sort((a, b) => a - b);
}

/** How many leaves a mask takes down that are not down yet. */
function addedBy({ structure, bits }: Masks, mask: number, union: Int32Array): number {
  const { words } = structure;
  let added = 0;
  for (let word = 0; word < words; word++) added += ones(bits[mask * words + word]! & ~union[word]!);
  return added;
}
