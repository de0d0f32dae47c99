/** Projects of a group or a user, or one by its path, as GitLab lists them: https://docs.gitlab.com/api/groups/. */
import { asString, isObject } from '../../json.ts';
import { type Asker, ask, askAll, type Listed, type Parse } from '../api/ask.ts';
import type { Candidate } from '../api/selection.ts';
import { isPath } from './source.ts';

/** What is taken of a project, under GitLab's own names: it is kept, and read back as it came. */
export interface Row {
  readonly id: number;
  readonly path_with_namespace: string;
  readonly default_branch: string | undefined;
  readonly archived: boolean;
  /** That it is a fork; what it is one of does not matter. */
  readonly forked_from_project: boolean;
  readonly empty_repo: boolean;
  /** 'disabled' where it has no repository that can be read. */
  readonly repository_access_level: string | undefined;
  /** Not earlier than an hour before the last push. */
  readonly last_activity_at: string | undefined;
  readonly topics: readonly string[];
}

/** An entry of a list that is no project. */
export const MISSHAPEN = 'misshapen';
export type Entry = Row | typeof MISSHAPEN;

/** By id, so that nothing moves to another page; where keyset pages are not known, the server gives numbered ones. */
const PAGES = 'order_by=id&sort=asc&pagination=keyset&per_page=100';

export function askProject(asker: Asker, path: string) {
  return ask(asker, `projects/${encodeURIComponent(path)}`, parseRow);
}

/** All projects of a group and the groups in it, or of a user, that the token may see. */
export async function askGroup(asker: Asker, path: string): Promise<Listed<Entry>> {
  const id = encodeURIComponent(path);
  const group = await askAll(
    asker,
    `groups/${id}/projects?include_subgroups=true&with_shared=false&${PAGES}`,
    parseRows,
  );
  const isAbsent = group.failure?.status === 404 || (!asker.client && group.failure !== undefined);
  if (!isAbsent || group.items.length > 0 || path.includes('/')) return group;
  const user = await askAll(asker, `users/${id}/projects?${PAGES}`, parseRows);
  return user.failure?.status === 404 || (!asker.client && user.failure) ? group : user;
}

/** The language that most of a project is written in. */
export async function askLanguage(asker: Asker, { id }: Row): Promise<string | undefined> {
  const told = await ask(asker, `projects/${id}/languages`, parseShares);
  if (told.kind !== 'ok') return undefined;
  return Object.entries(told.value).sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** @param language undefined where nobody asks for it */
export function candidateOf(row: Row, language: string | undefined): Candidate {
  return {
    path: row.path_with_namespace,
    archived: row.archived,
    fork: row.forked_from_project,
    disabled: row.repository_access_level === 'disabled',
    empty: row.empty_repo,
    pushedAt: row.last_activity_at === undefined ? undefined : hourAfter(row.last_activity_at),
    language,
    topics: row.topics,
  };
}

// GitLab writes it down once an hour.
function hourAfter(time: string): string {
  return new Date(Date.parse(time) + 3_600_000).toISOString();
}

const parseRow: Parse<Row> = (value) => {
  if (!isObject(value) || typeof value.path_with_namespace !== 'string' || !isPath(value.path_with_namespace))
    return undefined;
  const { id, topics, last_activity_at: time } = value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) return undefined;
  const branch = asString(value.default_branch);
  return {
    id,
    path_with_namespace: value.path_with_namespace,
    default_branch: branch === undefined || branch === '' || branch.length > 1024 ? undefined : branch,
    archived: value.archived === true,
    forked_from_project: value.forked_from_project === true || isObject(value.forked_from_project),
    empty_repo: value.empty_repo === true,
    repository_access_level: asString(value.repository_access_level),
    last_activity_at: typeof time === 'string' && isTime(time) ? time : undefined,
    topics: Array.isArray(topics) ? topics.filter((topic) => typeof topic === 'string').slice(0, 100) : [],
  };
};

const parseRows: Parse<readonly Entry[]> = (value) =>
  Array.isArray(value) ? value.map((each: unknown) => parseRow(each) ?? MISSHAPEN) : undefined;

const parseShares: Parse<Readonly<Record<string, number>>> = (value) => {
  if (!isObject(value)) return undefined;
  const shares = Object.entries(value).filter((share): share is [string, number] => typeof share[1] === 'number');
  return Object.fromEntries(shares);
};

function isTime(text: string): boolean {
  const time = text.length > 40 ? Number.NaN : Date.parse(text);
  return time > 0 && time < Date.parse('9000-01-01');
}
