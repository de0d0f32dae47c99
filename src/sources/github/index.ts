/** Repositories over GitHub's interface, of github.com or of an own server. */
import { ApiClient } from '../../hosts/client.ts';
import { githubHost } from '../../hosts/github.ts';
import type { Asker } from '../api/ask.ts';
import { askUnlessDone, failureOf } from '../api/ask.ts';
import {
  type ApiOptions,
  type ApiRepositories,
  joined,
  leftOut,
  listed,
  misshapen,
  missing,
  NO_STATS,
  renamed,
  type SourceListing,
  unlisted,
} from '../api/repositories.ts';
import { type Selection, selectionOf } from '../api/selection.ts';
import type { ListedRepository } from '../remote/repository.ts';
import { WHOLE_UNREAD } from '../source.ts';
import { askOwner, askRepository, candidateOf, isSame, MISSHAPEN } from './listing.ts';
import { githubRepository } from './repository.ts';
import type { GithubSource } from './source.ts';

export { type GithubSource, isGithubSource, parseGithubSource } from './source.ts';

type IsWanted = (place: string) => boolean;

/**
 * Lists what the sources name. A list that cannot be had is a diagnostic, and never stops the others.
 *
 * @throws UsageError for an address, a token or a selection that cannot be used
 */
export async function githubRepositories(
  sources: readonly GithubSource[],
  options: ApiOptions,
): Promise<ApiRepositories> {
  const host = githubHost(options.env);
  const select = selectionOf(options.selection ?? {});
  const { isWanted = () => true, isDone = () => false } = options;
  const client = options.offline ? undefined : new ApiClient(host, options);
  const asker: Asker = { host, client, store: options.store, accept: 'application/vnd.github+json' };
  const owners = sources.flatMap(({ owner, repository }) => (repository === undefined ? [owner] : []));
  const lists = joined(await Promise.all(owners.map((owner) => listOwner(asker, owner, select, isWanted))));
  const named = await findNamed(asker, sources, lists.places, { isWanted, isDone });
  return { ...joined([lists, named]), stats: () => client?.stats ?? NO_STATS };
}

async function listOwner(asker: Asker, owner: string, select: Selection, isWanted: IsWanted): Promise<SourceListing> {
  const place = placeOf(asker, owner);
  const { items, failure } = await askOwner(asker, owner);
  const rows = items.filter((item) => item !== MISSHAPEN);
  const judged = rows.map((row) => ({ row, reason: select(candidateOf(row)) }));
  const chosen = judged
    .filter(({ reason }) => reason === undefined)
    .map(({ row }) => ({ row, place: placeOf(asker, row.full_name) }));
  const broken = items.length - rows.length;
  const ended = failure ? unlisted(asker.host, place, failure.failure, items.length) : undefined;
  return {
    repositories: chosen
      .filter((each) => isWanted(each.place))
      .map((each) => listed(each.place, (onNotice) => githubRepository(asker, each.row, undefined, onNotice))),
    places: chosen.map((each) => each.place),
    diagnostics: [
      ...(ended?.diagnostics ?? []),
      ...misshapen(place, broken),
      ...leftOut(
        place,
        judged.flatMap(({ reason }) => reason ?? []),
      ),
    ],
    unread: ended || broken > 0 ? [`${place}/${WHOLE_UNREAD}`] : [],
  };
}

/**
 * Those that are named one by one, archived or not. Which shard reads one is decided by its name as it is given, so that
 * no other shard need ask; one that a list has too is left to the list.
 */
async function findNamed(
  asker: Asker,
  sources: readonly GithubSource[],
  inLists: readonly string[],
  { isWanted, isDone }: { readonly isWanted: IsWanted; readonly isDone: IsWanted },
): Promise<SourceListing> {
  const known = new Set(inLists.map(caseless));
  const byPlace = new Map<string, { readonly place: string; readonly source: GithubSource }>();
  for (const source of sources) {
    const { owner, repository, ref } = source;
    if (repository === undefined) continue;
    const named = placeOf(asker, `${owner}/${repository}`);
    // Names of repositories are the same in any case, those of branches are not.
    const key = ref === undefined ? caseless(named) : `${caseless(named)}@${ref}`;
    if (known.has(key) || byPlace.has(key)) continue;
    byPlace.set(key, { place: ref === undefined ? named : `${named}@${ref}`, source });
  }
  const all = [...byPlace.values()];
  const repositories = await Promise.all(
    all
      .filter(({ place }) => isWanted(place))
      .map(({ place, source }) => findOne(asker, place, source, { known, isDone: isDone(place) })),
  );
  return { repositories, places: all.map(({ place }) => place), diagnostics: [], unread: [] };
}

async function findOne(
  asker: Asker,
  place: string,
  { owner, repository: name = '', ref }: GithubSource,
  { known, isDone }: { readonly known: ReadonlySet<string>; readonly isDone: boolean },
): Promise<ListedRepository> {
  const told = await askUnlessDone(asker, isDone, (by) => askRepository(by, owner, name));
  if (told.kind !== 'ok') return missing(asker.host, place, failureOf(told));
  const row = told.value;
  const now = placeOf(asker, row.full_name);
  const isMoved = !isSame(row.full_name, `${owner}/${name}`);
  const notices = isMoved ? [renamed(placeOf(asker, `${owner}/${name}`), now)] : [];
  if (ref === undefined && known.has(caseless(now))) return { place, repository: undefined, told: notices, unread: [] };
  return listed(place, (onNotice) => githubRepository(asker, row, ref, onNotice), notices);
}

function placeOf({ host }: Asker, name: string): string {
  return `${host.webHost}/${name}`;
}

function caseless(place: string): string {
  return place.toLowerCase();
}
