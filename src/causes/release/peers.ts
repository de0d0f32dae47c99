/** Which peer dependencies have a say of their own when a lockfile is made anew (docs/release-lines.md). Pure. */
import type { FleetLockfile } from '../../graph/fleet.ts';
import { EDGE_KINDS, NONE } from '../../graph/model.ts';
import { UNKNOWN } from '../layer.ts';

const PEER = EDGE_KINDS.indexOf('peer');
const PEER_OPTIONAL = EDGE_KINDS.indexOf('peerOptional');

export function isPeer(edgeKind: number): boolean {
  return edgeKind === PEER || edgeKind === PEER_OPTIONAL;
}

/** By node: 1 if something depends on it that is no peer, or it is a project. */
export function providedNodes({ component, edgeTo, edgeKind, projects }: FleetLockfile): Uint8Array {
  const provided = new Uint8Array(component.length);
  for (const { node } of projects) provided[node] = 1;
  for (const [e, to] of edgeTo.entries()) if (to !== NONE && !isPeer(edgeKind[e]!)) provided[to] = 1;
  return provided;
}

/** Whether an edge to a provided node is a peer that takes what is there; npm places a peer along with who needs it. */
export function isSatisfiedPeer(kind: FleetLockfile['kind'], edgeKind: number): boolean {
  const places = (kind === 'npm' || kind === 'node_modules') && edgeKind === PEER;
  return isPeer(edgeKind) && !places;
}

/**
 * A package that only peers brought in is one for all of them: it is taken where every one of them takes it. bun resolves
 * each by itself.
 *
 * @param causeOf by edge: what it takes, NONE for nothing, UNKNOWN where it has no say; changed in place
 */
export function agree({ kind, edgeTo, component }: FleetLockfile, causeOf: Int32Array, provided: Uint8Array): void {
  if (kind === 'bun') return;
  const common = new Int32Array(component.length).fill(UNKNOWN);
  for (const [e, to] of edgeTo.entries()) {
    if (to === NONE || provided[to] || causeOf[e] === UNKNOWN) continue;
    common[to] = common[to] === UNKNOWN || common[to] === causeOf[e] ? causeOf[e]! : NONE;
  }
  for (const [e, to] of edgeTo.entries()) {
    if (to !== NONE && !provided[to] && causeOf[e]! >= 0) causeOf[e] = common[to]!;
  }
}
