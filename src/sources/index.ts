/** Opens the sources named on the command line or in a list: directories, files and remote repositories. */
import { existsSync, statSync } from 'node:fs';
import { posix, relative, resolve, sep } from 'node:path';
import { type Problem, UsageError } from '../errors.ts';
import { isSnapshot } from '../snapshot/recognise.ts';
import { directorySource, fileSource } from './directory.ts';
import type { Source } from './list.ts';
import type { OpenRepository, RemoteContent } from './remote/open.ts';
import { isRemote, openRemotes, parseRemote, type RemoteSettings, type RemoteSource } from './remote/sources.ts';
import type { Shard } from './shard.ts';
import { type Slice, sliceOf } from './slice.ts';
import type { SourceContent } from './source.ts';

/** What all sources give together, or one shard of it. */
export interface OpenedSources extends Slice {
  /** The sources that are paths. */
  readonly paths: readonly string[];
  /** The sources that are snapshots of earlier runs: all or none, and then nothing else was opened. */
  readonly snapshots: readonly string[];
  /** Remote repositories that were read. */
  readonly repositories: readonly OpenRepository[];
  /** The sources that are neither. */
  readonly remotes: readonly RemoteSource[];
}

/**
 * Opens every source, each once. With one path everything in it is named from there; with several each name starts with the
 * path as given, relative to the working directory. What is in a remote repository is named by it, whatever else there is.
 *
 * @param shard what is not in it is not asked for, and of what is on disk left out
 * @throws UsageError for sources that do not exist or cannot be remote ones
 */
export async function openSources(
  sources: readonly Source[],
  settings: RemoteSettings = {},
  shard?: Shard,
): Promise<OpenedSources> {
  const { paths: named, remotes } = sorted(sources);
  const snapshots = named.filter(isSnapshot);
  if (snapshots.length > 0 && snapshots.length < named.length + remotes.length) throw mixed(snapshots);
  const paths = snapshots.length > 0 ? [] : named;
  const contents: SourceContent[] = paths.map((source) => {
    const isDirectory = statSync(source).isDirectory();
    const prefix = paths.length === 1 ? '' : prefixOf(source, isDirectory);
    return isDirectory ? directorySource(source, prefix) : fileSource(source, prefix);
  });
  const away = remotes.length === 0 ? NOTHING_AWAY : await openRemotes(remotes, settings, shard);
  const seen = new Set<string>();
  const here: SourceContent = {
    lockfiles: contents
      .flatMap((content) => content.lockfiles)
      .filter((lockfile) => !seen.has(lockfile.path) && seen.add(lockfile.path)),
    diagnostics: contents.flatMap((content) => content.diagnostics),
  };
  const repositories = away.contents.flatMap(({ repository }) => repository ?? []);
  return { ...sliceOf(here, away, shard), paths, snapshots, repositories, remotes };
}

const NOTHING_AWAY: RemoteContent = { lists: { diagnostics: [], unread: [] }, places: [], contents: [] };

function sorted(sources: readonly Source[]): { paths: string[]; remotes: RemoteSource[] } {
  const problems: Problem[] = [];
  const paths = new Map<string, string>();
  const remotes: RemoteSource[] = [];
  for (const named of sources) {
    const source = typeof named === 'string' ? named : named.source;
    const place = typeof named === 'string' ? {} : { file: named.file, line: named.line };
    if (isRemote(source)) {
      const parsed = parseRemote(source);
      if ('code' in parsed) problems.push({ ...parsed, ...place });
      else remotes.push(parsed);
    } else if (existsSync(source)) {
      const absolute = resolve(source);
      if (!paths.has(absolute)) paths.set(absolute, source);
    } else {
      problems.push({
        code: 'SOURCE_NOT_FOUND',
        ...place,
        message: `no such file or directory: ${source}`,
        next: 'name directories, lockfiles or SBOM files that exist, or repositories as git+URL',
      });
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { paths: [...paths.values()], remotes };
}

// What a snapshot holds was named when it was written: between other names there may be the same.
function mixed([snapshot = '']: readonly string[]): UsageError {
  return new UsageError([
    {
      code: 'USAGE',
      message: `${snapshot} is a snapshot: it stands alone, or with other snapshots`,
      next: 'write the other sources to a snapshot too (--out FILE.spof), and give the snapshots together',
    },
  ]);
}

/** What paths in a source begin with, where it is not the only one. */
export function prefixOf(source: string, isDirectory: boolean): string {
  const path = relative(process.cwd(), source).split(sep).join(posix.sep) || '.';
  return isDirectory ? path : posix.dirname(path);
}
