/**
 * What is lost if the packages of an incident list are bad: by service what is locked, what a declared range would take when
 * its lockfile is made anew, and where only the name is held; for the list as a whole the systems lost and guards blinded. Pure.
 */
import type { Evidence } from '../../evidence/evidence.ts';
import type { Scope } from '../../graph/closure.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { NONE } from '../../graph/model.ts';
import type { Service } from '../../graph/services.ts';
import type { BadPackage } from '../../incidents/builder.ts';
import type { Guard } from '../landscape.ts';
import type { System } from '../systems.ts';
import { Admission, type Admitted } from './admission.ts';
import { type Hit, hitsOf, order, STATUSES, type Status } from './hits.ts';
import { type Loss, LossCounter } from './loss.ts';
import { BadVersionTest, MATCH, type Matches, matchesOf } from './match.ts';
import { type Unreached, unreachedOf } from './unreached.ts';
import { viewOf } from './view.ts';

export interface ImpactEntry {
  readonly bad: BadPackage;
  /** Services by status. */
  readonly services: Readonly<Record<Status, number>>;
  /** What is lost with what is locked of this package alone; and with what would be admitted (hypothetical). */
  readonly loss: Loss;
  readonly admitted: Loss;
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
  const { fleet } = of;
  const tests = packages.map((bad) => new BadVersionTest(bad));
  const matches = matchesOf(fleet, packages, tests);
  const admission = new Admission(fleet, of.evidence, packages, tests, matches);
  const found = new Set<number>();
  for (const entry of matches.entry) if (entry !== NONE) found.add(entry);
  const { hits, unreached } = scanned(of, packages, matches, (lockfile) => admission.of(lockfile));
  return summed(of, packages, hits, unreached, packages.length - found.size);
}

/** What is locked alone: what a declared range would take is not looked for. */
export function lockedOf(
  of: Pick<ImpactFleet, 'fleet' | 'services' | 'scope'>,
  packages: readonly BadPackage[],
): Pick<Impact, 'hits' | 'unreached'> {
  const tests = packages.map((bad) => new BadVersionTest(bad));
  const nothing = new Map<number, Admitted>();
  const { hits, unreached } = scanned(of, packages, matchesOf(of.fleet, packages, tests), () => nothing);
  return { hits: hits.filter(({ status }) => status === 'locked'), unreached };
}

function scanned(
  { fleet, services, scope }: Pick<ImpactFleet, 'fleet' | 'services' | 'scope'>,
  packages: readonly BadPackage[],
  matches: Matches,
  admittedOf: (lockfile: FleetLockfile) => ReadonlyMap<number, Admitted>,
): Pick<Impact, 'hits' | 'unreached'> {
  const byService = services.map((): Hit[] => []);
  const unreached: Unreached[] = [];
  const byLockfile = fleet.lockfiles.map((): number[] => []);
  for (const [at, { lockfile }] of services.entries()) byLockfile[lockfile]!.push(at);
  for (const [index, lockfile] of fleet.lockfiles.entries()) {
    const nodes = nodesOf(lockfile, matches);
    if (nodes.length === 0) continue;
    const admitted = admittedOf(lockfile);
    const reached = new Set<number>();
    for (const service of byLockfile[index]!) {
      const view = viewOf(lockfile, services[service]!.project, scope);
      for (const node of nodes) if (view.bits(node)) reached.add(node);
      for (const hit of hitsOf(fleet, lockfile, view, nodes, matches, packages, admitted)) {
        byService[service]!.push({ ...hit, service });
      }
    }
    for (const each of unreachedOf(index, lockfile, nodes, reached, matches)) unreached.push(each);
  }
  const hits = byService.flatMap((of) => of.sort((a, b) => order(a.status) - order(b.status) || a.entry - b.entry));
  return { hits, unreached };
}

function summed(
  of: ImpactFleet,
  packages: readonly BadPackage[],
  hits: readonly Hit[],
  unreached: readonly Unreached[],
  absent: number,
): Impact {
  const byEntry = packages.map((): Counted => ({ services: statusCounts(), locked: [], admitted: [] }));
  const locked = new Uint8Array(of.services.length);
  const admitted = new Uint8Array(of.services.length);
  for (const { entry, service, status } of hits) {
    const counted = byEntry[entry]!;
    counted.services[status]++;
    if (status === 'locked') {
      counted.locked.push(service);
      locked[service] = 1;
    } else if (status === 'admitted') {
      counted.admitted.push(service);
      admitted[service] = 1;
    }
  }
  const losses = new LossCounter(of);
  const nothing = losses.of([]);
  const entries = byEntry.map((counted, at): ImpactEntry => {
    const loss = counted.locked.length === 0 ? nothing : losses.of(counted.locked);
    const isMore = counted.admitted.length > 0;
    return {
      bad: packages[at]!,
      services: counted.services,
      loss,
      admitted: isMore ? losses.of([...counted.locked, ...counted.admitted]) : loss,
    };
  });
  const { lockfiles } = of.fleet;
  return {
    entries,
    hits,
    unreached,
    locked: losses.of(marked(locked)),
    admitted: losses.of(marked(locked.map((mark, at) => mark | admitted[at]!))),
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

/** What one package of the list is to the fleet; services in each, none twice. */
interface Counted {
  readonly services: Record<Status, number>;
  readonly locked: number[];
  readonly admitted: number[];
}

function statusCounts(): Record<Status, number> {
  return { locked: 0, admitted: 0, unknown: 0, 'name-only': 0 };
}

function marked(services: Uint8Array): number[] {
  return [...services.keys()].filter((service) => services[service]);
}

function nodesOf({ component }: FleetLockfile, { match }: Matches): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < component.length; node++) if (match[component[node]!] !== MATCH.none) nodes.push(node);
  return nodes;
}
