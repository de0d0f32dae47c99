/** Sources over the interface of a host, whichever it is: `github:…`, `gitlab:…`. */

import type { ApiStats } from '../../hosts/client.ts';
import type { GithubSource } from '../github/source.ts';
import { isGithubSource, parseGithubSource } from '../github/source.ts';
import type { GitlabSource } from '../gitlab/source.ts';
import { isGitlabSource, parseGitlabSource } from '../gitlab/source.ts';
import type { ApiOptions, ApiRepositories } from './repositories.ts';

export type ApiSource =
  | { readonly host: 'github'; readonly source: GithubSource }
  | { readonly host: 'gitlab'; readonly source: GitlabSource };

export function isApiSource(source: string): boolean {
  return isGithubSource(source) || isGitlabSource(source);
}

/**
 * @param source one that isApiSource
 * @returns what it names, or what is wrong with it, in words that hold nothing of it
 */
export function parseApiSource(source: string): ApiSource | { readonly wrong: string } {
  if (isGithubSource(source)) {
    const parsed = parseGithubSource(source);
    return 'wrong' in parsed ? parsed : { host: 'github', source: parsed };
  }
  const parsed = parseGitlabSource(source);
  return 'wrong' in parsed ? parsed : { host: 'gitlab', source: parsed };
}

/** What was asked of each host. */
export interface Asked {
  readonly host: ApiSource['host'];
  readonly stats: ApiStats;
}

export interface ListedSources extends Omit<ApiRepositories, 'stats'> {
  asked(): readonly Asked[];
}

/**
 * Lists what sources name; what a host needs is loaded only where one of its sources is there.
 *
 * @throws UsageError for an address, a token or a selection that cannot be used
 */
export async function listApiSources(sources: readonly ApiSource[], options: ApiOptions): Promise<ListedSources> {
  const { joined } = await import('./repositories.ts');
  const github = sources.flatMap((each) => (each.host === 'github' ? [each.source] : []));
  const gitlab = sources.flatMap((each) => (each.host === 'gitlab' ? [each.source] : []));
  const routes: { readonly host: ApiSource['host']; readonly listed: ApiRepositories }[] = [];
  if (github.length > 0) {
    const { githubRepositories } = await import('../github/index.ts');
    routes.push({ host: 'github', listed: await githubRepositories(github, options) });
  }
  if (gitlab.length > 0) {
    const { gitlabRepositories } = await import('../gitlab/index.ts');
    routes.push({ host: 'gitlab', listed: await gitlabRepositories(gitlab, options) });
  }
  return {
    ...joined(routes.map(({ listed }) => listed)),
    asked: () => routes.map(({ host, listed }) => ({ host, stats: listed.stats() })),
  };
}
