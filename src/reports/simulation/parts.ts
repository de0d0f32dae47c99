/** What bad releases take down before and after a plan: headings, tables and sentences of the terminal, Markdown and HTML. */
import {
  DEFAULT_DETECTION,
  medianDetection,
  noticedWithin,
  RECORDED_DETECTIONS,
} from '../../analysis/simulation/detection-times.ts';
import { duration } from '../duration.ts';
import { count, percent } from '../numbers.ts';
import type { Part } from '../part.ts';
import { forTerminal } from '../safe.ts';
import { sparkline } from '../sparkline.ts';
import type { Cells, Column } from '../table.ts';
import { fleetsOf, horizonOf, lossShares, type SimulationContent } from './content.ts';

/** Characters of a row of blocks. */
const SPARK = 16;
/** Guards told one by one. */
const MOST_GUARDS = 10;

export function simulationParts(content: SimulationContent): Part[] {
  const { plays } = content.simulation;
  return [
    {
      id: 'simulation',
      title: 'If the next release is bad: what is lost before it is noticed, and until it is gone?',
      cells: plays.length === 0 ? undefined : cellsOf(content),
      texts:
        plays.length === 0
          ? ['Nothing to play: no service takes a next release of anything.']
          : [...guardTexts(content).slice(0, MOST_GUARDS), ...assumptions(content)],
    },
  ];
}

function cellsOf(content: SimulationContent): Cells {
  const { simulation, audit } = content;
  const hasMoments = simulation.plays.some(({ before }) => before.moments !== undefined);
  const systems = audit.systems.length;
  const columns: Column[] = [
    { header: 'bad release', align: 'left', shrinkTo: 14 },
    { header: 'fleet', align: 'left' },
    { header: 'takes it', align: 'right', says: 'Services whose ranges would take it, sooner or later' },
    {
      header: 'in time',
      align: 'right',
      says: 'Of these, who may hold it before it is noticed: everybody locked again at once',
    },
    { header: 'lost', align: 'right', says: 'Systems lost then, at the worst moment' },
    { header: 'blast radius', align: 'right', says: 'Weight of these / weight of all systems' },
    {
      header: 'lost over time',
      align: 'left',
      says: 'From publication until nobody holds it; a full block is everything',
    },
    ...(hasMoments
      ? [
          {
            header: 'by schedule',
            align: 'right',
            says: 'Blast radius on average over all moments of publication, with lockfiles locked again by schedule; in brackets at the worst moment',
          } as const,
        ]
      : []),
  ];
  const rows = simulation.plays.flatMap((play) => {
    const fleets = fleetsOf(play);
    const horizon = horizonOf(fleets.map(({ played }) => played.worst));
    return fleets.map(({ name, played }) => {
      const { reach, worst, moments } = played;
      return [
        forTerminal(play.scenario.title),
        name,
        count(reach),
        count(worst.taken.length),
        `${count(worst.lost.length)} of ${count(systems)}`,
        percent(worst.blastRadius),
        `|${sparkline(lossShares(content, worst, horizon, SPARK), 0, 1)}| ${duration(horizon)}`,
        ...(hasMoments ? [moments ? `${percent(moments.mean)} (${percent(moments.most)})` : '-'] : []),
      ];
    });
  });
  return { columns, rows };
}

/** By fleet, guard and what it protects: with how many of the releases it cannot warn. */
function guardTexts({ audit, simulation }: SimulationContent): string[] {
  const { plays } = simulation;
  const found = new Map<string, { fleet: string; guard: number; system: number; blind: number; lost: number }>();
  for (const play of plays) {
    for (const { name: fleet, played } of fleetsOf(play)) {
      for (const { guard, system, lostAt } of played.worst.blind) {
        const key = `${fleet} ${guard} ${system}`;
        const of = found.get(key) ?? { fleet, guard, system, blind: 0, lost: 0 };
        found.set(key, { ...of, blind: of.blind + 1, lost: of.lost + (lostAt === undefined ? 0 : 1) });
      }
    }
  }
  return [...found.values()].map(({ fleet, guard, system, blind, lost }) => {
    const [watcher, watched] = [forTerminal(audit.guards[guard]!.name), forTerminal(audit.systems[system]!.name)];
    const where = fleet === 'fleet' ? '' : `${fleet}, `;
    return `Guard ${watcher}, ${where}with ${count(blind)} of ${count(plays.length)}: it holds the release when ${watched}, which it protects, takes it, so it cannot warn; ${watched} is lost with ${count(lost)}.`;
  });
}

function assumptions(content: SimulationContent): string[] {
  const { noticing, relock, before, after } = content.simulation;
  const start = noticing.from === 'published' ? 'it is published' : 'a service of this fleet takes it first';
  const source = content.isDetectionGiven ? '' : ` (${defaultWords()})`;
  const gates = (of: typeof before): string =>
    `${count(of.longEnough)} of ${count(of.services, 'service')} wait that long`;
  const open = [
    ...(before.unknown > 0
      ? [`${count(before.unknown)} may wait, nobody can tell how long: they count as not waiting`]
      : []),
    ...(before.botOnly > 0
      ? [`of ${count(before.botOnly)} only a bot does, which holds up no re-lock by hand: they count as not waiting`]
      : []),
  ];
  return [
    `Noticed and gone ${duration(noticing.minutes)} after ${start}${source}. Who holds it keeps it until the lockfile is locked again, once in ${duration(relock)}: spread evenly where by schedule, at the worst moments elsewhere.`,
    `Gates, by what the files say: ${gates(before)}${after ? `; after the plan ${gates(after)}` : ''}${open.length > 0 ? `; ${open.join('; ')}` : ''}.`,
  ];
}

/** Where the default time to notice is from. */
export function defaultWords(): string {
  const [all, slowest] = [RECORDED_DETECTIONS, longest()];
  return `by default: ${count(noticedWithin(DEFAULT_DETECTION))} of ${count(all.length)} recorded incidents were noticed by then, half of all within ${duration(medianDetection())}; ${slowest.packages} took ${duration(slowest.minutes)}`;
}

function longest() {
  return RECORDED_DETECTIONS.reduce((most, each) => (each.minutes > most.minutes ? each : most));
}
