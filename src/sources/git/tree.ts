/** What was fetched of a repository over git: its tree, and the blobs that are there or can be had. */
import { rm } from 'node:fs/promises';
import { isObjectId } from '../remote/blobs.ts';
import { type KeepBlob, type RemoteTree, RepositoryFailure, type TreeEntry } from '../remote/repository.ts';
import { FETCH, REMOTE } from './bare.ts';
import { readBatch } from './batch.ts';
import { isOfAbility } from './failures.ts';
import { treeEntries } from './listing.ts';
import { type GitCall, nothing, textOf } from './process.ts';

/** Removes a repository of our own. */
export function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Runs git in the repository of the tree. */
export type Ask = <T>(
  args: readonly string[],
  read: GitCall<T>['read'],
  input?: string,
) => Promise<{ readonly value: T; readonly said: string }>;

export interface Ways {
  /** With the server. */
  readonly ask: Ask;
  /** At what is here. */
  readonly look: Ask;
  /** Opens the same with all blobs; undefined where they are here already. */
  readonly plainer: (() => Promise<GitTree>) | undefined;
}

export class GitTree implements RemoteTree {
  readonly commit: string;
  readonly #directory: string;
  readonly #ways: Ways;

  constructor(commit: string, directory: string, ways: Ways) {
    this.commit = commit;
    this.#directory = directory;
    this.#ways = ways;
  }

  async list<T>(read: (entries: AsyncIterable<TreeEntry>) => Promise<T>): Promise<T> {
    const args = ['ls-tree', '-r', '-z', '--full-tree', this.commit];
    const { value } = await this.#ways.look(args, (stdout) => read(treeEntries(stdout)));
    return value;
  }

  async blobs(ids: readonly string[], keep: KeepBlob): Promise<void> {
    const { ask, look, plainer } = this.#ways;
    const input = ids.map((id) => `${id}\n`).join('');
    if (plainer) {
      try {
        await ask(
          ['-c', 'fetch.negotiationAlgorithm=noop', ...FETCH, '--filter=blob:none', '--stdin', REMOTE],
          nothing,
          input,
        );
      } catch (error) {
        if (!(error instanceof RepositoryFailure) || !isOfAbility(error)) throw error;
        const whole = await plainer();
        try {
          return await whole.blobs(ids, keep);
        } finally {
          await whole.close();
        }
      }
    }
    await look(['cat-file', '--batch'], (stdout) => readBatch(stdout, keep), input);
  }

  async close(): Promise<void> {
    await remove(this.#directory);
  }
}

/** @throws RepositoryFailure ref-unknown, where no commit of that name was fetched */
export async function commitOf(look: Ask, name: string): Promise<string> {
  try {
    const { value } = await look(['rev-parse', '--quiet', '--verify', `${name}^{commit}`], textOf);
    if (isObjectId(value.trim())) return value.trim();
  } catch (error) {
    if (!(error instanceof RepositoryFailure)) throw error;
  }
  throw new RepositoryFailure('ref-unknown');
}
