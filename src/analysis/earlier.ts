/**
 * What an earlier run says of causes: what a later run, or one repository of the fleet, is compared with. It is read from
 * the run's JSON report (config/earlier.ts) or made of its audit, and is the same either way. Plain data.
 */
import { ASKED_LAYERS, LAYERS, type LayerName } from '../causes/layer.ts';
import type { Strength } from '../evidence/evidence.ts';
import type { Scope } from '../graph/closure.ts';
import { type Audit, isIncomplete } from './audit.ts';
import { Details } from './detail.ts';
import { partsOf } from './structure.ts';

/** Names, none twice: a set, or what has the same to say in less room. */
export interface Names extends Iterable<string> {
  readonly size: number;
  has(name: string): boolean;
}

export interface EarlierCause {
  readonly blastRadius: number;
  /** Names of the systems that are lost, and of the services in reach. */
  readonly lostSystems: Names;
  readonly services: Names;
  /** Of the weakest of its components; undefined where the run did not look for any. */
  readonly evidence: Strength | undefined;
}

export interface EarlierSystem {
  readonly name: string;
  readonly need: number;
  readonly weight: number;
  /** Names of services and systems, as declared. */
  readonly members: readonly string[];
}

/** Of how much the cause is known: components, dependencies or services, as the layer has it. */
export interface Coverage {
  readonly known: number;
  readonly of: number;
}

export interface EarlierReport {
  /** Whether nothing of its input was missing: neither unread nor in another shard. */
  readonly complete: boolean;
  readonly scope: Scope;
  /** Whether evidence was looked for. */
  readonly asked: boolean;
  readonly services: ReadonlySet<string>;
  readonly systems: readonly EarlierSystem[];
  /** By layer it has all causes of, by id. */
  readonly layers: ReadonlyMap<LayerName, ReadonlyMap<string, EarlierCause>>;
  /** Layers of which it lists the first causes alone. */
  readonly cut: readonly LayerName[];
  /** By layer it has. */
  readonly coverage: ReadonlyMap<LayerName, Coverage>;
}

/** What the JSON report of an audit with every cause says. Services in reach are views of the audit's own columns. */
export function earlierOf(audit: Audit): EarlierReport {
  const details = new Details(audit);
  const asked = audit.evidence.mode !== 'off';
  const services = new Dictionary(audit.services.map(({ name }) => name));
  const systems = new Dictionary(audit.systems.map(({ name }) => name));
  const causesOf = ({ table, reach, ranked }: Audit['layers'][number], at: number): Map<string, EarlierCause> =>
    new Map(
      ranked.map((cause): [string, EarlierCause] => {
        const held = reach.service.subarray(reach.start[cause.cause]!, reach.start[cause.cause + 1]!);
        return [
          table.causes[cause.cause]!.id,
          {
            blastRadius: cause.blastRadius,
            lostSystems: systems.pick(Int32Array.from(details.lostSystems(audit.layers[at]!, cause))),
            services: services.pick(held),
            evidence: asked ? cause.evidence : undefined,
          },
        ];
      }),
    );
  const byName = new Map(audit.layers.map((layer, at) => [layer.table.layer, { layer, causes: causesOf(layer, at) }]));
  const found = LAYERS.flatMap((name) => byName.get(name) ?? []);
  return {
    complete: !isIncomplete(audit) && !audit.diagnostics.some(({ code }) => code === 'SHARD'),
    scope: audit.scope,
    asked,
    services: new Set(services.names),
    systems: audit.systems.map((system): EarlierSystem => {
      const { name, need, weight } = system;
      const parts = partsOf(system);
      const members = [
        ...parts.services.map((at) => services.names[at]!),
        ...parts.systems.map((at) => systems.names[at]!),
      ];
      return { name, need, weight, members };
    }),
    layers: new Map(found.map(({ layer, causes }) => [layer.table.layer, causes])),
    cut: [],
    coverage: new Map(found.map(({ layer: { table, known, of } }) => [table.layer, { known, of }])),
  };
}

/**
 * Layers that come out otherwise where registries were asked than where not: what only they know of, and release lines,
 * whose next patch is another where it is known what was published.
 */
const TOLD_BY_REGISTRIES: ReadonlySet<LayerName> = new Set<LayerName>([...ASKED_LAYERS, 'release']);

/** Layers that cannot be compared because one of two runs asked and the other did not. */
export function unasked(
  before: Pick<EarlierReport, 'asked'>,
  after: Pick<EarlierReport, 'asked'>,
): ReadonlySet<LayerName> {
  return before.asked === after.asked ? new Set() : TOLD_BY_REGISTRIES;
}

/** Names by number. */
class Dictionary {
  readonly names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#numbers = new Map(names.map((name, at) => [name, at]));
  }

  /** @param chosen ascending */
  pick(chosen: Int32Array): Names {
    return new Picked(this.names, this.#numbers, chosen);
  }
}

class Picked implements Names {
  readonly #names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #chosen: Int32Array;

  constructor(names: readonly string[], numbers: ReadonlyMap<string, number>, chosen: Int32Array) {
    this.#names = names;
    this.#numbers = numbers;
    this.#chosen = chosen;
  }

  get size(): number {
    return this.#chosen.length;
  }

  has(name: string): boolean {
    const wanted = this.#numbers.get(name);
    if (wanted === undefined) return false;
    let [low, high] = [0, this.#chosen.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#chosen[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.#chosen[low] === wanted;
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const at of this.#chosen) yield this.#names[at]!;
  }
}
