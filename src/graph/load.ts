/**
 * Load: how much stands on a component inside a service (design, section 2): the components that depend on it, directly
 * or not. Bit-parallel transitive closure: one pass over the edges in topological order of the strongly connected
 * components, carrying a bit per dependent component, in blocks so that memory stays bounded.
 */
import { stronglyConnected } from './scc.ts';
import type { ServiceGraph } from './service-graph.ts';

/** Words of 32 components carried at once. */
const BLOCK_WORDS = 64;

/** Local nodes by group: those of group g are nodes[start[g]] .. nodes[start[g + 1]]. */
export interface Groups {
  readonly start: Int32Array;
  readonly nodes: Int32Array;
}

/**
 * For each group of local nodes, how many distinct components of the service depend on a node of the group, directly or
 * not, the group's own components left out.
 *
 * @param counted 1 for components (by position) that count as dependents
 */
export function dependents(graph: ServiceGraph, groups: Groups, counted: Uint8Array): Int32Array {
  const scc = stronglyConnected(graph.componentOf.length, graph.edgeStart, graph.edgeTo);
  const order = nodesByComponent(scc);
  const result = new Int32Array(groups.start.length - 1);
  const words = Math.ceil(graph.components.length / 32);
  for (let first = 0; first < words; first += BLOCK_WORDS) {
    const block = { low: first * 32, width: Math.min(BLOCK_WORDS, words - first) };
    const above = dependentsAbove(graph, scc, order, counted, block);
    countGroups(graph, scc, above, groups, block, result);
  }
  return result;
}

/** Components low .. low + 32 * width, as bits of `width` words. */
interface Block {
  readonly low: number;
  readonly width: number;
}

interface Order {
  readonly start: Int32Array;
  readonly nodes: Int32Array;
  readonly count: number;
}

function nodesByComponent(scc: Int32Array): Order {
  let count = 0;
  for (const c of scc) if (c >= count) count = c + 1;
  const start = new Int32Array(count + 1);
  for (const c of scc) start[c + 1]!++;
  for (let c = 0; c < count; c++) start[c + 1]! += start[c]!;
  const next = start.slice(0, count);
  const nodes = new Int32Array(scc.length);
  for (let n = 0; n < scc.length; n++) nodes[next[scc[n]!]!++] = n;
  return { start, nodes, count };
}

/** By strongly connected component, `width` words: the components of the block that depend on its nodes. */
function dependentsAbove(
  { componentOf, edgeStart, edgeTo }: ServiceGraph,
  scc: Int32Array,
  order: Order,
  counted: Uint8Array,
  block: Block,
): Int32Array {
  const { width } = block;
  const above = new Int32Array(order.count * width);
  const carry = new Int32Array(width);
  const filled = new Int32Array(width);
  for (let c = order.count - 1; c >= 0; c--) {
    const own = c * width;
    const from = order.start[c]!;
    const to = order.start[c + 1]!;
    if (to - from === 1 && edgeStart[order.nodes[from]!] === edgeStart[order.nodes[from]! + 1]) continue;
    let words = 0;
    for (let w = 0; w < width; w++) {
      carry[w] = above[own + w]!;
      if (carry[w] !== 0) filled[words++] = w;
    }
    for (let at = from; at < to; at++) {
      const component = componentOf[order.nodes[at]!]!;
      const word = wordOf(component, block);
      if (word === -1 || !counted[component]) continue;
      if (carry[word] === 0) filled[words++] = word;
      carry[word]! |= 1 << (component & 31);
    }
    // Members of a cycle depend on each other, so what they carry stands above themselves too.
    if (to - from > 1) for (let w = 0; w < width; w++) above[own + w] = carry[w]!;
    for (let at = from; at < to; at++) {
      const node = order.nodes[at]!;
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        const row = scc[edgeTo[e]!]! * width;
        if (row === own) continue;
        for (let i = 0; i < words; i++) above[row + filled[i]!]! |= carry[filled[i]!]!;
      }
    }
  }
  return above;
}

/** Adds to `result` how many components of the block depend on each group. */
function countGroups(
  { componentOf }: ServiceGraph,
  scc: Int32Array,
  above: Int32Array,
  { start, nodes }: Groups,
  block: Block,
  result: Int32Array,
): void {
  const { width } = block;
  const counts = rowCounts(above, width);
  const dependent = new Int32Array(width);
  for (let g = 0; g < result.length; g++) {
    const from = start[g]!;
    const to = start[g + 1]!;
    // Most groups are one node, and most nodes are in several groups: one layer each.
    if (to - from === 1) {
      const own = scc[nodes[from]!]!;
      const component = componentOf[nodes[from]!]!;
      const word = wordOf(component, block);
      const standsOnItself = word === -1 ? 0 : (above[own * width + word]! >>> (component & 31)) & 1;
      result[g]! += counts[own]! - standsOnItself;
      continue;
    }
    dependent.fill(0);
    for (let at = from; at < to; at++) {
      const row = scc[nodes[at]!]! * width;
      for (let w = 0; w < width; w++) dependent[w]! |= above[row + w]!;
    }
    for (let at = from; at < to; at++) {
      const component = componentOf[nodes[at]!]!;
      const word = wordOf(component, block);
      if (word !== -1) dependent[word]! &= ~(1 << (component & 31));
    }
    let bits = 0;
    for (let w = 0; w < width; w++) bits += bitCount(dependent[w]!);
    result[g]! += bits;
  }
}

function rowCounts(rows: Int32Array, width: number): Int32Array {
  const counts = new Int32Array(rows.length / width);
  for (let row = 0; row < counts.length; row++) {
    let bits = 0;
    for (let at = row * width; at < (row + 1) * width; at++) if (rows[at] !== 0) bits += bitCount(rows[at]!);
    counts[row] = bits;
  }
  return counts;
}

/** The word a component's bit is in, -1 where the block has none for it. */
function wordOf(component: number, { low, width }: Block): number {
  const word = (component - low) >> 5;
  return word >= 0 && word < width ? word : -1;
}

// Bit count by parallel summation (Warren, Hacker's Delight, section 5-1).
function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
