/**
 * The order in which npm places packages (Arborist's build-ideal-tree: a queue by depth in the tree, then by path), as far
 * as a lockfile shows it: the places of today stand for those of a lockfile made anew. Pure.
 */
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { MinHeap } from '../../graph/min-heap.ts';
import { EDGE_KINDS, NONE } from '../../graph/model.ts';
import { isPeer } from './peers.ts';

const PEER = EDGE_KINDS.indexOf('peer');

/** More than a lockfile may have nodes. */
const NODES = 2 ** 24;

/**
 * Every edge with a target, those looked at first before others; peers are placed along with what they belong to.
 *
 * @param depthOf how many directories of packages a node is in: 0 for projects
 */
export function* placingOrder(lockfile: FleetLockfile, depthOf: (node: number) => number): Generator<number> {
  const { component, edgeStart, edgeTo, edgeKind, projects } = lockfile;
  const seen = new Uint8Array(component.length);
  // Entries of a lockfile are sorted by path, so a node's number is its place among those of one depth.
  const queue = new MinHeap();
  const put = (node: number): void => {
    if (!seen[node]) queue.push(depthOf(node) * NODES + node);
    seen[node] = 1;
  };
  for (const { node } of projects) put(node);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const node = next % NODES;
    const peers: number[] = [];
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
      const to = edgeTo[e]!;
      if (to === NONE) continue;
      put(to);
      if (isPeer(edgeKind[e]!)) continue;
      yield e;
      for (let below = edgeStart[to]!; below < edgeStart[to + 1]!; below++) {
        if (edgeTo[below] !== NONE && edgeKind[below] === PEER) peers.push(below);
      }
    }
    yield* peers;
  }
}

/** Says of the nodes of npm lockfiles how many directories of packages they are in; an entry's key is looked at once. */
export class Depths {
  readonly #fleet: Fleet;
  readonly #known = new Map<number, number>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  of({ key }: FleetLockfile, node: number): number {
    const id = key[node]!;
    // The usual key is that of a place below the root.
    if (id === NONE) return 1;
    const known = this.#known.get(id) ?? this.#fleet.strings.text(id).split('node_modules/').length - 1;
    this.#known.set(id, known);
    return known;
  }
}
