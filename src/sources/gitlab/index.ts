/** Projects over GitLab's interface, of gitlab.com or of an own server. */
import { ApiClient } from '../../hosts/client.ts';
import { gitlabHost } from '../../hosts/gitlab.ts';
import { type Asker, askUnlessDone, failureOf } from '../api/ask.ts';
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
import { WHOLE_UNREAD } from '../source.ts';
import { askGroup, askLanguage, askProject, candidateOf, MISSHAPEN, type Row } from './listing.ts';
import { gitlabRepository } from './repository.ts';
import type { GitlabSource } from './source.ts';

export { type GitlabSource, isGitlabSource, parseGitlabSource } from './source.ts';

/** What all sources of a run share. */
interface Listing {
  readonly asker: Asker;
  readonly select: Selection;
  readonly needsLanguage: boolean;
  readonly isWanted: (place: string) => boolean;
  readonly isDone: (place: string) => boolean;
}

/**
 * Lists what the sources name. A list that cannot be had is a diagnostic, and never stops the others.
 *
 * @throws UsageError for an address, a token or a selection that cannot be used
 */
export async function gitlabRepositories(
  sources: readonly GitlabSource[],
  options: ApiOptions,
): Promise<ApiRepositories> {
  const host = gitlabHost(options.env);
  const client = options.offline ? undefined : new ApiClient(host, options);
  const listing: Listing = {
    asker: { host, client, store: options.store, accept: 'application/json' },
    select: selectionOf(options.selection ?? {}),
    needsLanguage: (options.selection?.languages ?? []).length > 0,
    isWanted: options.isWanted ?? (() => true),
    isDone: options.isDone ?? (() => false),
  };
  const listings = await Promise.all(sources.map((source) => listSource(listing, source)));
  return { ...joined(listings), stats: () => client?.stats ?? NO_STATS };
}

// A path of one part is never that of a project; one with a ref always is, so that only its own shard need ask for it.
async function listSource(listing: Listing, { path, ref }: GitlabSource): Promise<SourceListing> {
  if (!path.includes('/')) return listGroup(listing, path);
  const { asker, isWanted, isDone } = listing;
  const named = placeOf(asker, path);
  const at = ref === undefined ? undefined : `${named}@${ref}`;
  if (at !== undefined && !isWanted(at)) return { ...NOTHING, places: [at] };
  const told = await askUnlessDone(asker, isDone(at ?? named), (by) => askProject(by, path));
  if (told.kind === 'ok') {
    const now = placeOf(asker, told.value.path_with_namespace);
    const notices = now.toLowerCase() === named.toLowerCase() ? [] : [renamed(named, now)];
    const place = at ?? now;
    const project = listed(place, (onNotice) => gitlabRepository(asker, told.value, ref, onNotice), notices);
    return { ...NOTHING, places: [place], repositories: isWanted(place) ? [project] : [] };
  }
  if (at !== undefined) return { ...NOTHING, places: [at], repositories: [missing(asker.host, at, failureOf(told))] };
  const isAbsent = told.kind === 'refused' ? told.status === 404 : !asker.client;
  return isAbsent ? listGroup(listing, path) : unlisted(asker.host, named, failureOf(told), 0);
}

const NOTHING: SourceListing = { repositories: [], places: [], diagnostics: [], unread: [] };

async function listGroup(listing: Listing, path: string): Promise<SourceListing> {
  const { asker, select, needsLanguage, isWanted } = listing;
  const place = placeOf(asker, path);
  const { items, failure } = await askGroup(asker, path);
  const rows = items.filter((item) => item !== MISSHAPEN);
  const language = async (row: Row) => (needsLanguage ? await askLanguage(asker, row) : undefined);
  const judged = await Promise.all(
    rows.map(async (row) => ({ row, reason: select(candidateOf(row, await language(row))) })),
  );
  const chosen = judged
    .filter(({ reason }) => reason === undefined)
    .map(({ row }) => ({ row, place: placeOf(asker, row.path_with_namespace) }));
  const broken = items.length - rows.length;
  const ended = failure ? unlisted(asker.host, place, failure.failure, items.length) : undefined;
  return {
    repositories: chosen
      .filter((each) => isWanted(each.place))
      .map((each) => listed(each.place, (onNotice) => gitlabRepository(asker, each.row, undefined, onNotice))),
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

function placeOf({ host }: Asker, path: string): string {
  return `${host.webHost}/${path}`;
}
