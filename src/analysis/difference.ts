/**
 * What changed between two reports of a fleet: services and systems that came or went, redundancies that were lost or won,
 * causes that are new, gone, greater or smaller, and evidence that weakened. Causes are compared, not versions. Pure.
 */

import { LAYERS, type LayerName } from '../causes/layer.ts';
import { STRENGTHS, type Strength } from '../evidence/evidence.ts';
import { compareTexts } from '../order.ts';
import {
  type Coverage,
  type EarlierCause,
  type EarlierReport,
  type EarlierSystem,
  type Names,
  unasked,
} from './earlier.ts';

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

/** A system of both whose declaration is another. */
export interface SystemChange {
  readonly system: string;
  readonly before: Omit<EarlierSystem, 'name'>;
  readonly after: Omit<EarlierSystem, 'name'>;
  /** Members of its own that may fail before it does: n - need, at least 0. */
  readonly tolerates: { readonly before: number; readonly after: number };
}

/** Of how much of a layer the causes were known. */
export interface CoverageChange {
  readonly layer: LayerName;
  readonly before: Coverage;
  readonly after: Coverage;
}

export interface EvidenceChange {
  readonly cause: string;
  readonly before: Strength;
  readonly after: Strength;
}

export interface Difference {
  readonly services: { readonly joined: readonly string[]; readonly left: readonly string[] };
  readonly systems: {
    readonly joined: readonly string[];
    readonly left: readonly string[];
    /** Those that tolerate fewer failures first. */
    readonly changed: readonly SystemChange[];
  };
  /** Systems of both that more, or fewer, causes defeat; those that survived any one first. */
  readonly redundancies: readonly RedundancyChange[];
  /** The greatest change first. Causes that only one service has and that lose nothing more are left out. */
  readonly causes: readonly CauseChange[];
  /** Packages of both whose weakest evidence is weaker. */
  readonly weakened: readonly EvidenceChange[];
  /** Layers of which the causes are known of another share than before: what is not known shows as gone, or was and is new. */
  readonly coverage: readonly CoverageChange[];
  /** Layers that one of the two does not have, not with all causes, or could know nothing of because it asked nobody. */
  readonly unknown: readonly LayerName[];
  /** Whether evidence was looked for; where one of the two did not, none is compared. */
  readonly asked: { readonly before: boolean; readonly after: boolean };
  readonly complete: { readonly before: boolean; readonly after: boolean };
}

/** @param before of the same scope as `after`: reach in another scope is no change */
export function differenceOf(before: EarlierReport, after: EarlierReport): Difference {
  const unknown = unknownLayers(before, after);
  const both = LAYERS.filter(
    (layer) => before.layers.has(layer) && after.layers.has(layer) && !unknown.includes(layer),
  );
  const systems = {
    ...apart(names(before.systems), names(after.systems)),
    changed: systemChanges(before, after),
  };
  return {
    services: apart([...before.services], [...after.services]),
    systems,
    redundancies: both.flatMap((layer) => redundancyChanges(layer, before, after)).sort(byRedundancy),
    causes: both.flatMap((layer) => causeChanges(layer, before, after)).sort(byGain),
    weakened: weakenedIn(before.layers.get('package'), after.layers.get('package')),
    coverage: both.flatMap((layer) => coverageChange(layer, before, after)),
    unknown,
    asked: { before: before.asked, after: after.asked },
    complete: { before: before.complete, after: after.complete },
  };
}

/** Whether a cause is worse, evidence weaker, or a system declared so that it tolerates less. */
export function isWorse({ causes, weakened, systems }: Difference): boolean {
  return causes.some(({ worse }) => worse) || weakened.length > 0 || systems.changed.some(isLessTolerant);
}

/** Whether all of both runs was there to be compared. */
export function isWhole({ complete, unknown, asked }: Difference): boolean {
  return complete.before && complete.after && unknown.length === 0 && asked.before === asked.after;
}

function isLessTolerant({ tolerates }: SystemChange): boolean {
  return tolerates.after < tolerates.before;
}

function unknownLayers(before: EarlierReport, after: EarlierReport): LayerName[] {
  const silent = unasked(before, after);
  return LAYERS.filter((layer) => {
    const [was, is] = [before.layers.has(layer), after.layers.has(layer)];
    return was !== is || isCut(layer, before, after) || (was && silent.has(layer));
  });
}

function isCut(layer: LayerName, before: EarlierReport, after: EarlierReport): boolean {
  return before.cut.includes(layer) || after.cut.includes(layer);
}

function names(systems: readonly EarlierSystem[]): string[] {
  return systems.map(({ name }) => name);
}

function systemChanges(before: EarlierReport, after: EarlierReport): SystemChange[] {
  const known = new Map(before.systems.map((system) => [system.name, system]));
  const changes = after.systems.flatMap(({ name, ...is }): SystemChange[] => {
    const found = known.get(name);
    if (found === undefined) return [];
    const { name: system, ...was } = found;
    if (sameDeclaration(was, is)) return [];
    return [{ system, before: was, after: is, tolerates: { before: toleranceOf(was), after: toleranceOf(is) } }];
  });
  const lost = ({ tolerates }: SystemChange): number => tolerates.before - tolerates.after;
  return changes.sort((a, b) => lost(b) - lost(a) || compareTexts(a.system, b.system));
}

type Declaration = Omit<EarlierSystem, 'name'>;

function sameDeclaration(a: Declaration, b: Declaration): boolean {
  const members = new Set(a.members);
  const isSame = a.members.length === b.members.length && b.members.every((member) => members.has(member));
  return isSame && a.need === b.need && a.weight === b.weight;
}

function toleranceOf({ members, need }: Declaration): number {
  return Math.max(0, members.length - need);
}

/** Said where it shows: of all causes before or after, and a share that is another in whole percent. */
function coverageChange(layer: LayerName, before: EarlierReport, after: EarlierReport): CoverageChange[] {
  const [was, is] = [before.coverage.get(layer), after.coverage.get(layer)];
  if (!was || !is || Math.round(shareOf(was) * 100) === Math.round(shareOf(is) * 100)) return [];
  return [{ layer, before: was, after: is }];
}

function shareOf({ known, of }: Coverage): number {
  return of === 0 ? 1 : known / of;
}

function apart(before: readonly string[], after: readonly string[]) {
  const [was, is] = [new Set(before), new Set(after)];
  return { joined: after.filter((name) => !was.has(name)).sort(), left: before.filter((name) => !is.has(name)).sort() };
}

/** Only systems that tolerate a failure now: of the others every cause is one that defeats them. */
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
  const [old, now] = [inBoth(before, after), inBoth(after, before)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((cause): CauseChange[] => {
    const change = { layer, cause, before: was.get(cause), after: is.get(cause) };
    const gain = (change.after?.blastRadius ?? 0) - (change.before?.blastRadius ?? 0);
    const isShared = (change.before?.services.size ?? 0) > 1 || (change.after?.services.size ?? 0) > 1;
    const worse = isWorseCause(change.before, change.after, now);
    const isTold = worse || isWorseCause(change.after, change.before, old) || (isShared && !isSameCause(change));
    return isTold ? [{ ...change, gain, worse }] : [];
  });
}

/** Systems of one report that the other has too, as the one declares them. */
function inBoth(one: EarlierReport, other: EarlierReport): Map<string, EarlierSystem> {
  const known = new Set(names(other.systems));
  return new Map(one.systems.filter(({ name }) => known.has(name)).map((system) => [system.name, system]));
}

/** Also where as many services, or systems of the same weight, are others. */
function isSameCause({ before, after }: Pick<CauseChange, 'before' | 'after'>): boolean {
  if (!before || !after || before.blastRadius !== after.blastRadius) return false;
  return sameNames(before.services, after.services) && sameNames(before.lostSystems, after.lostSystems);
}

function sameNames(a: Names, b: Names): boolean {
  if (a.size !== b.size) return false;
  for (const name of a) if (!b.has(name)) return false;
  return true;
}

function isWorseCause(
  before: EarlierCause | undefined,
  after: EarlierCause | undefined,
  systems: ReadonlyMap<string, EarlierSystem>,
): boolean {
  const lost = [...(after?.lostSystems ?? [])].flatMap((name) => systems.get(name) ?? []);
  const added = lost.filter(({ name }) => !before?.lostSystems.has(name));
  return added.some(isRedundant) || (added.length > 0 && lost.length > 1);
}

function isRedundant(system: EarlierSystem): boolean {
  return toleranceOf(system) > 0;
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
