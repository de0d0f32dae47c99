/** The options of every command that reads sources and verifies, and what they mean for a run. */
import { cacheDirectory } from '../cache-directory.ts';
import type { Scope } from '../graph/closure.ts';
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

export interface CommonOptions<Formats extends Format = TextFormat> extends EvidenceOptions {
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
  { offline }: Pick<CommonOptions, 'offline'>,
  { env }: Streams,
  progress: ProgressLine,
): Omit<RemoteSettings, 'cache'> {
  return { offline, env, onProgress: (done, total) => progress.step('fetching repositories', done, total) };
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
