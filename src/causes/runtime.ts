/**
 * Layer runtime: Node by its major, the package manager, and that by its major, where the files beside a lockfile say so.
 * It stands for a bug in the platform under everything a service is made of.
 */
import type { Fleet } from '../graph/fleet.ts';
import type { Service } from '../graph/services.ts';
import { type CauseTable, layerOfServices, outsideCause } from './layer.ts';

/** A Node of no known major is left out: services that accept any may well run on different ones. */
export function runtimeLayer(fleet: Fleet, _: unknown, services: readonly Service[]): CauseTable {
  return layerOfServices('runtime', fleet, services, (service) =>
    fleet.lockfiles[service.lockfile]!.platforms.flatMap(({ project, tool, major }) => {
      if (project !== service.project) return [];
      const whole = tool === 'node' ? [] : [outsideCause('runtime', tool)];
      return major === undefined ? whole : [...whole, outsideCause('runtime', `${tool}@${major}`, `${tool} ${major}`)];
    }),
  );
}
