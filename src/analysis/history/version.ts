/** What of an incident list one version of a lockfile locks, service by service: what an exposure is made of. Pure. */
import { notAsked } from '../../evidence/evidence.ts';
import type { Scope } from '../../graph/closure.ts';
import { Fleet, type Surroundings } from '../../graph/fleet.ts';
import { type EdgeKind, type LockGraph, NONE } from '../../graph/model.ts';
import { prunedTo } from '../../graph/pruned.ts';
import { defaultServices } from '../../graph/services.ts';
import type { BadPackage } from '../../incidents/builder.ts';
import { lockedOf } from '../impact/impact.ts';
import { BadVersionTest } from '../impact/match.ts';
import { ImpactPaths } from '../impact/paths.ts';
import type { ScriptRun } from '../impact/scripts.ts';

/** One package of the list in one service of one version of a lockfile. */
export interface Held {
  /** Path of the service's project from the directory of the lockfile; '' for its root. */
  readonly project: string;
  /** Name that the project's manifest has. */
  readonly name: string | undefined;
  /** Index into the packages of the list. */
  readonly entry: number;
  readonly versions: readonly string[];
  /** USE.runtime and USE.build. */
  readonly scope: number;
  readonly direct: boolean;
  readonly scripts: ScriptRun;
  /** Whether a service reaches it: what none does is installed along with the rest. */
  readonly reached: boolean;
  /** A shortest path to it, from the project; empty where none is reached. */
  readonly path: readonly HeldStep[];
}

export interface HeldStep {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  /** How the step before asks for it; undefined for the first. */
  readonly asked: { readonly kind: EdgeKind; readonly name: string; readonly range: string | undefined } | undefined;
}

/** Finds what versions of lockfiles lock of one list. */
export class HeldFinder {
  readonly #packages: readonly BadPackage[];
  readonly #scope: Scope;
  readonly #entries: ReadonlyMap<string, number>;
  readonly #tests = new Map<number, BadVersionTest>();

  constructor(packages: readonly BadPackage[], scope: Scope) {
    this.#packages = packages;
    this.#scope = scope;
    this.#entries = new Map(packages.map(({ name }, at) => [name, at]));
  }

  in(graph: LockGraph, surroundings: Surroundings): Held[] {
    const entries = new Set<number>();
    const bad = new Uint8Array(graph.nodeCount);
    const npm = graph.strings.indexOf('npm');
    for (let node = 0; node < graph.nodeCount; node++) {
      const entry = graph.ecosystem[node] === npm ? this.#entryOf(graph, node) : undefined;
      if (entry === undefined) continue;
      bad[node] = 1;
      entries.add(entry);
    }
    if (entries.size === 0) return [];
    const pruned = prunedTo(graph, (node) => bad[node] === 1);
    return heldIn(
      pruned,
      surroundings,
      this.#packages,
      [...entries].sort((a, b) => a - b),
      this.#scope,
    );
  }

  /** Index of the package that a node is a bad version of. */
  #entryOf({ strings, name, version }: LockGraph, node: number): number | undefined {
    const entry = this.#entries.get(strings[name[node]!]!);
    if (entry === undefined) return undefined;
    const test = this.#tests.get(entry) ?? new BadVersionTest(this.#packages[entry]!);
    this.#tests.set(entry, test);
    const of = version[node]!;
    return test.of(of === NONE ? undefined : strings[of]!) ? entry : undefined;
  }
}

function heldIn(
  graph: LockGraph,
  surroundings: Surroundings,
  packages: readonly BadPackage[],
  entries: readonly number[],
  scope: Scope,
): Held[] {
  const fleet = new Fleet();
  fleet.add('lockfile', graph, surroundings);
  const [lockfile] = fleet.lockfiles;
  const services = defaultServices(fleet, lockfile!).map((project) => ({
    name: lockfile!.projects[project]!.path,
    lockfile: 0,
    project,
    weight: 1,
  }));
  const of = { fleet, services, systems: [], guards: [], scope, evidence: notAsked(fleet.componentCount) };
  const impact = lockedOf(
    of,
    entries.map((at) => packages[at]!),
  );
  const versionsOf = (components: readonly number[]): string[] =>
    [...new Set(components.map((component) => fleet.component(component).version ?? '?'))].sort();
  const paths = new ImpactPaths(of);
  return [
    ...impact.hits.map((hit): Held => {
      const { path, name } = lockfile!.projects[services[hit.service]!.project]!;
      return {
        project: path,
        name,
        entry: entries[hit.entry]!,
        versions: versionsOf(hit.components),
        scope: hit.scope,
        direct: hit.direct,
        scripts: hit.scripts,
        reached: true,
        path: (paths.to(hit) ?? []).map(({ component, asked }): HeldStep => {
          const { ecosystem, name: label, version } = fleet.component(component);
          return { ecosystem, name: label, version, asked };
        }),
      };
    }),
    ...(scope === 'all' ? impact.unreached : []).map(
      ({ entry, components }): Held => ({
        project: '',
        name: lockfile!.projects.find(({ path }) => path === '')?.name,
        entry: entries[entry]!,
        versions: versionsOf(components),
        scope: 0,
        direct: false,
        scripts: 'unknown',
        reached: false,
        path: [],
      }),
    ),
  ];
}
