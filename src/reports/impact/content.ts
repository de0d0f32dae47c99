/** What the impact command tells, and words that its formats have in common. */
import { type Audit, isIncomplete } from '../../analysis/audit.ts';
import type { Hit, Status } from '../../analysis/impact/hits.ts';
import type { Impact } from '../../analysis/impact/impact.ts';
import { USE } from '../../analysis/uses.ts';
import type { IncidentList } from '../../incidents/builder.ts';

export interface Contacts {
  /** Of CODEOWNERS. */
  readonly owners: readonly string[];
  /** Of the config. */
  readonly contact: string | undefined;
}

export interface ImpactContent {
  readonly audit: Audit;
  readonly impact: Impact;
  readonly list: IncidentList;
  /** Arguments that no lockfile names, with the nearest name that one does. */
  readonly near: ReadonlyMap<string, string | undefined>;
  /** Rows of each table. */
  readonly top: number;
  readonly contactsOf: (service: number) => Contacts;
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  locked: 'locked',
  admitted: 'admitted',
  unknown: 'unknown',
  'name-only': 'name only',
};

/** Whether something of a list could not be read, or a list says nothing. */
export function isListIncomplete({ unreadable, lists }: IncidentList): boolean {
  return unreadable > 0 || lists.some(({ form }) => form === 'empty');
}

/** Whether every number is a lower bound. */
export function isImpactIncomplete({ audit, list }: Pick<ImpactContent, 'audit' | 'list'>): boolean {
  return isIncomplete(audit) || isListIncomplete(list);
}

export function scopeWord({ scope }: Pick<Hit, 'scope'>): 'runtime' | 'build' | 'both' {
  if (scope & USE.runtime) return scope & USE.build ? 'both' : 'runtime';
  return 'build';
}

/** Versions that a service holds of a package, each once, as text. */
export function heldVersions({ fleet }: Audit, components: readonly number[]): string[] {
  return [...new Set(components.map((c) => fleet.component(c).version ?? '?'))].sort();
}

/** What a record calls bad, in few words. */
export function badWords({ all, versions, ranges, unsaid }: IncidentList['packages'][number]): string[] {
  return all ? ['all'] : [...[...versions].sort(), ...ranges, ...(unsaid ? ['?'] : [])];
}
