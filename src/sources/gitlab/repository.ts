/** A project over GitLab's interface: one request for its commit, and where that is new one per hundred files. */
import type { Diagnostic } from '../../diagnostics.ts';
import { apiAddress } from '../../hosts/address.ts';
import { webAddressOf } from '../../hosts/base.ts';
import { isObject } from '../../json.ts';
import { type Asker, ask, askPages, failureOf, type Parse } from '../api/ask.ts';
import { deliver } from '../api/deliver.ts';
import { renamed } from '../api/repositories.ts';
import { kindOf } from '../github/tree.ts';
import { isObjectId } from '../remote/blobs.ts';
import {
  type KeepBlob,
  type RemoteRepository,
  type RemoteTree,
  RepositoryFailure,
  type TreeEntry,
} from '../remote/repository.ts';
import { branchOf } from '../revision.ts';
import type { Row } from './listing.ts';

/** @param ref undefined for the default branch; @param onNotice takes what turns up while it is read */
export function gitlabRepository(
  asker: Asker,
  row: Row,
  ref: string | undefined,
  onNotice: (notice: Diagnostic) => void,
): RemoteRepository {
  const { webHost, base } = asker.host;
  const place = `${webHost}/${row.path_with_namespace}`;
  const name = ref === undefined ? place : `${place}@${ref}`;
  return {
    name,
    key: JSON.stringify(['gitlab', base, row.path_with_namespace, ref ?? null]),
    origin: {
      url: webAddressOf(asker.host, row.path_with_namespace),
      branch: ref === undefined ? branchOf(row.default_branch ?? undefined) : undefined,
      says: 'gitlab',
    },
    commit: () => commitOf(asker, row, ref, () => onNotice(renamed(name, 'under another path'))),
    open: async (commit) => treeOf(asker, row, commit),
  };
}

async function commitOf(asker: Asker, row: Row, ref: string | undefined, onMoved: () => void): Promise<string> {
  if (ref !== undefined && isObjectId(ref)) return ref;
  const wanted = ref ?? row.default_branch;
  if (wanted === undefined || row.empty_repo) throw new RepositoryFailure('empty');
  const path = `projects/${row.id}/repository/commits/${encodeURIComponent(wanted)}?stats=false`;
  if (!apiAddress(asker.host.base, path)) throw new RepositoryFailure('ref-unknown');
  const told = await ask(asker, path, parseCommit);
  if (told.kind === 'ok') {
    if (told.moved) onMoved();
    return told.value.id;
  }
  if (ref !== undefined && told.kind === 'refused' && told.status === 404) throw new RepositoryFailure('ref-unknown');
  throw failureOf(told);
}

function treeOf(asker: Asker, { id }: Row, commit: string): RemoteTree {
  return {
    commit,
    list: (read) => read(entriesOf(asker, id, commit)),
    async blobs(ids: readonly string[], keep: KeepBlob) {
      const { host, client } = asker;
      if (!client) throw new RepositoryFailure('not-cached');
      const pathOf = (blob: string) => `projects/${id}/repository/blobs/${blob}/raw`;
      await deliver({ host, client, accept: '*/*', pathOf, sizeOf: () => undefined }, ids, keep);
    },
    async close() {},
  };
}

async function* entriesOf(asker: Asker, id: number, commit: string): AsyncGenerator<TreeEntry> {
  const path = `projects/${id}/repository/tree?recursive=true&ref=${commit}&pagination=keyset&per_page=100`;
  // What is kept is the checkout: no page is asked for twice.
  for await (const page of askPages({ ...asker, store: undefined }, path, parseEntries)) {
    if (page.kind !== 'ok') throw failureOf(page);
    yield* page.value;
  }
}

const parseCommit: Parse<{ readonly id: string }> = (value) =>
  isObject(value) && typeof value.id === 'string' && isObjectId(value.id) ? { id: value.id } : undefined;

// One entry that is none may be a lockfile: then nothing of the answer counts.
const parseEntries: Parse<readonly TreeEntry[]> = (value) => {
  if (!Array.isArray(value)) return undefined;
  const entries: TreeEntry[] = [];
  for (const each of value) {
    if (!isObject(each) || typeof each.path !== 'string' || typeof each.mode !== 'string') return undefined;
    if (typeof each.id !== 'string' || !isObjectId(each.id)) return undefined;
    if (each.type !== 'tree') entries.push({ kind: kindOf(each.mode), id: each.id, path: each.path });
  }
  return entries;
};
