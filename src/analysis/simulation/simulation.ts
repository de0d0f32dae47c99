/**
 * Bad releases played against the fleet as it is, and against the same fleet after a plan: systems lost over time, by the same
 * rules. Pure.
 */
import type { Audit, LayerResult } from '../audit.ts';
import { ReleaseDelays } from '../release-delay.ts';
import type { Noticing } from '../rings/exposure.ts';
import { type OverMoments, overMoments } from './moments.ts';
import { type BadRelease, type Playback, play } from './playback.ts';
import { layerOfReleases, releasesOf, type Scenario, worstLines } from './scenarios.ts';
import { evenSchedule, shifted } from './schedule.ts';

/** Lines played unless told: one is an anecdote, and more than a few are no table that can be read. */
export const DEFAULT_SCENARIOS = 3;

export interface SimulationQuestion {
  readonly noticing: Noticing;
  /** Minutes between two re-locks of a lockfile. */
  readonly relock: number;
  /** When the release is published, milliseconds since 1970: what gates of a fixed date are compared with. */
  readonly publishedAt: number;
  /** What is bad, or how many of the lines that would hurt most: before, and the one that would afterwards. */
  readonly scenarios: readonly Scenario[] | number;
}

/** An audit of a fleet that has the layer `release`. */
export type Audited = Pick<Audit, 'fleet' | 'services' | 'systems' | 'guards' | 'layers'>;

export interface Simulation {
  readonly noticing: Noticing;
  readonly relock: number;
  readonly plays: readonly ScenarioPlay[];
  /** Of the fleet, before and after; `after` undefined where nothing was changed. */
  readonly before: GateCounts;
  readonly after: GateCounts | undefined;
}

export interface ScenarioPlay {
  readonly scenario: Scenario;
  readonly before: Played;
  readonly after: Played | undefined;
}

export interface Played {
  /** Services whose ranges would take one of the releases, whenever they are locked again. */
  readonly reach: number;
  readonly worst: Playback;
  /** By schedule; where others notice, published at a moment at which most is lost. */
  readonly scheduled: Playback;
  /** Over all moments of publication; undefined where only this fleet can notice. */
  readonly moments: OverMoments | undefined;
}

/** Services by what their package manager waits for releases of the packages played. */
export interface GateCounts {
  readonly services: number;
  /** Waits long enough, counted from publication, for each of them. */
  readonly longEnough: number;
  /** Of the others: where a gate of unknown length may be, which counts as none; and where only a bot waits that long. */
  readonly unknown: number;
  readonly botOnly: number;
}

/** @throws Error where an audit lacks the layer `release` */
export function simulate(before: Audited, after: Audited | undefined, question: SimulationQuestion): Simulation {
  const { noticing, relock, scenarios } = question;
  const [now, then] = [new Player(before, question), after && new Player(after, question)];
  const chosen = typeof scenarios === 'number' ? worstOfBoth(now.worst(scenarios), then?.worst(1) ?? []) : scenarios;
  return {
    noticing,
    relock,
    plays: chosen.map((scenario) => ({ scenario, before: now.play(scenario), after: then?.play(scenario) })),
    before: now.gates(chosen),
    after: then?.gates(chosen),
  };
}

/** What would hurt most afterwards is another line, perhaps: to leave that out would be to flatter the plan. */
function worstOfBoth(before: readonly Scenario[], after: readonly Scenario[]): Scenario[] {
  const keyOf = (scenario: Scenario): string => (scenario.kind === 'line' ? scenario.id : scenario.name);
  const known = new Set(before.map(keyOf));
  return [...before, ...after.filter((scenario) => !known.has(keyOf(scenario)))];
}

class Player {
  readonly layer: LayerResult;
  readonly #audit: Audited;
  readonly #delays: ReleaseDelays;
  readonly #question: SimulationQuestion;

  constructor(audit: Audited, question: SimulationQuestion) {
    const layer = layerOfReleases(audit);
    if (layer === undefined) throw new Error('a simulation needs the layer release');
    this.layer = layer;
    this.#audit = audit;
    this.#delays = new ReleaseDelays(audit.fleet, question.publishedAt);
    this.#question = question;
  }

  worst(most: number): Scenario[] {
    return worstLines(this.#audit, this.layer, this.#delays, this.#question.noticing, most);
  }

  play(scenario: Scenario): Played {
    const { noticing, relock } = this.#question;
    const releases = releasesOf(this.layer, scenario);
    const schedule = evenSchedule(this.#audit.fleet, this.#audit.services, relock);
    const moments =
      noticing.from === 'published'
        ? overMoments(this.#audit, releases, this.#delays, noticing.minutes, schedule)
        : undefined;
    const played = (locking: 'worst' | 'scheduled', by = schedule) =>
      play(this.#audit, releases, this.#delays, noticing, by, locking);
    return {
      reach: new Set(releases.flatMap(({ services }) => services)).size,
      worst: played('worst'),
      scheduled: played('scheduled', shifted(schedule, moments?.worstMoment ?? 0)),
      moments,
    };
  }

  gates(scenarios: readonly Scenario[]): GateCounts {
    const releases = scenarios.flatMap((scenario) => releasesOf(this.layer, scenario));
    const reached = namesByService(releases);
    const counts = { services: reached.size, longEnough: 0, unknown: 0, botOnly: 0 };
    const { minutes } = this.#question.noticing;
    for (const [service, names] of reached) {
      const { lockfile } = this.#audit.services[service]!;
      const delays = [...names].map((name) => this.#delays.of(lockfile, name));
      if (delays.every((delay) => delay.minutes >= minutes)) counts.longEnough++;
      else if (delays.some(({ unknown }) => unknown)) counts.unknown++;
      else if (delays.every((delay) => Math.max(delay.minutes, delay.bot) >= minutes)) counts.botOnly++;
    }
    return counts;
  }
}

function namesByService(releases: readonly BadRelease[]): Map<number, Set<string>> {
  const names = new Map<number, Set<string>>();
  for (const { name, services } of releases) {
    for (const service of services) {
      const of = names.get(service) ?? new Set();
      names.set(service, of.add(name));
    }
  }
  return names;
}
