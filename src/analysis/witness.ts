/** The witness of a cause: in each service that it takes down, one shortest dependency path to it. Pure. */
import { DependencyPaths, type PathStep } from '../graph/paths.ts';
import type { Audit, LayerResult } from './audit.ts';
import { CauseMembers } from './cause-members.ts';

export interface Witness {
  readonly service: number;
  /** From the service to what it holds of the cause; undefined where the service stands on the cause as a whole. */
  readonly path: readonly PathStep[] | undefined;
}

type Fleetwide = Pick<Audit, 'fleet' | 'services' | 'scope'>;

/** Finds witnesses of any number of causes; the walk through a service is made once. */
export class Witnesses {
  readonly #audit: Fleetwide;
  readonly #members = new CauseMembers();
  readonly #paths = new Map<number, DependencyPaths>();

  constructor(audit: Fleetwide) {
    this.#audit = audit;
  }

  /**
   * The witnesses of a cause in the services of its reach that are among those given, in their order.
   *
   * @param cause index into `layer.table.causes`
   */
  of(layer: Pick<LayerResult, 'table' | 'reach'>, cause: number, services: readonly number[]): Witness[] {
    const { table, reach } = layer;
    const reached = new Set(reach.service.subarray(reach.start[cause]!, reach.start[cause + 1]!));
    const wanted = new Set(this.#members.of(table, cause));
    return services
      .filter((service) => reached.has(service))
      .map((service) => {
        const causeOf = table.ofEdges?.causeOf[this.#audit.services[service]!.lockfile];
        if (table.ofServices) return { service, path: undefined };
        const paths = this.#pathsOf(service);
        const path = causeOf ? paths.over((edge) => causeOf[edge] === cause) : paths.to((c) => wanted.has(c));
        return { service, path };
      });
  }

  #pathsOf(service: number): DependencyPaths {
    const { fleet, services, scope } = this.#audit;
    const paths = this.#paths.get(service) ?? new DependencyPaths(fleet, services[service]!, scope);
    this.#paths.set(service, paths);
    return paths;
  }
}
