/** Why a package is in a fleet: what brings it into which service, in which versions, and who asks for it. Pure. */

import { isOwn, packageName } from '../../causes/package.ts';
import { closureOf, type Scope } from '../../graph/closure.ts';
import type { Fleet } from '../../graph/fleet.ts';
import type { Service } from '../../graph/services.ts';
import { nearest } from '../../nearest.ts';
import { compareTexts } from '../../order.ts';
import { isAskedFor, type PackageSpec } from '../../package-spec.ts';
import { heldNodes } from './graph.ts';
import { type ServiceWhy, serviceWhy } from './service.ts';

/** A package of which some manifest's dependency leads there. Services are indexes, ascending. */
export interface FleetBringer {
  readonly package: string;
  /** Services in which it is the only one. */
  readonly alone: readonly number[];
  /** Services in which every way leads through it, because the others need it too. */
  readonly all: readonly number[];
  /** Services in which ways lead past it too. */
  readonly among: readonly number[];
}

export interface FleetVersion {
  readonly package: string;
  readonly version: string | undefined;
  /** Services that need it at run time, and those that need it for building alone. */
  readonly runtime: readonly number[];
  readonly build: readonly number[];
}

export interface Why {
  readonly spec: PackageSpec;
  readonly scope: Scope;
  /** Services that hold what was asked for, in their order. */
  readonly services: readonly ServiceWhy[];
  /** By number of services, then of those with it alone, then of those with it on all ways, then by name. */
  readonly bringers: readonly FleetBringer[];
  readonly versions: readonly FleetVersion[];
  /** Versions of the package that are held and not in the range. */
  readonly outside: readonly FleetVersion[];
  /** Versions of which it cannot be told whether they are in the range: none of semver's, or none at all. */
  readonly unjudged: readonly FleetVersion[];
  /** Services of which nothing is known. */
  readonly unread: readonly number[];
  /** Whether the lockfiles have a package of that name at all, in any scope. */
  readonly known: boolean;
  /** Where they have none: names that were perhaps meant. */
  readonly near: readonly string[];
}

/** The audit's answer has all of it. */
export interface WhyInput {
  readonly fleet: Fleet;
  readonly services: readonly Service[];
  readonly scope: Scope;
}

const SUGGESTIONS = 3;

/** @param spec its name is a package's real name, or that with its ecosystem as reports write it: `npm/ms` */
export function whyOf({ fleet, services, scope }: WhyInput, spec: PackageSpec): Why {
  const asked = new Set<number>();
  const outside = new Set<number>();
  const unjudged = new Set<number>();
  for (let c = 0; c < fleet.componentCount; c++) {
    const component = fleet.component(c);
    if (component.name !== spec.name && packageName(component) !== spec.name) continue;
    const isAsked = isAskedFor(spec, component.version);
    (isAsked === undefined ? unjudged : isAsked ? asked : outside).add(c);
  }
  const found = services.flatMap((service, index) => {
    if (asked.size === 0) return [];
    return serviceWhy(fleet, index, service, scope, (component) => asked.has(component)) ?? [];
  });
  const known = asked.size + outside.size + unjudged.size > 0;
  return {
    spec,
    scope,
    services: found,
    bringers: bringersOf(found),
    versions: versionsOf(found.map(({ service, held }) => ({ service, held }))),
    outside: othersHeld(fleet, services, scope, outside),
    unjudged: othersHeld(fleet, services, scope, unjudged),
    unread: [...services.keys()].filter((at) => fleet.lockfiles[services[at]!.lockfile]!.kind === 'unread'),
    known,
    near: known ? [] : nearNames(fleet, spec.name),
  };
}

function bringersOf(found: readonly ServiceWhy[]): FleetBringer[] {
  const bringers = new Map<string, { package: string; alone: number[]; all: number[]; among: number[] }>();
  for (const { service, bringers: ways, single } of found) {
    for (const name of new Set(ways.map((way) => way.package))) {
      const entry = bringers.get(name) ?? { package: name, alone: [], all: [], among: [] };
      const isOnAll = name === single?.package;
      (isOnAll ? (single?.alone ? entry.alone : entry.all) : entry.among).push(service);
      bringers.set(name, entry);
    }
  }
  const services = ({ alone, all, among }: FleetBringer): number => alone.length + all.length + among.length;
  return [...bringers.values()].sort(
    (a, b) =>
      services(b) - services(a) ||
      b.alone.length - a.alone.length ||
      b.all.length - a.all.length ||
      compareTexts(a.package, b.package),
  );
}

type Holding = Pick<ServiceWhy, 'service'> & {
  readonly held: readonly Pick<ServiceWhy['held'][number], 'package' | 'version' | 'scope'>[];
};

/** By number of services, then by name and version. */
function versionsOf(holdings: readonly Holding[]): FleetVersion[] {
  const versions = new Map<string, FleetVersion & { readonly runtime: number[]; readonly build: number[] }>();
  for (const { service, held } of holdings) {
    for (const { package: name, version, scope } of held) {
      const key = JSON.stringify([name, version ?? null]);
      const entry = versions.get(key) ?? { package: name, version, runtime: [], build: [] };
      entry[scope].push(service);
      versions.set(key, entry);
    }
  }
  const services = ({ runtime, build }: FleetVersion): number => runtime.length + build.length;
  return [...versions.values()].sort(
    (a, b) =>
      services(b) - services(a) || compareTexts(a.package, b.package) || compareTexts(a.version ?? '', b.version ?? ''),
  );
}

/** Who holds components that were not asked for. */
function othersHeld(
  fleet: Fleet,
  services: readonly Service[],
  scope: Scope,
  components: ReadonlySet<number>,
): FleetVersion[] {
  if (components.size === 0) return [];
  const isWanted = (component: number): boolean => components.has(component);
  const holdings = services.flatMap((service, index): Holding[] => {
    const lockfile = fleet.lockfiles[service.lockfile]!;
    if (!lockfile.component.some(isWanted)) return [];
    const closure = closureOf(lockfile, service.project);
    const held = new Map<string, Holding['held'][number]>();
    for (const node of heldNodes(lockfile, closure, scope, isWanted)) {
      const component = fleet.component(lockfile.component[node]!);
      const key = JSON.stringify([packageName(component), component.version ?? null]);
      const isRuntime = closure.runtime[node] === 1 || held.get(key)?.scope === 'runtime';
      held.set(key, {
        package: packageName(component),
        version: component.version,
        scope: isRuntime ? 'runtime' : 'build',
      });
    }
    return [{ service: index, held: [...held.values()] }];
  });
  return versionsOf(holdings);
}

function nearNames(fleet: Fleet, name: string): string[] {
  const names = new Set<string>();
  for (let c = 0; c < fleet.componentCount; c++) {
    const component = fleet.component(c);
    if (!isOwn(component) && component.name !== '') names.add(component.name);
  }
  const near: string[] = [];
  while (near.length < SUGGESTIONS) {
    const found = nearest(name.slice(0, 200), names);
    if (found === undefined) break;
    near.push(found);
    names.delete(found);
  }
  return near;
}
