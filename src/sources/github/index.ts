/** Repositories over GitHub's interface, of github.com or of an own server. */
import type { Diagnostic } from '../../diagnostics.ts';
import { ApiClient } from '../../hosts/client.ts';
import { githubHost } from '../../hosts/github.ts';
import type { Asker } from '../api/ask.ts';
import { failureOf } from '../api/ask.ts';
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
import { askOwner, askRepository, candidateOf, isSame, MISSHAPEN } from './listing.ts';
import { githubRepository } from './repository.ts';
import type { GithubSource } from './source.ts';

export { type GithubSource, isGithubSource, parseGithubSource } from './source.ts';

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
  const client = options.offline ? undefined : new ApiClient(host, options);
  const asker: Asker = { host, client, store: options.store, accept: 'application/vnd.github+json' };
  const notices: Diagnostic[] = [];
  const notice = (diagnostic: Diagnostic) => notices.push(diagnostic);
  const listings = await Promise.all(
    sources.map((source) =>
      source.repository === undefined
        ? listOwner(asker, source.owner, select, notice)
        : findOne(asker, source.owner, source.repository, source.ref, notice),
    ),
  );
  return { ...joined(listings), notices: () => byPlace(notices), stats: () => client?.stats ?? NO_STATS };
}

async function listOwner(
  asker: Asker,
  owner: string,
  select: Selection,
  notice: (diagnostic: Diagnostic) => void,
): Promise<SourceListing> {
  const place = `${asker.host.webHost}/${owner}`;
  const { items, failure } = await askOwner(asker, owner);
  const rows = items.filter((item) => item !== MISSHAPEN);
  const judged = rows.map((row) => ({ row, reason: select(candidateOf(row)) }));
  const chosen = judged.filter(({ reason }) => reason === undefined);
  const broken = items.length - rows.length;
  const missing = failure ? unlisted(asker.host, place, failure.failure, items.length) : undefined;
  return {
    repositories: chosen.map(({ row }) => githubRepository(asker, row, undefined, notice)),
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

// What is named is wanted, archived or not.
async function findOne(
  asker: Asker,
  owner: string,
  name: string,
  ref: string | undefined,
  notice: (diagnostic: Diagnostic) => void,
): Promise<SourceListing> {
  const named = `${asker.host.webHost}/${owner}/${name}`;
  const told = await askRepository(asker, owner, name);
  if (told.kind !== 'ok') return unlisted(asker.host, named, failureOf(told), 0);
  const row = told.value;
  const isMoved = !isSame(row.full_name, `${owner}/${name}`);
  return {
    repositories: [githubRepository(asker, row, ref, notice)],
    diagnostics: isMoved ? [renamed(named, `${asker.host.webHost}/${row.full_name}`)] : [],
    unread: [],
  };
}
