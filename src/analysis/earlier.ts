/** What an earlier JSON report says of causes: what a later run, or one repository of the fleet, is compared with. Plain data. */
import type { LayerName } from '../causes/layer.ts';
import type { Strength } from '../evidence/evidence.ts';

export interface EarlierCause {
  readonly blastRadius: number;
  /** Names of the systems that are lost, and of the services in reach. */
  readonly lostSystems: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  /** Of the weakest of its components; undefined where the report does not say. */
  readonly evidence: Strength | undefined;
}

export interface EarlierSystem {
  readonly name: string;
  readonly need: number;
  readonly weight: number;
  /** Names of services and systems, as declared. */
  readonly members: readonly string[];
}

export interface EarlierReport {
  /** Whether nothing of its input was missing. */
  readonly complete: boolean;
  readonly services: ReadonlySet<string>;
  readonly systems: readonly EarlierSystem[];
  /** By layer it has all causes of, by id. */
  readonly layers: ReadonlyMap<LayerName, ReadonlyMap<string, EarlierCause>>;
  /** Layers of which it lists the first causes alone. */
  readonly cut: readonly LayerName[];
}
