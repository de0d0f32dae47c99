/** What changed between runs, and what is not in a history, as sentences. */
import type { Trend } from '../../analysis/trend.ts';
import type { RunDifference } from '../../analysis/trend-breaks.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { timesOf } from './times.ts';

/** Names in one sentence. */
const EXAMPLES = 8;
/** Points told one by one. */
const MOST_TOLD = 100;

/** Every point at which the runs differ in more than the fleet, `1. 2026-11-12: scope all became runtime.` */
export function breakTexts({ runs, breaks }: Trend): string[] {
  const times = timesOf(runs);
  // The latest are those that people come for.
  const told = breaks.slice(-MOST_TOLD);
  const left = breaks.length - told.length;
  return [
    ...(left > 0 ? [`${count(left, 'earlier point')} left out (--format json has all).`] : []),
    ...told.map(({ run, differences }, at) => {
      const words = differences.map(differenceWords).join('; ');
      return `${left + at + 1}. ${times[run]}: ${words}.`;
    }),
  ];
}

function differenceWords(difference: RunDifference): string {
  switch (difference.kind) {
    case 'scope':
      return `scope ${difference.before} became ${difference.after}: reach is of other dependencies`;
    case 'layers':
      return [
        ...(difference.joined.length > 0 ? [`layers looked at from here on: ${difference.joined.join(', ')}`] : []),
        ...(difference.left.length > 0 ? [`no longer looked at: ${difference.left.join(', ')}`] : []),
      ].join('; ');
    case 'evidence':
      return difference.after
        ? 'registries are asked from here on: layers and evidence that only they know of begin'
        : 'registries are not asked any more: layers and evidence that only they know of end';
    case 'tool':
      return forTerminal(`made by ${difference.after}, and before by ${difference.before}, which may count otherwise`);
    case 'systems':
      return [
        ...difference.renamed.map(({ before, after }) => `system ${before} is called ${after} (the same members)`),
        ...named('declared from here on', difference.joined),
        ...named('not declared any more', difference.left),
        ...named('declared otherwise', difference.changed),
      ]
        .map((words) => forTerminal(words))
        .join('; ');
    case 'config':
      return forTerminal(`the config says something else of ${difference.sections.join(', ')}`);
  }
}

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length - EXAMPLES;
  return [`${what}: ${names.slice(0, EXAMPLES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

/** Snapshots that are not in the trend, a sentence each. */
export function unreadTexts({ unread }: Trend): string[] {
  const told = unread.slice(0, MOST_TOLD).map(({ file, code, message, next }) => {
    const word = code === 'SAME_RUN' ? 'note' : 'incomplete';
    return forTerminal(`${word} ${code} ${file}: ${message}; ${next}`);
  });
  const left = unread.length - told.length;
  return left > 0 ? [...told, `${count(left)} more (--format json has all)`] : told;
}
