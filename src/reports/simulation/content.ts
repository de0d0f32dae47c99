/** What a simulation tells, and words that its formats have in common. */
import type { Audit } from '../../analysis/audit.ts';
import type { Playback } from '../../analysis/simulation/playback.ts';
import type { Played, ScenarioPlay, Simulation } from '../../analysis/simulation/simulation.ts';

export interface SimulationContent {
  /** The fleet as it is, for names. */
  readonly audit: Pick<Audit, 'services' | 'systems' | 'guards'>;
  readonly simulation: Simulation;
  /** Whether the time to notice was given by the user; else it is the default, and where that is from is told. */
  readonly isDetectionGiven: boolean;
}

/** The fleets that a scenario was played against, with what they are called. */
export function fleetsOf({ before, after }: ScenarioPlay): { readonly name: string; readonly played: Played }[] {
  const now = { name: after ? 'now' : 'fleet', played: before };
  return after ? [now, { name: 'after the plan', played: after }] : [now];
}

/** When everything is over, in minutes since the release; at least until it is noticed. */
export function horizonOf(plays: readonly Playback[]): number {
  return plays.reduce((most, { steps, noticedAt = 0 }) => Math.max(most, steps.at(-1)!.at, noticedAt), 1);
}

/** The share of the weight of all systems that is lost at most within each of so many equal parts of the time, 0 to 1. */
export function lossShares(content: SimulationContent, { steps }: Playback, horizon: number, parts: number): number[] {
  const total = totalWeight(content);
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [(part * horizon) / parts, ((part + 1) * horizon) / parts];
    return steps.reduce((most, { at, weight }, index) => {
      const until = steps[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return at < to && until > from && total > 0 ? Math.max(most, weight / total) : most;
    }, 0);
  });
}

export function totalWeight({ audit }: SimulationContent): number {
  return audit.systems.reduce((sum, { weight }) => sum + weight, 0);
}
