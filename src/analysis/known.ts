/** How much of a layer is known: of the fleet's components, and whether all is known of a service. Pure. */
import type { CauseTable } from '../causes/layer.ts';
import { isOwn } from '../causes/package.ts';
import type { Fleet } from '../graph/fleet.ts';

/** By component: bit t is set where table t should know a cause of it and knows none. One's own code has no other. */
export function unknownMarks(fleet: Fleet, tables: readonly CauseTable[]): Int32Array {
  const marks = new Int32Array(fleet.componentCount);
  for (let c = 0; c < marks.length; c++) {
    if (isOwn(fleet.component(c))) continue;
    for (const [t, table] of tables.entries()) {
      if (table.ofServices || table.ofEdges) continue;
      if (table.start[c] === table.start[c + 1]) marks[c]! |= 1 << t;
    }
  }
  return marks;
}

export interface Coverage {
  readonly known: number;
  readonly of: number;
}

/**
 * Of the components from elsewhere that some service holds, of the services, or of the dependencies: how many have a
 * known cause. A dependency of which it is known that it has none counts too.
 */
export function coverageOf(fleet: Fleet, table: CauseTable, held: Uint8Array): Coverage {
  if (table.ofEdges) return { known: table.ofEdges.known, of: table.ofEdges.of };
  if (table.ofServices) {
    const { start } = table.ofServices;
    let known = 0;
    for (let s = 0; s + 1 < start.length; s++) if (start[s]! < start[s + 1]!) known++;
    return { known, of: start.length - 1 };
  }
  let known = 0;
  let of = 0;
  for (let c = 0; c < held.length; c++) {
    const hasCause = table.start[c]! < table.start[c + 1]!;
    if (!held[c] || !(hasCause || !isOwn(fleet.component(c)))) continue;
    of++;
    if (hasCause) known++;
  }
  return { known, of };
}
