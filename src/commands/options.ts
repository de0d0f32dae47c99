/** The options of every command that reads sources and verifies, and what they mean for a run. */
import { cacheDirectory } from '../cache-directory.ts';
import { UsageError } from '../errors.ts';
import type { Scope } from '../graph/closure.ts';
import type { ApiStats } from '../hosts/client.ts';
import type { Format, TextFormat } from '../reports/formats.ts';
import type { RemoteSettings } from '../sources/remote/sources.ts';
import type { VerifyOptions } from '../verify.ts';
import type { Streams } from './output.ts';
import type { ProgressLine } from './progress.ts';

interface EvidenceOptions {
  /** Instead of the user's cache directory. */
  readonly cacheDir?: string | undefined;
  readonly offline: boolean;
  readonly trustedRoot?: string | undefined;
  readonly keys?: string | undefined;
  readonly evidence?: string | undefined;
  readonly tufMirror?: string | undefined;
  readonly tufRoot?: string | undefined;
}

/** Which repositories of an owner are wanted. */
interface SelectionFlags {
  readonly include?: string | undefined;
  readonly repo?: readonly string[] | undefined;
  readonly topic?: readonly string[] | undefined;
  readonly language?: readonly string[] | undefined;
  readonly pushedSince?: string | undefined;
}

export interface CommonOptions<Formats extends Format = TextFormat> extends EvidenceOptions, SelectionFlags {
  /** Whether to go on from a run that broke off. */
  readonly resume: boolean;
  readonly format: Formats;
  readonly out: readonly string[];
  /** Rows of each table. */
  readonly top: number;
  readonly scope: Scope;
  readonly allowIncomplete: boolean;
  readonly failOnEmpty: boolean;
  /** A file, false for none, undefined for the one that is found. */
  readonly config: string | false | undefined;
  readonly color: boolean | undefined;
  readonly quiet: boolean;
  /** Files that list sources, `-` for stdin. */
  readonly from: readonly string[];
  /** Whether lockfiles that were read before need not be read again. */
  readonly cache: boolean;
}

/** Where lockfiles are kept that were read; undefined for nowhere. */
export function graphCache(options: Pick<CommonOptions, 'cache' | 'cacheDir'>, { env }: Streams): string | undefined {
  return options.cache ? (options.cacheDir ?? cacheDirectory(env)) : undefined;
}

/** How remote repositories are read. */
export function remoteOptions(
  options: Pick<CommonOptions, 'offline' | 'resume' | 'cache' | 'quiet'> & SelectionFlags,
  { env, stderr }: Streams,
  progress: ProgressLine,
): Omit<RemoteSettings, 'cache'> {
  const { offline, quiet, include, repo: repositories, topic: topics, language: languages, pushedSince } = options;
  const { resume, cache } = options;
  if (resume && !cache) throw nothingKept();
  return {
    offline,
    resume,
    onResume: (done, began) => {
      if (!quiet) stderr.write(`spof-deps: ${resumed(done, began)}\n`);
    },
    onInterrupt: (done, total) => {
      progress.clear();
      stderr.write(
        `spof-deps: interrupted: ${done} of ${total} repositories are read, and kept; the same command with --resume goes on from there\n`,
      );
    },
    env,
    selection: { include, repositories, topics, languages, pushedSince },
    onProgress: (done, total) => progress.step('fetching repositories', done, total),
    onWait: tellWait(quiet, { stderr }, progress),
    onAsked: (asked) => {
      progress.clear();
      for (const { host, stats } of quiet ? [] : asked) stderr.write(`spof-deps: ${host}: ${requestsOf(stats)}\n`);
    },
  };
}

function resumed(done: number, began: Date): string {
  if (done === 0) return '--resume: no run over these sources broke off in the last day; all of them are read';
  return `--resume: ${done} repositories are taken as the run of ${began.toISOString()} read them`;
}

function nothingKept(): UsageError {
  const next = 'drop --no-cache in both runs, or --resume';
  return new UsageError([{ code: 'USAGE', message: '--resume: with --no-cache nothing is kept to go on from', next }]);
}

/** Not on a terminal alone: a job that stands still for an hour should say why. */
export function tellWait(
  quiet: boolean,
  { stderr }: Pick<Streams, 'stderr'>,
  progress: ProgressLine,
): (milliseconds: number) => void {
  return (milliseconds) => {
    progress.clear();
    if (!quiet) stderr.write(`spof-deps: waiting ${Math.ceil(milliseconds / 1000)} s, as the host's rate limit asks\n`);
  };
}

function requestsOf({ requests, unchanged, remaining, limit }: ApiStats): string {
  const left = remaining === undefined ? '' : `; ${remaining}${limit === undefined ? '' : ` of ${limit}`} left`;
  return `${requests} requests, ${unchanged} of them answered with nothing new${left}`;
}

export function verifyOptions(options: EvidenceOptions, streams: Streams, progress: ProgressLine): VerifyOptions {
  const { cacheDir, offline, trustedRoot, keys, evidence, tufMirror, tufRoot } = options;
  return {
    cache: cacheDir,
    offline,
    trustedRoot,
    keys,
    evidence,
    tufMirror,
    tufRoot,
    env: streams.env,
    onProgress: (done, total) => progress.step('verifying packages', done, total),
  };
}
