/** How what is hit gets into services: one shortest dependency path each, found when it is asked for. Pure. */
import type { Scope } from '../../graph/closure.ts';
import { DependencyPaths, type PathStep } from '../../graph/paths.ts';
import { USE } from '../uses.ts';
import type { Hit } from './hits.ts';
import type { ImpactFleet } from './impact.ts';

/** Walks kept: reports ask service by service, or for a few rows. */
const MOST = 64;

export class ImpactPaths {
  readonly #of: ImpactFleet;
  readonly #walks = new Map<string, DependencyPaths>();

  constructor(of: ImpactFleet) {
    this.#of = of;
  }

  /**
   * From the service to what is locked, or over the dependency that would take it; undefined for what is on watch. Where it
   * runs, the path is one that is there at run time.
   */
  to(hit: Hit): PathStep[] | undefined {
    if (hit.status === 'name-only') return undefined;
    const runs = (hit.scope & USE.runtime) !== 0;
    return (runs ? this.#along(hit, 'runtime') : undefined) ?? this.#along(hit, this.#of.scope);
  }

  #along({ status, service, components, edges }: Hit, scope: Scope): PathStep[] | undefined {
    const paths = this.#walkOf(service, scope);
    if (status === 'admitted') {
      const wanted = new Set(edges);
      return paths.over((edge) => wanted.has(edge));
    }
    const wanted = new Set(components);
    return paths.to((component) => wanted.has(component));
  }

  #walkOf(service: number, scope: Scope): DependencyPaths {
    const { fleet, services } = this.#of;
    const key = `${service} ${scope}`;
    const known = this.#walks.get(key);
    if (known) return known;
    if (this.#walks.size >= MOST) this.#walks.clear();
    const walk = new DependencyPaths(fleet, services[service]!, scope);
    this.#walks.set(key, walk);
    return walk;
  }
}
