/** The fleet as its owner sees it: services, the systems made of them, and the guards that watch over these. */
import type { Service } from '../graph/services.ts';
import type { System } from './systems.ts';

export interface Guard {
  readonly name: string;
  /** Index of the service that guards. */
  readonly service: number;
  /** Indexes of the systems it protects. */
  readonly protects: readonly number[];
}

/** Services are sorted by name; declared systems come first, in the order of the config. */
export interface Landscape {
  readonly services: readonly Service[];
  readonly systems: readonly System[];
  readonly guards: readonly Guard[];
}
