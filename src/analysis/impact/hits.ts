/** What the packages of an incident list are to one service: locked, admitted, unknown, or of that name only. Pure. */
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { isDevEdge } from '../../graph/model.ts';
import type { BadPackage } from '../../incidents/builder.ts';
import { append } from '../../lists.ts';
import { delaysFor } from '../../lockfiles/policies/delays.ts';
import type { Admitted } from './admission.ts';
import { MATCH, type Matches } from './match.ts';
import { type ScriptRun, scriptRun, worstRun } from './scripts.ts';
import type { View } from './view.ts';

/**
 * `locked`: a version on the list is held. `admitted`: none is, and a declared range would take one (hypothetical).
 * `unknown`: whether either is so cannot be told. `name-only`: the package is held at other versions (a watch list).
 */
export const STATUSES = ['locked', 'admitted', 'unknown', 'name-only'] as const;
export type Status = (typeof STATUSES)[number];

/** What one package of the list is to one service. */
export interface Hit {
  /** Index into the packages. */
  readonly entry: number;
  /** Index into the services. */
  readonly service: number;
  readonly status: Status;
  /** Fleet-wide components that are held: the bad ones where `locked`, those that cannot be judged or all where not. */
  readonly components: readonly number[];
  /** USE.runtime and USE.build, of these. */
  readonly scope: number;
  /** Whether a manifest of one's own names one of them. */
  readonly direct: boolean;
  /** Versions or ranges of the list that declared ranges would take. */
  readonly takes: readonly string[];
  /** Edges of the service's lockfile that would take them. */
  readonly edges: readonly number[];
  readonly scripts: ScriptRun;
  /** Whether the package manager waits before it takes a new release of the package: `maybe` where that is open. */
  readonly waits: 'yes' | 'maybe' | 'no';
}

const ORDER: Readonly<Record<Status, number>> = { locked: 0, admitted: 1, unknown: 2, 'name-only': 3 };

/** For sorting: as in STATUSES. */
export function order(status: Status): number {
  return ORDER[status];
}

export function* hitsOf(
  fleet: Fleet,
  lockfile: FleetLockfile,
  view: View,
  nodes: readonly number[],
  matches: Matches,
  packages: readonly BadPackage[],
  admitted: ReadonlyMap<number, Admitted>,
): Generator<Omit<Hit, 'service'>> {
  const held = new Map<number, number[]>();
  for (const node of nodes) {
    if (view.bits(node) === 0) continue;
    const entry = matches.entry[lockfile.component[node]!]!;
    append(held, entry, node);
  }
  const takers = takersOf(lockfile, view, matches, admitted);
  for (const [entry, of] of held) {
    const worst = of.reduce((most, node) => Math.max(most, matches.match[lockfile.component[node]!]!), 0);
    const edges = takers.get(entry) ?? [];
    const taking = edges.filter((edge) => admitted.get(edge) !== 'unknown');
    const status = statusOf(worst, taking.length > 0, edges.length > 0);
    const told = of.filter((node) => worst < MATCH.unknown || matches.match[lockfile.component[node]!] === worst);
    const isLocked = status === 'locked';
    const { name } = packages[entry]!;
    const takes = status === 'admitted' ? takesOf(taking, admitted) : [];
    const runs = isLocked
      ? told.map((node) => scriptRun(lockfile, node, name, fleet.component(lockfile.component[node]!).version))
      : (takes.length > 0 ? takes : [undefined]).map((version) => scriptRun(lockfile, undefined, name, version));
    const targets = status === 'admitted' ? taking.map((edge) => lockfile.edgeTo[edge]!) : told;
    yield {
      entry,
      status,
      components: [...new Set(told.map((node) => lockfile.component[node]!))],
      scope: targets.reduce((bits, node) => bits | view.bits(node), 0),
      direct: targets.some((node) => view.isDirect(node)),
      takes,
      edges: status === 'admitted' ? taking : [],
      scripts: worstRun(runs),
      waits: waitsOf(lockfile, name),
    };
  }
}

function statusOf(worst: number, isTaking: boolean, isOpen: boolean): Status {
  if (worst === MATCH.bad) return 'locked';
  if (isTaking) return 'admitted';
  return worst === MATCH.unknown || isOpen ? 'unknown' : 'name-only';
}

/** By entry: edges that the service holds in the scope and that would take something bad, or of which it is not known. */
function takersOf(
  { component, edgeStart, edgeTo, edgeKind }: FleetLockfile,
  { closure, bits, scope }: View,
  { entry }: Matches,
  admitted: ReadonlyMap<number, Admitted>,
): Map<number, number[]> {
  const takers = new Map<number, number[]>();
  if (admitted.size === 0) return takers;
  for (const node of closure.nodes) {
    if (scope === 'runtime' && !closure.runtime[node]) continue;
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      if (!admitted.has(edge) || bits(edgeTo[edge]!) === 0) continue;
      if (scope === 'runtime' && isDevEdge(edgeKind[edge]!)) continue;
      append(takers, entry[component[edgeTo[edge]!]!]!, edge);
    }
  }
  return takers;
}

function takesOf(edges: readonly number[], admitted: ReadonlyMap<number, Admitted>): string[] {
  const takes = edges.flatMap((edge) => {
    const found = admitted.get(edge);
    return found === undefined || found === 'unknown' ? [] : [found.takes];
  });
  return [...new Set(takes)].sort();
}

function waitsOf({ policies }: FleetLockfile, name: string): Hit['waits'] {
  const delays = delaysFor(policies.gates, name).filter(({ gate }) => gate.kind === 'manager');
  if (delays.length === 0) return 'no';
  return delays.some(({ delay }) => delay.kind !== 'unknown') ? 'yes' : 'maybe';
}
