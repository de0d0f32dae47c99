/** The repositories of an owner, or one by its name, as GitHub lists them. */
import { asString, isObject } from '../../json.ts';
import { type Asker, ask, askAll, type Listed, type Parse } from '../api/ask.ts';
import type { Candidate } from '../api/selection.ts';
import { isFullName } from './source.ts';

/** What is taken of a repository, under GitHub's own names: it is kept, and read back as it came. */
export interface Row {
  readonly full_name: string;
  readonly default_branch: string | undefined;
  readonly archived: boolean;
  readonly fork: boolean;
  readonly disabled: boolean;
  readonly pushed_at: string | undefined;
  readonly language: string | undefined;
  readonly topics: readonly string[];
}

/** An entry of a list that is no repository. */
export const MISSHAPEN = 'misshapen';
export type Entry = Row | typeof MISSHAPEN;

// By creation: what is made or pushed to meanwhile moves nothing to another page.
const PAGES = 'sort=created&direction=asc&per_page=100';

/** One repository; GitHub redirects from the name it once had. */
export function askRepository(asker: Asker, owner: string, name: string) {
  return ask(asker, `repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`, parseRow);
}

/**
 * All repositories of an organisation or a user that the token may see.
 *
 * An App's token may not list everywhere; what it may read it always can.
 */
export async function askOwner(asker: Asker, owner: string): Promise<Listed<Entry>> {
  if (!asker.client) return keptOwner(asker, owner);
  const asOrganisation = await askAll(asker, organisationPath(owner), parseRows);
  const { status } = asOrganisation.failure ?? {};
  if (asOrganisation.items.length > 0 || status === undefined) return asOrganisation;
  if (status === 404) return askUser(asker, owner, asOrganisation);
  return (await askInstallation(asker, owner)) ?? asOrganisation;
}

async function askUser(asker: Asker, owner: string, otherwise: Listed<Entry>): Promise<Listed<Entry>> {
  const self = asker.host.hasToken ? await ask(asker, 'user', parseLogin) : undefined;
  if (self?.kind === 'ok' && isSame(self.value.login, owner))
    return ownedBy(await askAll(asker, OWN, parseRows), owner);
  const open = await askAll(asker, userPath(owner), parseRows);
  if (self?.kind !== 'refused') return open.failure?.status === 404 ? otherwise : open;
  const installed = await askInstallation(asker, owner);
  return installed ? union(installed, open) : open;
}

/** @returns undefined where the token is not that of an App, or the App is not there */
async function askInstallation(asker: Asker, owner: string): Promise<Listed<Entry> | undefined> {
  if (!asker.host.hasToken) return undefined;
  const all = ownedBy(await askAll(asker, INSTALLATION, parseInstallation), owner);
  return all.items.length > 0 ? all : undefined;
}

async function keptOwner(asker: Asker, owner: string): Promise<Listed<Entry>> {
  const first = await askAll(asker, organisationPath(owner), parseRows);
  if (!first.failure || first.items.length > 0) return first;
  for (const kept of [
    ownedBy(await askAll(asker, OWN, parseRows), owner),
    await askAll(asker, userPath(owner), parseRows),
    ownedBy(await askAll(asker, INSTALLATION, parseInstallation), owner),
  ]) {
    if (kept.items.length > 0) return kept;
  }
  return first;
}

const OWN = `user/repos?affiliation=owner&${PAGES}`;
const INSTALLATION = 'installation/repositories?per_page=100';

function organisationPath(owner: string): string {
  return `orgs/${encodeURIComponent(owner)}/repos?type=all&${PAGES}`;
}

function userPath(owner: string): string {
  return `users/${encodeURIComponent(owner)}/repos?type=owner&${PAGES}`;
}

function ownedBy({ items, failure }: Listed<Entry>, owner: string): Listed<Entry> {
  const own = items.filter((item) => item === MISSHAPEN || isSame(item.full_name.split('/')[0] ?? '', owner));
  return { items: own, failure };
}

function union(a: Listed<Entry>, b: Listed<Entry>): Listed<Entry> {
  const names = new Set(a.items.map((item) => (item === MISSHAPEN ? '' : item.full_name)));
  const more = b.items.filter((item) => item === MISSHAPEN || !names.has(item.full_name));
  return { items: [...a.items, ...more], failure: a.failure ?? b.failure };
}

/** Names of GitHub are the same in any case. */
export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function candidateOf(row: Row): Candidate {
  return {
    path: row.full_name,
    archived: row.archived,
    fork: row.fork,
    disabled: row.disabled,
    // That it has no commit is only known when its tree is asked for.
    empty: false,
    pushedAt: row.pushed_at,
    language: row.language,
    topics: row.topics,
  };
}

const parseLogin: Parse<{ readonly login: string }> = (value) =>
  isObject(value) && typeof value.login === 'string' ? { login: value.login } : undefined;

const parseRow: Parse<Row> = (value) => {
  if (!isObject(value) || typeof value.full_name !== 'string' || !isFullName(value.full_name)) return undefined;
  const branch = asString(value.default_branch);
  return {
    full_name: value.full_name,
    default_branch: branch === undefined || branch === '' || branch.length > 1024 ? undefined : branch,
    archived: value.archived === true,
    fork: value.fork === true,
    disabled: value.disabled === true,
    pushed_at: timeOf(value.pushed_at),
    language: asString(value.language),
    topics: Array.isArray(value.topics) ? value.topics.filter((topic) => typeof topic === 'string').slice(0, 100) : [],
  };
};

const parseRows: Parse<readonly Entry[]> = (value) =>
  Array.isArray(value) ? value.map((each: unknown) => parseRow(each) ?? MISSHAPEN) : undefined;

// The second form is what is kept.
const parseInstallation: Parse<readonly Entry[]> = (value) => parseRows(isObject(value) ? value.repositories : value);

function timeOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 40 && !Number.isNaN(Date.parse(value)) ? value : undefined;
}
