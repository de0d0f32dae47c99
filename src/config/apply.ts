/** Joins what was found with what the config declares: services, systems and guards by index. */
import { posix } from 'node:path';
import type { Ignore } from '../analysis/ignores.ts';
import type { Guard, Landscape } from '../analysis/landscape.ts';
import { leavesOf, nestingOf, type Parts } from '../analysis/structure.ts';
import { type System, withImplicitSystems } from '../analysis/systems.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { Fleet, FleetLockfile } from '../graph/fleet.ts';
import { defaultServices, type Service } from '../graph/services.ts';
import { didYouMean } from '../nearest.ts';
import { WHOLE_UNREAD } from '../sources/source.ts';
import type { Config } from './load.ts';

/**
 * Applies the config to the services found.
 *
 * @throws UsageError with every contradiction and its place in the config
 */
export function applyConfig(fleet: Fleet, config: Config): Landscape {
  const problems: Problem[] = [];
  const report = (path: readonly (string | number)[], message: string): void => {
    problems.push({
      code: 'CONFIG_CONTRADICTION',
      ...config.locate(path),
      message,
      next: 'correct the config; `spof-deps --format json` lists the names of services and lockfiles',
    });
  };
  const services = namedServices(fleet, config, report);
  const index = new Map(services.map((service, at) => [service.name, at]));
  const declared = declaredSystems(services, index, config, report);
  const systems = withImplicitSystems(declared, services);
  const guards = declaredGuards(index, systems, config, report);
  if (config.failOn?.layers && config.failOn.blastRadius === undefined) {
    report(['failOn'], 'failOn: layers alone fail nothing: expected "blastRadius" too');
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { services, systems, guards };
}

/** The ignores of the config with their places. */
export function ignoresOf(config: Config): Ignore[] {
  return config.ignore.map((entry, index) => ({ ...entry, place: config.locate(['ignore', index]) }));
}

type Report = (path: readonly (string | number)[], message: string) => void;

function namedServices(fleet: Fleet, config: Config, report: Report): Service[] {
  const found = [...foundServices(fleet), ...presumedServices(fleet, config)];
  const byName = new Map(found.map((service) => [service.name, service]));
  const result = new Map<string, Service>();
  const replaced = new Set<string>();
  for (const [name, entry] of config.services) {
    const at = ['services', name];
    if (entry.workspace !== undefined && entry.lockfile === undefined) {
      report(
        [...at, 'workspace'],
        `services.${name}: a workspace of which lockfile? Expected "lockfile" beside "workspace"`,
      );
      continue;
    }
    const match =
      entry.lockfile === undefined ? byName.get(name) : lookUp(fleet, found, entry.lockfile, entry.workspace);
    if (typeof match === 'string')
      report([...at, match.startsWith('no workspace') ? 'workspace' : 'lockfile'], `services.${name}: ${match}`);
    else if (match === undefined) {
      report(at, `services.${name}: no such service was found.${didYouMean(name, byName.keys())}`);
    } else {
      const key = identityOf(fleet, match);
      if (replaced.has(key)) report(at, `services.${name}: this lockfile and workspace is declared twice`);
      replaced.add(key);
      if (!entry.drop) result.set(name, { ...match, name, weight: entry.weight ?? 1 });
    }
  }
  for (const service of found) {
    if (replaced.has(identityOf(fleet, service))) continue;
    if (result.has(service.name)) {
      report(
        ['services', service.name],
        `services.${service.name}: ${fleet.lockfiles[service.lockfile]!.path} has this name too`,
      );
    }
    result.set(service.name, service);
  }
  return [...result.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

// Of a lockfile that could not be read the projects are not known: its services differ by their names alone.
function identityOf(fleet: Fleet, { lockfile, project, name }: Service): string {
  return fleet.lockfiles[lockfile]!.kind === 'unread' ? `${lockfile}:${name}` : `${lockfile}:${project}`;
}

/** The services of every lockfile by the rules of the design, named by their directories. */
function foundServices(fleet: Fleet): Service[] {
  const found = fleet.lockfiles.flatMap((lockfile, index) =>
    defaultServices(fleet, lockfile).map((project) => ({
      name: directoryOf(lockfile, project),
      lockfile: index,
      project,
      weight: 1,
    })),
  );
  const told = (service: Service): readonly string[] => {
    const { path } = fleet.lockfiles[service.lockfile]!;
    return [service.name, `${service.name} (${posix.basename(path)})`, `${service.name} (${path})`];
  };
  return [0, 1].reduce((services, level) => apart(services, found, told, level), found);
}

/**
 * Services the config names in the directory of a lockfile that could not be read. They are there, with nothing known of
 * what they hold: a broken file must not turn the config of everything else into an error.
 */
function presumedServices(fleet: Fleet, config: Config): Service[] {
  const found = new Set(foundServices(fleet).map((service) => service.name));
  const named = [
    ...[...config.services].flatMap(([name, entry]) => (entry.lockfile === undefined ? [name] : [])),
    ...[...config.systems].flatMap(([name, system]) =>
      // A name that is another system's means that system; a system that names itself means a service.
      system.members.filter((member) => member === name || !config.systems.has(member)),
    ),
    ...[...config.guards.values()].map((guard) => guard.service),
  ];
  const unread = fleet.lockfiles.flatMap((lockfile, index) =>
    lockfile.kind === 'unread' ? [{ index, directory: posix.dirname(lockfile.path) }] : [],
  );
  return [...new Set(named)].flatMap((name): Service[] => {
    if (found.has(name) || config.services.get(name)?.lockfile !== undefined) return [];
    const above = unread.find(({ directory }) => directory === '.' || name.startsWith(`${directory}/`));
    return above ? [{ name, lockfile: above.index, project: 0, weight: 1 }] : [];
  });
}

/** Gives services that still share a name the next longer one. */
function apart(
  services: readonly Service[],
  found: readonly Service[],
  told: (service: Service) => readonly string[],
  level: number,
): Service[] {
  const uses = new Map<string, number>();
  for (const service of services) uses.set(service.name, (uses.get(service.name) ?? 0) + 1);
  return services.map((service, at) =>
    uses.get(service.name) === 1 ? service : { ...service, name: told(found[at]!)[level + 1]! },
  );
}

function directoryOf(lockfile: FleetLockfile, project: number): string {
  const { path, name } = lockfile.projects[project]!;
  const directory = posix.join(posix.dirname(lockfile.path), path);
  return directory === '.' ? (name ?? '.') : directory;
}

function lookUp(
  fleet: Fleet,
  found: readonly Service[],
  path: string,
  workspace: string | undefined,
): Service | string {
  const wanted = posix.normalize(path);
  const index = fleet.lockfiles.findIndex((lockfile) => lockfile.path === wanted);
  if (index === -1) {
    // Of a repository that could not be read nobody knows what lockfiles it has.
    const presumed = found.find((service) => isInUnreadRepository(wanted, fleet.lockfiles[service.lockfile]!));
    if (presumed) return { ...presumed, name: posix.join(posix.dirname(wanted), workspace ?? '') };
    return `no lockfile ${path} was read.${didYouMean(
      wanted,
      fleet.lockfiles.map((lockfile) => lockfile.path),
    )}`;
  }
  if (fleet.lockfiles[index]!.kind === 'unread') {
    const whole = found.find((service) => service.lockfile === index)!;
    return workspace === undefined ? whole : { ...whole, name: posix.join(posix.dirname(wanted), workspace) };
  }
  const { projects } = fleet.lockfiles[index]!;
  const fallback = defaultServices(fleet, fleet.lockfiles[index]!);
  if (workspace === undefined && fallback.length !== 1) {
    return `${path} has ${fallback.length} services: expected a "workspace", one of ${projects
      .map((project) => project.path || '.')
      .slice(0, 20)
      .join(', ')}`;
  }
  const project =
    workspace === undefined
      ? fallback[0]!
      : projects.findIndex(
          (candidate) => candidate.path === posix.normalize(workspace || '.').replace(/^\.$|\/$/g, ''),
        );
  if (project === -1) {
    return `no workspace ${workspace} in ${path}.${didYouMean(
      workspace ?? '',
      projects.map((candidate) => candidate.path),
    )}`;
  }
  return { name: path, lockfile: index, project, weight: 1 };
}

/** What could not be read as a whole stands in the fleet as one lockfile of an impossible name in its directory. */
function isInUnreadRepository(path: string, lockfile: FleetLockfile): boolean {
  const { dir, base } = posix.parse(lockfile.path);
  return lockfile.kind === 'unread' && base === WHOLE_UNREAD && path.startsWith(`${dir}/`);
}

/** Systems by index in the order of the config; members may be services or other systems. */
function declaredSystems(
  services: readonly Service[],
  index: ReadonlyMap<string, number>,
  config: Config,
  report: Report,
): System[] {
  const names = [...config.systems.keys()];
  const systemIndex = new Map(names.map((name, at) => [name, at]));
  const parts = names.map((name) => partsOfEntry(name, index, systemIndex, config, report));
  for (const [name, entry] of config.systems) {
    const need = entry.need ?? 1;
    if (need > entry.members.length) {
      report(['systems', name, 'need'], `systems.${name}: needs ${need} of ${entry.members.length} members`);
    }
    if (index.has(name) && !(entry.members.length === 1 && entry.members[0] === name)) {
      report(['systems', name], `systems.${name}: a service has this name too`);
    }
  }
  const { order, cycles } = nestingOf(parts);
  for (const cycle of cycles)
    reportCycle(
      cycle.map((system) => names[system]!),
      config,
      report,
    );
  const leaves = cycles.length > 0 ? undefined : leavesOf(parts, order);
  if (cycles.length === 0 && leaves === undefined) {
    report(['systems'], 'systems: nested too far: the services below all systems are too many to list');
  }
  const weights: number[] = [];
  for (const system of order) {
    const below = [
      ...parts[system]!.services.map((service) => services[service]!.weight),
      ...parts[system]!.systems.map((other) => weights[other] ?? 0),
    ];
    weights[system] =
      config.systems.get(names[system]!)!.weight ?? below.reduce((most, weight) => Math.max(most, weight), 1e-9);
  }
  return [...config.systems.values()].map((entry, at) => ({
    name: names[at]!,
    members: leaves?.[at] ?? [],
    ...(parts[at]!.systems.length > 0 ? { parts: parts[at]! } : {}),
    need: entry.need ?? 1,
    weight: weights[at]!,
    origin: 'declared',
  }));
}

/** The members of one system. A name that a service and a system share is the service: that system is of it alone. */
function partsOfEntry(
  name: string,
  services: ReadonlyMap<string, number>,
  systems: ReadonlyMap<string, number>,
  config: Config,
  report: Report,
): Parts {
  const parts = { services: [] as number[], systems: [] as number[] };
  const seen = new Set<string>();
  config.systems.get(name)!.members.forEach((member, at) => {
    const service = services.get(member);
    const system = systems.get(member);
    if (seen.has(member)) {
      report(['systems', name, 'members', at], `systems.${name}: "${member}" is a member twice`);
    } else if (service !== undefined) parts.services.push(service);
    else if (system !== undefined) parts.systems.push(system);
    else {
      const hint = didYouMean(member, [...services.keys(), ...systems.keys()]);
      report(['systems', name, 'members', at], `systems.${name}: no service or system "${member}".${hint}`);
    }
    seen.add(member);
  });
  return { services: parts.services.sort((a, b) => a - b), systems: parts.systems.sort((a, b) => a - b) };
}

/** Names shown of a cycle. */
const MOST_NAMES = 10;

function reportCycle(cycle: readonly string[], config: Config, report: Report): void {
  const [first] = cycle;
  const at = config.systems.get(first!)!.members.indexOf(cycle[1] ?? first!);
  const inner = cycle.slice(1);
  const shown =
    inner.length > MOST_NAMES ? [...inner.slice(0, MOST_NAMES), `${inner.length - MOST_NAMES} more`] : inner;
  const through = shown.length > 0 ? ` through ${shown.join(', ')}` : '';
  report(['systems', first!, 'members', at], `systems.${first!}: contains itself${through}`);
}

function declaredGuards(
  services: ReadonlyMap<string, number>,
  systems: readonly System[],
  config: Config,
  report: Report,
): Guard[] {
  const index = new Map(systems.map((system, at) => [system.name, at]));
  return [...config.guards].flatMap(([name, entry]): Guard[] => {
    const service = services.get(entry.service);
    if (service === undefined) {
      report(
        ['guards', name, 'service'],
        `guards.${name}: no service "${entry.service}".${didYouMean(entry.service, services.keys())}`,
      );
    }
    const protects = entry.protects.flatMap((system, at): number[] => {
      const known = index.get(system);
      if (known !== undefined) return [known];
      report(
        ['guards', name, 'protects', at],
        `guards.${name}: no system "${system}".${didYouMean(system, index.keys())}`,
      );
      return [];
    });
    return service === undefined ? [] : [{ name, service, protects }];
  });
}
