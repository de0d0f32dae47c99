/** What is told of history that is not there, or cannot be read. Pure. */
import type { Window } from '../analysis/history/exposures.ts';
import { isoTime } from '../analysis/history/times.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { append } from '../lists.ts';
import type { Line } from '../sources/git/history.ts';
import type { HistorySource } from '../sources/git/history-open.ts';
import { isWritable } from '../sources/remote/paths.ts';
import type { Replayed, VersionProblem } from './replay.ts';

/** Named in one diagnostic. */
const EXAMPLES = 5;
/** Lockfiles told one by one. */
const MOST = 20;

export function historyDiagnostics(
  source: Pick<HistorySource, 'name' | 'shown' | 'isAsked'>,
  lines: readonly Line[],
  replayed: readonly Replayed[],
  window: Window,
): Diagnostic[] {
  const { isAsked } = source;
  const asked = replayed.map(({ problems }) =>
    problems.filter(({ path }) => !isWritable(path) || isAsked(directoryOf(path))),
  );
  const begun = lines.flatMap((line) => beginning(source.name, line, window));
  // What is missing is told before what is not.
  const first = begun.sort(bySeverity).slice(0, EXAMPLES);
  return [...first, ...versionProblems(source, asked.flat())];
}

function bySeverity(a: Diagnostic, b: Diagnostic): number {
  return Number(a.severity === 'notice') - Number(b.severity === 'notice');
}

export function leftOutBranches(name: string, count: number): Diagnostic[] {
  if (count === 0) return [];
  return [
    {
      code: 'HISTORY_CUT',
      severity: 'incomplete',
      file: name,
      message: `${count} of its branches were not walked: there are too many`,
      next: 'delete branches that are not in use, or check out those that matter',
    },
  ];
}

/** Where history begins too late. Before a window that begins after it, nothing is missed. */
function beginning(name: string, { head, begins }: Line, { since }: Window): Diagnostic[] {
  if (begins.how === 'root') return [];
  const isEnough = since !== undefined && begins.time <= since;
  const at = `${isoTime(begins.time) ?? 'no time'} (commit ${begins.commit.slice(0, 12)})`;
  const branch = head.branch === undefined ? '' : ` of ${head.branch}`;
  const told = { severity: isEnough ? 'notice' : 'incomplete', file: name } as const;
  const after = isEnough ? 'which is before the time asked about' : 'what was locked before is unknown';
  if (begins.how === 'shallow') {
    return [
      {
        ...told,
        code: 'HISTORY_SHALLOW',
        message: `the history${branch} is shallow and begins at ${at}: ${after}`,
        next: isEnough
          ? 'nothing'
          : 'fetch the rest (git fetch --unshallow; fetch-depth: 0 in CI), or name its server as git+URL',
      },
    ];
  }
  return [
    {
      ...told,
      code: 'HISTORY_CUT',
      message: `the history${branch} is longer than what is walked, and was walked from ${at} on: ${after}`,
      next: isEnough ? 'nothing' : 'report it with the number of its commits',
    },
  ];
}

function versionProblems(
  { shown, name }: Pick<HistorySource, 'shown' | 'name'>,
  problems: readonly VersionProblem[],
): Diagnostic[] {
  const byPath = new Map<string, VersionProblem[]>();
  const seen = new Set<string>();
  // Branches have most of their commits in common.
  for (const each of problems) {
    const key = `${each.commit} ${each.path}`;
    if (!seen.has(key)) append(byPath, each.path, each);
    seen.add(key);
  }
  const told = [...byPath].slice(0, MOST).map(([path, of]): Diagnostic => {
    const [{ commit, problem }] = of as [VersionProblem, ...VersionProblem[]];
    const more = of.length === 1 ? '' : `, and ${of.length - 1} more such versions`;
    return {
      code: 'HISTORY_VERSION',
      severity: 'incomplete',
      file: shown(path),
      message: `its version of commit ${commit.slice(0, 12)} could not be read in full, and may hold any of the list: ${problem}${more}`,
      next: 'look at it with git show, or read the lockfile of that commit with its package manager',
    };
  });
  const rest = byPath.size - told.length;
  if (rest <= 0) return told;
  const message = `versions of ${rest} more lockfiles could not be read in full`;
  return [...told, { ...told[0]!, file: name, message }];
}

/** @param paths of lockfiles that are read today, and that no history has */
export function uncommitted(paths: readonly string[]): Diagnostic[] {
  const [first] = paths;
  if (first === undefined) return [];
  const rest = paths.length - EXAMPLES;
  const listed = `${paths.slice(0, EXAMPLES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return [
    {
      code: 'HISTORY_ABSENT',
      severity: 'incomplete',
      file: paths.length === 1 ? first : '',
      message:
        paths.length === 1
          ? 'it is in no git repository, or not committed: what it locked before is unknown'
          : `${paths.length} lockfiles are in no git repository, or not committed: what they locked before is unknown (${listed})`,
      next: 'name the clone or the server (git+URL) that has their history',
    },
  ];
}

function directoryOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at === -1 ? '' : path.slice(0, at);
}
