/** What every layer gives: its causes and which components each takes along. */
import type { Evidence } from '../evidence/evidence.ts';
import type { Fleet } from '../graph/fleet.ts';
import type { Service } from '../graph/services.ts';

/**
 * In the order of the design (section 3). `repository` and `owner` are what manifests declare, `attested-repository` and
 * `attested-owner` what verified provenance proves: never mixed.
 */
export const LAYERS = [
  'artifact',
  'release',
  'package',
  'maintainer',
  'repository',
  'owner',
  'attested-repository',
  'attested-owner',
  'builder',
  'key',
  'registry',
  'runtime',
] as const;
export type LayerName = (typeof LAYERS)[number];

/** Layers of which nothing is known without the answers of registries. */
export const ASKED_LAYERS: ReadonlySet<LayerName> = new Set<LayerName>([
  'maintainer',
  'repository',
  'owner',
  'attested-repository',
  'attested-owner',
  'builder',
  'key',
]);

export interface Cause {
  /** Stable across runs and version bumps of other packages: `package:npm/debug`. */
  readonly id: string;
  readonly name: string;
  readonly ecosystem: string;
  /** One's own code: a workspace, a linked directory or a local file. */
  readonly firstParty: boolean;
  /**
   * `exact`: every member is tied to the cause by a digest or a name that decides. `assumed`: some member has nothing
   * that could be compared and counts as the same, so that reach is never understated. `weak`: no member has a digest.
   */
  readonly identity: 'exact' | 'assumed' | 'weak';
}

/** The causes of one layer over a fleet. A component may be in several causes, or in none. */
export interface CauseTable {
  readonly layer: LayerName;
  readonly causes: readonly Cause[];
  /** Causes of component c: members[start[c]] .. members[start[c + 1]]. */
  readonly start: Int32Array;
  readonly members: Int32Array;
  /**
   * In a layer of what services stand on as a whole, and no component is: causes of service s, in the same form. Then
   * `start` and `members` hold nothing.
   */
  readonly ofServices?: { readonly start: Int32Array; readonly members: Int32Array };
  /**
   * In a layer of how components are depended on: a service has a cause where an edge in it does. Then `start` and
   * `members` say which components such edges lead to.
   */
  readonly ofEdges?: EdgeCauses;
}

export interface EdgeCauses {
  /** By lockfile, by edge: the cause, NONE for no cause, UNKNOWN where that is not known. */
  readonly causeOf: readonly Int32Array[];
  /** Edges of which it is known, of all that could have a cause. */
  readonly known: number;
  readonly of: number;
  /** By cause: the version whose release it stands for. */
  readonly next: readonly string[];
}

/** In `EdgeCauses.causeOf`. */
export const UNKNOWN = -2;

export type Layer = (fleet: Fleet, evidence: Evidence, services: readonly Service[]) => CauseTable;

/** A layer whose causes are each tied to a component by themselves: those `causesOf` gives it, told apart by id. */
export function layerOf(layer: LayerName, fleet: Fleet, causesOf: (component: number) => readonly Cause[]): CauseTable {
  const groups = new Map<string, { cause: Cause; components: number[] }>();
  for (let c = 0; c < fleet.componentCount; c++) {
    for (const cause of causesOf(c)) {
      const group = groups.get(cause.id);
      if (!group) groups.set(cause.id, { cause, components: [c] });
      else if (group.components.at(-1) !== c) group.components.push(c);
    }
  }
  return causeTable(layer, fleet.componentCount, [...groups.values()]);
}

/** A layer whose causes are tied to services: those `causesOf` gives each. */
export function layerOfServices(
  layer: LayerName,
  fleet: Fleet,
  services: readonly Service[],
  causesOf: (service: Service) => readonly Cause[],
): CauseTable {
  const groups = new Map<string, { cause: Cause; components: number[] }>();
  services.forEach((service, at) => {
    for (const cause of causesOf(service)) {
      const group = groups.get(cause.id) ?? { cause, components: [] };
      groups.set(cause.id, group);
      if (group.components.at(-1) !== at) group.components.push(at);
    }
  });
  const { causes, start, members } = causeTable(layer, services.length, [...groups.values()]);
  const nothing = { start: new Int32Array(fleet.componentCount + 1), members: new Int32Array(0) };
  return { layer, causes, ...nothing, ofServices: { start, members } };
}

/** A cause outside the lockfile, of a layer of its own ecosystem-free names. */
export function outsideCause(layer: LayerName, key: string, name = key): Cause {
  return { id: `${layer}:${key}`, name, ecosystem: '', firstParty: false, identity: 'exact' };
}

/** Groups (cause, components) lists by component. */
export function causeTable(
  layer: LayerName,
  componentCount: number,
  groups: readonly { readonly cause: Cause; readonly components: readonly number[] }[],
): CauseTable {
  const start = new Int32Array(componentCount + 1);
  for (const group of groups) for (const component of group.components) start[component + 1]!++;
  for (let c = 0; c < componentCount; c++) start[c + 1]! += start[c]!;
  const next = start.slice(0, componentCount);
  const members = new Int32Array(start[componentCount]!);
  groups.forEach((group, cause) => {
    for (const component of group.components) members[next[component]!++] = cause;
  });
  return { layer, causes: groups.map((group) => group.cause), start, members };
}
