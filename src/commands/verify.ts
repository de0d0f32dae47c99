/** spof-deps verify [source...]: evidence alone. */
import { applyGates, type EvidenceGate } from '../analysis/gate.ts';
import { exitCode } from '../exit.ts';
import { VERIFY_REPORTS } from '../reports/index.ts';
import { run } from '../run.ts';
import { type CommonOptions, graphCache, remoteOptions, verifyOptions } from './options.ts';
import { type Streams, writeReports } from './output.ts';
import { progressLine } from './progress.ts';
import { namedSources } from './sources.ts';

export interface VerifyCommandOptions extends CommonOptions {
  readonly require: readonly ('signature' | 'provenance')[];
}

/** Verifies what the lockfiles pin, writes the reports and returns the exit code. */
export async function verifyCommand(
  sources: readonly string[],
  options: VerifyCommandOptions,
  streams: Streams,
): Promise<number> {
  const progress = progressLine(streams, options.quiet);
  const { audit } = await run({
    sources: await namedSources(sources, options.from, streams),
    remote: remoteOptions(options, streams, progress),
    layers: [],
    scope: options.scope,
    cache: graphCache(options, streams),
    ...(options.config === undefined ? {} : { config: options.config }),
    verify: verifyOptions(options, streams, progress),
    onProgress: (done, total) => progress.step('reading lockfiles', done, total),
  }).finally(() => progress.clear());
  const wanted: EvidenceGate[] = [{ evidence: 'invalid' }, ...options.require.map((evidence) => ({ evidence }))];
  const gates = applyGates(audit, wanted);
  if (audit.fleet.lockfiles.length === 0) {
    streams.stderr.write('spof-deps: no lockfile found; nothing was verified\n');
  }
  writeReports(VERIFY_REPORTS, { audit, gates, top: options.top }, options, streams);
  return exitCode(audit, gates, options);
}
