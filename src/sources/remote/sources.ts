/** Which sources are remote, and what reads them. Adding a route: a line in each function. */
import type { Problem } from '../../errors.ts';
import { type GitAddress, isGitSource, parseGitSource } from '../git/address.ts';
import type { RemoteContent, RemoteOptions } from './open.ts';

export interface RemoteSettings extends RemoteOptions {
  /** The environment, for git and for credentials; the process's by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds that one call of git may take. */
  readonly timeout?: number | undefined;
  /** Bytes that one repository may send. */
  readonly mostBytes?: number | undefined;
}

/** Addresses of remote sources, checked; nothing is asked yet. */
export type RemoteSource = GitAddress;

/** Whether a source is no path. */
export function isRemote(source: string): boolean {
  return isGitSource(source);
}

/** @returns what the source names, or what is wrong with it */
export function parseRemote(source: string): RemoteSource | Omit<Problem, 'file' | 'line' | 'column'> {
  const address = parseGitSource(source);
  if (!('wrong' in address)) return address;
  return {
    code: 'USAGE',
    // The source itself may hold a password.
    message: `a source that starts with git+ cannot be used: ${address.wrong}`,
    next: 'write it as git+https://HOST/PATH or git+ssh://git@HOST/PATH, with #BRANCH, #TAG or #COMMIT if need be',
  };
}

/** Has every remote source as directories of the cache. What it takes is loaded only where there is one. */
export async function openRemotes(sources: readonly RemoteSource[], settings: RemoteSettings): Promise<RemoteContent> {
  const [{ openRepositories }, { gitRepository }] = await Promise.all([
    import('./open.ts'),
    import('../git/repository.ts'),
  ]);
  const { env = process.env, timeout, mostBytes } = settings;
  return openRepositories(
    (cache) => sources.map((address) => gitRepository(address, cache, { env, timeout, mostBytes })),
    settings,
  );
}
