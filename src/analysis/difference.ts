/**
 * What changed between two reports of a fleet: services and systems that came or went, redundancies that were lost or won,
 * causes that are new, gone, greater or smaller, and evidence that weakened. Causes are compared, not versions. Pure.
 */
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { STRENGTHS, type Strength } from '../evidence/evidence.ts';
import type { EarlierCause, EarlierReport, EarlierSystem } from './earlier.ts';

export interface CauseChange {
  readonly layer: LayerName;
  /** Id of the cause. */
  readonly cause: string;
  /** undefined where the report does not have it. */
  readonly before: EarlierCause | undefined;
  readonly after: EarlierCause | undefined;
  /** Blast radius after, less that before. */
  readonly gain: number;
  /**
   * Of the systems that both reports have: it takes down one that it did not, and that is a redundancy or one of several
   * (`changesSince` says the same of a run). A blast radius that only grew because systems left is not worse.
   */
  readonly worse: boolean;
}

/** A declared redundancy in a layer. */
export interface RedundancyChange {
  readonly system: string;
  readonly layer: LayerName;
  /** How many causes defeat it alone. */
  readonly before: number;
  readonly after: number;
}

export interface EvidenceChange {
  readonly cause: string;
  readonly before: Strength;
  readonly after: Strength;
}

export interface Difference {
  readonly services: { readonly joined: readonly string[]; readonly left: readonly string[] };
  readonly systems: { readonly joined: readonly string[]; readonly left: readonly string[] };
  /** Systems of both that more, or fewer, causes defeat; those that survived any one first. */
  readonly redundancies: readonly RedundancyChange[];
  /** The greatest change first. Causes that only one service has and that lose nothing more are left out. */
  readonly causes: readonly CauseChange[];
  /** Packages of both whose weakest evidence is weaker. */
  readonly weakened: readonly EvidenceChange[];
  /** Layers that one of the two does not have, or not with all causes. */
  readonly unknown: readonly LayerName[];
  readonly complete: { readonly before: boolean; readonly after: boolean };
}

export function differenceOf(before: EarlierReport, after: EarlierReport): Difference {
  const both = LAYERS.filter((layer) => before.layers.has(layer) && after.layers.has(layer));
  const systems = apart(names(before.systems), names(after.systems));
  return {
    services: apart([...before.services], [...after.services]),
    systems,
    redundancies: both.flatMap((layer) => redundancyChanges(layer, before, after)).sort(byRedundancy),
    causes: both.flatMap((layer) => causeChanges(layer, before, after)).sort(byGain),
    weakened: weakenedIn(before.layers.get('package'), after.layers.get('package')),
    unknown: LAYERS.filter(
      (layer) => before.layers.has(layer) !== after.layers.has(layer) || isCut(layer, before, after),
    ),
    complete: { before: before.complete, after: after.complete },
  };
}

/** Whether a cause is worse, or evidence weaker. */
export function isWorse({ causes, weakened }: Difference): boolean {
  return causes.some(({ worse }) => worse) || weakened.length > 0;
}

function isCut(layer: LayerName, before: EarlierReport, after: EarlierReport): boolean {
  return before.cut.includes(layer) || after.cut.includes(layer);
}

function names(systems: readonly EarlierSystem[]): string[] {
  return systems.map(({ name }) => name);
}

function apart(before: readonly string[], after: readonly string[]) {
  const [was, is] = [new Set(before), new Set(after)];
  return { joined: after.filter((name) => !was.has(name)).sort(), left: before.filter((name) => !is.has(name)).sort() };
}

/** Only systems that tolerate a failure, in both reports: of the others every cause is one that defeats them. */
function redundancyChanges(layer: LayerName, before: EarlierReport, after: EarlierReport): RedundancyChange[] {
  const was = defeating(before.layers.get(layer)!);
  const is = defeating(after.layers.get(layer)!);
  const known = new Map(before.systems.map((system) => [system.name, system]));
  return after.systems.flatMap((system): RedundancyChange[] => {
    if (!known.has(system.name) || !isRedundant(system)) return [];
    const change = { system: system.name, layer, before: was.get(system.name) ?? 0, after: is.get(system.name) ?? 0 };
    return change.before === change.after ? [] : [change];
  });
}

/** By system: how many causes take it down. */
function defeating(causes: ReadonlyMap<string, EarlierCause>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lostSystems } of causes.values()) {
    for (const system of lostSystems) counts.set(system, (counts.get(system) ?? 0) + 1);
  }
  return counts;
}

function byRedundancy(a: RedundancyChange, b: RedundancyChange): number {
  const lost = Number(b.before === 0) - Number(a.before === 0);
  return lost || b.after - b.before - (a.after - a.before) || compareTexts(a.system, b.system);
}

function causeChanges(layer: LayerName, before: EarlierReport, after: EarlierReport): CauseChange[] {
  const [was, is] = [before.layers.get(layer)!, after.layers.get(layer)!];
  const known = new Set(names(before.systems));
  const both = new Map(after.systems.filter(({ name }) => known.has(name)).map((system) => [system.name, system]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((cause): CauseChange[] => {
    const change = { layer, cause, before: was.get(cause), after: is.get(cause) };
    const gain = (change.after?.blastRadius ?? 0) - (change.before?.blastRadius ?? 0);
    const isShared = (change.before?.services.size ?? 0) > 1 || (change.after?.services.size ?? 0) > 1;
    const isSame = gain === 0 && change.before?.services.size === change.after?.services.size;
    return isSame || !isShared ? [] : [{ ...change, gain, worse: isWorseCause(change, both) }];
  });
}

function isWorseCause(
  { before, after }: Pick<CauseChange, 'before' | 'after'>,
  systems: ReadonlyMap<string, EarlierSystem>,
): boolean {
  const lost = [...(after?.lostSystems ?? [])].flatMap((name) => systems.get(name) ?? []);
  const added = lost.filter(({ name }) => !before?.lostSystems.has(name));
  return added.some(isRedundant) || (added.length > 0 && lost.length > 1);
}

function isRedundant({ members, need }: EarlierSystem): boolean {
  return members.length > need;
}

function byGain(a: CauseChange, b: CauseChange): number {
  return (
    Number(b.worse) - Number(a.worse) ||
    Math.abs(b.gain) - Math.abs(a.gain) ||
    b.gain - a.gain ||
    compareTexts(a.cause, b.cause)
  );
}

function weakenedIn(
  before: ReadonlyMap<string, EarlierCause> | undefined,
  after: ReadonlyMap<string, EarlierCause> | undefined,
): EvidenceChange[] {
  return [...(after ?? [])].flatMap(([cause, { evidence: now }]): EvidenceChange[] => {
    const was = before?.get(cause)?.evidence;
    if (was === undefined || now === undefined || STRENGTHS.indexOf(now) >= STRENGTHS.indexOf(was)) return [];
    return [{ cause, before: was, after: now }];
  });
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
