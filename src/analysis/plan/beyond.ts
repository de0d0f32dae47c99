/** What no change of a plan helps against, and what the next one would take: for the causes that still defeat a system. Pure. */
import type { LayerName } from '../../causes/layer.ts';
import { Structure } from '../structure.ts';
import type { Limits } from './candidates.ts';
import { type Ground, useOf } from './ground.ts';

export interface Beyond {
  /** Index of the system. */
  readonly system: number;
  readonly layer: LayerName;
  /** Causes that defeat it, first rank first: those that no change of dependencies keeps from it, and those that some do. */
  readonly fixed: readonly number[];
  readonly open: readonly number[];
  /** Of the latter the one that takes the fewest changes, and how many: so many are enough, and for a flat system needed. */
  readonly least: { readonly cause: number; readonly edits: number } | undefined;
}

/** For every declared system that counts and layer that counts where something still defeats it. */
export function beyondOf(ground: Ground, limits: Limits, weights: Float64Array): Beyond[] {
  const { audit, layers } = ground;
  return audit.systems.flatMap((system, index) => {
    if (system.origin !== 'declared' || weights[index] === 0) return [];
    const structure = new Structure(audit.systems, index);
    return layers.flatMap((layer, at): Beyond[] => {
      const found = audit.resilience.find(({ layer: of }) => of === layer)!;
      const declared = found.systems.find(({ redundancy }) => redundancy.system === index);
      const deadly = [...(declared?.redundancy.deadly ?? [])];
      if (deadly.length === 0) return [];
      const edits = deadly.map((cause) => editsFor(ground, limits, structure, ground.losses.offsets[at]! + cause));
      const open = deadly.filter((_, i) => edits[i] !== undefined);
      let least: Beyond['least'];
      deadly.forEach((cause, i) => {
        const needed = edits[i];
        if (needed !== undefined && (least === undefined || needed < least.edits)) least = { cause, edits: needed };
      });
      return [
        {
          system: index,
          layer: layer.table.layer,
          fixed: deadly.filter((_, i) => edits[i] === undefined),
          open,
          least,
        },
      ];
    });
  });
}

/** Causes of a layer that defeat some system and that no change keeps from any service, first rank first. */
export function untouchable(
  { layers, losses }: Ground,
  limits: Limits,
): { layer: LayerName; causes: readonly number[] }[] {
  return layers.map(({ table, ranked }, at) => ({
    layer: table.layer,
    causes: ranked.flatMap(({ cause }) => {
      const number = losses.offsets[at]! + cause;
      return losses.lost[number]! > 0 && !limits.isTouched(number) ? [cause] : [];
    }),
  }));
}

/** Lets the members go free of the cause one by one, the cheapest first, until the system stands. */
function editsFor(ground: Ground, limits: Limits, structure: Structure, cause: number): number | undefined {
  const mask = new Int32Array(structure.words);
  const hit = structure.leaves.flatMap((service, at) => (useOf(ground, cause, service) === -1 ? [] : [at]));
  for (const at of hit) mask[at >>> 5]! |= 1 << (at & 31);
  const free = hit.flatMap((at) => {
    const price = limits.priceOf(useOf(ground, cause, structure.leaves[at]!));
    return price === undefined ? [] : [{ at, price }];
  });
  let edits = 0;
  for (const { at, price } of free.sort((a, b) => a.price - b.price)) {
    if (!structure.defeats(mask)) break;
    mask[at >>> 5]! &= ~(1 << (at & 31));
    edits += price;
  }
  return structure.defeats(mask) ? undefined : edits;
}
