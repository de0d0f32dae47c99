/** The causes of a run as its snapshot tells them, for a history. */
import type { PastCause } from '../analysis/past-run.ts';
import type { FoundCauses, WantedCauses } from '../analysis/trend.ts';
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { checkedTable, headOf, reading } from './head.ts';
import type { TableReader } from './parquet-reader.ts';

/** Looks causes up. @throws UsageError SNAPSHOT_INVALID */
export function readPastCauses(path: string, wanted: WantedCauses): FoundCauses {
  return reading(path, (parts) => {
    const head = headOf(parts, path);
    const causes = new PastCauses(checkedTable(parts, 'causes', head.info, path));
    const found = new Map<LayerName, Map<string, PastCause>>();
    causes.each((layer, row) => {
      const ids = wanted.get(layer);
      if (!ids?.has(causes.id(row))) return;
      const own = found.get(layer) ?? new Map<string, PastCause>();
      found.set(layer, own.set(causes.id(row), causes.at(row)));
    });
    return found;
  });
}

/** The table `causes`, of which only what is reached by a service is looked at. */
export class PastCauses {
  readonly #table: TableReader<'causes'>;
  readonly #layers: readonly string[];
  readonly #ids: readonly string[];
  readonly #names: readonly string[];
  readonly #ranks: readonly (number | undefined)[];
  readonly #radii: readonly (number | undefined)[];
  readonly #lost: readonly (number | undefined)[];
  readonly #reach: readonly (number | undefined)[];

  constructor(table: TableReader<'causes'>) {
    this.#table = table;
    this.#layers = table.required('layer');
    this.#ids = table.required('id');
    this.#names = table.required('name');
    this.#ranks = table.maybeInts('rank');
    this.#radii = table.doubles('blast_radius');
    this.#lost = table.maybeInts('lost');
    this.#reach = table.maybeInts('reach');
  }

  each(take: (layer: LayerName, row: number, rank: number | undefined) => void): void {
    for (const [row, name] of this.#layers.entries()) {
      if (this.#radii[row] !== undefined) take(layerCalled(this.#table, row, name), row, this.#ranks[row]);
    }
  }

  id(row: number): string {
    return this.#ids[row]!;
  }

  at(row: number): PastCause {
    const [blastRadius, rank, lost, reach] = [
      this.#radii[row]!,
      this.#ranks[row],
      this.#lost[row] ?? -1,
      this.#reach[row] ?? -1,
    ];
    if (!(blastRadius >= 0 && blastRadius <= 1)) this.#table.fail(row, 'blast_radius: not from 0 to 1');
    if ((rank ?? 1) < 1 || lost < 0 || reach < 0) this.#table.fail(row, 'a count or rank below what can be');
    return { id: this.#ids[row]!, name: this.#names[row]!, rank, blastRadius, lost, reach };
  }
}

/** The layer of a row. */
export function layerCalled({ fail }: Pick<TableReader<'layers'>, 'fail'>, row: number, name: string): LayerName {
  return LAYERS.find((layer) => layer === name) ?? fail(row, 'layer: unknown');
}
