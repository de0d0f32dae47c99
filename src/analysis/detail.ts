/** What a report tells about one ranked cause besides its numbers. */
import { releasedPackage } from '../causes/release.ts';
import type { Audit, LayerResult } from './audit.ts';
import { CauseMembers } from './cause-members.ts';
import type { RankedCause } from './rank.ts';
import { type ReleaseExposure, releaseExposure } from './release-exposure.ts';
import { SystemCounter } from './systems.ts';
import { compareVersions } from './versions.ts';

export interface CauseDetail {
  /** Distinct versions in use, ascending. */
  readonly versions: readonly string[];
  /** Names of the systems that are lost. */
  readonly lostSystems: readonly string[];
  /** Names of the services in reach. */
  readonly services: readonly string[];
  /** The one set of bytes that most services in reach hold, and their share of the reach, 0 to 1. */
  readonly sameBytes: { readonly artifact: string; readonly share: number };
  /** Of a cause that is a release yet to come. */
  readonly release: ReleaseExposure | undefined;
}

/** Looks causes up; made once per report, because turning the tables around costs a pass over all components. */
export class Details {
  readonly #audit: Audit;
  readonly #counter: SystemCounter;
  readonly #members = new CauseMembers();

  constructor(audit: Audit) {
    this.#audit = audit;
    this.#counter = new SystemCounter(audit.systems, audit.services.length);
  }

  /** Indexes of the systems a cause takes down. */
  lostSystems(layer: LayerResult, ranked: RankedCause): number[] {
    return ranked.lost === 0 ? [] : this.#counter.lost(reachOf(layer, ranked));
  }

  of(layer: LayerResult, ranked: RankedCause): CauseDetail {
    const reach = reachOf(layer, ranked);
    const components = this.#members.of(layer.table, ranked.cause);
    const versions = new Set<string>();
    for (const c of components) versions.add(this.#audit.fleet.component(c).version ?? '?');
    return {
      versions: [...versions].sort(compareVersions),
      lostSystems: this.lostSystems(layer, ranked).map((system) => this.#audit.systems[system]!.name),
      services: Array.from(reach, (s) => this.#audit.services[s]!.name),
      sameBytes: this.#sameBytes(components, new Set(reach)),
      release: this.#release(layer, ranked, reach),
    };
  }

  #release({ table }: LayerResult, { cause }: RankedCause, reach: Int32Array): ReleaseExposure | undefined {
    const next = table.ofEdges?.next[cause];
    if (next === undefined) return undefined;
    const { fleet, services } = this.#audit;
    const reached = Array.from(reach, (service) => services[service]!);
    return releaseExposure(fleet, reached, releasedPackage(table.causes[cause]!), next);
  }

  #sameBytes(components: Iterable<number>, reach: ReadonlySet<number>): CauseDetail['sameBytes'] {
    const { table, reach: artifactReach } = this.#audit.artifacts;
    const artifacts = new Set<number>();
    for (const c of components) {
      for (let m = table.start[c]!; m < table.start[c + 1]!; m++) artifacts.add(table.members[m]!);
    }
    let best = { artifact: '', share: 0 };
    for (const artifact of artifacts) {
      const from = artifactReach.start[artifact]!;
      const to = artifactReach.start[artifact + 1]!;
      let held = 0;
      for (let at = from; at < to; at++) if (reach.has(artifactReach.service[at]!)) held++;
      const share = held / reach.size;
      const id = table.causes[artifact]!.id;
      if (share > best.share || (share === best.share && id < best.artifact)) best = { artifact: id, share };
    }
    return best;
  }
}

function reachOf(layer: LayerResult, ranked: RankedCause): Int32Array {
  const { start, service } = layer.reach;
  return service.subarray(start[ranked.cause]!, start[ranked.cause + 1]!);
}
