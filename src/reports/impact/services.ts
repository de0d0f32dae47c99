/** Which packages are in how many services, which services they are, and how what is bad gets into them. */
import { type Hit, order, STATUSES, type Status } from '../../analysis/impact/hits.ts';
import { rankedEntries } from '../../analysis/impact/impact.ts';
import { ImpactPaths } from '../../analysis/impact/paths.ts';
import type { ScriptRun } from '../../analysis/impact/scripts.ts';
import { count, percent } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { type Column, left, notShown, right } from '../table.ts';
import { witnessText } from '../witness.ts';
import { badWords, heldVersions, type ImpactContent, STATUS_WORDS, scopeWord, shortened, tellOf } from './content.ts';
import type { ImpactPart } from './part.ts';

/** Paths told one by one. */
const MOST_PATHS = 200;

/** Hits that there is something to do about, in the order in which they matter: by status, then by what the service weighs, then by name. */
export function toldHits({ impact, audit }: ImpactContent): Hit[] {
  const weight = ({ service }: Hit): number => audit.services[service]!.weight;
  return impact.hits
    .filter(({ status }) => status !== 'name-only')
    .sort(
      (a, b) =>
        order(a.status) - order(b.status) || weight(b) - weight(a) || a.service - b.service || a.entry - b.entry,
    );
}

export function packagesPart({ impact, audit, top }: ImpactContent): ImpactPart[] {
  const ranked = rankedEntries(impact);
  if (ranked.length === 0) return [];
  const columns: Column[] = [
    left('package', 12),
    left('bad', 8),
    ...STATUSES.map((status) => right(STATUS_WORDS[status])),
    right('systems lost'),
    right('blast radius'),
  ];
  const rows = ranked.slice(0, top).map((at) => {
    const { bad, services, loss } = impact.entries[at]!;
    return [
      forTerminal(bad.name),
      forTerminal(shortened(badWords(bad))),
      ...STATUSES.map((status) => (services[status] === 0 ? '-' : count(services[status]))),
      `${count(loss.systems.length)} of ${count(audit.systems.length)}`,
      percent(loss.blastRadius),
    ];
  });
  return [
    {
      id: 'packages',
      title: 'Which packages, in how many services?',
      table: { cells: { columns, rows }, order: 'By what is lost with each alone' },
      texts: notShown(ranked.length, top),
    },
  ];
}

const SERVICE_COLUMNS: readonly Column[] = [
  left('service', 10),
  left('is', 0),
  left('package', 12),
  left('holds', 6),
  left('would take', 6),
  left('scope', 0),
  left('install script', 0),
  left('owner', 8),
];

export function servicesPart(content: ImpactContent, hits: readonly Hit[]): ImpactPart[] {
  const { impact, audit, top } = content;
  if (hits.length === 0) return [];
  const shown = hits.slice(0, top);
  const isTaking = shown.some(({ takes }) => takes.length > 0);
  const rows = shown.map((hit) => [
    forTerminal(audit.services[hit.service]!.name),
    STATUS_WORDS[hit.status],
    forTerminal(impact.entries[hit.entry]!.bad.name),
    forTerminal(shortened(heldVersions(audit, hit.components))),
    ...(isTaking ? [forTerminal(shortened(hit.takes)) || '-'] : []),
    scopeWord(hit),
    scriptWords(hit),
    forTerminal(shortened(tellOf(content, hit.service))) || '-',
  ]);
  const columns = isTaking ? SERVICE_COLUMNS : SERVICE_COLUMNS.filter(({ header }) => header !== 'would take');
  const table = { cells: { columns, rows }, order: 'What is locked first, then by weight of the service' };
  return [{ id: 'services', title: 'Which services?', table, texts: hidden(hits, shown.length) }];
}

/** What is not shown, so that nobody takes the end of a table for the end of what is locked. */
function hidden(hits: readonly Hit[], shown: number): string[] {
  if (hits.length <= shown) return [];
  const kinds = new Map<Status, number>();
  for (let at = shown; at < hits.length; at++) {
    const { status } = hits[at]!;
    kinds.set(status, (kinds.get(status) ?? 0) + 1);
  }
  const counted = [...kinds].map(([status, of]) => `${count(of)} ${STATUS_WORDS[status]}`);
  return [`${count(hits.length - shown)} more are not shown (--top all): ${counted.join(', ')}.`];
}

const RAN: Readonly<Record<ScriptRun, readonly [locked: string, otherwise: string]>> = {
  run: ['ran', 'would run'],
  'if-any': ['ran if any', 'would if any'],
  unknown: ['unknown', 'unknown'],
  skip: ['not run', 'not run'],
  none: ['none', 'none'],
};

/** Whether an install script ran, or would. */
export function scriptWords({ status, scripts }: Pick<Hit, 'status' | 'scripts'>): string {
  const [locked, otherwise] = RAN[scripts];
  return status === 'locked' ? locked : otherwise;
}

export function pathsPart({ audit, top }: ImpactContent, hits: readonly Hit[]): ImpactPart[] {
  const paths = new ImpactPaths(audit);
  const most = Math.min(top, MOST_PATHS);
  const texts = hits.slice(0, most).flatMap((hit) => {
    const path = paths.to(hit);
    if (path === undefined) return [];
    const verb = hit.status === 'admitted' ? ` (would take ${forTerminal(shortened(hit.takes))})` : '';
    return [`${witnessText(audit, { service: hit.service, path })}${verb}`];
  });
  if (texts.length === 0) return [];
  const rest = hits.length > most ? [`The paths of ${count(hits.length - most)} more are in --format json.`] : [];
  return [{ id: 'paths', title: 'How do they get there?', table: undefined, texts: [...texts, ...rest] }];
}
