/** The history of a remote repository: all commits and trees behind a ref or all branches, and blobs where they are asked for. */
import { StringDecoder } from 'node:string_decoder';
import { isObjectId } from '../remote/blobs.ts';
import { RepositoryFailure } from '../remote/repository.ts';
import type { GitAddress } from './address.ts';
import { FETCH, REMOTE } from './bare.ts';
import { isOfAbility } from './failures.ts';
import type { Head, HistoryRepository } from './history.ts';
import { nothing } from './process.ts';
import { MOST_BRANCHES } from './refs-on-disk.ts';
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
    const { heads: others, more } = allBranches ? await branchesIn(look) : NO_BRANCHES;
    const own = branch ?? ref;
    return {
      heads: [{ branch: own, commit: tree.commit }, ...others.filter((other) => other.branch !== own)],
      branchesLeftOut: more,
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

const NO_BRANCHES = { heads: [], more: 0 };

/** @returns `more`: how many are left out */
async function branchesIn(look: Ask): Promise<{ readonly heads: readonly Head[]; readonly more: number }> {
  const { value } = await look(['for-each-ref', '--format=%(objectname) %(refname)', BRANCHES], branchLines);
  const heads = value.lines.flatMap((line): Head[] => {
    const [id = '', name = ''] = line.split(' ');
    return isObjectId(id) ? [{ branch: name.slice(BRANCHES.length), commit: id }] : [];
  });
  return { heads, more: value.more };
}

/** The first lines, as many as branches are walked, and how many there are beyond. */
export async function branchLines(stdout: AsyncIterable<Uint8Array>) {
  const decoder = new StringDecoder('utf8');
  const lines: string[] = [];
  let [rest, more] = ['', 0];
  for await (const piece of stdout) {
    const pieces = `${rest}${decoder.write(Buffer.from(piece))}`.split('\n');
    rest = pieces.pop()!;
    const room = MOST_BRANCHES - lines.length;
    lines.push(...pieces.slice(0, room));
    more += Math.max(0, pieces.length - room);
  }
  return { lines, more };
}

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
