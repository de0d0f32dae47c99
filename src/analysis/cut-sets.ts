/**
 * Cut sets of a system in one layer (design, section 4; metrics 2.1): single causes that defeat it (order 1), and pairs of
 * causes, each harmless alone, that together do (order 2). Systems are monotone, so these are the minimal ones. Worked
 * out on distinct masks: pairs of masks, never pairs of causes, are looked at.
 */
import type { Masks } from './masks.ts';

/** Causes that alone defeat the system, in the order given to `masksOf`. */
export function deadlyCauses({ cause, mask, deadly }: Masks): Int32Array {
  return cause.filter((_, at) => deadly[mask[at]!] === 1);
}

export interface PairCounts {
  /** Pairs of distinct masks, neither deadly, whose union is. */
  readonly masks: number;
  /** Pairs of causes that have them. */
  readonly causes: number;
  /** false: there were too many masks to look at every pair, and both counts are lower bounds. */
  readonly complete: boolean;
}

/** Unions looked at before counting stops: some 0.1 s. 8,000 masks, or any number over 20 leaves or fewer, fit. */
export const MOST_UNIONS = 1 << 25;

/** Up to here a table over all sets of leaves is small. */
const MOST_TABLED_LEAVES = 20;

/** Counts the cut sets of order 2. */
export function countPairs(masks: Masks, most = MOST_UNIONS): PairCounts {
  const { structure, deadly } = masks;
  const harmless = [...deadly.keys()].filter((mask) => !deadly[mask]);
  const leaves = structure.leaves.length;
  const tabled = leaves * 2 ** leaves;
  if (leaves <= MOST_TABLED_LEAVES && tabled <= most && tabled < harmless.length ** 2 / 2) {
    return countByTable(masks, harmless);
  }
  return countOneByOne(masks, harmless, most);
}

/** Largest masks first: where not every pair can be looked at, these are the likely ones. */
function countOneByOne(masks: Masks, harmless: number[], most: number): PairCounts {
  const { structure, size, count } = masks;
  const union = new Int32Array(structure.words);
  harmless.sort((a, b) => size[b]! - size[a]! || a - b);
  let pairs = 0;
  let causes = 0;
  let left = Math.floor(most / structure.words);
  for (let i = 0; i < harmless.length; i++) {
    const a = harmless[i]!;
    for (let j = i + 1; j < harmless.length; j++) {
      const b = harmless[j]!;
      if (size[a]! + size[b]! < structure.least) break;
      if (left-- === 0) return { masks: pairs, causes, complete: false };
      if (!defeatTogether(masks, a, b, union)) continue;
      pairs++;
      causes += count[a]! * count[b]!;
    }
  }
  return { masks: pairs, causes, complete: true };
}

/**
 * The number of pairs by their union, for all unions at once: sums over subsets, squared, and the sums undone (the
 * covering product; Bjorklund, Husfeldt, Kaski, Koivisto 2007, "Fourier meets Mobius"). Whole numbers below 2^53 for up to
 * 94 million causes, so exact.
 */
function countByTable({ structure, bits, count }: Masks, harmless: readonly number[]): PairCounts {
  const sets = 2 ** structure.leaves.length;
  const pairs = new Float64Array(sets);
  const causes = new Float64Array(sets);
  for (const mask of harmless) {
    pairs[bits[mask]!] = 1;
    causes[bits[mask]!] = count[mask]!;
  }
  unionsOf(pairs);
  unionsOf(causes);
  const set = new Int32Array(1);
  let ordered = 0;
  let orderedCauses = 0;
  for (set[0] = 0; set[0] < sets; set[0]++) {
    if (pairs[set[0]] === 0 || !structure.defeats(set)) continue;
    ordered += pairs[set[0]]!;
    orderedCauses += causes[set[0]]!;
  }
  // A mask with itself is harmless and so not among these: every pair was counted twice.
  return { masks: ordered / 2, causes: orderedCauses / 2, complete: true };
}

/** In place of the weight of each set: the weight of ordered pairs of sets whose union it is. */
function unionsOf(weight: Float64Array): void {
  for (let bit = 1; bit < weight.length; bit *= 2) {
    for (let set = 0; set < weight.length; set++) if (set & bit) weight[set]! += weight[set ^ bit]!;
  }
  for (let set = 0; set < weight.length; set++) weight[set]! *= weight[set]!;
  for (let bit = 1; bit < weight.length; bit *= 2) {
    for (let set = 0; set < weight.length; set++) if (set & bit) weight[set]! -= weight[set ^ bit]!;
  }
}

export interface MaskPair {
  readonly a: number;
  readonly b: number;
  /** Pairs of causes that have these masks. */
  readonly causes: number;
}

/**
 * The cut sets of order 2 one by one, those with the causes of first rank first (by the better, then by the other of the
 * two). Take as many as wanted; what all of them are is known from `countPairs`.
 */
export function* deadlyPairs(masks: Masks): Generator<MaskPair> {
  const { structure, size, count, deadly } = masks;
  const union = new Int32Array(structure.words);
  for (let a = 0; a < deadly.length; a++) {
    if (deadly[a]) continue;
    for (let b = a + 1; b < deadly.length; b++) {
      if (deadly[b] || size[a]! + size[b]! < structure.least || !defeatTogether(masks, a, b, union)) continue;
      yield { a, b, causes: count[a]! * count[b]! };
    }
  }
}

function defeatTogether({ structure, bits }: Masks, a: number, b: number, union: Int32Array): boolean {
  const { words } = structure;
  for (let word = 0; word < words; word++) union[word] = bits[a * words + word]! | bits[b * words + word]!;
  return structure.defeats(union);
}
