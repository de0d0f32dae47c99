/**
 * The range an edge was declared with. pnpm keeps those of the projects alone; what a published release depends on never
 * changes, so another lockfile that holds the release, or its registry, says the same. Pure.
 */
import type { Evidence } from '../../evidence/evidence.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';
import { EDGE_KINDS, NONE } from '../../graph/model.ts';

/** Peers have their ranges in every format. */
const LOST: ReadonlySet<number> = new Set([EDGE_KINDS.indexOf('prod'), EDGE_KINDS.indexOf('optional')]);

/** Ids of the fleet's strings: name depended on to range. */
type Ranges = Map<number, number>;

export class DeclaredRanges {
  readonly #ofRelease: ReadonlyMap<string, Ranges>;
  /** By component: its release. */
  readonly #release: readonly (string | undefined)[];

  /** @param served by component: 1 if a registry serves it, so that name and version say what it is */
  constructor(fleet: Fleet, { components }: Evidence, served: Uint8Array) {
    this.#release = Array.from(served, (bit, c) => {
      const { name, version } = fleet.component(c);
      return bit && version !== undefined ? `${name}@${version}` : undefined;
    });
    const wanted = new Map<string, Ranges>();
    for (const lockfile of fleet.lockfiles) {
      this.#eachLost(lockfile, (release) => wanted.set(release, wanted.get(release) ?? new Map()));
    }
    if (wanted.size > 0) {
      for (const lockfile of fleet.lockfiles) this.#learn(lockfile, wanted);
      this.#release.forEach((release, c) => {
        const ranges = release === undefined ? undefined : wanted.get(release);
        for (const [name, range] of (ranges && components[c]!.listing?.dependencies) ?? []) {
          ranges!.set(fleet.strings.id(name), fleet.strings.id(range));
        }
      });
    }
    this.#ofRelease = wanted;
  }

  /** The range's id among the fleet's strings, as the manifest has it; NONE where nobody says. */
  of({ edgeRange, edgeName, edgeKind, component }: FleetLockfile, node: number, edge: number): number {
    const range = edgeRange[edge]!;
    if (range !== NONE) return range;
    const release = this.#release[component[node]!];
    if (release === undefined || !LOST.has(edgeKind[edge]!)) return NONE;
    return this.#ofRelease.get(release)?.get(edgeName[edge]!) ?? NONE;
  }

  #eachLost({ edgeStart, edgeRange, edgeKind, component }: FleetLockfile, found: (release: string) => void): void {
    for (let node = 0; node < component.length; node++) {
      const release = this.#release[component[node]!];
      if (release === undefined) continue;
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        if (edgeRange[e] === NONE && LOST.has(edgeKind[e]!)) found(release);
      }
    }
  }

  #learn(lockfile: FleetLockfile, wanted: ReadonlyMap<string, Ranges>): void {
    const { edgeStart, edgeRange, edgeKind, edgeName, component } = lockfile;
    // Berry rewrites what its extensions and resolutions change; npm, Yarn 1 and bun keep manifests as published.
    if (lockfile.kind === 'yarn-berry') return;
    for (let node = 0; node < component.length; node++) {
      const ranges = wanted.get(this.#release[component[node]!] ?? '');
      if (!ranges) continue;
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        if (edgeRange[e] === NONE || !LOST.has(edgeKind[e]!)) continue;
        ranges.set(edgeName[e]!, edgeRange[e]!);
      }
    }
  }
}
