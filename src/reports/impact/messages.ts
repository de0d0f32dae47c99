/** The sentences of findings on packages of an incident list. */
import type { Finding, INCIDENT_CODES } from '../../findings.ts';
import type { FindingText } from '../messages.ts';
import { count } from '../numbers.ts';

type IncidentFinding = Extract<Finding, { readonly code: (typeof INCIDENT_CODES)[number] }>;

/** Versions that a sentence names. */
const VERSIONS = 5;

export function incidentText(finding: IncidentFinding): FindingText {
  switch (finding.code) {
    case 'BAD_VERSION_LOCKED': {
      const holders = finding.services === 0 ? 'no service reaches it' : `services that hold it: ${services(finding)}`;
      return {
        message: `${finding.bad} ${some(finding.versions)}${records(finding)} is bad and locked; ${holders}${RAN[finding.ran]}; with all that lock it ${lost(finding)}${tell(finding)}`,
        next: `lock a version that is not on the list, and install from the lockfile alone${finding.ran === 'no' ? '' : '; take what an install script could reach (tokens, keys, caches of CI) for known to others'}`,
      };
    }
    case 'BAD_VERSION_ADMITTED':
      return {
        message: `${finding.bad}${records(finding)} is held at ${some(finding.versions)}, and would be taken at ${some(finding.takes)} if this lockfile were made anew; services: ${services(finding)}; with all that lock or would take it ${lost(finding)}${tell(finding)}`,
        next: 'make it not anew, and run no update, before the version is gone or excluded by an override',
      };
    case 'BAD_VERSION_UNKNOWN':
      return {
        message: `whether a bad version of ${finding.bad}${records(finding)} is locked or would be taken cannot be told; held: ${some(finding.versions)}${tell(finding)}`,
        next: 'look at it by hand, or run again with --verify, which asks registries what lockfiles leave out',
      };
    case 'BAD_PACKAGE_WATCHED':
      return {
        message: `${finding.bad}${records(finding)} is bad at ${some(finding.listed)}, and held at ${some(finding.versions)}`,
        next: 'run again when the list changes',
      };
  }
}

const RAN: Readonly<Record<Extract<IncidentFinding, { readonly ran: unknown }>['ran'], string>> = {
  yes: '; its install script ran where this was installed',
  maybe: '; an install script of it may have run where this was installed',
  no: '',
};

function some(texts: readonly string[]): string {
  const rest = texts.length - VERSIONS;
  return `${texts.slice(0, VERSIONS).join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

function records({ records: ids }: IncidentFinding): string {
  return ids.length === 0 ? '' : ` (${ids.join(', ')})`;
}

function services({ services: all, names }: IncidentFinding): string {
  return `${names.join(', ')}${all > names.length ? ` and ${count(all - names.length)} more` : ''}`;
}

function lost({ lost: systems, of }: { readonly lost: number; readonly of: number }): string {
  return `${count(systems)} of ${count(of, 'system')} ${systems === 1 ? 'is' : 'are'} lost`;
}

function tell({ tell: whom }: IncidentFinding): string {
  return whom.length === 0 ? '' : `; tell ${whom.join(', ')}`;
}
