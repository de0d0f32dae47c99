/**
 * What remote repositories say of themselves: names and weights of their services, nothing else, and only where the config
 * of the fleet says nothing of these. They are strangers to it: what is wrong there is told, and stops nobody.
 */
import { existsSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../diagnostics.ts';
import { UsageError } from '../errors.ts';
import type { Fleet } from '../graph/fleet.ts';
import { applyConfig } from './apply.ts';
import { type Config, findConfig, NO_CONFIG, type ServiceConfig } from './load.ts';

/** A repository on disk, and what every path of it begins with in the fleet. */
export interface OwnRepository {
  readonly name: string;
  readonly root: string;
}

/** What one repository says, as plain data: it is kept in snapshots, since only the whole fleet tells what of it is taken. */
export interface OwnConfig {
  /** Of the repository. */
  readonly name: string;
  /** Where it says so, as the fleet names files. */
  readonly file: string;
  /** By the names that the fleet has for them. */
  readonly services: ReadonlyMap<string, ServiceConfig>;
  /** What cannot be taken, whatever is in the fleet. */
  readonly diagnostics: readonly Diagnostic[];
}

type Entry = readonly [name: string, entry: ServiceConfig];
type Refuse = (message: string) => void;

/** Reads what repositories say. Names and lockfiles are taken from a repository's own root, and stand behind its name. */
export async function readOwnConfigs(repositories: readonly OwnRepository[]): Promise<OwnConfig[]> {
  const all: OwnConfig[] = [];
  for (const repository of repositories) {
    const own = await readOwn(repository);
    if (own.services.size + own.diagnostics.length > 0) all.push(own);
  }
  return all;
}

/** Adds what repositories say to the config of the fleet; of two that have one name the first counts. */
export function withOwnConfigs(
  fleet: Fleet,
  config: Config,
  configs: readonly OwnConfig[],
): { readonly config: Config; readonly diagnostics: readonly Diagnostic[] } {
  const own = inOrder(configs);
  const diagnostics = own.flatMap((each) => each.diagnostics);
  const all = own.map(({ file, services }) => ({
    wanted: [...services],
    refuse: (message: string) => void diagnostics.push(unusable(file, message)),
  }));
  const wanted = all.flatMap((each) => each.wanted);
  if (fits(fleet, config.services, wanted)) return { config: merged(config, wanted), diagnostics };
  const taken: Entry[] = [];
  for (const { wanted: ofOne, refuse } of all) taken.push(...takenOf(ofOne, fleet, merged(config, taken), refuse));
  return { config: merged(config, taken), diagnostics };
}

function merged(config: Config, entries: readonly Entry[]): Config {
  return entries.length === 0 ? config : { ...config, services: new Map([...config.services, ...entries]) };
}

/** In the order of the repositories, each once. */
function inOrder(configs: readonly OwnConfig[]): OwnConfig[] {
  const byName = new Map<string, OwnConfig>();
  for (const own of configs) if (!byName.has(own.name)) byName.set(own.name, own);
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readOwn(repository: OwnRepository): Promise<OwnConfig> {
  const { name } = repository;
  try {
    const own = await findConfig(repository.root);
    const file = fileIn(repository, own.file);
    const diagnostics: Diagnostic[] = [];
    const wanted = wantedOf(own, repository, (message) => void diagnostics.push(unusable(file, message)));
    return { name, file, services: new Map(wanted), diagnostics };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [problem] = error.problems;
    const file = fileIn(repository, problem?.file);
    const diagnostic = unusable(file, problem?.message ?? 'it cannot be read', problem?.line);
    return { name, file, services: new Map(), diagnostics: [diagnostic] };
  }
}

/** What a repository may say, as the fleet names it. */
function wantedOf(own: Config, repository: OwnRepository, refuse: Refuse): Entry[] {
  return [...own.services].flatMap(([name, entry]): Entry[] => {
    const shown = JSON.stringify(name);
    if (entry.drop) {
      refuse(`services.${shown}: only the config of the fleet drops services`);
      return [];
    }
    const inFleet = inside(repository, name);
    const lockfile = entry.lockfile === undefined ? undefined : inside(repository, entry.lockfile);
    if (inFleet === undefined || (entry.lockfile !== undefined && lockfile === undefined)) {
      refuse(`services.${shown}: outside of the repository`);
      return [];
    }
    return [[inFleet, lockfile === undefined ? entry : { ...entry, lockfile }]];
  });
}

/** What of it is right by itself and does not say of a service what is said already. */
function takenOf(wanted: readonly Entry[], fleet: Fleet, { services }: Config, refuse: Refuse): readonly Entry[] {
  if (fits(fleet, services, wanted)) return wanted;
  const taken: Entry[] = [];
  for (const entry of wanted) {
    const problem = problemOf(fleet, new Map(), [entry]);
    if (problem !== undefined) refuse(problem);
    else if (fits(fleet, services, [...taken, entry])) taken.push(entry);
  }
  return taken;
}

function fits(fleet: Fleet, services: ReadonlyMap<string, ServiceConfig>, entries: readonly Entry[]): boolean {
  if (entries.length === 0) return true;
  if (entries.some(([name]) => services.has(name))) return false;
  return problemOf(fleet, services, entries) === undefined;
}

function problemOf(
  fleet: Fleet,
  services: ReadonlyMap<string, ServiceConfig>,
  entries: readonly Entry[],
): string | undefined {
  try {
    applyConfig(fleet, { ...NO_CONFIG, services: new Map([...services, ...entries]) });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.problems[0]?.message ?? '';
    throw error;
  }
}

/** A name or path of a repository as the fleet has it. */
function inside({ name }: OwnRepository, path: string): string | undefined {
  const joined = posix.join(name, path);
  return joined === name || joined.startsWith(`${name}/`) ? joined.replace(/\/$/, '') : undefined;
}

function unusable(file: string, message: string, line?: number): Diagnostic {
  return {
    code: 'REPOSITORY_CONFIG',
    severity: 'incomplete',
    file,
    ...(line === undefined ? {} : { line }),
    message: `not used: ${message}`,
    next: 'correct it there; of a repository names and weights of its services are taken, where the fleet says nothing',
  };
}

/** @param file as problems name it, from the working directory or the repository: where the cache is concerns nobody */
function fileIn({ name, root }: OwnRepository, file: string | undefined): string {
  if (file === undefined) return name;
  const path = relative(root, resolve(file)).split(sep).join(posix.sep);
  if (!path.startsWith('../')) return posix.join(name, path);
  return existsSync(join(root, file)) ? posix.join(name, file) : name;
}
