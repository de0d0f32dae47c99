/** What the impact command tells, and words that its formats have in common. */
import { type Audit, isIncomplete } from '../../analysis/audit.ts';
import type { Hit, Status } from '../../analysis/impact/hits.ts';
import type { Impact } from '../../analysis/impact/impact.ts';
import { USE } from '../../analysis/uses.ts';
import type { ImpactHistory } from '../../history/index.ts';
import type { IncidentList } from '../../incidents/builder.ts';
import type { Locate } from '../../locate.ts';
import type { Repositories } from '../../sources/repositories.ts';
import { forTerminal } from '../safe.ts';

/** Of a field of a CSV. */
export type CsvValue = string | number | boolean | readonly string[];

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
  /** Packages that no lockfile names, with the nearest name that one does: of arguments, and where they are few of lists. */
  readonly near: ReadonlyMap<string, string | undefined>;
  /** Rows of each table. */
  readonly top: number;
  /** Where it was asked for. */
  readonly history: ImpactHistory | undefined;
  readonly contactsOf: (service: number) => Contacts;
  /** Finds the lines of alerts. */
  readonly locate: Locate;
  /** Which repository files lie in; without it files are named as the audit names them. */
  readonly repositories?: Repositories | undefined;
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  locked: 'locked',
  admitted: 'admitted',
  unknown: 'unknown',
  'name-only': 'name only',
};

/** Whom to tell of a service: whom the config names first. */
export function tellOf({ contactsOf }: Pick<ImpactContent, 'contactsOf'>, service: number): string[] {
  const { owners, contact } = contactsOf(service);
  return [...(contact === undefined ? [] : [contact]), ...owners];
}

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

/** Names in one sentence. */
const EXAMPLES = 8;

export function named(names: readonly string[]): string {
  const rest = names.length - EXAMPLES;
  return forTerminal(`${names.slice(0, EXAMPLES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`);
}

export function shortened(texts: readonly string[]): string {
  return texts.length > 3 ? `${texts.slice(0, 3).join(', ')}, +${texts.length - 3}` : texts.join(', ');
}
