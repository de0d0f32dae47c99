/** Projects over GitLab's interface, of gitlab.com or of an own server. */
import type { Diagnostic } from '../../diagnostics.ts';
import { ApiClient } from '../../hosts/client.ts';
import { gitlabHost } from '../../hosts/gitlab.ts';
import { type Asker, failureOf } from '../api/ask.ts';
import {
  type ApiOptions,
  type ApiRepositories,
  byPlace,
  joined,
  leftOut,
  misshapen,
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
  readonly notice: (diagnostic: Diagnostic) => void;
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
  const notices: Diagnostic[] = [];
  const listing: Listing = {
    asker: { host, client, store: options.store, accept: 'application/json' },
    select: selectionOf(options.selection ?? {}),
    needsLanguage: (options.selection?.languages ?? []).length > 0,
    notice: (diagnostic) => notices.push(diagnostic),
  };
  const listings = await Promise.all(sources.map((source) => listSource(listing, source)));
  return { ...joined(listings), notices: () => byPlace(notices), stats: () => client?.stats ?? NO_STATS };
}

// A path of one part is never that of a project.
async function listSource(listing: Listing, { path, ref }: GitlabSource): Promise<SourceListing> {
  if (!path.includes('/')) return listGroup(listing, path);
  const { asker, notice } = listing;
  const told = await askProject(asker, path);
  const place = `${asker.host.webHost}/${path}`;
  if (told.kind === 'ok') {
    const { path_with_namespace: now } = told.value;
    return {
      repositories: [gitlabRepository(asker, told.value, ref, notice)],
      diagnostics: now.toLowerCase() === path.toLowerCase() ? [] : [renamed(place, `${asker.host.webHost}/${now}`)],
      unread: [],
    };
  }
  const isAbsent = told.kind === 'refused' ? told.status === 404 : !asker.client;
  return isAbsent && ref === undefined ? listGroup(listing, path) : unlisted(asker.host, place, failureOf(told), 0);
}

async function listGroup({ asker, select, needsLanguage, notice }: Listing, path: string): Promise<SourceListing> {
  const place = `${asker.host.webHost}/${path}`;
  const { items, failure } = await askGroup(asker, path);
  const rows = items.filter((item) => item !== MISSHAPEN);
  const language = async (row: Row) => (needsLanguage ? await askLanguage(asker, row) : undefined);
  const judged = await Promise.all(
    rows.map(async (row) => ({ row, reason: select(candidateOf(row, await language(row))) })),
  );
  const broken = items.length - rows.length;
  const missing = failure ? unlisted(asker.host, place, failure.failure, items.length) : undefined;
  return {
    repositories: judged.flatMap(({ row, reason }) =>
      reason === undefined ? [gitlabRepository(asker, row, undefined, notice)] : [],
    ),
    diagnostics: [
      ...(missing?.diagnostics ?? []),
      ...misshapen(place, broken),
      ...leftOut(
        place,
        judged.flatMap(({ reason }) => reason ?? []),
      ),
    ],
    unread: missing || broken > 0 ? [`${place}/${WHOLE_UNREAD}`] : [],
  };
}
