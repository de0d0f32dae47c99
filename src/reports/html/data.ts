/**
 * What the script of the page works on, as JSON: services, systems and guards, and for every cause embedded the cells of
 * its row, what they are sorted by, and the services it takes down. Columns rather than rows, with equal values once: a
 * fleet of 500 services has 20,000 causes in a layer. client/types.js describes it for the script.
 */
import { type Audit, isIncomplete, isUnread, type LayerResult } from '../../analysis/audit.ts';
import type { Details } from '../../analysis/detail.ts';
import type { RankedCause } from '../../analysis/rank.ts';
import { partsOf, thresholdOf } from '../../analysis/structure.ts';
import { USE } from '../../analysis/uses.ts';
import { LAYER_NAMES } from '../layer-words.ts';
import { rankingColumns } from '../ranking.ts';
import { forScript, forTerminal } from '../safe.ts';
import { nothingText, rankingTitle } from '../summary.ts';
import { embeddedPaths } from './paths.ts';
import { SetCoder } from './sets.ts';

/** Causes of one layer, and bytes of sets of all layers, that a page holds: it stays below some 30 MB. */
const MOST_CAUSES = 20_000;
const MOST_SET_BYTES = 16 << 20;

/** Characters that a list of versions may take. */
const ROOM = 36;

/** Values by row: `values[at[row]]`. */
interface Column<T> {
  readonly values: readonly T[];
  readonly at: readonly number[];
}

/** Layers that the page ranks: those with a cause, where there is something to answer. */
export function shownLayers(audit: Audit): LayerResult[] {
  return nothingText(audit) === undefined ? audit.layers.filter(({ ranked }) => ranked.length > 0) : [];
}

/** Pieces of one JSON object. */
export function* pageData(audit: Audit, details: Details): Iterable<string> {
  const sets = new SetCoder(audit.services.length);
  yield `{"complete":${!isIncomplete(audit)}`;
  yield `,"services":${forScript(servicesData(audit))}`;
  yield `,"systems":${forScript(systemsData(audit))}`;
  yield `,"guards":${forScript(guardsData(audit))}`;
  yield ',"layers":[';
  const layers = shownLayers(audit);
  for (const [at, layer] of layers.entries()) {
    const room = (MOST_SET_BYTES * (at + 1)) / layers.length;
    yield `${at === 0 ? '' : ','}${forScript(layerData(audit, layer, details, sets, room))}`;
  }
  yield `],"sets":${forScript(sets.base64())}`;
  yield `,"paths":${forScript(embeddedPaths(audit, layers))}}`;
}

function servicesData(audit: Audit): object {
  return {
    names: audit.services.map(({ name }) => forTerminal(name)),
    weights: audit.services.map(({ weight }) => weight),
    unread: audit.services.flatMap((_, service) => (isUnread(audit, service) ? [service] : [])),
  };
}

function systemsData(audit: Audit): object[] {
  return audit.systems.map((system) => {
    const { services, systems } = partsOf(system);
    return {
      ...(system.origin === 'declared' ? { name: forTerminal(system.name) } : {}),
      weight: system.weight,
      need: system.need,
      fatal: thresholdOf(system),
      services,
      ...(systems.length > 0 ? { systems } : {}),
    };
  });
}

function guardsData(audit: Audit): object[] {
  return audit.guards.map(({ name, service, protects }) => ({ name: forTerminal(name), service, protects }));
}

function layerData(audit: Audit, layer: LayerResult, details: Details, sets: SetCoder, room: number): object {
  const columns = rankingColumns(layer, audit.evidence.mode !== 'off');
  const texts = columns.map(() => new Coder<string>());
  const values = columns.map(({ value }) => (value === undefined ? undefined : new Coder<number>()));
  const down = new Coder<number>();
  const buildOnly = new Coder<number>();
  const own: number[] = [];
  let rows = 0;
  for (const ranked of layer.ranked.slice(0, MOST_CAUSES)) {
    if (sets.bytes > room) break;
    const detail = details.of(layer, ranked);
    columns.forEach(({ cell, value }, at) => {
      texts[at]!.add(cell(layer, ranked, detail, ROOM));
      if (value) values[at]!.add(value(ranked, detail));
    });
    const { all, build } = servicesOf(layer, ranked);
    down.add(sets.id(all));
    buildOnly.add(sets.id(build));
    if (layer.table.causes[ranked.cause]!.firstParty) own.push(rows);
    rows++;
  }
  return {
    layer: layer.table.layer,
    noun: LAYER_NAMES[layer.table.layer],
    title: rankingTitle(audit, layer, rows),
    rows,
    known: layer.known,
    of: layer.of,
    columns: columns.map(({ header, align, says }, at) => ({
      header,
      align,
      says,
      text: texts[at]!.column,
      ...(values[at] ? { value: values[at].column } : {}),
    })),
    down: down.column,
    buildOnly: buildOnly.column,
    own,
  };
}

/** The services a cause takes down, and those of them that hold it for building only. */
function servicesOf({ reach }: LayerResult, { cause }: RankedCause): { all: Int32Array; build: Int32Array } {
  const from = reach.start[cause]!;
  const all = reach.service.subarray(from, reach.start[cause + 1]!);
  return { all, build: all.filter((_, at) => (reach.bits[from + at]! & USE.runtime) === 0) };
}

class Coder<T> {
  readonly #ids = new Map<T, number>();
  readonly column: { readonly values: T[]; readonly at: number[] } = { values: [], at: [] } satisfies Column<T>;

  add(value: T): void {
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.column.values.push(value) - 1;
      this.#ids.set(value, id);
    }
    this.column.at.push(id);
  }
}
