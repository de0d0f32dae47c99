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
import { Admission } from './admission.ts';
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
    const loss = losses.of(servicesOf(byEntry[at]!, ['locked']));
    const admitted = services.admitted === 0 ? loss : losses.of(servicesOf(byEntry[at]!, ['locked', 'admitted']));
    return { bad, services, loss, admitted };
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

function servicesOf(hits: readonly Hit[], statuses: readonly Status[]): number[] {
  return [...new Set(hits.filter(({ status }) => statuses.includes(status)).map(({ service }) => service))];
}

function nodesOf({ component }: FleetLockfile, { match }: Matches): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < component.length; node++) if (match[component[node]!] !== MATCH.none) nodes.push(node);
  return nodes;
}
