/** What a route to repositories gives, whatever it goes over: git itself, or the interface of a host. */
import type { Diagnostic } from '../../diagnostics.ts';
import type { HostFailure } from '../../hosts/failure.ts';
import type { RemoteOrigin } from '../revision.ts';

/** One repository at one ref, not yet asked for anything. */
export interface RemoteRepository {
  /** POSIX, as reports name it and as paths of its files begin: `git.example/acme/pay`, `git.example/acme/pay@v2`. */
  readonly name: string;
  /** What its commit is remembered under for runs that ask nobody. Never holds a secret. */
  readonly key: string;
  /** Where it comes from, as far as it is known: complete once the commit is. */
  readonly origin: RemoteOrigin | undefined;
  /**
   * The commit that is wanted now, by its id. Asks for as little as that takes, and for nothing where the ref is a commit.
   *
   * @throws RepositoryFailure
   */
  commit(): Promise<string>;
  /**
   * Opens the tree of a commit.
   *
   * @throws RepositoryFailure
   */
  open(commit: string): Promise<RemoteTree>;
}

/** Has work done when its turn has come. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** A repository that a source names, or an owner's list. */
export interface ListedRepository {
  /**
   * What it is called there, known before it is asked for anything: what it is ordered by, and which shard it is in. Where
   * it was renamed since, its name is another one.
   */
  readonly place: string;
  /** undefined where there is nothing to be read; `told` says why. */
  readonly repository: RemoteRepository | undefined;
  /** What is to be said of it beside its content; all of it once it was read. */
  readonly told: readonly Diagnostic[];
  /** In the place of what it may hold, where it could not be found. */
  readonly unread: readonly string[];
}

/** The tree of one commit. */
export interface RemoteTree {
  /** Differs from the one asked for where the server moved on in between. */
  readonly commit: string;
  /**
   * Reads all entries that are no directories, recursively, in any order.
   *
   * @throws RepositoryFailure
   */
  list<T>(read: (entries: AsyncIterable<TreeEntry>) => Promise<T>): Promise<T>;
  /**
   * Has the content of blobs.
   *
   * @param keep called once for each that there is, one after the other, with its size in bytes; content that is not read
   *   is passed over
   * @throws RepositoryFailure
   */
  blobs(ids: readonly string[], keep: KeepBlob): Promise<void>;
  /** Gives back what the tree needed. */
  close(): Promise<void>;
}

export type KeepBlob = (id: string, size: number, content: AsyncIterable<Uint8Array>) => Promise<void>;

export interface TreeEntry {
  readonly kind: 'file' | 'link' | 'module' | 'other';
  /** Object id, in hexadecimal. */
  readonly id: string;
  /** From the root of the repository; whatever the repository says, unchecked. */
  readonly path: string;
}

/** Why a repository cannot be read; a closed list. */
export type FailureKind =
  | 'not-found'
  | 'denied'
  | 'ref-unknown'
  | 'empty'
  | 'unreachable'
  | 'timeout'
  | 'rate-limited'
  | 'too-large'
  | 'not-cached'
  | 'no-git';

/** A repository cannot be read. Holds nothing of what a server or a program said: that may hold a secret. */
export class RepositoryFailure extends Error {
  readonly kind: FailureKind;
  /** A few words of ours on the cause: a status, a limit. */
  readonly detail: string | undefined;

  constructor(kind: FailureKind, detail?: string) {
    super(detail === undefined ? kind : `${kind}: ${detail}`);
    this.name = 'RepositoryFailure';
    this.kind = kind;
    this.detail = detail;
  }

  /** Of a host that gave no answer. */
  static of({ kind, detail }: HostFailure): RepositoryFailure {
    return new RepositoryFailure(kind === 'redirected' ? 'unreachable' : kind, detail);
  }
}
