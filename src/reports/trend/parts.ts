/** A history as headings, tables, charts and sentences, for every format of the trend that people read. */
import type { Trend } from '../../analysis/trend.ts';
import { count } from '../numbers.ts';
import type { RunContent } from '../report.ts';
import { evidencePart, fleetPart } from './fleet.ts';
import { causePart, systemPart } from './systems.ts';
import { TableMaker, type TrendTable } from './table.ts';
import { timesOf } from './times.ts';
import { breakTexts, unreadTexts } from './words.ts';

export interface TrendContent {
  readonly trend: Trend;
  /** Rows of each table. */
  readonly top: number;
}

/** Rows of each table where nobody says otherwise: of causes now, and of those that led earlier. */
export const HISTORY_ROWS = 5;

export interface TrendPart {
  /** Unique among the parts. */
  readonly id: string;
  readonly title: string;
  readonly tables: readonly TrendTable[];
  readonly texts: readonly string[];
}

/** `29 runs from 2026-11-01 to 2026-11-29; now 14 services, 13 lockfiles, 12 systems` */
export function trendHeadline({ runs }: Trend): string {
  const times = timesOf(runs);
  const last = runs.at(-1)!;
  const span = runs.length === 1 ? `of ${times[0]}` : `from ${times[0]} to ${times.at(-1)}`;
  const counts = [count(last.services, 'service'), count(last.lockfiles, 'lockfile'), count(last.systems, 'system')];
  return `${count(runs.length, 'run')} ${span}; at the end ${counts.join(', ')}, scope ${last.scope}`;
}

/** What must be known before a line is believed. */
export function trendAlerts({ runs, breaks, unread }: Trend): string[] {
  const incomplete = runs.filter(({ complete }) => !complete).length;
  const left = unread.filter(({ code }) => code !== 'SAME_RUN').length;
  return [
    ...(left > 0
      ? [`${count(left, 'snapshot')} of the history ${left === 1 ? 'is' : 'are'} not in it: see the end.`]
      : []),
    ...(incomplete > 0
      ? [
          `${count(incomplete, 'run')} ${incomplete === 1 ? 'is' : 'are'} incomplete${runs.at(-1)!.complete ? '' : ', the latest among them'}: numbers of ${incomplete === 1 ? 'it' : 'them'} are bounds (>=, <=).`,
        ]
      : []),
    ...(breaks.length > 0
      ? [
          `At ${count(breaks.length, 'point')} the runs were asked or configured differently: a step there may be that, and nothing else. See what changed between the runs.`,
        ]
      : []),
  ];
}

/** For a report that is about something else: the causes of its first layer alone, and few of them. */
export function briefHistory({ audit, top }: RunContent, trend: Trend): TrendContent {
  const first = audit.layers[0]?.table.layer;
  const layers = trend.layers.filter(({ layer }) => layer === first);
  return { trend: { ...trend, layers }, top: Math.min(top, HISTORY_ROWS) };
}

/** @param width characters of a sparkline at most; 0: tables have none */
export function trendParts({ trend, top }: TrendContent, width: number): TrendPart[] {
  const table = new TableMaker(trend.runs, width);
  return [
    ...systemPart(trend, top, table),
    causePart(trend, table),
    evidencePart(trend, table),
    fleetPart(trend, table),
    breakPart(trend),
    ...unreadPart(trend),
  ];
}

function breakPart(trend: Trend): TrendPart {
  const texts = breakTexts(trend);
  return {
    id: 'breaks',
    title: 'What changed between the runs?',
    tables: [],
    texts: texts.length > 0 ? texts : ['Nothing but the fleet: scope, layers, config and systems are the same in all.'],
  };
}

function unreadPart(trend: Trend): TrendPart[] {
  const texts = unreadTexts(trend);
  return texts.length === 0 ? [] : [{ id: 'skipped', title: 'What was skipped', tables: [], texts }];
}
