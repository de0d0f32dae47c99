/** The components of a cause: a table of causes turned around, once for any number of questions. */
import type { CauseTable } from '../causes/layer.ts';

export class CauseMembers {
  readonly #turned = new Map<CauseTable, { readonly start: Int32Array; readonly component: Int32Array }>();

  /** Fleet-wide components, ascending; none in a layer of what services stand on as a whole. */
  of(table: CauseTable, cause: number): Int32Array {
    const { start, component } = this.#turned.get(table) ?? turn(table);
    this.#turned.set(table, { start, component });
    return component.subarray(start[cause]!, start[cause + 1]!);
  }
}

function turn(table: CauseTable): { start: Int32Array; component: Int32Array } {
  const start = new Int32Array(table.causes.length + 1);
  for (const cause of table.members) start[cause + 1]!++;
  for (let c = 0; c < table.causes.length; c++) start[c + 1]! += start[c]!;
  const next = start.slice(0, table.causes.length);
  const component = new Int32Array(table.members.length);
  for (let c = 0; c + 1 < table.start.length; c++) {
    for (let m = table.start[c]!; m < table.start[c + 1]!; m++) component[next[table.members[m]!]!++] = c;
  }
  return { start, component };
}
