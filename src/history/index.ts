/** Were we exposed, from which commit to which? The history of every repository of a run, walked for an incident list. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import pLimit from 'p-limit';
import type { Audit } from '../analysis/audit.ts';
import {
  type BranchExposures,
  joinedExposures,
  overlaps,
  type ServiceExposure,
  type Window,
} from '../analysis/history/exposures.ts';
import { exposuresOf } from '../analysis/history/intervals.ts';
import type { Diagnostic } from '../diagnostics.ts';
import type { BadPackage } from '../incidents/builder.ts';
import type { Run } from '../run.ts';
import { type Head, type Line, linesOf, type WalkLimits } from '../sources/git/history.ts';
import { type HistorySource, historySources } from '../sources/git/history-open.ts';
import { RepositoryFailure } from '../sources/remote/repository.ts';
import { WHOLE_UNREAD } from '../sources/source.ts';
import { historyDiagnostics, leftOutBranches, uncommitted } from './diagnostics.ts';
import { lookAt, type Replayed, replay, textsFor } from './replay.ts';
import { type VersionCounts, Versions } from './versions.ts';

export interface HistoryOptions {
  readonly window: Window;
  /** Whether all branches are walked, or HEAD's alone. */
  readonly allBranches: boolean;
  readonly offline: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory of lockfiles that were read before; none where absent. */
  readonly cache?: string | undefined;
  readonly limits?: WalkLimits | undefined;
  /** Called after each repository. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What was walked of one repository. */
export interface WalkedRepository {
  readonly name: string;
  readonly lines: readonly WalkedLine[];
}

export interface WalkedLine extends Pick<Line, 'commits' | 'tip' | 'begins'> {
  readonly branch: string | undefined;
  /** Commits that change a lockfile, or files beside one. */
  readonly changing: number;
}

export interface ImpactHistory {
  readonly window: Window;
  /** Those that overlap the window. */
  readonly exposures: readonly ServiceExposure[];
  /** How many do not. */
  readonly outside: number;
  /** Lockfiles, as reports name them, of what the last commits of checked out branches still lock, whatever the window. */
  readonly lasting: ReadonlySet<string>;
  readonly repositories: readonly WalkedRepository[];
  readonly counts: VersionCounts;
  /** What could not be walked or read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Repositories at once: git reads one while lockfiles of another are parsed. */
const AT_ONCE = 4;

/**
 * @param run of the sources as they are today, which names services
 * @param packages of the list; exposures name them by index
 */
export async function historyOf(
  { audit, sources: opened }: Pick<Run, 'audit' | 'sources'>,
  packages: readonly BadPackage[],
  options: HistoryOptions,
): Promise<ImpactHistory> {
  const scratch = await mkdtemp(join(tmpdir(), 'spof-deps-'));
  const versions = new Versions(packages, audit.scope, options.cache);
  try {
    const { sources, diagnostics } = await historySources(opened, { ...options, scratch });
    const limit = pLimit(AT_ONCE);
    let done = 0;
    const walks = await Promise.all(
      sources.map((source) =>
        limit(async () => {
          const walk = await walked(source, versions, options);
          options.onProgress?.(++done, sources.length);
          return walk;
        }),
      ),
    );
    const all = joinedExposures(
      walks.flatMap(({ branches }) => branches),
      audit.fleet,
      audit.services,
    );
    const exposures = all.filter((exposure) => overlaps(exposure, options.window));
    return {
      window: options.window,
      exposures,
      outside: all.length - exposures.length,
      lasting: new Set(
        all.flatMap(({ until, isOnHead, lockfiles }) => (until === undefined && isOnHead ? lockfiles : [])),
      ),
      repositories: walks.flatMap(({ repository }) => repository ?? []),
      counts: versions.counts,
      diagnostics: [
        ...diagnostics,
        ...walks.flatMap((walk) => walk.diagnostics),
        ...(opened.snapshots.length > 0 ? [] : uncommittedOf(audit, walks, diagnostics)),
      ],
    };
  } finally {
    versions.close();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Walk {
  readonly repository: WalkedRepository | undefined;
  readonly branches: readonly BranchExposures[];
  /** Lockfiles that its HEAD holds, as reports name them; undefined where it could not be walked, which is said already. */
  readonly committed: ReadonlySet<string> | undefined;
  readonly source: HistorySource;
  readonly diagnostics: readonly Diagnostic[];
}

async function walked(source: HistorySource, versions: Versions, options: HistoryOptions): Promise<Walk> {
  const failed = (error: unknown): Walk => {
    if (!(error instanceof RepositoryFailure)) throw error;
    const told = source.failed(error);
    const committed = error.kind === 'empty' ? new Set<string>() : undefined;
    return { source, repository: undefined, branches: [], committed, diagnostics: told ? [told] : [] };
  };
  try {
    const repository = await source.open();
    try {
      const lines = await linesOf(repository, options.limits);
      await lookAt(repository, lines, versions);
      const textOf = await textsFor(repository, lines, versions);
      const replayed: Replayed[] = [];
      for (const line of lines) replayed.push(await replay(repository, line, versions, textOf));
      return told(source, lines, replayed, repository.branchesLeftOut, options);
    } finally {
      await repository.close();
    }
  } catch (error) {
    return failed(error);
  }
}

function told(
  source: HistorySource,
  lines: readonly Line[],
  replayed: readonly Replayed[],
  leftOut: number,
  options: HistoryOptions,
): Walk {
  const { name, shown, isAsked } = source;
  const isHere = (head: Head): boolean => head === lines[0]!.head;
  return {
    source,
    repository: {
      name,
      lines: lines.map(({ head, commits, tip, begins, steps }) => ({
        ...{ branch: head.branch, commits, tip, begins },
        changing: steps.length,
      })),
    },
    branches: lines.map(({ head, begins }, at) => ({
      ...{ repository: name, branch: head.branch, isHead: isHere(head), shown },
      exposures: exposuresOf(begins, replayed[at]!.events).filter(({ place, formerly, lockfiles }) =>
        [place, ...formerly, ...lockfiles.map((path) => posix.dirname(path))].some(isAsked),
      ),
    })),
    committed: new Set([...replayed[0]!.lockfiles].map(shown)),
    diagnostics: [...leftOutBranches(name, leftOut), ...historyDiagnostics(source, lines, replayed, options.window)],
  };
}

/** Lockfiles that are read today and that no history has. */
function uncommittedOf(audit: Audit, walks: readonly Walk[], before: readonly Diagnostic[]): Diagnostic[] {
  const broken = [
    ...walks.flatMap(({ committed, source }) => (committed === undefined ? [source.name] : [])),
    ...before.map(({ file }) => file),
  ];
  const committed = new Set(walks.flatMap((walk) => [...(walk.committed ?? [])]));
  const left = audit.fleet.lockfiles.flatMap(({ path }) => {
    const isTold =
      posix.basename(path) === WHOLE_UNREAD || broken.some((name) => name === '.' || path.startsWith(`${name}/`));
    return isTold || committed.has(path) ? [] : [path];
  });
  return uncommitted(left);
}
