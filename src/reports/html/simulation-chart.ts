/** Systems lost over time as charts, one for each bad release. */
import type { Playback } from '../../analysis/simulation/playback.ts';
import type { ScenarioPlay } from '../../analysis/simulation/simulation.ts';
import { duration } from '../duration.ts';
import { percent } from '../numbers.ts';
import { fleetsOf, horizonOf, type SimulationContent, totalWeight } from '../simulation/content.ts';
import { type Axis, type ChartLine, lineChart } from './line-chart.ts';

/** Charts told one below the other. */
const MOST_CHARTS = 5;
const SHARES = [0, 0.25, 0.5, 0.75, 1] as const;

export function* simulationCharts(content: SimulationContent): Iterable<string> {
  for (const [at, play] of content.simulation.plays.slice(0, MOST_CHARTS).entries()) {
    yield chartOf(content, play, `simulation-chart-${at}`);
  }
}

function chartOf(content: SimulationContent, play: ScenarioPlay, id: string): string {
  const fleets = fleetsOf(play);
  const horizon = horizonOf(fleets.flatMap(({ played }) => [played.worst, played.scheduled]));
  const noticed = fleets.flatMap(({ name, played }) =>
    played.worst.noticedAt === undefined ? [] : [{ name, at: played.worst.noticedAt }],
  );
  const isSame = noticed.every(({ at }) => at === noticed[0]!.at);
  return lineChart(
    {
      title: `${play.scenario.title}: share of the weight of all systems that is lost, from publication until nobody holds it`,
      x: timeAxis(horizon),
      y: {
        title: 'lost',
        least: 0,
        most: 1,
        marks: SHARES.map((share) => ({ at: share, label: percent(share) })),
      },
      lines: fleets.flatMap(({ name, played }) => [
        lineOf(content, `${name}, at worst`, played.worst, horizon),
        lineOf(content, `${name}, by schedule`, played.scheduled, horizon),
      ]),
      moments: (isSame ? noticed.slice(0, 1) : noticed).map(({ name, at }) => ({
        at,
        label: isSame ? 'noticed' : `noticed, ${name}`,
      })),
    },
    id,
  );
}

function lineOf(content: SimulationContent, label: string, { steps }: Playback, horizon: number): ChartLine {
  const total = totalWeight(content);
  const share = (weight: number): number => (total === 0 ? 0 : weight / total);
  const points = steps.map(({ at, weight }) => ({ x: at, y: share(weight) }));
  return { label, kind: 'step', points: [...points, { x: horizon, y: share(steps.at(-1)!.weight) }] };
}

const HOUR = 60;
const DAY = 24 * HOUR;
/** Lengths between two marks. */
const STEPS = [1, 5, 15, 30, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY];
const MOST_MARKS = 10;

function timeAxis(most: number): Axis {
  const step = STEPS.find((each) => most / each <= MOST_MARKS) ?? most / MOST_MARKS;
  const marks = Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
  return {
    title: 'time since it was published',
    least: 0,
    most,
    marks: marks.map((at) => ({ at, label: at === 0 ? '0' : duration(at) })),
  };
}
