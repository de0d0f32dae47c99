/** The history of a remote repository: all commits and trees behind a ref or all branches, and blobs where they are asked for. */
import { isObjectId } from '../remote/blobs.ts';
import { RepositoryFailure } from '../remote/repository.ts';
import type { GitAddress } from './address.ts';
import { FETCH, REMOTE } from './bare.ts';
import { isOfAbility } from './failures.ts';
import type { Head, HistoryRepository } from './history.ts';
import { nothing, textOf } from './process.ts';
import { type GitRemote, WANTED } from './repository.ts';
import { type Ask, commitOf, GitTree, remove } from './tree.ts';

const BRANCHES = 'refs/spof-deps/heads/';
/** Not every server can leave blobs out; it then sends them along. */
const LEAN = '--filter=blob:none';

/** @throws RepositoryFailure */
export async function remoteHistory(
  remote: GitRemote,
  { ref }: Pick<GitAddress, 'ref'>,
  allBranches: boolean,
): Promise<HistoryRepository> {
  const commit = await remote.commit();
  const { tree, directory, look, branch } = await fetched(remote, commit, [LEAN], allBranches);
  try {
    const others = allBranches ? await branchesIn(look) : [];
    const own = branch ?? ref;
    return {
      heads: [{ branch: own, commit: tree.commit }, ...others.filter((other) => other.branch !== own)],
      branchesLeftOut: 0,
      shallow: new Set(),
      look,
      treeOf: (id) => new GitTree(id, directory, { ask: look, look, plainer: undefined }),
      blobs: (ids, keep) => tree.blobs(ids, keep),
      close: () => tree.close(),
    };
  } catch (error) {
    await remove(directory);
    throw error;
  }
}

async function branchesIn(look: Ask): Promise<Head[]> {
  const { value } = await look(['for-each-ref', '--format=%(objectname) %(refname)', BRANCHES], textOfAll);
  return value.split('\n').flatMap((line): Head[] => {
    const [id = '', name = ''] = line.split(' ');
    return isObjectId(id) ? [{ branch: name.slice(BRANCHES.length), commit: id }] : [];
  });
}

/** Branches of the largest repositories, with room. */
const MOST_BYTES = 64 * 1024 * 1024;
const textOfAll = (stdout: AsyncIterable<Uint8Array>): Promise<string> => textOf(stdout, MOST_BYTES);

async function fetched(remote: GitRemote, commit: string, filter: readonly string[], allBranches: boolean) {
  const { directory, ask, look, ref, branch } = await remote.connect(commit);
  const branches = allBranches ? [`+refs/heads/*:${BRANCHES}*`] : [];
  const from = (wanted: string) => ask([...FETCH, ...filter, REMOTE, wanted, ...branches], nothing);
  try {
    const { said } = await from(ref === undefined ? commit : `+${ref}:${WANTED}`).catch((error: unknown) => {
      if (!(error instanceof RepositoryFailure) || !isOfAbility(error)) throw error;
      // A server that gives no commit by its id has it behind one of its refs, if at all.
      return from('+refs/*:refs/spof-deps/all/*');
    });
    const got = await commitOf(look, ref === undefined ? commit : WANTED).catch(() => commitOf(look, commit));
    const isLean = filter.length > 0 && !/filtering not recognized/.test(said);
    const plainer = async (): Promise<GitTree> => (await fetched(remote, got, [], allBranches)).tree;
    const tree = new GitTree(got, directory, { ask, look, plainer: isLean ? plainer : undefined });
    return { directory, look, branch, tree };
  } catch (error) {
    await remove(directory);
    throw error;
  }
}
