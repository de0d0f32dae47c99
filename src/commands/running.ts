/** What every command that reads sources does first: run over them, with a progress line on a terminal. */
import type { Format } from '../reports/formats.ts';
import { type Run, type RunOptions, run } from '../run.ts';
import { type CommonOptions, graphCache, remoteOptions, verifyOptions } from './options.ts';
import type { Streams } from './output.ts';
import { progressLine } from './progress.ts';
import { namedSources } from './sources.ts';

/** What is a command's own. */
export interface Question extends Pick<RunOptions, 'layers' | 'shard' | 'joined'> {
  /** Whether registries are asked. */
  readonly verify: boolean;
}

/**
 * Reads the sources of a command, and those of its lists.
 *
 * @param sources as given
 * @throws UsageError as `run` does
 */
export async function runOver(
  sources: readonly string[],
  options: CommonOptions<Format>,
  { verify, ...question }: Question,
  streams: Streams,
): Promise<Run> {
  const progress = progressLine(streams, options.quiet);
  return run({
    ...question,
    sources: await namedSources(sources, options.from, streams),
    remote: remoteOptions(options, streams, progress),
    scope: options.scope,
    cache: graphCache(options, streams),
    ...(options.config === undefined ? {} : { config: options.config }),
    verify: verify && verifyOptions(options, streams, progress),
    onProgress: (done, total) => progress.step('reading lockfiles', done, total),
  }).finally(() => progress.clear());
}
