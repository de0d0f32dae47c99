/** A repository over git: asks for the commit, fetches trees without blobs, then the blobs that matter in one batch. */
import { rm } from 'node:fs/promises';
import type { RemoteCache } from '../remote/cache.ts';
import {
  type KeepBlob,
  type RemoteRepository,
  type RemoteTree,
  RepositoryFailure,
  type TreeEntry,
} from '../remote/repository.ts';
import type { GitAddress } from './address.ts';
import { MOST_PACK_BYTES, makeBare, packWatch, REMOTE } from './bare.ts';
import { readBatch } from './batch.ts';
import { credentialEnvironment } from './credentials.ts';
import { isOfAbility } from './failures.ts';
import { treeEntries } from './listing.ts';
import { type Environment, type GitCall, git, nothing, textOf } from './process.ts';
import { candidatesOf, resolved } from './refs.ts';

export interface GitOptions {
  /** The environment git runs in. */
  readonly env: Environment;
  /** Milliseconds that one process may take. */
  readonly timeout?: number | undefined;
  /** Bytes that one repository may send. */
  readonly mostBytes?: number | undefined;
}

/** What of git a server may answer with another protocol; never one that runs or reads something here. */
const PROTOCOLS: Readonly<Record<GitAddress['protocol'], readonly string[]>> = {
  https: ['https', 'ssh', 'git'],
  http: ['http', 'https', 'ssh', 'git'],
  ssh: ['ssh', 'https'],
  git: ['git', 'https', 'ssh'],
  file: ['file'],
};
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const WANTED = 'refs/spof-deps/wanted';
const QUIETLY = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance'];
const FETCH = ['fetch', ...QUIETLY];
const SHA1_LENGTH = 40;

/** From the leanest way to the plainest: not every server can leave blobs or history out. */
const WAYS = ['lean', 'shallow', 'whole'] as const;
type Way = (typeof WAYS)[number];

export function gitRepository(address: GitAddress, cache: RemoteCache, options: GitOptions): RemoteRepository {
  return new GitRepository(address, cache, options);
}

class GitRepository implements RemoteRepository {
  readonly name: string;
  readonly key: string;
  readonly #address: GitAddress;
  readonly #cache: RemoteCache;
  readonly #options: GitOptions;
  /** Full name of the ref, once it is known. */
  #ref: string | undefined;

  constructor(address: GitAddress, cache: RemoteCache, options: GitOptions) {
    this.name = address.name;
    this.key = JSON.stringify(['git', address.url, address.ref ?? null]);
    this.#address = address;
    this.#cache = cache;
    this.#options = options;
  }

  async commit(): Promise<string> {
    const { ref, url } = this.#address;
    if (ref !== undefined && COMMIT.test(ref)) return ref;
    const directory = await this.#bare('0'.repeat(SHA1_LENGTH));
    const candidates = candidatesOf(ref);
    const patterns = [...new Set(candidates)];
    const listed = await this.#ask(directory, ['ls-remote', '--', url, ...patterns], textOf);
    const found = resolved(listed.value.split('\n'), candidates);
    if (found) {
      this.#ref = found.name;
      return found.id;
    }
    const any = await this.#ask(directory, ['ls-remote', '--', url], textOf);
    if (any.value === '') throw new RepositoryFailure('empty');
    throw new RepositoryFailure(
      'ref-unknown',
      ref === undefined ? 'its HEAD points at no branch that is there' : undefined,
    );
  }

  async open(commit: string): Promise<RemoteTree> {
    return this.#openFrom(0, commit);
  }

  /** @param first of WAYS */
  async #openFrom(first: number, commit: string): Promise<GitTree> {
    for (let at = first; ; at++) {
      const way = WAYS[at]!;
      try {
        return await this.#openBy(way, commit, () => this.#openFrom(at + 1, commit));
      } catch (error) {
        const isLast = at + 1 >= WAYS.length;
        if (isLast || !(error instanceof RepositoryFailure) || !isOfAbility(error)) throw error;
      }
    }
  }

  async #openBy(way: Way, commit: string, plainer: () => Promise<GitTree>): Promise<GitTree> {
    const directory = await this.#bare(commit);
    const ask: Ask = (args, read, input) => this.#ask(directory, args, read, input);
    const look: Ask = (args, read, input) =>
      git(args, { directory, env: this.#options.env, protocols: [], read, ...(input === undefined ? {} : { input }) });
    const { said } = await ask([...FETCH, ...this.#wanted(way, commit)], nothing);
    const got = await commitOf(look, this.#isByName(way) ? WANTED : commit);
    const isLean = way === 'lean' && !/filtering not recognized/.test(said);
    return new GitTree(got, directory, { ask, look, plainer: isLean ? plainer : undefined });
  }

  #isByName(way: Way): boolean {
    return way !== 'lean' && this.#ref !== undefined;
  }

  #wanted(way: Way, commit: string): string[] {
    const wanted = this.#isByName(way) ? `+${this.#ref}:${WANTED}` : commit;
    if (way === 'lean') return ['--depth=1', '--filter=blob:none', REMOTE, wanted];
    if (way === 'shallow') return ['--depth=1', REMOTE, wanted];
    // A server that gives no commit by its id has it behind one of its refs, if at all.
    return [REMOTE, this.#isByName(way) ? wanted : '+refs/*:refs/spof-deps/*'];
  }

  async #bare(commit: string): Promise<string> {
    const directory = await this.#cache.directory();
    await makeBare(directory, this.#address.url, commit);
    return directory;
  }

  #ask<T>(directory: string, args: readonly string[], read: GitCall<T>['read'], input?: string) {
    const { env, timeout, mostBytes } = this.#options;
    return git(args, {
      directory,
      env: { ...env, ...credentialEnvironment(this.#address, env) },
      protocols: PROTOCOLS[this.#address.protocol],
      watch: packWatch(directory, mostBytes ?? MOST_PACK_BYTES),
      read,
      ...(input === undefined ? {} : { input }),
      ...(timeout === undefined ? {} : { timeout }),
    });
  }
}

type Ask = <T>(
  args: readonly string[],
  read: GitCall<T>['read'],
  input?: string,
) => Promise<{ readonly value: T; readonly said: string }>;

interface Ways {
  /** With the server. */
  readonly ask: Ask;
  /** At what is here. */
  readonly look: Ask;
  /** Opens the same with all blobs; undefined where they are here already. */
  readonly plainer: (() => Promise<GitTree>) | undefined;
}

class GitTree implements RemoteTree {
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
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The commit of what was fetched: a server may have sent all it has without that. */
async function commitOf(look: Ask, name: string): Promise<string> {
  try {
    const { value } = await look(['rev-parse', '--quiet', '--verify', `${name}^{commit}`], textOf);
    if (COMMIT.test(value.trim())) return value.trim();
  } catch (error) {
    if (!(error instanceof RepositoryFailure)) throw error;
  }
  throw new RepositoryFailure('ref-unknown');
}
