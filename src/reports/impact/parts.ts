/** What is lost if packages are bad: headings, tables and sentences of the terminal and of Markdown. */
import { type Hit, order, STATUSES } from '../../analysis/impact/hits.ts';
import { rankedEntries } from '../../analysis/impact/impact.ts';
import type { Loss } from '../../analysis/impact/loss.ts';
import { ImpactPaths } from '../../analysis/impact/paths.ts';
import { count, percent } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import type { Cells, Column } from '../table.ts';
import { witnessText } from '../witness.ts';
import { badWords, heldVersions, type ImpactContent, STATUS_WORDS, scopeWord } from './content.ts';
import { listTexts } from './list-words.ts';

export interface ImpactPart {
  readonly title: string;
  readonly cells: Cells | undefined;
  readonly texts: readonly string[];
}

/** Names in one sentence. */
const EXAMPLES = 8;
/** Paths told one by one. */
const MOST_PATHS = 10;

/** In the order of the questions that every report answers. */
export function impactParts(content: ImpactContent): ImpactPart[] {
  const hits = toldHits(content);
  const needsLook = listTexts(content);
  return [
    { title: 'What is lost if these are bad?', cells: undefined, texts: lostTexts(content) },
    ...packagesPart(content),
    ...servicesPart(content, hits),
    { title: 'What do we do about them?', cells: undefined, texts: adviceTexts(content) },
    { title: 'What was looked at, and what needs a look', cells: undefined, texts: needsLook },
  ];
}

/** Hits in the order in which they matter: by status, then by what the service weighs, then by name. */
function toldHits({ impact, audit }: ImpactContent): Hit[] {
  const weight = ({ service }: Hit): number => audit.services[service]!.weight;
  return [...impact.hits].sort(
    (a, b) => order(a.status) - order(b.status) || weight(b) - weight(a) || a.service - b.service || a.entry - b.entry,
  );
}

function lostTexts(content: ImpactContent): string[] {
  const { impact, audit } = content;
  const { locked, admitted } = impact;
  const of = count(audit.services.length, 'service');
  const isBlind = impact.unread.length > 0;
  const isMore = admitted.services.length > locked.services.length;
  const counted = (status: 'unknown' | 'name-only'): number =>
    new Set(impact.hits.filter((hit) => hit.status === status).map(({ service }) => service)).size;
  const [open, watched] = [counted('unknown'), counted('name-only')];
  return [
    locked.services.length === 0
      ? `Locked: ${isBlind ? 'none that could be read' : 'none'} of ${of} holds a version on the list.`
      : `Locked: ${count(locked.services.length)} of ${of}. ${lossText(content, locked)}`,
    ...(isMore
      ? [
          `Admitted (hypothetical): declared ranges of ${count(admitted.services.length - locked.services.length, 'more service')} would take one if their lockfiles were made anew. ${lossText(content, admitted, ' in all')}`,
        ]
      : []),
    ...(open > 0 ? [`Unknown: of ${count(open, 'service')} it cannot be told for some package.`] : []),
    ...(watched > 0 ? [`Name only: ${count(watched, 'service')} hold some package at other versions.`] : []),
  ];
}

function lossText({ audit }: ImpactContent, { systems, blastRadius, blinded }: Loss, all = ''): string {
  const names = systems.map((system) => audit.systems[system]!.name);
  const lost =
    systems.length === 0
      ? `No system is lost${all}: what is redundant against them holds.`
      : `Lost${all}: ${count(systems.length)} of ${count(audit.systems.length, 'system')} (blast radius ${percent(blastRadius)}): ${named(names)}.`;
  const guards = blinded.map(({ guard, touched }) => {
    const protects = touched.map((system) => audit.systems[system]!.name);
    return ` Guard ${forTerminal(audit.guards[guard]!.name)} fails along with what it protects: ${named(protects)}.`;
  });
  return lost + guards.join('');
}

function packagesPart({ impact, audit, top }: ImpactContent): ImpactPart[] {
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
    { title: 'Which packages, in how many services?', cells: { columns, rows }, texts: more(ranked.length, top) },
  ];
}

function servicesPart(content: ImpactContent, hits: readonly Hit[]): ImpactPart[] {
  const { impact, audit, top } = content;
  if (hits.length === 0) return [];
  const shown = hits.slice(0, top);
  const columns: Column[] = [
    left('service', 10),
    left('is', 0),
    left('package', 12),
    left('holds', 6),
    left('would take', 6),
    left('scope', 0),
    left('install script', 0),
    left('owner', 8),
  ];
  const isTaking = shown.some(({ takes }) => takes.length > 0);
  const rows = shown.map((hit) => {
    const { owners, contact } = content.contactsOf(hit.service);
    const isWatched = hit.status === 'name-only';
    return [
      forTerminal(audit.services[hit.service]!.name),
      STATUS_WORDS[hit.status],
      forTerminal(impact.entries[hit.entry]!.bad.name),
      forTerminal(shortened(heldVersions(audit, hit.components))),
      ...(isTaking ? [forTerminal(shortened(hit.takes)) || '-'] : []),
      scopeWord(hit),
      isWatched ? '-' : hit.scripts,
      forTerminal(shortened([...(contact === undefined ? [] : [contact]), ...owners])) || '-',
    ];
  });
  const told = isTaking ? columns : columns.filter(({ header }) => header !== 'would take');
  return [
    { title: 'Which services?', cells: { columns: told, rows }, texts: more(hits.length, top) },
    ...pathsPart(content, shown),
  ];
}

function pathsPart({ audit, top }: ImpactContent, hits: readonly Hit[]): ImpactPart[] {
  const paths = new ImpactPaths(audit);
  const most = Math.min(top, MOST_PATHS);
  const texts = hits.slice(0, most).flatMap((hit) => {
    const path = paths.to(hit);
    if (path === undefined) return [];
    const verb = hit.status === 'admitted' ? ` (would take ${forTerminal(shortened(hit.takes))})` : '';
    return [`${witnessText(audit, { service: hit.service, path })}${verb}`];
  });
  return texts.length === 0 ? [] : [{ title: 'How do they get there?', cells: undefined, texts }];
}

function adviceTexts({ impact }: ImpactContent): string[] {
  const { hits } = impact;
  const ran = new Set(
    hits
      .filter((hit) => hit.status === 'locked' && (hit.scripts === 'run' || hit.scripts === 'if-any'))
      .map(({ service }) => service),
  ).size;
  const waiting = hits.filter(({ status, waits }) => status === 'admitted' && waits === 'yes').length;
  const admitted = hits.filter(({ status }) => status === 'admitted').length;
  return [
    ...(impact.locked.services.length > 0
      ? [
          'Locked: lock a version that is not on the list (an override, where others ask for it), and install from the lockfile alone.',
        ]
      : []),
    ...(ran > 0
      ? [
          `Installing ran, or may have run, a script of it in ${count(ran, 'service')}: take what that could reach (tokens, keys, caches of CI) for known to others.`,
        ]
      : []),
    ...(admitted > 0
      ? [
          `Admitted: make no lockfile anew, and run no update, before the versions are gone or excluded by an override; ${count(waiting)} of ${count(admitted)} wait before they take a new release.`,
        ]
      : []),
    ...(impact.locked.services.length + admitted === 0 ? ['Nothing is known to be done.'] : []),
  ];
}

function left(header: string, shrinkTo: number): Column {
  return shrinkTo > 0 ? { header, align: 'left', shrinkTo } : { header, align: 'left' };
}

function right(header: string): Column {
  return { header, align: 'right' };
}

function more(all: number, top: number): string[] {
  return all > top ? [`${count(all - top)} more are not shown (--top all).`] : [];
}

function shortened(texts: readonly string[]): string {
  return texts.length > 3 ? `${texts.slice(0, 3).join(', ')}, +${texts.length - 3}` : texts.join(', ');
}

export function named(names: readonly string[]): string {
  const rest = names.length - EXAMPLES;
  return forTerminal(`${names.slice(0, EXAMPLES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`);
}
