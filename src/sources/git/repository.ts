/** A repository over git: asks for the commit, fetches trees without blobs, then the blobs that matter in one batch. */
import { isObjectId } from '../remote/blobs.ts';
import type { RemoteCache } from '../remote/cache.ts';
import { type RemoteRepository, type RemoteTree, RepositoryFailure, type Turn } from '../remote/repository.ts';
import type { RemoteOrigin } from '../revision.ts';
import type { GitAddress } from './address.ts';
import type { RefAsker } from './asker.ts';
import { FETCH, makeBare, NO_COMMIT, packWatch, REMOTE } from './bare.ts';
import { webAddress } from './checkout.ts';
import { credentialEnvironment } from './credentials.ts';
import { isOfAbility } from './failures.ts';
import { type Environment, type GitCall, git, MOST_BYTES, nothing, textOf } from './process.ts';
import { candidatesOf, headOf, resolved } from './refs.ts';
import { type Ask, commitOf, GitTree, remove } from './tree.ts';

export interface GitOptions {
  /** The environment git runs in. */
  readonly env: Environment;
  /** Asks web servers without a process; undefined: git itself always asks. */
  readonly asker?: RefAsker | undefined;
  /** Runs what needs a process when its turn has come. */
  readonly turn?: Turn | undefined;
  /** Milliseconds that one process may take. */
  readonly timeout?: number | undefined;
  /** Bytes that one repository may send. */
  readonly mostBytes?: number | undefined;
}

/** What an address may turn into by the user's configuration or a redirect; never what runs or reads something here. */
const PROTOCOLS: Readonly<Record<GitAddress['protocol'], readonly string[]>> = {
  https: ['https', 'ssh', 'git'],
  http: ['http', 'https', 'ssh', 'git'],
  ssh: ['ssh', 'https'],
  git: ['git', 'https', 'ssh'],
  file: ['file'],
};
export const WANTED = 'refs/spof-deps/wanted';
const BRANCHES = 'refs/heads/';

/** From the leanest way to the plainest: not every server can leave blobs or history out. */
const WAYS = ['lean', 'shallow', 'whole'] as const;
type Way = (typeof WAYS)[number];

/** A repository of our own that git fetches into, empty at first. */
export interface Connection {
  readonly directory: string;
  /** With the server. */
  readonly ask: Ask;
  /** At what is here. */
  readonly look: Ask;
  /** Full name of the ref that is wanted; undefined where a commit is. */
  readonly ref: string | undefined;
  /** Name of its branch, where it is known to be one. */
  readonly branch: string | undefined;
}

export interface GitRemote extends RemoteRepository {
  /** @param commit that `commit()` gave */
  connect(commit: string): Promise<Connection>;
}

export function gitRepository(address: GitAddress, cache: RemoteCache, options: GitOptions): GitRemote {
  return new GitRepository(address, cache, options);
}

const atOnce: Turn = (work) => work();

class GitRepository implements GitRemote {
  readonly name: string;
  readonly key: string;
  readonly #address: GitAddress;
  readonly #cache: RemoteCache;
  readonly #options: GitOptions;
  /** Full name of the ref, once it is known. */
  #ref: string | undefined;
  /** Name of the branch that HEAD is at, where the server says so. */
  #head: string | undefined;

  constructor(address: GitAddress, cache: RemoteCache, options: GitOptions) {
    this.name = address.name;
    this.key = JSON.stringify(['git', address.url, address.ref ?? null]);
    this.#address = address;
    this.#cache = cache;
    this.#options = options;
  }

  get origin(): RemoteOrigin | undefined {
    const url = webAddress(this.#address.url);
    return url === undefined ? undefined : { url, branch: this.#branch(), says: 'git' };
  }

  #branch(): string | undefined {
    return this.#ref?.startsWith(BRANCHES) ? this.#ref.slice(BRANCHES.length) : this.#head;
  }

  async commit(): Promise<string> {
    const { ref } = this.#address;
    if (ref !== undefined && isObjectId(ref)) return ref;
    const { asker, turn = atOnce } = this.#options;
    const found = await asker?.find(this.#address, candidatesOf(ref));
    if (found === undefined) return turn(() => this.#listed());
    if (found === 'empty') throw new RepositoryFailure('empty');
    this.#ref = found.name;
    if (found.name === 'HEAD') this.#head = found.head;
    return found.id;
  }

  async #listed(): Promise<string> {
    const { ref, url } = this.#address;
    const directory = await this.#bare(NO_COMMIT);
    try {
      return await this.#resolve(directory, url, ref);
    } finally {
      await remove(directory);
    }
  }

  async #resolve(directory: string, url: string, ref: string | undefined): Promise<string> {
    const candidates = candidatesOf(ref);
    const patterns = [...new Set(candidates)];
    const listed = await this.#ask(directory, ['ls-remote', '--symref', '--', url, ...patterns], textOf);
    const lines = listed.value.split('\n');
    const found = resolved(lines, candidates);
    if (candidates.includes('HEAD')) this.#head = headOf(lines);
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
    const { directory, ask, look } = await this.connect(commit);
    try {
      const { said } = await ask([...FETCH, ...this.#wanted(way, commit)], nothing);
      // What was asked for by its id is here; behind all refs of a server it may not be.
      const isSure = way !== 'whole' && !this.#isByName(way);
      const got = isSure ? commit : await commitOf(look, this.#isByName(way) ? WANTED : commit);
      const isLean = way === 'lean' && !/filtering not recognized/.test(said);
      return new GitTree(got, directory, { ask, look, plainer: isLean ? plainer : undefined });
    } catch (error) {
      await remove(directory);
      throw error;
    }
  }

  async connect(commit: string): Promise<Connection> {
    const directory = await this.#bare(commit);
    return {
      directory,
      ask: (args, read, input) => this.#ask(directory, args, read, input),
      look: (args, read, input) => git(args, { ...this.#call(directory, read, input), protocols: [] }),
      ref: this.#ref,
      branch: this.#branch(),
    };
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
    const { env, mostBytes } = this.#options;
    return git(args, {
      ...this.#call(directory, read, input),
      env: { ...env, ...credentialEnvironment(this.#address, env) },
      protocols: PROTOCOLS[this.#address.protocol],
      watch: packWatch(directory, mostBytes ?? MOST_BYTES),
    });
  }

  #call<T>(directory: string, read: GitCall<T>['read'], input: string | undefined) {
    const { env, timeout, mostBytes } = this.#options;
    return {
      directory,
      env,
      read,
      ...(input === undefined ? {} : { input }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(mostBytes === undefined ? {} : { mostOutput: mostBytes }),
    };
  }
}
