/** Which components each service holds, component by component: what causes are made of. As the analysis counts (uses.ts). */
import type { Audit } from '../analysis/audit.ts';
import { closureOf } from '../graph/closure.ts';
import type { FleetLockfile } from '../graph/fleet.ts';
import { serviceGraph } from '../graph/service-graph.ts';
import { Slots } from '../graph/slots.ts';
import type { Row } from './rows.ts';

/** Rows of the table `uses`: by service, within it by component. */
export function* componentUses({ fleet, services, scope }: Audit): Iterable<Row> {
  const slots = new Slots(fleet.componentCount);
  for (const [id, service] of services.entries()) {
    const lockfile = fleet.lockfiles[service.lockfile]!;
    const closure = closureOf(lockfile, service.project);
    const { components, componentOf, nodes } = serviceGraph(lockfile, closure, scope === 'runtime', slots);
    const runtime = new Uint8Array(components.length);
    const direct = new Uint8Array(components.length);
    const named = directlyNamed(lockfile, closure.reached);
    for (let n = 0; n < nodes.length; n++) {
      const at = componentOf[n]!;
      if (at === -1) continue;
      if (closure.runtime[nodes[n]!]) runtime[at] = 1;
      if (named[nodes[n]!]) direct[at] = 1;
    }
    const order = [...components.keys()].sort((a, b) => components[a]! - components[b]!);
    for (const at of order) {
      const isRuntime = runtime[at] === 1;
      if (scope === 'build' && isRuntime) continue;
      yield [id, components[at], isRuntime, !isRuntime, direct[at] === 1];
    }
  }
}

/** Nodes that a manifest of one's own names. */
function directlyNamed(lockfile: FleetLockfile, reached: Uint8Array): Uint8Array {
  const named = new Uint8Array(reached.length);
  for (const { node } of lockfile.projects) {
    if (!reached[node]) continue;
    for (let e = lockfile.edgeStart[node]!; e < lockfile.edgeStart[node + 1]!; e++) {
      const to = lockfile.edgeTo[e]!;
      if (to >= 0) named[to] = 1;
    }
  }
  return named;
}
