/**
 * How a fleet came to be as it is: runs in the order of time, and for each cause and system worth a line what it was in every
 * one of them. What a run does not have is a gap, never a zero. Pure.
 */
import { LAYERS, type LayerName } from '../causes/layer.ts';
import type { PastCause, PastResilience, PastRun } from './past-run.ts';
import { type Break, breaksOf } from './trend-breaks.ts';

/** A cause over time; `values` by run. */
export interface CauseTrend {
  readonly id: string;
  readonly name: string;
  readonly values: readonly (PastCause | undefined)[];
}

export interface LayerTrend {
  readonly layer: LayerName;
  /** The first of the latest run in their rank, then those that were among the first earlier, the greatest first. */
  readonly causes: readonly CauseTrend[];
  /** Causes that were among the first earlier, and are not in `causes`. */
  readonly left: number;
}

/** A declared system over time, against every layer that some run looked at; values by run. */
export interface SystemTrend {
  readonly name: string;
  readonly layers: readonly { readonly layer: LayerName; readonly values: readonly (PastResilience | undefined)[] }[];
}

export interface Trend {
  /** Ascending by time. */
  readonly runs: readonly PastRun[];
  readonly breaks: readonly Break[];
  /** Layers that some run looked at. */
  readonly layers: readonly LayerTrend[];
  /** Those of the latest run in their order, then those that are gone. */
  readonly systems: readonly SystemTrend[];
  /** Snapshots that are not in `runs`. */
  readonly unread: readonly Unread[];
}

/** A snapshot that is not among the runs. */
export interface Unread {
  readonly file: string;
  readonly code: 'SNAPSHOT_INVALID' | 'SHARD' | 'SAME_RUN';
  readonly message: string;
  readonly next: string;
}

/** What is looked up in every run: by layer, ids of causes. */
export type WantedCauses = ReadonlyMap<LayerName, ReadonlySet<string>>;

/** Causes that a run has, by layer and id. */
export type FoundCauses = ReadonlyMap<LayerName, ReadonlyMap<string, PastCause>>;

/**
 * The causes worth a line: in each layer the first `top` of the latest run that looked at it, and as many of those that were among the first
 * earlier and are not now.
 *
 * @param runs in the order of time, each with its first `top` causes
 */
export function wantedCauses(runs: readonly PastRun[], top: number): WantedCauses {
  return new Map(layersOf(runs).map((layer) => [layer, new Set(leadersOf(runs, layer, top).shown)]));
}

/** @param found by run */
export function trendOf(
  runs: readonly PastRun[],
  found: readonly FoundCauses[],
  top: number,
  unread: readonly Unread[],
): Trend {
  const layers = layersOf(runs);
  return {
    runs,
    breaks: breaksOf(runs),
    layers: layers.map((layer) => {
      const { shown, left } = leadersOf(runs, layer, top);
      const causes = shown.map((id): CauseTrend => {
        const values = found.map((causes) => causes.get(layer)?.get(id));
        return { id, name: values.findLast((value) => value !== undefined)?.name ?? id, values };
      });
      return { layer, causes, left };
    }),
    systems: systemsOf(runs, layers),
    unread,
  };
}

/** Whether all snapshots were read, and the latest run was whole: what the exit code goes by. */
export function isTrendWhole(trend: Trend): boolean {
  return trend.runs.at(-1)?.complete === true && isTrendRead(trend);
}

/** Whether every snapshot that is a run of the fleet was read. */
export function isTrendRead({ unread }: Trend): boolean {
  return unread.every(({ code }) => code === 'SAME_RUN');
}

/** Whether a run knows anything of a layer: a layer that only registries know of is empty where none was asked. */
export function knows({ layers }: PastRun, layer: LayerName): boolean {
  const found = layers.get(layer);
  return found !== undefined && (found.known > 0 || found.of === 0);
}

function layersOf(runs: readonly PastRun[]): LayerName[] {
  return LAYERS.filter((layer) => runs.some(({ layers }) => layers.has(layer)));
}

function leadersOf(runs: readonly PastRun[], layer: LayerName, top: number): { shown: string[]; left: number } {
  const last = runs.findLast(({ layers }) => layers.has(layer));
  const latest = (last?.layers.get(layer)?.top ?? []).slice(0, top).map(({ id }) => id);
  const leading = new Set(latest);
  const former = new Map<string, { id: string; most: number; last: number }>();
  for (const [run, { layers }] of runs.entries()) {
    for (const { id, blastRadius } of (layers.get(layer)?.top ?? []).slice(0, top)) {
      if (leading.has(id)) continue;
      former.set(id, { id, most: Math.max(former.get(id)?.most ?? 0, blastRadius), last: run });
    }
  }
  const byGreatest = [...former.values()].sort((a, b) => b.most - a.most || b.last - a.last || (a.id < b.id ? -1 : 1));
  const shown = byGreatest.slice(0, top).map(({ id }) => id);
  return { shown: [...latest, ...shown], left: byGreatest.length - shown.length };
}

function systemsOf(runs: readonly PastRun[], layers: readonly LayerName[]): SystemTrend[] {
  const names = new Set(runs.toReversed().flatMap(({ declared }) => declared.map(({ name }) => name)));
  const byRun = runs.map(({ declared }) => new Map(declared.map((system) => [system.name, system])));
  return [...names].map((name) => ({
    name,
    layers: layers.map((layer) => ({ layer, values: byRun.map((systems) => systems.get(name)?.against.get(layer)) })),
  }));
}

/** A row of numbers over runs, by what a table tells of it. */
export interface Summary {
  /** The first that is known, and its run. */
  readonly first: Known | undefined;
  /** The latest run's; undefined where it has none. */
  readonly last: Known | undefined;
  readonly least: Known | undefined;
  readonly most: Known | undefined;
}

export interface Known {
  readonly value: number;
  /** Index of the run. */
  readonly run: number;
}

/** Of equal ones the latest is the least or the most. */
export function summaryOf(values: readonly (number | undefined)[]): Summary {
  const known = values.flatMap((value, run): Known[] => (value === undefined ? [] : [{ value, run }]));
  const latest = known.at(-1);
  return {
    first: known[0],
    last: latest?.run === values.length - 1 ? latest : undefined,
    least: known.reduce<Known | undefined>((a, b) => (a && a.value < b.value ? a : b), undefined),
    most: known.reduce<Known | undefined>((a, b) => (a && a.value > b.value ? a : b), undefined),
  };
}
