/**
 * OSV records (https://ossf.github.io/osv-schema/, 1.7), also those of OSSF's malicious-packages: `affected[]` with
 * `package`, `versions` and `ranges` of type SEMVER or ECOSYSTEM. A version is affected that is listed or in a range.
 */
import compare from 'semver/functions/compare-build.js';
import { asString, isObject, type JsonObject } from '../json.ts';
import type { IncidentBuilder, ListPlace } from './builder.ts';
import { isNpm } from './headers.ts';
import { ALL, type BadVersions, exactVersion, UNSAID, type Unreadable } from './versions.ts';

/** Versions and events of one record that are looked at. */
const MOST = 200_000;

export function isOsv(record: JsonObject): boolean {
  return Object.hasOwn(record, 'affected') && Array.isArray(record.affected);
}

export function addOsv(record: JsonObject, place: ListPlace, into: IncidentBuilder): void {
  const id = asString(record.id)?.slice(0, 100);
  const isWithdrawn = Object.hasOwn(record, 'withdrawn') && record.withdrawn !== null && record.withdrawn !== '';
  if (isWithdrawn) into.withdrawnRecord();
  const affected = Array.isArray(record.affected) ? record.affected : [];
  if (affected.length === 0) into.unreadable(place, 'an OSV record that names no package');
  for (const entry of affected) {
    const named: unknown = isObject(entry) ? entry.package : undefined;
    const name = isObject(named) ? asString(named.name) : undefined;
    const ecosystem = isObject(named) ? asString(named.ecosystem) : undefined;
    if (!isObject(entry) || name === undefined || ecosystem === undefined) {
      into.unreadable(place, 'an OSV record whose package has no name and ecosystem');
    } else if (ecosystem === '' || !isNpm(ecosystem)) into.other(ecosystem);
    else {
      const versions = affectedVersions(entry, name, into);
      if ('problem' in versions) into.unreadable(place, versions.problem);
      else if (isWithdrawn) into.withdraw(name, versions);
      else into.add(name, versions, place, id);
    }
  }
}

function affectedVersions(entry: JsonObject, name: string, into: IncidentBuilder): BadVersions | Unreadable {
  const listed: readonly unknown[] = Array.isArray(entry.versions) ? entry.versions : [];
  const given: readonly unknown[] = Array.isArray(entry.ranges) ? entry.ranges : [];
  if (listed.length + given.length > MOST) return { problem: `a record of more than ${MOST} versions` };
  const exact: string[] = [];
  for (const version of listed) {
    const found = typeof version === 'string' ? exactVersion(version) : undefined;
    if (found === undefined) return { problem: 'an OSV record with a version that is no semver version' };
    exact.push(found);
  }
  const ranges: string[] = [];
  let hasRange = false;
  for (const range of given) {
    if (!isObject(range)) return { problem: 'an OSV record with a range that is no object' };
    // Commits say nothing of published versions.
    if (range.type === 'GIT') continue;
    hasRange = true;
    const found = intervalsOf(Array.isArray(range.events) ? range.events : [], name, into);
    if (!Array.isArray(found)) return found;
    if (found.includes('')) return ALL;
    for (const interval of found) ranges.push(interval);
  }
  return exact.length === 0 && !hasRange ? UNSAID : { kind: 'some', exact, ranges };
}

interface Event {
  readonly kind: 'introduced' | 'fixed' | 'last_affected';
  /** '' for the very first. */
  readonly version: string;
}

const KINDS = ['introduced', 'fixed', 'last_affected'] as const;

/** Ranges of versions; '' for all of them. */
function intervalsOf(events: readonly unknown[], name: string, into: IncidentBuilder): string[] | Unreadable {
  if (events.length > MOST) return { problem: `a range of more than ${MOST} events` };
  const sorted = eventsOf(events);
  if (!Array.isArray(sorted)) return sorted;
  if (!sorted.some(({ kind }) => kind === 'introduced')) return { problem: 'an OSV range that is introduced nowhere' };
  const intervals: string[] = [];
  let from: string | undefined;
  for (const { kind, version } of sorted) {
    if (kind === 'introduced') from ??= version;
    else if (from === undefined) into.contradiction(`${name}: a range ends at ${version} before it is introduced`);
    else {
      const end = `${kind === 'fixed' ? '<' : '<='}${version}`;
      intervals.push(from === '' ? end : `>=${from} ${end}`);
      from = undefined;
    }
  }
  if (from !== undefined) intervals.push(from === '' ? '' : `>=${from}`);
  return intervals;
}

function eventsOf(events: readonly unknown[]): Event[] | Unreadable {
  const found: Event[] = [];
  for (const event of events) {
    for (const kind of KINDS) {
      if (!isObject(event) || !Object.hasOwn(event, kind)) continue;
      const text = asString(event[kind]) ?? '';
      const version = kind === 'introduced' && text === '0' ? '' : exactVersion(text);
      if (version === undefined) return { problem: 'an OSV range with an event that is no semver version' };
      found.push({ kind, version });
    }
  }
  // At one version: what is fixed there ends before, what is affected last there begins before.
  const order = { fixed: 0, introduced: 1, last_affected: 2 };
  return found.sort((a, b) => compareVersions(a.version, b.version) || order[a.kind] - order[b.kind]);
}

function compareVersions(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? -1 : 1;
  return compare(a, b);
}
