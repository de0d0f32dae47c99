/** Were we exposed, from which commit to which? Headings, tables and sentences of the terminal and of Markdown. */

import type { Audit } from '../../analysis/audit.ts';
import type { ServiceExposure } from '../../analysis/history/exposures.ts';
import { isoTime } from '../../analysis/history/times.ts';
import type { ImpactHistory } from '../../history/index.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { left, notShown } from '../table.ts';
import { type ImpactContent, named } from './content.ts';
import { branchText, exposurePath, exposureScope, fromText, timeText, untilText } from './history-words.ts';
import type { ImpactPart } from './part.ts';
import { scriptWords } from './services.ts';

/** Paths told one by one. */
const MOST_PATHS = 10;

/** None where history was not asked for. */
export function historyParts(content: ImpactContent): ImpactPart[] {
  const { history } = content;
  if (history === undefined) return [];
  const told = [...history.exposures].sort(byTime);
  return [
    {
      id: 'history',
      title: 'Were we exposed?',
      table: undefined,
      texts: [...exposedTexts(content, history), ...walkTexts(history)],
    },
    ...(told.length === 0 ? [] : tableParts(content, told)),
  ];
}

/** What is still there first, then the latest. */
function byTime(a: ServiceExposure, b: ServiceExposure): number {
  const end = ({ until }: ServiceExposure): number => until?.time ?? Number.POSITIVE_INFINITY;
  const [x, y] = [end(a), end(b)];
  return (
    (x === y ? 0 : y - x) || a.from.time - b.from.time || (a.service < b.service ? -1 : a.service > b.service ? 1 : 0)
  );
}

function exposedTexts(content: ImpactContent, history: ImpactHistory): string[] {
  const { audit, impact } = content;
  const { exposures, outside } = history;
  const window = windowText(history);
  const services = servicesOf(exposures);
  if (services.length === 0) {
    const where =
      history.repositories.length === 0
        ? 'no history was walked'
        : 'no lockfile of a commit that was read locked any of it';
    return [`Exposed${window}: none known: ${where}.`, ...uncommittedTexts(content), ...outsideText(outside)];
  }
  const past = servicesOf(exposures.filter(({ today }) => today === undefined));
  const open = servicesOf(exposures.filter(({ until, isOnHead }) => until === undefined && isOnHead));
  const branches = servicesOf(exposures.filter(({ isOnHead }) => !isOnHead));
  const lockedIn = new Set(impact.locked.services.map((service) => lockfileOf(audit, service)));
  const fixed = servicesOf(
    exposures.filter(
      ({ until, isOnHead, today, lockfiles }) =>
        until === undefined && isOnHead && today !== undefined && !lockfiles.some((path) => lockedIn.has(path)),
    ),
  );
  return [
    `Exposed${window}: ${count(services.length, 'service')}: ${named(services)}.`,
    ...(past.length > 0 ? [`No longer among today's services: ${named(past)}.`] : []),
    ...(open.length > 0 ? [`Still there in the last commit: ${named(open)}.`] : []),
    ...(fixed.length > 0
      ? [
          `Of these, the files that were read today hold it no longer, or are gone, and that is not committed: ${named(fixed)}.`,
        ]
      : []),
    ...uncommittedTexts(content),
    ...(branches.length > 0 ? [`On other branches than the one that is checked out: ${named(branches)}.`] : []),
    ...outsideText(outside),
  ];
}

/** What there is to do about what was locked. */
export function exposedActions({ history }: ImpactContent): string[] {
  const exposures = history?.exposures ?? [];
  if (exposures.length === 0) return [];
  const ran = servicesOf(
    exposures.filter(({ scripts, reached }) => reached && (scripts === 'run' || scripts === 'if-any')),
  );
  return [
    'Exposed: find what was built, deployed or installed from these commits, until the fix was out everywhere, and replace it.',
    ...(ran.length > 0
      ? [
          `An install in that time ran, or may have run, a script of it in ${count(ran.length, 'service')} (${named(ran)}): take what CI, caches and the machines of developers held for known to others.`,
        ]
      : []),
  ];
}

/** The headline of a report: what is locked, and what was. @param today what is said of today alone */
export function withHistory({ history }: ImpactContent, today: string): string {
  const services = servicesOf(history?.exposures ?? []).length;
  return services === 0
    ? today
    : `${today} today; ${count(services, 'service')} ${services === 1 ? 'was' : 'were'} exposed`;
}

/** What is locked on disk, of repositories that were walked, and not in their last commit. */
function uncommittedTexts({ audit, impact, history }: ImpactContent): string[] {
  if (history === undefined || history.repositories.length === 0) return [];
  const only = impact.locked.services.filter((service) => !history.lasting.has(lockfileOf(audit, service)));
  if (only.length === 0) return [];
  return [`Locked today, and not in the last commit: ${named(only.map((service) => audit.services[service]!.name))}.`];
}

function lockfileOf({ fleet, services }: Audit, service: number): string {
  return fleet.lockfiles[services[service]!.lockfile]!.path;
}

function outsideText(outside: number): string[] {
  if (outside === 0) return [];
  return [`Outside of that time: ${count(outside, 'more exposure')} (without --since and --until they are told too).`];
}

function windowText({ window: { since, until } }: ImpactHistory): string {
  const from = since === undefined ? '' : ` from ${timeText(since)}`;
  const to = until === undefined ? '' : ` to ${timeText(until)}`;
  return since === undefined && until === undefined ? '' : `${from}${to} UTC`;
}

function walkTexts({ repositories, counts }: ImpactHistory): string[] {
  const lines = repositories.flatMap((repository) => repository.lines);
  if (lines.length === 0) return [];
  const commits = lines.reduce((sum, line) => sum + line.commits, 0);
  const changing = lines.reduce((sum, line) => sum + line.changing, 0);
  const oldest = lines.reduce((least, { begins }) => Math.min(least, begins.time), Number.POSITIVE_INFINITY);
  const branches =
    lines.length === repositories.length
      ? 'by the first parents of HEAD'
      : `by the first parents of ${count(lines.length, 'branch', 'branches')}`;
  return [
    `Walked: ${count(commits, 'commit')} of ${count(repositories.length, 'repository', 'repositories')} ${branches}, back to ${isoTime(oldest)?.slice(0, 10) ?? 'no date'}; ${count(changing)} of them change lockfiles or settings beside them. ${count(counts.contents, 'distinct lockfile')}, of which ${count(counts.suspects)} may hold what is on the list.`,
    'Times are those of commits (committer date, UTC). When something was installed or deployed, no history tells.',
  ];
}

function tableParts({ impact, top }: ImpactContent, told: readonly ServiceExposure[]): ImpactPart[] {
  const shown = told.slice(0, top);
  const hasBranches = told.some(({ isOnHead, branches }) => !isOnHead || branches.length > 1);
  const columns = [
    left('service', 10),
    left('package', 8),
    left('held', 6),
    left('from', 25),
    left('until', 25),
    ...(hasBranches ? [left('branch', 6)] : []),
    left('scope', 0),
    left('script', 0),
  ];
  const rows = shown.map((exposure) => [
    forTerminal(exposure.service),
    forTerminal(impact.entries[exposure.entry]!.bad.name),
    forTerminal(exposure.versions.join(', ')),
    fromText(exposure),
    untilText(exposure),
    ...(hasBranches ? [forTerminal(branchesText(exposure))] : []),
    exposureScope(exposure),
    exposure.reached ? scriptWords({ status: 'locked', scripts: exposure.scripts }) : '-',
  ]);
  const paths = shown.slice(0, MOST_PATHS).flatMap((exposure) => {
    const path = exposurePath(exposure);
    if (path === undefined) return [];
    const moved =
      exposure.formerly.length === 0
        ? ''
        : `; the service was in ${exposure.formerly.map((place) => place || '.').join(', ')} before`;
    return [forTerminal(`${path} (in ${exposure.lockfiles.slice(0, 3).join(', ')}${moved})`)];
  });
  const known = [...new Set(paths)];
  return [
    {
      id: 'exposures',
      title: 'From which commit to which?',
      table: { cells: { columns, rows }, order: 'What is still there first, then the latest' },
      texts: notShown(told.length, top),
    },
    ...(known.length === 0
      ? []
      : [{ id: 'exposed-by', title: 'How did it get there?', table: undefined, texts: known }]),
  ];
}

function branchesText({ branches }: ServiceExposure): string {
  const [first] = branches;
  return `${branchText(first)}${branches.length > 1 ? `, +${branches.length - 1}` : ''}`;
}

function servicesOf(exposures: readonly ServiceExposure[]): string[] {
  return [...new Set(exposures.map(({ service }) => service))];
}
