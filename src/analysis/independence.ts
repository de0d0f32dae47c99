/**
 * How independent services are: the causes they share, layer by layer (design, section 4). Every number is a bound:
 * services that share nothing known may still fail together. Pure, from the reach alone.
 */
import type { CauseTable, LayerName } from '../causes/layer.ts';
import type { Reach } from './uses.ts';

/**
 * Two services a and b, as indexes of services, and how alike their sets of causes are: ratios from 0 to 1, undefined where
 * one of the two could not be read or has no cause in the layer.
 */
export interface Overlap {
  readonly a: number;
  readonly b: number;
  /** How many causes reach both. */
  readonly shared: number;
  /** Causes that reach both / causes that reach either. */
  readonly jaccard: number | undefined;
  /** Containment: share of a's causes that reach b too. */
  readonly aInB: number | undefined;
  /** Share of b's causes that reach a too. */
  readonly bInA: number | undefined;
}

export interface LayerIndependence {
  readonly layer: LayerName;
  /** How many causes reach each of the services, in the order of `services`. */
  readonly sizes: readonly number[];
  /** How many causes reach at least one of them. */
  readonly union: number;
  /** Causes that reach all of them, and those that reach at least two: indexes into CauseTable.causes, ascending. */
  readonly inAll: readonly number[];
  readonly inSome: readonly number[];
  /** Every pair once, in the order of `services`. */
  readonly pairs: readonly Overlap[];
  /**
   * union / mean size: 1 where all are alike, the number of services where nothing is shared; undefined where one of them
   * could not be read or has no cause in the layer.
   */
  readonly effective: number | undefined;
}

export interface Independence {
  /** The services compared, each once, in the order given. */
  readonly services: readonly number[];
  /** Those of them of which nothing is known: every number is then a lower bound of what is shared. */
  readonly unread: readonly number[];
  readonly layers: readonly LayerIndependence[];
}

/**
 * Compares services over any number of layers.
 *
 * Nothing is called independent for want of data: a service without a cause in a layer may be one of which the layer
 * knows nothing, so no ratio is given for it.
 *
 * @param services indexes of services, as in Reach; one named twice counts once
 * @param isUnread whether nothing is known of what a service holds
 */
export function independenceOf(
  services: readonly number[],
  layers: readonly { readonly table: Pick<CauseTable, 'layer' | 'causes'>; readonly reach: Reach }[],
  isUnread: (service: number) => boolean,
): Independence {
  const distinct = [...new Set(services)];
  const unread = distinct.filter(isUnread);
  return {
    services: distinct,
    unread,
    layers: layers.map(({ table, reach }) => ({ layer: table.layer, ...compared(distinct, reach, new Set(unread)) })),
  };
}

function compared(
  services: readonly number[],
  { start, service }: Reach,
  unread: ReadonlySet<number>,
): Omit<LayerIndependence, 'layer'> {
  const position = new Map(services.map((index, at) => [index, at]));
  const sizes = new Array<number>(services.length).fill(0);
  const both = services.map(() => new Int32Array(services.length));
  const inAll: number[] = [];
  const inSome: number[] = [];
  let union = 0;
  for (let cause = 0; cause + 1 < start.length; cause++) {
    const hit: number[] = [];
    for (let at = start[cause]!; at < start[cause + 1]!; at++) {
      const member = position.get(service[at]!);
      if (member !== undefined) hit.push(member);
    }
    if (hit.length === 0) continue;
    union++;
    if (hit.length === services.length) inAll.push(cause);
    if (hit.length >= 2) inSome.push(cause);
    for (const x of hit) {
      const row = both[x]!;
      sizes[x]!++;
      for (const y of hit) row[y]!++;
    }
  }
  const sum = sizes.reduce((total, size) => total + size, 0);
  return {
    sizes,
    union,
    inAll: services.length < 2 ? [] : inAll,
    inSome,
    pairs: pairsOf(services.length).map(([x, y]) => {
      const [a, b, shared] = [services[x]!, services[y]!, both[x]![y]!];
      const known = !unread.has(a) && !unread.has(b) && sizes[x]! > 0 && sizes[y]! > 0;
      const ratio = (under: number) => (known ? shared / under : undefined);
      const either = sizes[x]! + sizes[y]! - shared;
      return { a, b, shared, jaccard: ratio(either), aInB: ratio(sizes[x]!), bInA: ratio(sizes[y]!) };
    }),
    effective: unread.size > 0 || sizes.length === 0 || sizes.includes(0) ? undefined : (union * sizes.length) / sum,
  };
}

function pairsOf(count: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let x = 0; x < count; x++) for (let y = x + 1; y < count; y++) pairs.push([x, y]);
  return pairs;
}

/** By component of the fleet: 1 if it is in any of the causes. What a witness path or a cut is asked about. */
export function componentsOfCauses({ start, members }: CauseTable, causes: Iterable<number>): Uint8Array {
  const wanted = new Set(causes);
  const result = new Uint8Array(start.length - 1);
  for (let c = 0; c < result.length; c++) {
    for (let m = start[c]!; m < start[c + 1]!; m++) if (wanted.has(members[m]!)) result[c] = 1;
  }
  return result;
}
