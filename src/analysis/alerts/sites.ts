/** Where components are locked: the first entry in each lockfile that holds one. */
import type { Fleet } from '../../graph/fleet.ts';
import type { Site } from './alert.ts';

export class Sites {
  readonly #fleet: Fleet;
  /** By component: first node in each lockfile, in the order of the lockfiles. */
  readonly #entries = new Map<number, Site[]>();

  /** @param wanted components that will be asked for */
  constructor(fleet: Fleet, wanted: ReadonlySet<number>) {
    this.#fleet = fleet;
    for (const [lockfile, { component, path }] of fleet.lockfiles.entries()) {
      const seen = new Set<number>();
      for (const [node, c] of component.entries()) {
        if (!wanted.has(c) || seen.has(c)) continue;
        seen.add(c);
        const sites = this.#entries.get(c) ?? [];
        this.#entries.set(c, sites);
        sites.push({ file: path, entry: { lockfile, node } });
      }
    }
  }

  /** One site in each lockfile that holds any of the components: the first of them in its order. */
  of(components: Iterable<number>): Site[] {
    const found = new Map<number, Site>();
    for (const c of components) {
      for (const site of this.#entries.get(c) ?? []) {
        const before = found.get(site.entry!.lockfile);
        if (!before || site.entry!.node < before.entry!.node) found.set(site.entry!.lockfile, site);
      }
    }
    return [...found.entries()].sort(([a], [b]) => a - b).map(([, site]) => site);
  }

  /** The file of a service's lockfile as a whole. */
  file(lockfile: number): Site {
    return { file: this.#fleet.lockfiles[lockfile]!.path, entry: undefined };
  }
}
