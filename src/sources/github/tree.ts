/** Trees as GitHub gives them: whole, or where one is too large for that, directory by directory. */

import { apiAddress } from '../../hosts/address.ts';
import type { ApiAnswer } from '../../hosts/client.ts';
import { isObject } from '../../json.ts';
import { type Asker, etagOf, failureOf, notUnderstood } from '../api/ask.ts';
import { isObjectId } from '../remote/blobs.ts';
import { relevanceOf } from '../remote/relevant.ts';
import { RepositoryFailure, type TreeEntry } from '../remote/repository.ts';

/** One answer. */
export interface GithubTree {
  /** Of the tree, or of the commit that was named. */
  readonly id: string;
  /** All but directories. */
  readonly entries: readonly SizedEntry[];
  readonly directories: readonly { readonly path: string; readonly id: string }[];
  /** More is there than was sent. */
  readonly truncated: boolean;
}

export interface SizedEntry extends TreeEntry {
  /** Bytes, where GitHub says so. */
  readonly size: number | undefined;
}

export type TreeAnswer =
  | {
      readonly kind: 'ok';
      readonly tree: GithubTree;
      readonly etag: string | undefined;
      /** Milliseconds since the epoch, by the server's clock. */
      readonly at: number | undefined;
      readonly moved: boolean;
    }
  | { readonly kind: 'unchanged'; readonly at: number | undefined; readonly moved: boolean }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly failure: RepositoryFailure };

/** Bytes: more than GitHub sends of one tree. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_REQUESTS = 5_000;
const MOST_DEPTH = 100;

/**
 * @param repository owner and name; @param wanted branch, tag, commit or tree
 * @param etag of an answer to the same question that is at hand
 */
export async function askTree(
  { host, client, accept }: Asker,
  repository: string,
  wanted: string,
  isRecursive: boolean,
  etag?: string,
): Promise<TreeAnswer> {
  const path = `repos/${repository}/git/trees/${encodeURIComponent(wanted)}${isRecursive ? '?recursive=1' : ''}`;
  const url = apiAddress(host.base, path);
  if (!client || !url) return { kind: 'failed', failure: new RepositoryFailure(client ? 'ref-unknown' : 'not-cached') };
  return treeAnswer(await client.get({ url, accept, most: MOST_BYTES, etag }));
}

function treeAnswer(answer: ApiAnswer): TreeAnswer {
  if (answer.kind === 'refused') return answer;
  if (answer.kind === 'failed') return { kind: 'failed', failure: RepositoryFailure.of(answer.failure) };
  if (answer.kind === 'too-large') return { kind: 'too-large' };
  const { moved } = answer;
  const date = Date.parse(answer.headers.get('date') ?? '');
  const at = Number.isNaN(date) ? undefined : date;
  if (answer.kind === 'unchanged') return { kind: 'unchanged', at, moved };
  const tree = parsed(answer.body);
  if (!tree) return { kind: 'failed', failure: notUnderstood() };
  return { kind: 'ok', tree, etag: etagOf(answer.headers.get('etag')), at, moved };
}

function parsed(body: Buffer): GithubTree | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return treeOf(value);
  } catch {
    return undefined;
  }
}

// One entry that is none may be a lockfile: then nothing of the answer counts.
function treeOf(value: unknown): GithubTree | undefined {
  if (!isObject(value) || typeof value.sha !== 'string' || !isObjectId(value.sha)) return undefined;
  if (!Array.isArray(value.tree) || typeof value.truncated !== 'boolean') return undefined;
  const entries: SizedEntry[] = [];
  const directories: { path: string; id: string }[] = [];
  for (const each of value.tree) {
    if (!isObject(each) || typeof each.path !== 'string' || each.path === '' || typeof each.mode !== 'string')
      return undefined;
    const { path, sha: id, size } = each;
    if (typeof id !== 'string' || !isObjectId(id)) return undefined;
    if (each.type === 'tree') directories.push({ path, id });
    else entries.push({ kind: kindOf(each.mode), id, path, size: isSize(size) ? size : undefined });
  }
  return { id: value.sha, entries, directories, truncated: value.truncated };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Modes of git: https://git-scm.com/docs/git-fast-import#_filemodify. */
export function kindOf(mode: string): TreeEntry['kind'] {
  if (mode === '120000') return 'link';
  if (mode === '160000') return 'module';
  return /^100[0-7]{3}$/.test(mode) ? 'file' : 'other';
}

/**
 * All entries of a tree that GitHub does not give whole: each directory whole where that goes, else its own directories
 * in turn. Directories of which nothing matters are not asked for.
 *
 * @throws RepositoryFailure
 */
export async function* walkTree(asker: Asker, repository: string, id: string): AsyncGenerator<SizedEntry> {
  let requests = 0;
  const given = async (wanted: string, isRecursive: boolean): Promise<GithubTree | undefined> => {
    if (++requests > MOST_REQUESTS) throw new RepositoryFailure('too-large', `more than ${MOST_REQUESTS} requests`);
    const answer = await askTree(asker, repository, wanted, isRecursive);
    if (answer.kind === 'ok') return answer.tree;
    if (answer.kind === 'too-large') return undefined;
    throw answer.kind === 'unchanged' ? notUnderstood() : failureOf(answer);
  };
  const open = [{ id, path: '', depth: 0 }];
  for (let at = open.pop(); at; at = open.pop()) {
    const { path: above, depth } = at;
    const whole = depth === 0 ? undefined : await given(at.id, true);
    if (whole && !whole.truncated) {
      for (const entry of whole.entries) yield { ...entry, path: `${above}${entry.path}` };
      continue;
    }
    const flat = await given(at.id, false);
    if (!flat || flat.truncated)
      throw new RepositoryFailure('too-large', 'a directory of more entries than GitHub lists');
    if (depth >= MOST_DEPTH) throw new RepositoryFailure('too-large', `more than ${MOST_DEPTH} directories deep`);
    for (const entry of flat.entries) yield { ...entry, path: `${above}${entry.path}` };
    for (const directory of flat.directories) {
      const path = `${above}${directory.path}/`;
      // That node_modules are there is told, what is in them is not.
      if (relevanceOf(`${path}package.json`) === undefined)
        yield { kind: 'other', id: directory.id, path, size: undefined };
      else open.push({ id: directory.id, path, depth: depth + 1 });
    }
  }
}
