/** A repository over GitHub's interface: one request for its tree, none where nothing was pushed since it was last asked. */
import type { Diagnostic } from '../../diagnostics.ts';
import { webAddressOf } from '../../hosts/base.ts';
import { asString, isObject } from '../../json.ts';
import { type Asker, etagOf, failureOf } from '../api/ask.ts';
import { deliver } from '../api/deliver.ts';
import { renamed } from '../api/repositories.ts';
import { isObjectId } from '../remote/blobs.ts';
import { type KeepBlob, type RemoteRepository, type RemoteTree, RepositoryFailure } from '../remote/repository.ts';
import { branchOf, type RemoteOrigin } from '../revision.ts';
import type { Row } from './listing.ts';
import { askTree, type GithubTree, type SizedEntry, type TreeAnswer, walkTree } from './tree.ts';

/** What was learnt of a branch when it was last asked. */
interface Remembered {
  readonly etag: string | undefined;
  readonly id: string;
  /** The list's `pushed_at` of before it was asked; undefined where that decides nothing. */
  readonly pushedAt: string | undefined;
}

/** `pushed_at` has whole seconds, and a list may lag: what was pushed just before the tree was asked for decides nothing. */
const SETTLED_MS = 5 * 60_000;

/** @param ref undefined for the default branch; @param onNotice takes what turns up while it is read */
export function githubRepository(
  asker: Asker,
  row: Row,
  ref: string | undefined,
  onNotice: (notice: Diagnostic) => void,
): RemoteRepository {
  return new GithubRepository(asker, row, ref, onNotice);
}

class GithubRepository implements RemoteRepository {
  readonly name: string;
  readonly key: string;
  readonly origin: RemoteOrigin;
  readonly #asker: Asker;
  readonly #row: Row;
  readonly #ref: string | undefined;
  readonly #onNotice: (notice: Diagnostic) => void;
  #known: GithubTree | undefined;
  #isTold = false;

  constructor(asker: Asker, row: Row, ref: string | undefined, onNotice: (notice: Diagnostic) => void) {
    const place = `${asker.host.webHost}/${row.full_name}`;
    this.name = ref === undefined ? place : `${place}@${ref}`;
    this.key = JSON.stringify(['github', asker.host.base, row.full_name, ref ?? null]);
    // A name that was asked for may be that of a tag.
    const branch = ref === undefined ? branchOf(row.default_branch) : undefined;
    this.origin = { url: webAddressOf(asker.host, row.full_name), branch, says: 'github' };
    this.#asker = asker;
    this.#row = row;
    this.#ref = ref;
    this.#onNotice = onNotice;
  }

  async commit(): Promise<string> {
    if (this.#ref !== undefined && isObjectId(this.#ref)) return this.#ref;
    const { default_branch: branch, pushed_at: pushedAt } = this.#row;
    const wanted = this.#ref ?? branch;
    if (wanted === undefined) throw new RepositoryFailure('empty');
    const question = ['github', this.#asker.host.base, this.#row.full_name, wanted];
    const known = rememberedOf(await this.#asker.store?.read('host', question));
    if (known?.pushedAt !== undefined && known.pushedAt === pushedAt) return known.id;
    const answer = await this.#ask(wanted, known?.etag);
    const learnt = this.#learn(answer, known);
    const at = answer.kind === 'ok' || answer.kind === 'unchanged' ? answer.at : undefined;
    const isSettled = pushedAt !== undefined && at !== undefined && at - Date.parse(pushedAt) > SETTLED_MS;
    await this.#asker.store?.write('host', question, { ...learnt, pushedAt: isSettled ? pushedAt : undefined });
    return learnt.id;
  }

  /** One whose list is too long to be sent is walked: then its own directories tell what it is. */
  async #ask(wanted: string, etag: string | undefined): Promise<TreeAnswer> {
    const whole = await askTree(this.#asker, this.#row.full_name, wanted, true, etag);
    if (whole.kind !== 'too-large') return whole;
    const flat = await askTree(this.#asker, this.#row.full_name, wanted, false);
    return flat.kind === 'ok' ? { ...flat, etag: undefined, tree: { ...flat.tree, truncated: true } } : flat;
  }

  /** @throws RepositoryFailure */
  #learn(answer: TreeAnswer, known: Remembered | undefined): Omit<Remembered, 'pushedAt'> {
    if (answer.kind === 'unchanged' && known) {
      this.#tellMoved(answer.moved);
      return known;
    }
    if (answer.kind === 'ok') {
      this.#tellMoved(answer.moved);
      this.#known = answer.tree;
      return { etag: answer.etag, id: answer.tree.id };
    }
    // Nothing was committed yet.
    if (answer.kind === 'refused' && answer.status === 409) throw new RepositoryFailure('empty');
    throw this.#failureOf(answer);
  }

  #failureOf(answer: Exclude<TreeAnswer, { kind: 'ok' }>): RepositoryFailure {
    if (answer.kind === 'too-large') return new RepositoryFailure('too-large', 'its list of files');
    if (answer.kind === 'unchanged') return new RepositoryFailure('unreachable', 'an answer that was not asked for');
    // The repository itself was there a moment ago.
    if (answer.kind === 'refused' && this.#ref !== undefined && (answer.status === 404 || answer.status === 422)) {
      return new RepositoryFailure('ref-unknown');
    }
    return failureOf(answer);
  }

  #tellMoved(moved: boolean): void {
    if (!moved || this.#isTold) return;
    this.#isTold = true;
    this.#onNotice(renamed(this.name, 'under another name'));
  }

  async open(commit: string): Promise<RemoteTree> {
    const known = this.#known;
    this.#known = undefined;
    if (known?.id === commit) return new Tree(this.#asker, this.#row.full_name, known, commit);
    const answer = await askTree(this.#asker, this.#row.full_name, commit, true);
    if (answer.kind === 'too-large') return new Tree(this.#asker, this.#row.full_name, undefined, commit);
    if (answer.kind !== 'ok') throw this.#failureOf(answer);
    this.#tellMoved(answer.moved);
    return new Tree(this.#asker, this.#row.full_name, answer.tree, commit);
  }
}

class Tree implements RemoteTree {
  readonly commit: string;
  readonly #asker: Asker;
  readonly #repository: string;
  readonly #whole: GithubTree | undefined;
  readonly #sizes = new Map<string, number>();

  constructor(asker: Asker, repository: string, tree: GithubTree | undefined, commit: string) {
    this.#asker = asker;
    this.#repository = repository;
    this.#whole = tree?.truncated ? undefined : tree;
    this.commit = commit;
  }

  list<T>(read: (entries: AsyncIterable<SizedEntry>) => Promise<T>): Promise<T> {
    return read(this.#entries());
  }

  async *#entries(): AsyncGenerator<SizedEntry> {
    for await (const entry of this.#whole?.entries ?? walkTree(this.#asker, this.#repository, this.commit)) {
      // Of what has no size before it is fetched nothing is lost.
      if (entry.size !== undefined && entry.size > LARGE) this.#sizes.set(entry.id, entry.size);
      yield entry;
    }
  }

  async blobs(ids: readonly string[], keep: KeepBlob): Promise<void> {
    const { host, client } = this.#asker;
    if (!client) throw new RepositoryFailure('not-cached');
    await deliver(
      {
        host,
        client,
        accept: 'application/vnd.github.raw+json',
        pathOf: (id) => `repos/${this.#repository}/git/blobs/${id}`,
        sizeOf: (id) => this.#sizes.get(id),
      },
      ids,
      keep,
    );
  }

  async close(): Promise<void> {
    this.#sizes.clear();
  }
}

/** Bytes; smaller ones are fetched whatever they are. */
const LARGE = 8 * 1024 * 1024;

function rememberedOf(value: unknown): Remembered | undefined {
  if (!isObject(value)) return undefined;
  const id = asString(value.id);
  if (id === undefined || !isObjectId(id)) return undefined;
  return { etag: etagOf(asString(value.etag) ?? null), id, pushedAt: asString(value.pushedAt) };
}
