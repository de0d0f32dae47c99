/** Why services hold the first causes: shortest dependency paths for the page, with every step once. */
import type { Audit, LayerResult } from '../../analysis/audit.ts';
import { isOwn } from '../../causes/package.ts';
import type { Scope } from '../../graph/closure.ts';
import { DependencyPaths, type PathStep } from '../../graph/paths.ts';
import { forTerminal } from '../safe.ts';

/** Causes of the first layer (as many as the picture draws) and of every other, and services, that have paths. */
const MOST_CAUSES = 60;
const MOST_CAUSES_OF_OTHERS = 20;
const MOST_SERVICES = 100;

/** What a reader must know who misses a path. */
export const PATHS_NOTE = `This file has paths to the first ${MOST_CAUSES} causes of the first layer and the first ${MOST_CAUSES_OF_OTHERS} of every other, from the ${MOST_SERVICES} heaviest services; of others it only says what they hold.`;

/** Paths as chains of steps that share their beginnings. */
export interface EmbeddedPaths {
  /** Services with paths: the heaviest, ascending. */
  readonly services: readonly number[];
  /** By layer embedded: of its first causes, in the order of their ranks. */
  readonly layers: readonly CausePaths[];
  /** Steps: the one before or -1, an index into `labels`, and into `kinds` or -1 for the first. */
  readonly before: readonly number[];
  readonly label: readonly number[];
  readonly kind: readonly number[];
  readonly labels: readonly string[];
  readonly kinds: readonly string[];
}

/** By cause: the last step for each of `services`, -1 where there is no path. */
export type CausePaths = readonly (readonly number[])[];

/** @param layers those embedded; a layer of what services stand on as a whole has no paths */
export function embeddedPaths(audit: Audit, layers: readonly LayerResult[]): EmbeddedPaths {
  const services = heaviest(audit);
  const wanted = layers.map((layer, at) => wantedOf(layer, at === 0 ? MOST_CAUSES : MOST_CAUSES_OF_OTHERS));
  const found: number[][][] = wanted.map((causes) => causes.map(() => []));
  const steps = new Steps();
  for (const service of services) {
    const walks = scopesOf(audit.scope).map((scope) => ({
      paths: new DependencyPaths(audit.fleet, audit.services[service]!, scope),
      seen: new Map<number, number>(),
    }));
    wanted.forEach((causes, layer) => {
      causes.forEach((components, cause) => {
        let last = -1;
        for (const { paths, seen } of components.size === 0 ? [] : walks) {
          const path = paths.to((component) => components.has(component));
          if (path === undefined) continue;
          last = steps.add(audit, service, path, seen);
          break;
        }
        found[layer]![cause]!.push(last);
      });
    });
  }
  return { services, layers: found, ...steps.columns };
}

// What runs is told by a path that runs, however much shorter one for building is.
function scopesOf(scope: Scope): readonly Scope[] {
  return scope === 'all' ? ['runtime', 'all'] : [scope];
}

function heaviest({ services }: Audit): number[] {
  const order = [...services.keys()].sort((a, b) => services[b]!.weight - services[a]!.weight || a - b);
  return order.slice(0, MOST_SERVICES).sort((a, b) => a - b);
}

/** The components of the first causes of a layer. */
function wantedOf({ table, ranked }: LayerResult, most: number): Set<number>[] {
  const first = ranked.slice(0, most);
  const places = new Map(first.map(({ cause }, at) => [cause, at]));
  const result = first.map(() => new Set<number>());
  for (let component = 0; component + 1 < table.start.length; component++) {
    for (let m = table.start[component]!; m < table.start[component + 1]!; m++) {
      const place = places.get(table.members[m]!);
      if (place !== undefined) result[place]!.add(component);
    }
  }
  return result;
}

class Steps {
  readonly columns = {
    before: [] as number[],
    label: [] as number[],
    kind: [] as number[],
    labels: [] as string[],
    kinds: [] as string[],
  };
  readonly #labels = new Map<string, number>();

  /**
   * @param seen by node of the service's lockfile: its step; paths of one service are those of one walk, so a node has
   *   one way to it
   * @returns the last step
   */
  add(audit: Audit, service: number, path: readonly PathStep[], seen: Map<number, number>): number {
    let last = -1;
    for (const [at, { node, component, asked }] of path.entries()) {
      let step = seen.get(node);
      if (step === undefined) {
        const { before, label, kind } = this.columns;
        const name = at === 0 ? startName(audit, service, node) : nameOf(audit, component);
        step = before.push(last) - 1;
        label.push(idIn(this.columns.labels, this.#labels, forTerminal(name)));
        kind.push(asked === undefined ? -1 : this.#kind(asked.kind));
        seen.set(node, step);
      }
      last = step;
    }
    return last;
  }

  #kind(name: string): number {
    const { kinds } = this.columns;
    const known = kinds.indexOf(name);
    return known === -1 ? kinds.push(name) - 1 : known;
  }
}

/** Of the node that a path starts at: the service, or the root whose tooling leads there. */
function startName({ fleet, services }: Audit, service: number, node: number): string {
  const { name, lockfile, project } = services[service]!;
  const { path, projects } = fleet.lockfiles[lockfile]!;
  return projects[project]!.node === node ? name : `root of ${path}`;
}

function nameOf({ fleet }: Audit, id: number): string {
  const component = fleet.component(id);
  const { name, version, resolved } = component;
  if (isOwn(component)) return resolved ?? name;
  return version === undefined ? name : `${name}@${version}`;
}

function idIn(values: string[], ids: Map<string, number>, value: string): number {
  let id = ids.get(value);
  if (id === undefined) {
    id = values.push(value) - 1;
    ids.set(value, id);
  }
  return id;
}
