/** One remote repository to a directory of the cache, over whatever route: what is kept already is not fetched again. */
import { LIMITS } from '../../lockfiles/reader.ts';
import type { RemoteCache } from './cache.ts';
import { type Checkout, type Notes, openCheckout, writeCheckout } from './checkout.ts';
import type { Done } from './journal.ts';
import { LONGEST_TARGET, linkedFile, planOf, type TreePlan } from './plan.ts';
import { relevanceOf } from './relevant.ts';
import { type RemoteRepository, type RemoteTree, RepositoryFailure, type Turn } from './repository.ts';

/** Bytes; as settings beside a lockfile are read. */
const LARGEST_SETTINGS = 8 * 1024 * 1024;

/** What all repositories of a run share. */
export interface Reading {
  readonly cache: RemoteCache;
  /** What is more than a question for the commit waits for it. */
  readonly turn: Turn;
  /** Ask nobody: what an earlier run kept, as it was then. */
  readonly offline: boolean;
}

export interface ReadCheckout extends Checkout {
  /** Its id. */
  readonly commit: string;
}

/**
 * @param done what the run that is gone on from found, which is not asked for again
 * @throws RepositoryFailure
 */
export async function readRepository(
  repository: RemoteRepository,
  { cache, turn, offline }: Reading,
  done?: Done,
): Promise<ReadCheckout> {
  if (offline) return readKept(repository, cache);
  if (done === 'empty') throw new RepositoryFailure('empty');
  const wanted = done?.commit ?? (await repository.commit());
  const known = await openCheckout(cache, repository.name, wanted);
  if (known) {
    await cache.keepLastCommit(repository.key, wanted);
    return { ...known, commit: wanted };
  }
  return turn(async () => {
    const tree = await repository.open(wanted);
    try {
      const checkout = await fetchTree(repository, tree, cache);
      await cache.keepLastCommit(repository.key, tree.commit);
      return { ...checkout, commit: tree.commit };
    } finally {
      await tree.close();
    }
  });
}

async function readKept({ key, name }: RemoteRepository, cache: RemoteCache): Promise<ReadCheckout> {
  const last = await cache.lastCommit(key);
  const kept = last === undefined ? undefined : await openCheckout(cache, name, last);
  if (!kept || last === undefined) throw new RepositoryFailure('not-cached');
  return { ...kept, commit: last };
}

async function fetchTree(repository: RemoteRepository, tree: RemoteTree, cache: RemoteCache): Promise<Checkout> {
  const plan = await tree.list(planOf);
  const large = await fetchBlobs(plan, tree, cache);
  const files = new Map([...plan.files].filter(([, id]) => !large.has(id)));
  const tooLarge = [...plan.files].flatMap(([path, id]) => {
    const size = large.get(id);
    return size === undefined ? [] : [{ path, size }];
  });
  const links = await resolveLinks(plan, cache, files);
  const { names, modules, refused, installed } = plan;
  const notes: Notes = { links, large: tooLarge, modules, refused, installed };
  return writeCheckout(cache, repository.name, tree.commit, { files, names, notes });
}

/** @returns those that are too large to be read, with their sizes */
async function fetchBlobs(plan: TreePlan, tree: RemoteTree, cache: RemoteCache): Promise<Map<string, number>> {
  const most = new Map<string, number>();
  for (const [path, id] of plan.files) {
    const limit = relevanceOf(path) === 'lockfile' ? LIMITS.bytes : LARGEST_SETTINGS;
    most.set(id, Math.max(most.get(id) ?? 0, limit));
  }
  for (const id of plan.links.values()) most.set(id, Math.max(most.get(id) ?? 0, LONGEST_TARGET));
  const missing = new Set<string>();
  for (const id of most.keys()) if ((await cache.blobs.size(id)) === undefined) missing.add(id);
  const large = new Map<string, number>();
  if (missing.size === 0) return large;
  await tree.blobs([...missing], async (id, size, content) => {
    const limit = missing.has(id) ? most.get(id) : undefined;
    if (limit === undefined) return;
    missing.delete(id);
    if (size > limit) large.set(id, size);
    else await cache.blobs.keep(id, size, content);
  });
  if (missing.size > 0) throw new RepositoryFailure('unreachable', `${missing.size} files that it lists were not sent`);
  return large;
}

/** Links to files of the same repository are written as those files; what they are of a lockfile is noted. */
async function resolveLinks(
  plan: TreePlan,
  cache: RemoteCache,
  files: Map<string, string>,
): Promise<{ path: string; isRead: boolean }[]> {
  const targets = new Map<string, string | undefined>();
  for (const [path, id] of plan.links) targets.set(path, await cache.blobs.text(id, LONGEST_TARGET));
  const notes: { path: string; isRead: boolean }[] = [];
  for (const path of plan.links.keys()) {
    const target = linkedFile(plan, path, (link) => targets.get(link));
    if (relevanceOf(path) !== 'settings') {
      notes.push({ path, isRead: target !== undefined && relevanceOf(target) === 'lockfile' });
    } else if (target === undefined || !files.has(target)) notes.push({ path, isRead: false });
    else files.set(path, files.get(target)!);
  }
  return notes;
}
