/** Which packages of an SBOM its roots lead to, and which containment stands in for a dependency. Pure. */
import type { EdgeKind } from '../../graph/model.ts';
import { NONE } from '../../graph/model.ts';

export interface Relation {
  readonly from: number;
  /** NONE where the file does not hold the target. */
  readonly to: number;
  readonly kind: EdgeKind;
  /** The id the target is named by in the file. */
  readonly ref: string;
}

export interface Connected {
  /** The dependencies, then the containments that count as one. */
  readonly relations: readonly Relation[];
  /** Nodes that the starts do not lead to, in the order of the file. */
  readonly missing: readonly number[];
  /** 1 for every node that another node depends on. */
  readonly entered: Uint8Array;
}

/**
 * Scanners write that the root contains every package and, apart from that, which package depends on which. Containment
 * counts as a dependency for a package nothing depends on, and for one that nothing else leads to from the starts (a
 * cycle). Linear: every relation is looked at a fixed number of times.
 */
export function connect(
  nodes: number,
  dependencies: readonly Relation[],
  containments: readonly Relation[],
  starts: readonly number[],
): Connected {
  const entered = new Uint8Array(nodes);
  for (const { from, to } of dependencies) if (to !== NONE && to !== from) entered[to] = 1;
  const relations = [...dependencies, ...containments.filter(({ from, to }) => !entered[to] && to !== from)];
  const deferred = group(
    nodes,
    containments.filter(({ to }) => entered[to]),
  );
  const targets = group(nodes, relations);
  const reached = new Uint8Array(nodes);
  const queue: number[] = [];
  const later: Relation[] = [];
  const visit = (node: number): void => {
    if (node === NONE || reached[node]) return;
    reached[node] = 1;
    queue.push(node);
  };
  for (const start of starts) visit(start);
  for (let head = 0, next = 0; ; ) {
    if (head < queue.length) {
      const node = queue[head++]!;
      for (const relation of targets[node] ?? []) visit(relation.to);
      for (const relation of deferred[node] ?? []) later.push(relation);
    } else if (next < later.length) {
      const relation = later[next++]!;
      if (!reached[relation.to]) relations.push(relation);
      visit(relation.to);
    } else break;
  }
  for (const { from, to } of relations) if (to !== NONE && to !== from) entered[to] = 1;
  const missing: number[] = [];
  for (let node = 0; node < nodes; node++) if (!reached[node]) missing.push(node);
  return { relations, missing, entered };
}

function group(nodes: number, relations: readonly Relation[]): (Relation[] | undefined)[] {
  const groups: (Relation[] | undefined)[] = new Array(nodes);
  for (const relation of relations) {
    const known = groups[relation.from];
    if (known === undefined) groups[relation.from] = [relation];
    else known.push(relation);
  }
  return groups;
}
