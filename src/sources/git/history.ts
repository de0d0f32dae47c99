/**
 * What branches held over time: for each, the commits of its first-parent line that change files of relevance, oldest first.
 * A change that a merge brings in counts from the merge on: before it, the branch did not have it.
 */
import { RELEVANT_PATHSPECS, relevanceOf } from '../remote/relevant.ts';
import { type RemoteTree, RepositoryFailure } from '../remote/repository.ts';
import { type CommitLine, commitChanges, commitLines, type FileChange } from './history-log.ts';
import type { Ask } from './tree.ts';

/** A repository whose history can be asked. */
export interface HistoryRepository {
  readonly heads: readonly Head[];
  /** Branches that are not among them, as they are too many. */
  readonly branchesLeftOut: number;
  /** Commits whose parents were left out when it was cloned. */
  readonly shallow: ReadonlySet<string>;
  readonly look: Ask;
  /** The tree of a commit of it. */
  readonly treeOf: (commit: string) => Pick<RemoteTree, 'list'>;
  readonly blobs: RemoteTree['blobs'];
  close(): Promise<void>;
}

export interface Head {
  /** Undefined for a HEAD that is on no branch. */
  readonly branch: string | undefined;
  readonly commit: string;
}

export interface Moment {
  readonly commit: string;
  /** Committer date, seconds since 1970. */
  readonly time: number;
}

export interface Step extends Moment {
  readonly changes: readonly FileChange[];
}

/** What one branch held over time. */
export interface Line {
  readonly head: Head;
  readonly steps: readonly Step[];
  /** Commits on the line, whether they change anything or not. */
  readonly commits: number;
  readonly tip: Moment;
  /**
   * The oldest commit that is known. `root`: there is none before. `shallow`: those before were not cloned. `cut`: there are
   * more than are walked.
   */
  readonly begins: Moment & { readonly how: 'root' | 'shallow' | 'cut' };
}

export interface WalkLimits {
  readonly commits: number;
  readonly changes: number;
}

export const WALK_LIMITS: WalkLimits = { commits: 1_000_000, changes: 2_000_000 };
const COMMITS_AT_ONCE = 5000;
const DIFF_TREE = [
  ...['diff-tree', '--stdin', '-r', '-z', '--raw', '--root', '--no-renames', '--no-abbrev', '--always', '--'],
  ...RELEVANT_PATHSPECS,
];

/**
 * @returns the lines of its heads, in their order
 * @throws RepositoryFailure where git cannot read it: objects are missing or broken
 */
export async function linesOf(repository: HistoryRepository, limits: WalkLimits = WALK_LIMITS): Promise<Line[]> {
  const commits = await commitsOf(repository, limits.commits);
  const changes = await changesOf(repository, commits, limits.changes);
  const baselines = new Map<string, Promise<readonly FileChange[]>>();
  return Promise.all(
    repository.heads.map(async (head): Promise<Line> => {
      const line = lineFrom(head.commit, commits, changes.seen);
      const oldest = line.at(-1)!;
      const how = oldest.parent !== undefined ? 'cut' : repository.shallow.has(oldest.id) ? 'shallow' : 'root';
      const steps = line.flatMap(({ id, time }): Step[] => {
        const of = changes.of.get(id) ?? [];
        return of.length === 0 || (how === 'cut' && id === oldest.id) ? [] : [{ commit: id, time, changes: of }];
      });
      if (how === 'cut') {
        const known = baselines.get(oldest.id) ?? allOf(repository, oldest.id);
        baselines.set(oldest.id, known);
        steps.push({ commit: oldest.id, time: oldest.time, changes: await known });
      }
      const [tip] = line;
      return {
        head,
        steps: steps.reverse(),
        commits: line.length,
        tip: { commit: tip!.id, time: tip!.time },
        begins: { commit: oldest.id, time: oldest.time, how },
      };
    }),
  );
}

async function commitsOf({ look, heads }: HistoryRepository, most: number): Promise<Map<string, CommitLine>> {
  const found = new Map<string, CommitLine>();
  await look(
    ['rev-list', '--first-parent', '--parents', '--timestamp', `--max-count=${most}`, '--stdin'],
    async (stdout) => {
      for await (const line of commitLines(stdout)) found.set(line.id, line);
    },
    heads.map(({ commit }) => `${commit}\n`).join(''),
  );
  return found;
}

interface Changes {
  readonly of: ReadonlyMap<string, readonly FileChange[]>;
  /** Commits that were looked at. */
  readonly seen: ReadonlySet<string>;
}

/** What each commit changes against its first parent, newest first, until it is too much. */
async function changesOf(
  { look }: HistoryRepository,
  commits: ReadonlyMap<string, CommitLine>,
  most: number,
): Promise<Changes> {
  const of = new Map<string, FileChange[]>();
  const seen = new Set<string>();
  const order = [...commits.values()];
  let count = 0;
  for (let from = 0; from < order.length && (from === 0 || count < most); from += COMMITS_AT_ONCE) {
    const some = order.slice(from, from + COMMITS_AT_ONCE);
    let changed: FileChange[] = [];
    await look(
      DIFF_TREE,
      async (stdout) => {
        for await (const piece of commitChanges(stdout)) {
          if (typeof piece === 'string') {
            changed = [];
            of.set(piece, changed);
            seen.add(piece);
          } else if (relevanceOf(piece.path) !== undefined) {
            changed.push(piece);
            if (++count > 2 * most)
              throw new RepositoryFailure('too-large', `more than ${most} changes in its history`);
          }
        }
      },
      // A line without its end is passed over without a word.
      some.map(({ id, parent = '' }) => `${`${id} ${parent}`.trimEnd()}\n`).join(''),
    );
    // What git passes over without a word would be a commit without changes.
    if (!some.every(({ id }) => seen.has(id))) throw new RepositoryFailure('unreachable', 'commits of it are left out');
  }
  return { of, seen };
}

/** Commits from a head down, newest first, as far as they are known and what they change is. */
function lineFrom(head: string, commits: ReadonlyMap<string, CommitLine>, seen: ReadonlySet<string>): CommitLine[] {
  const line = [commits.get(head)!];
  for (let next = line[0]!.parent; next !== undefined; ) {
    const commit = commits.get(next);
    if (commit === undefined || !seen.has(next)) break;
    line.push(commit);
    next = commit.parent;
  }
  return line;
}

/** All files of relevance of a commit, as if it had added them. */
async function allOf({ treeOf }: HistoryRepository, commit: string): Promise<FileChange[]> {
  return treeOf(commit).list(async (entries) => {
    const files: FileChange[] = [];
    for await (const { kind, id, path } of entries) {
      if (relevanceOf(path) !== undefined) files.push({ path, before: undefined, after: { kind, id } });
    }
    return files;
  });
}
