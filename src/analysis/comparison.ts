/** Are these services independent? What they share in every layer, and the smallest change that sets one apart. Pure. */
import type { LayerName } from '../causes/layer.ts';
import { type Audit, isUnread } from './audit.ts';
import { type Independence, independenceOf } from './independence.ts';
import { type Separation, separationOf } from './separation.ts';

/** Layers whose causes are made of packages that a service can drop or move. */
const SEPARABLE: readonly LayerName[] = ['package', 'artifact'];

export interface Comparison {
  readonly independence: Independence;
  /** By layer, of those layers asked for in which a change of packages separates. */
  readonly separations: readonly { readonly layer: LayerName; readonly separation: Separation }[];
}

/** @param services indexes of the services to compare */
export function comparisonOf(audit: Audit, services: readonly number[]): Comparison {
  const independence = independenceOf(services, audit.layers, (service) => isUnread(audit, service));
  const separations = audit.layers
    .filter(({ table }) => SEPARABLE.includes(table.layer))
    .map(({ table, reach }) => ({
      layer: table.layer,
      separation: separationOf(
        { fleet: audit.fleet, services: audit.services, table, reach, scope: audit.scope },
        services,
      ),
    }));
  return { independence, separations };
}
