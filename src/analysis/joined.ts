/** The causes of several layers under one numbering, so that one pass over a service serves all layers. */
import type { CauseTable } from '../causes/layer.ts';

export interface JoinedTables {
  /** How many causes there are in all. */
  readonly causes: number;
  /** Causes of layer l are offsets[l] .. offsets[l + 1]. */
  readonly offsets: readonly number[];
  /** Causes of component c: members[start[c]] .. members[start[c + 1]]; without those that hang on edges. */
  readonly start: Int32Array;
  readonly members: Int32Array;
}

export function joinTables(tables: readonly CauseTable[], componentCount: number): JoinedTables {
  const offsets = [0];
  for (const table of tables) offsets.push(offsets.at(-1)! + table.causes.length);
  const start = new Int32Array(componentCount + 1);
  const held = tables.map((table, layer) => ({ table, layer })).filter(({ table }) => !table.ofEdges);
  const members = new Int32Array(held.reduce((sum, { table }) => sum + table.members.length, 0));
  let at = 0;
  for (let c = 0; c < componentCount; c++) {
    for (const { table, layer } of held) {
      for (let m = table.start[c]!; m < table.start[c + 1]!; m++) members[at++] = offsets[layer]! + table.members[m]!;
    }
    start[c + 1] = at;
  }
  return { causes: offsets.at(-1)!, offsets, start, members };
}
