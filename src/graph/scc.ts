/**
 * Strongly connected components (Tarjan 1972, "Depth-first search and linear graph algorithms"), iterative so that a
 * hostile chain cannot overflow the stack.
 *
 * @param nodes number of nodes
 * @param start start[n] .. start[n + 1] are the positions of n's targets, length nodes + 1
 * @param target target nodes; negative values are skipped
 * @returns component of each node. Components are numbered in reverse topological order: an edge between two
 *   components goes from the higher number to the lower.
 */
export function stronglyConnected(nodes: number, start: Int32Array, target: Int32Array): Int32Array {
  const component = new Int32Array(nodes).fill(-1);
  const index = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const cursor = new Int32Array(nodes);
  const path: number[] = [];
  const stack: number[] = [];
  let clock = 0;
  let components = 0;

  for (let root = 0; root < nodes; root++) {
    if (index[root] !== -1) continue;
    path.push(root);
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      if (index[node] === -1) {
        index[node] = low[node] = clock++;
        cursor[node] = start[node]!;
        stack.push(node);
      }
      let descended = false;
      while (cursor[node]! < start[node + 1]!) {
        const next = target[cursor[node]!++]!;
        if (next < 0) continue;
        if (index[next] === -1) {
          path.push(next);
          descended = true;
          break;
        }
        if (component[next] === -1 && index[next]! < low[node]!) low[node] = index[next]!;
      }
      if (descended) continue;
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined && low[node]! < low[parent]!) low[parent] = low[node]!;
      if (low[node] === index[node]) {
        for (;;) {
          const member = stack.pop()!;
          component[member] = components;
          if (member === node) break;
        }
        components++;
      }
    }
  }
  return component;
}
