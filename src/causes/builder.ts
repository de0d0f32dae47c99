/**
 * Layer builder: the build platform, and the workflow on it, that made a component; from verified provenance alone. It
 * stands for a compromised build with perfectly valid signatures.
 */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet } from '../graph/fleet.ts';
import { type CauseTable, layerOf, outsideCause } from './layer.ts';
import { placeKey } from './source.ts';

export function builderLayer(fleet: Fleet, { components }: Evidence): CauseTable {
  return layerOf('builder', fleet, (c) => {
    const { build } = components[c]!;
    if (!build) return [];
    const platform = outsideCause('builder', build.builder);
    if (build.workflow === undefined) return [platform];
    const key = `${placeKey(build.repository, build.repositoryId)}/${build.workflow}`;
    return [platform, outsideCause('builder', key, `${build.repository}/${build.workflow}`)];
  });
}
