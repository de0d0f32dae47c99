/**
 * What is lost if the packages of an incident list are bad: by service what is locked, what a declared range would take when
 * its lockfile is made anew, and where only the name is held; for the list as a whole the systems lost and guards blinded. Pure.
 */
import type { Evidence } from '../evidence/evidence.ts';
import { type Closure, closureOf, type Scope } from '../graph/closure.ts';
import type { Fleet, FleetLockfile } from '../graph/fleet.ts';
import { isDevEdge, NONE } from '../graph/model.ts';
import type { Service } from '../graph/services.ts';
import type { BadPackage } from '../incidents/builder.ts';
import { append } from '../lists.ts';
import { delaysFor } from '../lockfiles/policies/delays.ts';
import { Admission, type Admitted } from './impact-admission.ts';
import { type Loss, LossCounter } from './impact-loss.ts';
import { BadVersionTest, MATCH, type Matches, matchesOf } from './impact-match.ts';
import { type ScriptRun, scriptRun, worstRun } from './impact-scripts.ts';
import type { Guard } from './landscape.ts';
import type { System } from './systems.ts';
import { USE } from './uses.ts';

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

/** Bad entries of a lockfile that no service reaches in the scope. */
export interface Unreached {
  readonly entry: number;
  readonly lockfile: number;
  readonly components: readonly number[];
}

export interface ImpactEntry {
  readonly bad: BadPackage;
  /** Services by status. */
  readonly services: Readonly<Record<Status, number>>;
  /** What is lost with what is locked of this package alone. */
  readonly loss: Loss;
}

export interface Impact {
  /** Those with any service first: by what is lost, then by name. */
  readonly entries: readonly ImpactEntry[];
  /** By service in the order of the fleet, then by status and name. */
  readonly hits: readonly Hit[];
  readonly unreached: readonly Unreached[];
  /** Of all that is locked, together; and with what would be admitted (hypothetical). */
  readonly locked: Loss;
  readonly admitted: Loss;
  /** Packages of the list that no lockfile names. */
  readonly absent: number;
  /** Lockfiles that were looked at, and paths of those that could not be read. */
  readonly lockfiles: number;
  readonly unread: readonly string[];
}

export interface ImpactFleet {
  readonly fleet: Fleet;
  readonly services: readonly Service[];
  readonly systems: readonly System[];
  readonly guards: readonly Guard[];
  readonly scope: Scope;
  readonly evidence: Evidence;
}

export function impactOf(of: ImpactFleet, packages: readonly BadPackage[]): Impact {
  const { fleet, services } = of;
  const tests = packages.map((bad) => new BadVersionTest(bad));
  const matches = matchesOf(fleet, packages, tests);
  const admission = new Admission(fleet, of.evidence, packages, tests, matches);
  const found = new Set<number>();
  for (const entry of matches.entry) if (entry !== NONE) found.add(entry);
  const byService = services.map((): Hit[] => []);
  const unreached: Unreached[] = [];
  const byLockfile = fleet.lockfiles.map((): number[] => []);
  for (const [at, { lockfile }] of services.entries()) byLockfile[lockfile]!.push(at);
  for (const [index, lockfile] of fleet.lockfiles.entries()) {
    const nodes = nodesOf(lockfile, matches);
    if (nodes.length === 0) continue;
    const admitted = admission.of(lockfile);
    const reached = new Set<number>();
    for (const service of byLockfile[index]!) {
      const view = viewOf(lockfile, services[service]!.project, of.scope);
      for (const node of nodes) if (view.bits(node)) reached.add(node);
      for (const hit of hitsOf(fleet, lockfile, view, nodes, matches, packages, admitted)) {
        byService[service]!.push({ ...hit, service });
      }
    }
    for (const each of unreachedOf(index, lockfile, nodes, reached, matches)) unreached.push(each);
  }
  const hits = byService.flatMap((of) => of.sort((a, b) => order(a.status) - order(b.status) || a.entry - b.entry));
  return summed(of, packages, hits, unreached, packages.length - found.size);
}

function summed(
  of: ImpactFleet,
  packages: readonly BadPackage[],
  hits: readonly Hit[],
  unreached: readonly Unreached[],
  absent: number,
): Impact {
  const byEntry = packages.map((): Hit[] => []);
  const losses = new LossCounter(of);
  for (const hit of hits) byEntry[hit.entry]!.push(hit);
  const entries = packages.map((bad, at): ImpactEntry => {
    const services = { locked: 0, admitted: 0, unknown: 0, 'name-only': 0 };
    for (const { status } of byEntry[at]!) services[status]++;
    return {
      bad,
      services,
      loss: losses.of(servicesOf(byEntry[at]!, ['locked'])),
    };
  });
  const { lockfiles } = of.fleet;
  return {
    entries,
    hits,
    unreached,
    locked: losses.of(servicesOf(hits, ['locked'])),
    admitted: losses.of(servicesOf(hits, ['locked', 'admitted'])),
    absent,
    lockfiles: lockfiles.filter(({ kind }) => kind !== 'unread').length,
    unread: lockfiles.flatMap(({ kind, path }) => (kind === 'unread' ? [path] : [])),
  };
}

/** Indexes of entries that concern some service: by what is lost, by services in each status, then by name. */
export function rankedEntries({ entries }: Pick<Impact, 'entries'>): number[] {
  const some = [...entries.keys()].filter((at) => STATUSES.some((status) => entries[at]!.services[status] > 0));
  return some.sort((a, b) => {
    const [x, y] = [entries[a]!, entries[b]!];
    const lost = y.loss.blastRadius - x.loss.blastRadius || y.loss.weight - x.loss.weight;
    const counted = STATUSES.map((status) => y.services[status] - x.services[status]).find(
      (difference) => difference !== 0,
    );
    return lost || (counted ?? a - b);
  });
}

const ORDER: Readonly<Record<Status, number>> = { locked: 0, admitted: 1, unknown: 2, 'name-only': 3 };

/** For sorting: as in STATUSES. */
export function order(status: Status): number {
  return ORDER[status];
}

function servicesOf(hits: readonly Hit[], statuses: readonly Status[]): number[] {
  return [...new Set(hits.filter(({ status }) => statuses.includes(status)).map(({ service }) => service))];
}

function nodesOf({ component }: FleetLockfile, { match }: Matches): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < component.length; node++) if (match[component[node]!] !== MATCH.none) nodes.push(node);
  return nodes;
}

/** What a service holds of its lockfile, in the scope asked for. */
interface View {
  /** USE.runtime, USE.build or 0, of a node: a component that runs by any of its nodes counts as such in all of them. */
  readonly bits: (node: number) => number;
  readonly isDirect: (node: number) => boolean;
  readonly closure: Closure;
  readonly scope: Scope;
}

function viewOf(lockfile: FleetLockfile, project: number, scope: Scope): View {
  const closure = closureOf(lockfile, project);
  const { component, edgeStart, edgeTo, projects } = lockfile;
  const runs = new Set<number>();
  for (const node of closure.nodes) if (closure.runtime[node] && !closure.own.has(node)) runs.add(component[node]!);
  const direct = new Set<number>();
  for (const { node } of projects) {
    if (!closure.reached[node]) continue;
    for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) direct.add(edgeTo[e]!);
  }
  return {
    closure,
    scope,
    isDirect: (node) => direct.has(node),
    bits: (node) => {
      if (!closure.reached[node] || closure.own.has(node)) return 0;
      const isRuntime = runs.has(component[node]!);
      if (scope === 'runtime') return isRuntime && closure.runtime[node] ? USE.runtime : 0;
      if (scope === 'build') return isRuntime ? 0 : USE.build;
      return isRuntime ? USE.runtime : USE.build;
    },
  };
}

function* hitsOf(
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

function unreachedOf(
  index: number,
  lockfile: FleetLockfile,
  nodes: readonly number[],
  reached: ReadonlySet<number>,
  { entry, match }: Matches,
): Unreached[] {
  const byEntry = new Map<number, Set<number>>();
  const held = new Set([...reached].map((node) => lockfile.component[node]!));
  for (const node of nodes) {
    const c = lockfile.component[node]!;
    if (held.has(c) || match[c] !== MATCH.bad) continue;
    const of = byEntry.get(entry[c]!) ?? new Set();
    byEntry.set(entry[c]!, of);
    of.add(c);
  }
  return [...byEntry].map(([at, components]) => ({ entry: at, lockfile: index, components: [...components] }));
}
