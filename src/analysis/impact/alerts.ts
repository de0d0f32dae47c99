/**
 * What an incident list gives people to act on: a finding for each package of it, lockfile and status, so that each is over
 * when its own lockfile is mended. Pure.
 */

import type { Finding } from '../../findings.ts';
import type { IncidentList } from '../../incidents/builder.ts';
import { append } from '../../lists.ts';
import { compareTexts } from '../../order.ts';
import { type Alert, incompleteAlert, type Site } from '../alerts/index.ts';
import type { Audit } from '../audit.ts';
import type { Hit, Status } from './hits.ts';
import type { Impact } from './impact.ts';

export interface ImpactAlerts {
  /** What is locked first, then by what is lost, then by package and file. */
  readonly alerts: readonly Alert[];
  /** What an alert is about in the first service of a lockfile; undefined where no service reaches it. */
  readonly hitOf: (alert: Alert, lockfile: number) => Hit | undefined;
}

export interface ImpactTold {
  readonly audit: Audit;
  readonly impact: Impact;
  readonly list: IncidentList;
  /** Whom to tell of a service. */
  readonly tellOf: (service: number) => readonly string[];
}

/** Services named, and people to tell, by one finding. */
const NAMED = 5;

const CODES = {
  locked: 'BAD_VERSION_LOCKED',
  admitted: 'BAD_VERSION_ADMITTED',
  unknown: 'BAD_VERSION_UNKNOWN',
  'name-only': 'BAD_PACKAGE_WATCHED',
} as const satisfies Record<Status, Finding['code']>;

const ORDER: readonly Finding['code'][] = [CODES.locked, CODES.admitted, 'INPUT_INCOMPLETE', CODES.unknown];

/** What one package of the list is to the services of one lockfile. */
interface Group {
  readonly status: Status;
  readonly entry: number;
  readonly lockfile: number;
  readonly hits: Hit[];
  /** Components that are held: those that it is about. */
  readonly components: Set<number>;
  /** Edges that would take something bad. */
  readonly edges: Set<number>;
}

export function impactAlerts(told: ImpactTold): ImpactAlerts {
  const groups = groupsOf(told);
  const hits = new Map<string, Hit>();
  const alerts = groups.map((group): Alert => {
    const alert = alertOf(group, told);
    const [first] = group.hits;
    if (first) hits.set(keyOf(alert, group.lockfile), first);
    return alert;
  });
  const missing = told.audit.diagnostics.filter(({ severity }) => severity === 'incomplete').map(incompleteAlert);
  return {
    alerts: [...alerts, ...missing, ...listAlerts(told.list)].sort(byUrgency),
    hitOf: (alert, lockfile) => hits.get(keyOf(alert, lockfile)),
  };
}

function keyOf({ finding, subject }: Alert, lockfile: number): string {
  return `${lockfile} ${finding.code} ${subject}`;
}

function groupsOf({ audit, impact }: ImpactTold): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (status: Status, entry: number, lockfile: number): Group => {
    const key = `${lockfile} ${entry} ${status}`;
    const known = groups.get(key);
    if (known) return known;
    const group: Group = { status, entry, lockfile, hits: [], components: new Set(), edges: new Set() };
    groups.set(key, group);
    return group;
  };
  for (const hit of impact.hits) {
    const group = groupOf(hit.status, hit.entry, audit.services[hit.service]!.lockfile);
    group.hits.push(hit);
    for (const component of hit.components) group.components.add(component);
    for (const edge of hit.edges) group.edges.add(edge);
  }
  for (const { entry, lockfile, components } of impact.unreached) {
    const group = groupOf('locked', entry, lockfile);
    for (const component of components) group.components.add(component);
  }
  return [...groups.values()];
}

function alertOf(group: Group, told: ImpactTold): Alert {
  const { status, entry } = group;
  const { bad, loss, admitted } = told.impact.entries[entry]!;
  const sites = sitesOf(group, told);
  const of = told.audit.systems.length;
  const about = { ...aboutOf(group, told), file: sites[0]!.file };
  const common = { subject: `package:npm/${bad.name}`, sites };
  switch (status) {
    case 'locked': {
      const args = { ran: ranOf(group.hits), lost: loss.systems.length, of };
      const finding = { code: CODES.locked, level: 'error', ...about, ...args } as const;
      return { ...common, finding, blastRadius: loss.blastRadius, confidence: 'locked' };
    }
    case 'admitted': {
      const takes = [...new Set(group.hits.flatMap((hit) => hit.takes))].sort();
      const args = { takes, lost: admitted.systems.length, of };
      const finding = { code: CODES.admitted, level: 'warning', ...about, ...args } as const;
      return { ...common, finding, blastRadius: admitted.blastRadius, confidence: 'hypothetical' };
    }
    case 'unknown': {
      const finding = { code: CODES.unknown, level: 'note', ...about } as const;
      return { ...common, finding, blastRadius: undefined, confidence: 'assumed' };
    }
    case 'name-only': {
      const listed = [...[...bad.versions].sort(), ...bad.ranges];
      const finding = { code: CODES['name-only'], level: 'note', ...about, listed } as const;
      return { ...common, finding, blastRadius: undefined, confidence: 'locked' };
    }
  }
}

function aboutOf({ entry, hits, components }: Group, { audit, impact, tellOf }: ImpactTold) {
  const { name, records } = impact.entries[entry]!.bad;
  const versions = [...new Set(Array.from(components, (c) => audit.fleet.component(c).version ?? '?'))].sort();
  const tell = [...new Set(hits.flatMap(({ service }) => tellOf(service)))].slice(0, NAMED);
  const names = hits.slice(0, NAMED).map(({ service }) => audit.services[service]!.name);
  return { bad: name, versions, records, services: hits.length, names, tell };
}

function ranOf(hits: readonly Hit[]): 'yes' | 'maybe' | 'no' {
  if (hits.some(({ scripts }) => scripts === 'run')) return 'yes';
  return hits.some(({ scripts }) => scripts === 'if-any' || scripts === 'unknown') ? 'maybe' : 'no';
}

/** The first entry of each version concerned: of what would be replaced, where none is bad yet. */
function sitesOf({ status, lockfile, components, edges }: Group, { audit }: ImpactTold): Site[] {
  const { path, component, edgeTo } = audit.fleet.lockfiles[lockfile]!;
  const left = new Set(components);
  if (status === 'admitted') {
    left.clear();
    for (const edge of edges) left.add(component[edgeTo[edge]!]!);
  }
  const sites: Site[] = [];
  for (let node = 0; node < component.length && left.size > 0; node++) {
    if (left.delete(component[node]!)) sites.push({ file: path, entry: { lockfile, node } });
  }
  return sites;
}

/** What of the lists themselves could not be read: one finding for each of them. */
function listAlerts({ lists, problems, unreadable }: IncidentList): Alert[] {
  const byFile = new Map<string, (typeof problems)[number][]>();
  for (const problem of problems) append(byFile, problem.file, problem);
  const isCut = unreadable > problems.length;
  const unread = [...byFile].map(([file, found]): Alert => {
    const [{ line, reason }] = found as [(typeof problems)[number]];
    const more = found.length > 1 ? `, and ${found.length - 1}${isCut ? ' or more' : ''} more of it` : '';
    return incompleteAlert({
      code: 'INCIDENT_LIST_UNREADABLE',
      file,
      ...(line === undefined ? {} : { line }),
      message: `not everything of this incident list can be read: ${reason}${more}`,
      next: 'mend the list, and look for it again',
    });
  });
  const empty = lists.filter(({ form }) => form === 'empty');
  return [
    ...unread,
    ...empty.map(({ file }) =>
      incompleteAlert({
        code: 'INCIDENT_LIST_EMPTY',
        file,
        message: 'nothing is on this incident list',
        next: 'give the list as it was published',
      }),
    ),
  ];
}

function byUrgency(a: Alert, b: Alert): number {
  const urgency = ({ finding }: Alert): number => (ORDER.includes(finding.code) ? ORDER.indexOf(finding.code) : 4);
  const order = urgency(a) - urgency(b) || (b.blastRadius ?? 0) - (a.blastRadius ?? 0);
  return order || compareTexts(a.subject, b.subject) || compareTexts(a.finding.file, b.finding.file);
}
