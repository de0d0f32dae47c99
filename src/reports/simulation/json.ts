/** A simulation as data for JSON reports (schema/simulation.schema.json). */
import { RECORDED_DETECTIONS } from '../../analysis/simulation/detection-times.ts';
import type { Playback, Span } from '../../analysis/simulation/playback.ts';
import type { Played } from '../../analysis/simulation/simulation.ts';
import type { SimulationContent } from './content.ts';

export function simulationJson({ audit, simulation, isDetectionGiven }: SimulationContent): object {
  const { noticing, relock, plays, before, after } = simulation;
  const service = (index: number): string => audit.services[index]!.name;
  const system = (index: number): string => audit.systems[index]!.name;
  return {
    noticedFrom: noticing.from,
    detectMinutes: noticing.minutes,
    relockMinutes: relock,
    recorded: isDetectionGiven ? [] : RECORDED_DETECTIONS,
    gates: { before, after: after ?? null },
    scenarios: plays.map(({ scenario, before: now, after: then }) => ({
      scenario: scenario.kind === 'line' ? scenario.id : scenario.name,
      kind: scenario.kind,
      title: scenario.title,
      before: played(now),
      after: then ? played(then) : null,
    })),
  };

  function played({ reach, worst, scheduled, moments }: Played): object {
    return { reach, worst: playback(worst), scheduled: playback(scheduled), overMoments: moments ?? null };
  }

  function playback(of: Playback): object {
    const { noticedAt, blastRadius, peak, weightMinutes, steps, taken, lost, blind } = of;
    return {
      noticedAt: noticedAt ?? null,
      blastRadius,
      peakWeight: peak,
      weightMinutes,
      steps,
      taken: taken.map((span) => ({ service: service(span.index), ...times(span) })),
      lostSystems: lost.map((span) => ({ system: system(span.index), ...times(span) })),
      blindGuards: blind.map((moment) => ({
        guard: audit.guards[moment.guard]!.name,
        system: system(moment.system),
        guardAt: moment.guardAt,
        touchedAt: moment.touchedAt,
        lostAt: moment.lostAt ?? null,
      })),
    };
  }
}

function times({ at, until }: Span): object {
  return { at, until };
}
