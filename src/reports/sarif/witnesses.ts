/** How what an alert is about gets in: one shortest dependency path in the first service of the lockfile it is placed in. */
import type { Alert, Site } from '../../analysis/alerts/index.ts';
import type { Audit, LayerResult } from '../../analysis/audit.ts';
import { CauseMembers } from '../../analysis/cause-members.ts';
import { DependencyPaths, type PathStep } from '../../graph/paths.ts';
import { append } from '../../lists.ts';

export interface AlertPath {
  readonly service: number;
  readonly lockfile: number;
  /** From the service, or the tooling root of its workspace, to what the alert is about. */
  readonly steps: readonly PathStep[];
}

/** Finds the path of each alert; undefined where it is about no entry, or nothing holds that. */
export interface PathFinder {
  /** @param places the site that each alert is placed at */
  of(alerts: readonly Alert[], places: readonly (Site | undefined)[]): (AlertPath | undefined)[];
}

/** Services tried where it is not known which of them holds the very release. */
const TRIED = 8;

/** Finds paths of any number of alerts. What is kept between questions does not grow with the lockfiles asked about. */
export class AlertPaths implements PathFinder {
  readonly #audit: Audit;
  readonly #members = new CauseMembers();
  readonly #causes = new Map<string, { readonly layer: LayerResult; readonly cause: number }>();
  readonly #wanted = new Map<string, ReadonlySet<number>>();
  /** Services of each lockfile. */
  readonly #services = new Map<number, number[]>();

  constructor(audit: Audit) {
    this.#audit = audit;
    for (const layer of new Set([...audit.layers, audit.packages])) {
      for (const [cause, { id }] of layer.table.causes.entries()) this.#causes.set(id, { layer, cause });
    }
    for (const [service, { lockfile }] of audit.services.entries()) append(this.#services, lockfile, service);
  }

  /** In the lockfile of its place. */
  of(alerts: readonly Alert[], places: readonly (Site | undefined)[]): (AlertPath | undefined)[] {
    const byLockfile = new Map<number, number[]>();
    for (const [at, site] of places.entries()) if (site?.entry) append(byLockfile, site.entry.lockfile, at);
    const found: (AlertPath | undefined)[] = alerts.map(() => undefined);
    for (const [lockfile, group] of byLockfile) {
      const walks = new Map<number, DependencyPaths>();
      for (const at of group) found[at] = this.#path(alerts[at]!, places[at]!, lockfile, walks);
    }
    return found;
  }

  #path(alert: Alert, site: Site, lockfile: number, walks: Map<number, DependencyPaths>): AlertPath | undefined {
    const { fleet, services, scope } = this.#audit;
    const isWanted = this.#isWanted(alert, fleet.lockfiles[lockfile]!.component[site.entry!.node]!);
    for (const service of this.#candidates(alert, lockfile)) {
      const walk = walks.get(service) ?? new DependencyPaths(fleet, services[service]!, scope);
      walks.set(service, walk);
      const steps = walk.to(isWanted);
      if (steps) return { service, lockfile, steps };
    }
    return undefined;
  }

  #isWanted({ finding }: Alert, component: number): (component: number) => boolean {
    const id = 'cause' in finding ? finding.cause : undefined;
    const found = id === undefined ? undefined : this.#causes.get(id);
    if (id === undefined || !found) return (c) => c === component;
    const wanted = this.#wanted.get(id) ?? new Set(this.#members.of(found.layer.table, found.cause));
    this.#wanted.set(id, wanted);
    return (c) => wanted.has(c);
  }

  /** Services of a lockfile that may hold it, the first of them. */
  #candidates({ subject }: Alert, lockfile: number): number[] {
    const known = this.#causes.get(subject);
    const candidates: number[] = [];
    for (const service of this.#services.get(lockfile) ?? []) {
      if (candidates.length === TRIED) break;
      if (!known || isReached(known.layer, known.cause, service)) candidates.push(service);
    }
    return candidates;
  }
}

/** The services of a cause are ascending. */
function isReached({ reach }: LayerResult, cause: number, service: number): boolean {
  let low = reach.start[cause]!;
  let high = reach.start[cause + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reach.service[middle]! < service) low = middle + 1;
    else high = middle;
  }
  return low < reach.start[cause + 1]! && reach.service[low] === service;
}
