/** Which sources are remote, and what reads them. Adding a route: a line in each function. */
import { join, posix } from 'node:path';
import type { Problem } from '../../errors.ts';
import type { Network } from '../../hosts/wire.ts';
import {
  type ApiSource,
  type Asked,
  isApiSource,
  type ListedSources,
  listApiSources,
  parseApiSource,
} from '../api/route.ts';
import type { SelectionOptions } from '../api/selection.ts';
import { type GitAddress, isGitSource, parseGitSource } from '../git/address.ts';
import { isRepositoryInShard, type Shard } from '../shard.ts';
import { WHOLE_UNREAD } from '../source.ts';
import type { RemoteCache } from './cache.ts';
import type { Journal } from './journal.ts';
import type { RemoteContent, RemoteOptions } from './open.ts';
import type { ListedRepository, Turn } from './repository.ts';

export interface RemoteSettings extends RemoteOptions {
  /** The environment, for git and for credentials; the process's by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds that one call of git may take. */
  readonly timeout?: number | undefined;
  /** Bytes that one repository may send. */
  readonly mostBytes?: number | undefined;
  /** Which repositories of an owner are wanted, where the interface of a host lists them. */
  readonly selection?: SelectionOptions | undefined;
  /** Proxies and authorities for the interfaces of hosts; those of the user's npm configuration by default. */
  readonly network?: Network | undefined;
  /** Called with the milliseconds of a wait that a host's limits make, when it begins. */
  readonly onWait?: ((milliseconds: number) => void) | undefined;
  /** Go on from the run over the same sources that did not come to its end: what it has read is taken as it was then. */
  readonly resume?: boolean | undefined;
  /** Called with how many repositories were read by the run that is gone on from, and when it began. */
  readonly onResume?: ((done: number, began: Date) => void) | undefined;
  /** Called at the end with what the interfaces of hosts were asked. */
  readonly onAsked?: ((asked: readonly Asked[]) => void) | undefined;
}

/** Addresses of remote sources, checked; nothing is asked yet. */
export type RemoteSource = GitAddress | ApiSource;

/** Whether a source is no path. */
export function isRemote(source: string): boolean {
  return isGitSource(source) || isApiSource(source);
}

/** @returns what the source names, or what is wrong with it */
export function parseRemote(source: string): RemoteSource | Omit<Problem, 'file' | 'line' | 'column'> {
  if (isApiSource(source)) {
    const parsed = parseApiSource(source);
    if (!('wrong' in parsed)) return parsed;
    const next = 'write it as github:OWNER[/REPOSITORY[@REF]] or gitlab:GROUP[/PROJECT[@REF]]';
    return { code: 'USAGE', message: `a source cannot be used: ${parsed.wrong}`, next };
  }
  const address = parseGitSource(source);
  if (!('wrong' in address)) return address;
  return {
    code: 'USAGE',
    // The source itself may hold a password.
    message: `a source that starts with git+ cannot be used: ${address.wrong}`,
    next: 'write it as git+https://HOST/PATH or git+ssh://git@HOST/PATH, with #BRANCH, #TAG or #COMMIT if need be',
  };
}

/**
 * Has every remote source as directories of the cache. What it takes is loaded only where there is one.
 *
 * @param shard repositories that are not in it are listed, and never asked for
 */
export async function openRemotes(
  sources: readonly RemoteSource[],
  settings: RemoteSettings,
  shard: Shard | undefined,
): Promise<RemoteContent> {
  const [{ ASKED_AT_ONCE, openRepositories }, { gitRepository }, { RefAsker }] = await Promise.all([
    import('./open.ts'),
    import('../git/repository.ts'),
    import('../git/asker.ts'),
  ]);
  const { env = process.env, timeout, mostBytes, cache, offline, selection, network, onWait } = settings;
  const addresses = sources.flatMap((source) => ('host' in source ? [] : [source]));
  const hosted = sources.flatMap((source) => ('host' in source ? [source] : []));
  const store = cache === undefined ? undefined : await storeIn(cache);
  const journal = cache === undefined || offline ? undefined : await journalOf(cache, sources, settings, shard);
  const isWanted = (place: string): boolean => shard === undefined || isRepositoryInShard(place, shard);
  const listed =
    hosted.length === 0
      ? NOTHING_LISTED
      : await listApiSources(hosted, {
          env,
          store,
          offline,
          selection,
          isWanted,
          isDone: (place) => journal?.done(place) !== undefined,
          network: network ?? (offline ? undefined : await npmNetwork(env)),
          onWait,
        });
  const connect = (directories: RemoteCache, turn: Turn): ListedRepository[] => {
    const asker = new RefAsker(directories, { env, timeout, sockets: ASKED_AT_ONCE });
    const git = addresses
      .filter(({ name }) => isWanted(name))
      .map((address): ListedRepository => {
        const repository = gitRepository(address, directories, { env, asker, turn, timeout, mostBytes });
        return { place: address.name, repository, told: [], unread: [] };
      });
    return [...git, ...listed.repositories];
  };
  const contents = await openRepositories(connect, settings, journal);
  journal?.close(!isBroken(listed.unread) && !contents.some(({ unread }) => isBroken(unread ?? [])));
  settings.onAsked?.(listed.asked());
  const places = [...new Set([...addresses.map(({ name }) => name), ...listed.places])].sort();
  return { lists: { diagnostics: listed.diagnostics, unread: listed.unread }, places, contents };
}

/** Whether something could not be read as a whole, which another run may read. */
function isBroken(unread: readonly string[]): boolean {
  return unread.some((path) => posix.basename(path) === WHOLE_UNREAD);
}

async function journalOf(
  cache: string,
  sources: readonly RemoteSource[],
  { resume = false, selection = {}, onResume }: RemoteSettings,
  shard: Shard | undefined,
): Promise<Journal | undefined> {
  const [{ Journal }, { journalsIn }] = await Promise.all([import('./journal.ts'), import('./cache.ts')]);
  // Names alone: an address may hold a password.
  const named = sources.map((source) => ('host' in source ? [source.host, source.source] : ['git', source.name]));
  const question = JSON.stringify([named.map((each) => JSON.stringify(each)).sort(), selection, shard ?? null]);
  const journal = Journal.open(journalsIn(cache), question, resume);
  if (resume) onResume?.(journal?.size ?? 0, new Date(journal?.began ?? 0));
  return journal;
}

const NOTHING_LISTED: ListedSources = {
  repositories: [],
  places: [],
  diagnostics: [],
  unread: [],
  asked: () => [],
};

/** The user's proxies and authorities are those of npm, as for registries. */
async function npmNetwork(env: NonNullable<RemoteSettings['env']>): Promise<Network> {
  const { loadNpmSettings } = await import('../../network/npm-config.ts');
  return (await loadNpmSettings({ env })).fetchOptions;
}

async function storeIn(cache: string) {
  const { Store } = await import('../../network/store.ts');
  return new Store(join(cache, 'repositories'));
}
