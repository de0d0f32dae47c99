/** Opens the histories of what a run read, and says of what there is none. */
import { basename } from 'node:path';
import type { Diagnostic } from '../../diagnostics.ts';
import type { OpenedSources } from '../index.ts';
import { prefixOf } from '../index.ts';
import { RemoteCache } from '../remote/cache.ts';
import { failureDiagnostic } from '../remote/failures.ts';
import { retried } from '../remote/open.ts';
import type { RepositoryFailure } from '../remote/repository.ts';
import { borrowed } from './borrowed.ts';
import type { HistoryRepository } from './history.ts';
import { pathSources, repositoriesAt } from './history-places.ts';
import { remoteHistory } from './history-remote.ts';
import type { Environment } from './process.ts';
import { gitRepository } from './repository.ts';

/** A history that can be opened. */
export interface HistorySource {
  /** As reports name the repository. */
  readonly name: string;
  readonly shown: (file: string) => string;
  readonly isAsked: (directory: string) => boolean;
  /** @throws RepositoryFailure */
  open(): Promise<HistoryRepository>;
  /** What is told where it cannot be read. */
  failed(failure: RepositoryFailure): Diagnostic | undefined;
}

export interface OpenOptions {
  readonly env: Environment;
  readonly allBranches: boolean;
  /** Ask nobody. */
  readonly offline: boolean;
  /** Milliseconds that one call of git may take. */
  readonly timeout?: number | undefined;
  /** A directory of this run, for what is fetched. */
  readonly scratch: string;
}

type Opened = Pick<OpenedSources, 'paths' | 'snapshots' | 'repositories' | 'remotes'>;

/** @returns histories by name, and of what there is none */
export async function historySources(
  opened: Opened,
  options: OpenOptions,
): Promise<{ readonly sources: readonly HistorySource[]; readonly diagnostics: readonly Diagnostic[] }> {
  const local = localSources(opened.paths, options);
  const remote = await remoteSources(opened, options);
  const snapshots = opened.snapshots.map((path) =>
    absent(basename(path), 'a snapshot is of one moment', 'name the repositories it was made of as sources'),
  );
  const sources = [...local.sources, ...remote.sources].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { sources, diagnostics: [...snapshots, ...local.diagnostics, ...remote.diagnostics] };
}

function localSources(paths: readonly string[], { env, timeout, allBranches }: OpenOptions) {
  const places = pathSources(paths, paths.length === 1 ? () => '' : prefixOf);
  const { repositories, refused } = repositoriesAt(places);
  const sources = repositories.map(
    ({ name, gitDirectory, shown, isAsked }): HistorySource => ({
      name,
      shown,
      isAsked,
      open: () => borrowed(gitDirectory, { env, timeout, allBranches }),
      failed: (failure) => unreadable(name, failure),
    }),
  );
  const diagnostics = refused.map((name) =>
    absent(
      name || '.',
      'its .git leads to a directory that is not of this repository',
      'clone it anew, or name the repository that it leads to as a source',
    ),
  );
  return { sources, diagnostics };
}

async function remoteSources({ remotes, repositories }: Opened, options: OpenOptions) {
  const addresses = remotes.flatMap((remote) => ('host' in remote ? [] : [remote]));
  const overGit = new Map(addresses.map((address) => [address.name, address]));
  const diagnostics: Diagnostic[] = [];
  const sources: HistorySource[] = [];
  for (const { name } of repositories) {
    const address = overGit.get(name);
    if (address === undefined) {
      const next = `name it as git+https://${name.replace('@', '#')}, which takes your own git's credentials`;
      diagnostics.push(absent(name, 'interfaces of hosts give no history that could be walked', next));
    } else if (options.offline) {
      diagnostics.push(
        absent(name, 'it is not kept between runs, and nobody is asked (--offline)', 'run without --offline'),
      );
    } else {
      const { env, timeout, allBranches, scratch } = options;
      sources.push({
        name,
        shown: (file) => `${name}/${file}`,
        isAsked: () => true,
        open: async () => {
          const remote = gitRepository(address, await RemoteCache.open(scratch), { env, timeout });
          return retried(() => remoteHistory(remote, address, allBranches), {});
        },
        failed: (failure) => failureDiagnostic(name, failure),
      });
    }
  }
  return { sources, diagnostics };
}

function unreadable(name: string, failure: RepositoryFailure): Diagnostic | undefined {
  const { kind, detail } = failure;
  // What lies there uncommitted is told lockfile by lockfile.
  if (kind === 'empty') return undefined;
  if (kind === 'no-git' || kind === 'timeout') return failureDiagnostic(name, failure);
  return {
    code: 'HISTORY_UNREADABLE',
    severity: 'incomplete',
    file: name,
    message: `its history cannot be read (${detail ?? 'objects are missing or damaged'}): what it locked before is unknown`,
    next: 'look at it with git fsck; fetch what a partial or broken clone lacks, or name its server as git+URL',
  };
}

function absent(name: string, why: string, next: string): Diagnostic {
  return {
    code: 'HISTORY_ABSENT',
    severity: 'incomplete',
    file: name,
    message: `its history was not walked: ${why}`,
    next,
  };
}
